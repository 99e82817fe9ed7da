"""Signing: which key a bundle is signed with: one of those made here, a new one, or one from a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_llm.errors import AppError
from desktop_llm.models.bundle.keyring import SigningKey, SigningKeys
from desktop_llm.models.bundle.keys import fingerprint, public_text
from desktop_llm.ui.background import Background
from desktop_llm.ui.bundle.key_text import KeyText
from desktop_llm.ui.network.state_panel import StatePanel
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.parts import IconTextButton, Label
from desktop_llm.ui.widgets.theme import GRID


class Signing(QWidget):
    """The keys are read and made beside the GUI thread. Without one yet, it asks for a name first of all."""

    #: Another key is chosen, or the first one is there.
    changed = Signal()

    def __init__(self, appearance: Appearance, keys: SigningKeys) -> None:
        super().__init__()
        self._keys = keys
        self._background = Background(self)
        self._known: dict[str, SigningKey] = {}
        self.choice = ChoiceBox(appearance, ())
        self.choice.setAccessibleName(self.tr("Key to sign with"))
        self.choice.currentIndexChanged.connect(self._show)
        self.new_button = IconTextButton(appearance, "plus", self.tr("New key"))
        self.new_button.clicked.connect(self._ask_name)
        self.open_button = IconTextButton(appearance, "folder", self.tr("Open a key…"))
        self.open_button.clicked.connect(self._choose)
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the new key"))
        self.name.setPlaceholderText(self.tr("A name, as the office's or a person's"))
        self.name.textChanged.connect(self._show_name)
        self.name.returnPressed.connect(self.make)
        self.make_button = QPushButton(self.tr("Make the key"))
        self.make_button.setAutoDefault(False)
        self.make_button.clicked.connect(self.make)
        self._naming = QWidget()
        self.problem = StatePanel(appearance)
        self.text = KeyText(appearance)
        self._build()
        self._read(keys.all)

    @property
    def key(self) -> SigningKey | None:
        """The one that is chosen."""
        return self._known.get(self.choice.value)

    def make(self) -> None:
        """Make a key with the name that was typed."""
        name = self.name.text().strip()
        if name and self.make_button.isEnabled():
            self.make_button.setEnabled(False)
            self._read(lambda: (self._keys.make(name),), is_wanted=True)

    def open(self, path: Path) -> None:
        """Sign with a key from a file."""
        self._read(lambda: (self._keys.open(path),), is_wanted=True)

    def _read(self, read: Callable[[], tuple[SigningKey, ...]], *, is_wanted: bool = False) -> None:
        """Add keys to the choice; choose the first one if it `is_wanted`."""

        def done(keys: tuple[SigningKey, ...]) -> None:
            self.problem.clear()
            for each in keys:
                self._add(each)
            if is_wanted:
                self.choice.set_value(str(keys[0].path))
                self.name.clear()
                self._show_naming(is_wanted=False)
                self.choice.setFocus()
            self._show()

        def failed(error: AppError) -> None:
            self.problem.say(translate_error(error), icon="error", colour="danger")
            self._show()

        self._background.run(lambda _job: read(), done, failed)

    def _add(self, key: SigningKey) -> None:
        value = str(key.path)
        if value not in self._known:
            self._known[value] = key
            self.choice.addItem(key.name, value)

    def _show(self) -> None:
        key = self.key
        self.choice.setVisible(bool(self._known))
        self._show_naming(is_wanted=not self._known or self._naming.isVisibleTo(self))
        self._show_name()
        if key is not None:
            public = key.key.public_key()
            self.text.show_key(public_text(public), fingerprint(public))
        self.changed.emit()

    def _show_name(self) -> None:
        self.make_button.setEnabled(bool(self.name.text().strip()))

    def _show_naming(self, *, is_wanted: bool) -> None:
        self._naming.setVisible(is_wanted)
        self.new_button.setVisible(not is_wanted)

    def _ask_name(self) -> None:
        self._show_naming(is_wanted=True)
        self.name.setFocus()

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a secret key"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.open(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.choice, 1)
        head.addWidget(self.new_button)
        head.addWidget(self.open_button)
        head.addStretch()
        fields = QHBoxLayout()
        fields.setSpacing(GRID)
        fields.addWidget(self.name, 1)
        fields.addWidget(self.make_button)
        naming = QVBoxLayout(self._naming)
        naming.setContentsMargins(0, 0, 0, 0)
        naming.setSpacing(GRID // 2)
        naming.addLayout(fields)
        words = self.tr("A key is made once and stays on this computer. Whoever has it can sign in this name.")
        naming.addWidget(Label(words, "small", wraps=True))
        self._naming.hide()
        self.choice.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self._naming)
        column.addWidget(self.problem)
        column.addWidget(self.text)
