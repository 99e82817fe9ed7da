"""SecretField: a secret in the system's keychain: whether it is there, and fields to set and to remove it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_llm.errors import AppError
from desktop_llm.keychain import Keychain, Secret
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.parts import IconLabel, Label
from desktop_llm.ui.widgets.theme import GRID

_LONGEST = 1000


class SecretField(QWidget):
    """The secret itself is never shown. The keychain may ask to be unlocked, so it is asked beside the GUI thread."""

    #: A secret was kept or removed.
    kept = Signal()

    def __init__(self, appearance: Appearance, keychain: Keychain, secret: Secret, name: str) -> None:
        super().__init__()
        self._keychain, self._secret = keychain, secret
        self._background = Background(self)
        self._job: Job[bool] | None = None
        self._is_set: bool | None = None
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMaxLength(_LONGEST)
        self.field.setAccessibleName(name)
        self.field.textChanged.connect(self._show)
        self.field.returnPressed.connect(self.save)
        self.save_button = QPushButton(self.tr("Save"))
        self.save_button.setAccessibleName(self.tr("Save: {name}").format(name=name))
        self.save_button.clicked.connect(self.save)
        self.remove_button = QPushButton(self.tr("Remove"))
        self.remove_button.setAccessibleName(self.tr("Remove: {name}").format(name=name))
        self.remove_button.clicked.connect(self.remove)
        self._icon = IconLabel(appearance, "info")
        self.state_label = Label("", "small", wraps=True)
        self._problem = ""
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.field, 1)
        row.addWidget(self.save_button)
        row.addWidget(self.remove_button)
        state = QHBoxLayout()
        state.setSpacing(GRID // 2 + 2)
        state.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        state.addWidget(self.state_label, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addLayout(state)
        self._show()

    @property
    def is_set(self) -> bool | None:
        """Whether a secret is kept; None while that is not known."""
        return self._is_set

    def showEvent(self, event: QShowEvent) -> None:
        """Ask the keychain when it is first seen."""
        super().showEvent(event)
        if self._is_set is None and self._job is None:
            self._run("")

    def save(self) -> None:
        """Keep what was typed."""
        secret = self.field.text().strip()
        if secret and self._job is None:
            self._run(secret)

    def remove(self) -> None:
        """Take the secret out of the keychain."""
        if self._job is None:
            self._run(None)

    def _run(self, secret: str | None) -> None:
        """Keep a secret; None removes it, "" only looks."""

        def work(_job: Job[bool]) -> bool:
            if secret != "":
                self._keychain.write(self._secret, secret or "")
            return bool(self._keychain.read(self._secret))

        def done(is_set: bool) -> None:
            self._job, self._is_set, self._problem = None, is_set, ""
            if secret:
                self.field.clear()
            self._show()
            if secret != "":
                self.kept.emit()

        def failed(error: AppError) -> None:
            self._job, self._problem = None, translate_error(error)
            self._show()

        self._job = self._background.run(work, done, failed)
        self._show()

    def _show(self) -> None:
        is_busy = self._job is not None
        self.save_button.setEnabled(not is_busy and bool(self.field.text().strip()))
        self.remove_button.setVisible(bool(self._is_set))
        self.remove_button.setEnabled(not is_busy)
        if self._problem:
            self._icon.set_icon("error", "danger")
            words = self._problem
        elif is_busy or self._is_set is None:
            self._icon.set_icon("info", "text_muted")
            words = self.tr("Asking the system's keychain …")
        elif self._is_set:
            self._icon.set_icon("check", "success")
            words = self.tr("Set. It is kept in the system's keychain and not shown.")
        else:
            self._icon.set_icon("info", "text_muted")
            words = self.tr("Not set.")
        self.state_label.setText(words)
        self.field.setPlaceholderText(self.tr("A new one") if self._is_set else "")
