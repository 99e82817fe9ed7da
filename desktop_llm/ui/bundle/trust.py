"""Trust: whose bundles are taken: the public keys that somebody handed over, each with a name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop_llm.errors import AppError, BundleError
from desktop_llm.models.bundle.keyring import TrustedKey, TrustedKeys
from desktop_llm.models.bundle.keys import fingerprint, public_text, read_public_key
from desktop_llm.ui.background import Background
from desktop_llm.ui.network.state_panel import StatePanel
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.parts import ElidedLabel, IconButton, IconLabel, IconTextButton, Label, plain_tooltip
from desktop_llm.ui.widgets.theme import GRID

_TEXT_HEIGHT = 64


class Trust(QWidget):
    """A row for each key, and below it the fields for one more; they stand open while there is none."""

    #: There is another key, or one less.
    changed = Signal()

    def __init__(self, appearance: Appearance, keys: TrustedKeys) -> None:
        super().__init__()
        self._appearance, self._keys = appearance, keys
        self._background = Background(self)
        self.known: tuple[TrustedKey, ...] = ()
        self.rows: list[TrustRow] = []
        self._list = QVBoxLayout()
        self.problem = StatePanel(appearance)
        self.more_button = IconTextButton(appearance, "plus", self.tr("Trust another key"))
        self.more_button.clicked.connect(self._ask)
        self._fields = QWidget()
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Whose key it is"))
        self.name.setPlaceholderText(self.tr("Whose key it is, as the office's"))
        self.text = QPlainTextEdit()
        self.text.setProperty("part", "field")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(_TEXT_HEIGHT)
        self.text.setAccessibleName(self.tr("Public key"))
        self.text.setPlaceholderText(self.tr("The public key, pasted: the line that begins with MCow"))
        self.file_button = IconTextButton(appearance, "folder", self.tr("From a file…"))
        self.file_button.clicked.connect(self._choose)
        self.add_button = QPushButton(self.tr("Trust this key"))
        self.add_button.setAutoDefault(False)
        self.add_button.clicked.connect(self.add)
        self.name.textChanged.connect(self._show)
        self.name.returnPressed.connect(self.add)
        self.text.textChanged.connect(self._show)
        self._build()
        self._run(keys.all)

    def add(self) -> None:
        """Trust the key that was pasted, under the name that was typed."""
        name, text = self.name.text().strip(), self.text.toPlainText()
        if not name or not text.strip():
            return
        self.problem.clear()

        def do() -> tuple[TrustedKey, ...]:
            self._keys.add(name, text)
            return self._keys.all()

        self._run(do, clears=True)

    def remove(self, name: str) -> None:
        """Trust a key no more."""

        def do() -> tuple[TrustedKey, ...]:
            self._keys.remove(name)
            return self._keys.all()

        self._run(do)

    def take_file(self, path: Path) -> None:
        """Put a key from a file into the fields; it is trusted when that is said."""

        def done(text: str) -> None:
            self._ask()
            self.text.setPlainText(text.strip())
            if not self.name.text():
                self.name.setText(path.name.removesuffix(".pub").removesuffix(".key"))

        self._background.run(lambda _job: public_text(read_public_key(path)), done, self._say)

    def _run(self, do: Callable[[], tuple[TrustedKey, ...]], *, clears: bool = False) -> None:
        def done(known: tuple[TrustedKey, ...]) -> None:
            self.known = known
            self.problem.clear()
            if clears:
                self.name.clear()
                self.text.clear()
                self._fields.hide()
                self.more_button.setFocus()
            self._show_rows()

        self._background.run(lambda _job: do(), done, self._say)

    def _say(self, error: AppError | BundleError) -> None:
        self.problem.say(translate_error(error), icon="error", colour="danger")

    def _show_rows(self) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [TrustRow(self._appearance, each) for each in self.known]
        for row in self.rows:
            row.remove_button.clicked.connect(lambda _checked=False, name=row.key.name: self.remove(name))
            self._list.addWidget(row)
        self._fields.setVisible(not self.known or self._fields.isVisibleTo(self))
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self.more_button.setVisible(not self._fields.isVisibleTo(self))
        self.add_button.setEnabled(bool(self.name.text().strip() and self.text.toPlainText().strip()))

    def _ask(self) -> None:
        self._fields.show()
        self._show()
        self.name.setFocus()

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a public key"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.take_file(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.file_button)
        buttons.addStretch()
        buttons.addWidget(self.add_button)
        fields = QVBoxLayout(self._fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(GRID)
        words = self.tr("The public key of whoever made the bundle, handed over by another way than the bundle itself.")
        fields.addWidget(Label(words, "small", wraps=True))
        fields.addWidget(self.text)
        fields.addWidget(self.name)
        fields.addLayout(buttons)
        self._fields.hide()
        self._list.setSpacing(GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._list)
        column.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._fields)
        column.addWidget(self.problem)
        self.more_button.hide()


class TrustRow(QWidget):
    """A key's name, the digits to compare it by, and a way to trust it no more."""

    def __init__(self, appearance: Appearance, key: TrustedKey) -> None:
        super().__init__()
        self.key = key
        self.remove_button = IconButton(appearance, "trash", self.tr("Trust {name} no more").format(name=key.name))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(IconLabel(appearance, "check", "success"))
        row.addWidget(ElidedLabel(key.name, "strong"), 1)
        digits = Label(fingerprint(key.key), "small")
        hint = self.tr("To compare it by telephone: {digits}").format(digits=digits.text())
        digits.setAccessibleName(hint)
        digits.setToolTip(plain_tooltip(hint))
        row.addWidget(digits)
        row.addWidget(self.remove_button)
