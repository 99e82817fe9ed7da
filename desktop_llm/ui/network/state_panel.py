"""StatePanel: what a view says while it has nothing to show: empty, at work, offline, or wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop_llm.errors import AppError, OfflineError
from desktop_llm.ui.network.network_watch import NetworkWatch
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.parts import IconLabel, Label
from desktop_llm.ui.widgets.theme import GRID


class StatePanel(QWidget):
    """An icon, a plain sentence, and at most one thing to do."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._icon = IconLabel(appearance, "info")
        self.label = Label("", wraps=True)
        self.button = QPushButton()
        self._act: Callable[[], None] = lambda: None
        self.button.clicked.connect(lambda: self._act())  # noqa: PLW0108  what it does changes
        row = QHBoxLayout(self)
        row.setContentsMargins(0, GRID, 0, GRID)
        row.setSpacing(GRID)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        self.clear()

    def say(self, words: str, *, icon: str = "info", colour: str = "text_muted") -> None:
        """Say something that needs no action."""
        self._icon.set_icon(icon, colour)
        self.label.setText(words)
        self.button.hide()
        self.show()

    def offer(self, text: str, act: Callable[[], None]) -> None:
        """Offer one thing to do beside what is said."""
        self._act = act
        self.button.setText(text)
        self.button.setAccessibleName(text)
        self.button.show()

    def show_error(self, error: AppError, network: NetworkWatch, again: Callable[[], None]) -> None:
        """What went wrong; offline mode can be switched off here, everything else tried again."""
        if not isinstance(error, OfflineError):
            self.say(translate_error(error), icon="error", colour="danger")
            self.offer(self.tr("Try again"), again)
        elif network.is_forced:
            words = self.tr("This run was started offline, so nothing is fetched. It ends when the program is closed.")
            self.say(words, icon="lock", colour="success")
        else:
            words = self.tr("Offline mode is on, so nothing is fetched.")
            self.say(words, icon="lock", colour="success")

            def go_online() -> None:
                network.go(offline=False)
                again()

            self.offer(self.tr("Go online"), go_online)

    def clear(self) -> None:
        """Say nothing."""
        self.label.setText("")
        self.button.hide()
        self.hide()
