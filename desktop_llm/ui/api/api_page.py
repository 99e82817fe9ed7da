"""The page of the local API: on and off, keys, who is using it, examples, settings."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_llm.errors import AppError
from desktop_llm.services import Services
from desktop_llm.ui.api.api_settings import ApiSettings
from desktop_llm.ui.api.api_switch import ApiSwitch
from desktop_llm.ui.api.api_watch import ApiWatch
from desktop_llm.ui.api.examples_card import ExamplesCard
from desktop_llm.ui.api.keys_card import KeysCard
from desktop_llm.ui.api.live_card import LiveCard
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.banner import BannerArea, BannerKind
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.parts import IconTextButton, Label, line
from desktop_llm.ui.widgets.scroll_page import ScrollPage
from desktop_llm.ui.widgets.theme import GRID


class ApiPage(ScrollPage):
    """One scrolling column; what is refused is said at the top."""

    #: Its documentation is wanted.
    help_requested = Signal()

    def __init__(self, services: Services, appearance: Appearance, watch: ApiWatch) -> None:
        super().__init__(QCoreApplication.translate("ApiPage", "Local API"))
        self._watch = watch
        watch.follow()
        self.banners = BannerArea(appearance)
        layout = self.layout()
        assert layout is not None
        layout.insertWidget(0, self.banners)  # type: ignore[attr-defined]  # a QVBoxLayout
        self.switch = ApiSwitch(appearance, watch)
        self.keys = KeysCard(appearance, watch)
        self.live = LiveCard(watch)
        self.examples = ExamplesCard(appearance, watch)
        self.settings = ApiSettings(services, appearance, watch)
        self.help_button = IconTextButton(appearance, "info", self.tr("How it is used"), part="quiet")
        self.help_button.clicked.connect(self.help_requested)
        self._build()
        layout.addWidget(self.settings.changed_note)
        watch.failed.connect(self._show_error)

    @property
    def controls(self) -> dict[str, QWidget]:
        """By setting."""
        return {**self.settings.controls, "server_enabled": self.switch.box}

    def showEvent(self, event: QShowEvent) -> None:
        """The keychain is asked when the page is first seen."""
        super().showEvent(event)
        if self._watch.keys is None:
            self._watch.read_keys()

    def _show_error(self, error: AppError) -> None:
        if error is self._watch.problem:  # that one stands in the switch
            self.area.ensureWidgetVisible(self.switch)
        else:
            self.banners.show_banner(BannerKind.ERROR, translate_error(error))

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label(self.tr("Local API"), "title"), 1)
        head.addWidget(self.help_button)
        self.column.addLayout(head)
        self.column.addSpacing(GRID)
        self.column.addWidget(self.switch)
        for text, part in (
            (self.tr("Keys"), self.keys),
            (self.tr("In use now"), self.live),
            (self.tr("Examples"), self.examples),
            (self.tr("Settings of the API"), self.settings),
        ):
            self.column.addSpacing(GRID * 2)
            self.column.addWidget(Label(text, "heading"))
            self.column.addWidget(line())
            self.column.addSpacing(GRID // 2)
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.setFocusProxy(self.area)
