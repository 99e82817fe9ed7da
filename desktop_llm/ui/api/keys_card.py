"""KeysCard: who may use the local API; a new key is shown once."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMessageBox, QPushButton, QVBoxLayout, QWidget

from desktop_llm.server.access.keys import ApiKey
from desktop_llm.ui.api.api_watch import ApiWatch, NewKey
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import ElidedLabel, IconLabel, IconTextButton, Label, line
from desktop_llm.ui.widgets.question_box import QuestionBox
from desktop_llm.ui.widgets.theme import GRID

_LONGEST_NAME = 40


class KeysCard(QFrame):
    """One row for each client's key."""

    def __init__(self, appearance: Appearance, watch: ApiWatch) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self._appearance, self._watch = appearance, watch
        self.rows: list[KeyRow] = []
        self.question: QMessageBox | None = None
        self.state = Label("", "small", wraps=True)
        self.shown = NewKeyPanel(appearance)
        self.name_field = QLineEdit()
        self.name_field.setMaxLength(_LONGEST_NAME)
        self.name_field.setPlaceholderText(self.tr("Name of the program, as editor"))
        self.name_field.setAccessibleName(self.tr("Name of the program that gets a key"))
        self.name_field.textChanged.connect(self._follow_name)
        self.name_field.returnPressed.connect(self._make)
        self.make_button = IconTextButton(appearance, "plus", self.tr("New key"), part="primary")
        self.make_button.clicked.connect(self._make)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._build()
        watch.keys_changed.connect(self.read)
        watch.key_made.connect(self._show_new)
        self._follow_name()
        self.read()

    def read(self) -> None:
        """Show the keys there are."""
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        keys = self._watch.keys
        self.rows = [KeyRow(key, self) for key in keys or ()]
        for row in self.rows:
            row.revoke_button.clicked.connect(lambda _=False, name=row.key.name: self._ask_to_revoke(name))
            self._list.addWidget(row)
        if keys is None:
            self.state.setText(self.tr("Asking the system's keychain …"))
        elif not keys:
            self.state.setText(
                self.tr(
                    "No program has a key yet, so none is let in. Give each program a key of its own: "
                    "it can be taken back without disturbing the others."
                )
            )
        self.state.setVisible(not keys)

    def _follow_name(self) -> None:
        self.make_button.setEnabled(bool(self.name_field.text().strip()))

    def _make(self) -> None:
        name = "-".join(self.name_field.text().split())
        if name:
            self._watch.make_key(name)

    def _show_new(self, key: NewKey) -> None:
        self.name_field.clear()
        self.shown.show_key(key)

    def _ask_to_revoke(self, name: str) -> None:
        question = self.tr("Revoke the key of {name}?").format(name=name)
        words = self.tr("What it is used for ends at once, and it cannot be brought back. The program needs a new key.")
        box = QuestionBox(self, self.tr("Revoke a key"), question, words)
        box.add_loss(self.tr("Revoke"), lambda: self._watch.revoke_key(name))
        box.add_keep(self.tr("Keep it"))
        self.question = box
        box.finished.connect(self._forget_question)
        box.open()

    def _forget_question(self) -> None:
        self.question = None

    def _build(self) -> None:
        new = QHBoxLayout()
        new.setSpacing(GRID)
        new.addWidget(self.name_field, 1)
        new.addWidget(self.make_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID * 2)
        column.setSpacing(GRID)
        column.addWidget(self.state)
        column.addLayout(self._list)
        column.addWidget(self.shown)
        column.addLayout(new)


class KeyRow(QWidget):
    """A client's name, since when it has its key, and the way to take it back."""

    def __init__(self, key: ApiKey, parent: QWidget) -> None:
        super().__init__(parent)
        self.key = key
        name = ElidedLabel(key.name, "strong")
        since = ""
        if key.created_at:
            date = QDateTime.fromSecsSinceEpoch(int(key.created_at)).date()
            since = self.tr("since {date}").format(date=QLocale().toString(date, QLocale.FormatType.ShortFormat))
        self.revoke_button = QPushButton(self.tr("Revoke…"))
        self.revoke_button.setProperty("part", "quiet")
        self.revoke_button.setAccessibleName(self.tr("Revoke the key of {name}").format(name=key.name))
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(name, 1)
        row.addWidget(Label(since, "small"))
        row.addWidget(self.revoke_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(line())


class NewKeyPanel(QFrame):
    """A new key, until it is put away; then nobody can show it again."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setProperty("part", "banner")
        self._secret = ""
        self.words = Label("", wraps=True)
        self.field = QLineEdit()
        self.field.setReadOnly(True)
        self.field.setAccessibleName(self.tr("The new key"))
        self.field.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.copy_button = IconTextButton(appearance, "copy", self.tr("Copy key"))
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._secret))
        self.done_button = QPushButton(self.tr("Hide"))
        self.done_button.clicked.connect(self.put_away)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(IconLabel(appearance, "lock", "success"), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.words, 1)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addStretch(1)
        row.addWidget(self.copy_button)
        row.addWidget(self.done_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.field)
        column.addLayout(row)
        self.hide()

    def show_key(self, key: NewKey) -> None:
        """Show it this once."""
        self._secret = key.secret
        words = self.tr("The key of {name}. It is shown only now: give it to that program and to nobody else.")
        self.words.setText(words.format(name=key.name))
        self.field.setText(key.secret)
        self.field.setCursorPosition(0)
        self.show()
        self.copy_button.setFocus()

    def put_away(self) -> None:
        """Forget it."""
        self._secret = ""
        self.field.clear()
        self.hide()
