"""ApiSwitch: the local API on or off, where it is reached, and what that means."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.ui.api.api_watch import ApiWatch
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.parts import IconLabel, IconTextButton, Label, breakable
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.tick_box import TickBox


class ApiSwitch(QFrame):
    """Follows the server wherever it is switched."""

    def __init__(self, appearance: Appearance, watch: ApiWatch) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self._watch = watch
        self._icon = IconLabel(appearance, "plug")
        self.title = Label("", "strong", wraps=True)
        self.words = Label("", "small", wraps=True)
        self.box = TickBox(appearance)
        self.box.setAccessibleName(self.tr("Local API"))
        self.box.toggled.connect(lambda is_on: watch.switch(on=is_on))
        self.address = Label("", "body")
        self.address.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.address.setAccessibleName(self.tr("Address of the local API"))
        self.copy_button = IconTextButton(appearance, "copy", self.tr("Copy address"), part="quiet")
        self.copy_button.clicked.connect(self._copy)
        self.fingerprint = Label("", "small", wraps=True)
        self.fingerprint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._where = QWidget()
        self._wants_focus = False
        self._build()
        watch.changed.connect(self.read)
        self.read()

    def read(self) -> None:
        """Show how it is now."""
        watch, serving = self._watch, self._watch.serving
        self.box.blockSignals(True)
        self.box.setChecked(serving is not None or (watch.is_switching and watch.is_wanted))
        self.box.blockSignals(False)
        self._enable_box(is_enabled=not watch.is_switching)
        self._where.setVisible(serving is not None)
        self.fingerprint.setVisible(serving is not None and bool(serving.fingerprint))
        if serving is not None:
            self._icon.set_icon("check", "success")
            title = self.tr("On")
            local = self.tr("Programs on this computer that hold a key can use its models.")
            others = self.tr("Programs here and on other computers that hold a key can use this computer's models.")
            words = local if serving.config.is_local else others
            self.address.setText(serving.address)
            shown = self.tr("Certificate (SHA-256): {fingerprint}").format(fingerprint=serving.fingerprint)
            self.fingerprint.setText(breakable(shown.replace(":", ":\u200b")))
        elif watch.is_switching:
            self._icon.set_icon("info", "text_muted")
            title, words = self.tr("One moment …"), ""
        elif watch.problem is not None:
            self._icon.set_icon("error", "danger")
            title, words = self.tr("Not started"), translate_error(watch.problem)
        else:
            self._icon.set_icon("plug", "text_muted")
            title = self.tr("Off")
            words = self.tr(
                "Nothing listens. Switched on, it offers this computer's models to editors, scripts and "
                "office tools, as OpenAI, Anthropic and Ollama do, without leaving this computer."
            )
        self.title.setText(title)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.box.setAccessibleDescription(f"{title}. {words}")

    def _enable_box(self, *, is_enabled: bool) -> None:
        """Disabled, it loses the keyboard's focus, which would be somewhere else afterwards."""
        if not is_enabled:
            self._wants_focus = self._wants_focus or self.window().focusWidget() is self.box
        self.box.setEnabled(is_enabled)
        if is_enabled and self._wants_focus:
            self._wants_focus = False
            self.box.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.address.text())

    def _build(self) -> None:
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self.title)
        said.addWidget(self.words)
        head = QHBoxLayout()
        head.setSpacing(GRID + GRID // 2)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(said, 1)
        head.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        where = QHBoxLayout(self._where)
        where.setContentsMargins(GRID * 3 + GRID // 2, 0, 0, 0)
        where.setSpacing(GRID)
        where.addWidget(self.address)
        where.addWidget(self.copy_button)
        where.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(GRID * 3 + GRID // 2, 0, 0, 0)
        foot.addWidget(self.fingerprint, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addWidget(self._where)
        column.addLayout(foot)
