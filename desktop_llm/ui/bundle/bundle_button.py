"""BundleButton: the way to the dialogs that carry models across an air gap."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from desktop_llm.services import Services
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconTextButton, plain_tooltip


class BundleButton(IconTextButton):
    """A quiet button with a menu of two."""

    #: Models came out of a bundle: the list of models is another one.
    imported = Signal()

    def __init__(self, services: Services, appearance: Appearance) -> None:
        super().__init__(appearance, "stick", self.tr("Carry"), part="quiet")
        self.setAccessibleName(self.tr("Carry models to or from another computer"))
        self.setToolTip(plain_tooltip(self.tr("Carry models to or from a computer without a network")))
        self._services = services
        menu = QMenu(self)
        self.carry_action = self._add(menu, self.tr("&Carry to another computer…"), self.open_carry)
        self.open_action = self._add(menu, self.tr("&Open a bundle…"), self.open_bundle)
        self.setMenu(menu)

    def open_carry(self) -> None:
        """Ask what to carry, where to, and with which signature."""
        from desktop_llm.ui.bundle.carry_dialog import CarryDialog

        dialog = CarryDialog(self._services, self._appearance, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_bundle(self) -> None:
        """Ask which bundle, and whom to trust."""
        from desktop_llm.ui.bundle.open_dialog import OpenBundleDialog

        dialog = OpenBundleDialog(self._services, self._appearance, self)
        dialog.imported.connect(self.imported)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @staticmethod
    def _add(menu: QMenu, text: str, do: Callable[[], None]) -> QAction:
        action = QAction(text, menu)
        action.triggered.connect(lambda _checked=False: do())
        menu.addAction(action)
        return action
