"""CheckedField: a line of text that is kept when it is right, with a sentence below that says what it means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_llm.ui.network.network_checks import Grade, Remark
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconLabel, Label, breakable
from desktop_llm.ui.widgets.theme import GRID

_LOOKS = {
    Grade.FINE: ("info", "text_muted"),
    Grade.MIND: ("warning", "warning"),
    Grade.WRONG: ("error", "danger"),
}
_LONGEST = 2000


class CheckedField(QWidget):
    """Kept when Enter is pressed or the keyboard leaves it; what is wrong is said and not kept."""

    def __init__(
        self, appearance: Appearance, name: str, check: Callable[[str], Remark], keep: Callable[[str], bool]
    ) -> None:
        super().__init__()
        self._check, self._keep = check, keep
        self.field = QLineEdit()
        self.field.setMaxLength(_LONGEST)
        self.field.setAccessibleName(name)
        self.field.editingFinished.connect(self._finish)
        self._icon = IconLabel(appearance, "info")
        self.remark = Label("", "small", wraps=True)
        self._row = QHBoxLayout()
        self._row.setSpacing(GRID)
        self._row.addWidget(self.field, 1)
        said = QHBoxLayout()
        said.setSpacing(GRID // 2 + 2)
        said.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.remark, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(self._row)
        column.addLayout(said)
        self.setFocusProxy(self.field)

    def set_text(self, text: str) -> None:
        """Show what is kept."""
        self.field.setText(text)
        self._say(self._check(text))

    def add_chooser(self, title: str, *, is_folder: bool) -> QPushButton:
        """A button beside it that lets a file or a folder be chosen."""
        button = QPushButton(self.tr("Choose…"))
        button.setAccessibleName(title)
        button.clicked.connect(lambda: self._choose(title, is_folder=is_folder))
        self._row.addWidget(button)
        return button

    def take(self, text: str) -> None:
        """As if it had been typed."""
        self.field.setText(text)
        self._finish()

    def _finish(self) -> None:
        text = self.field.text().strip()
        remark = self._check(text)
        self._say(remark)
        if remark.grade is not Grade.WRONG:
            self._keep(text)

    def _say(self, remark: Remark) -> None:
        self._icon.set_icon(*_LOOKS[remark.grade])
        self.remark.setText(breakable(remark.words))
        self.field.setAccessibleDescription(remark.words)

    def _choose(self, title: str, *, is_folder: bool) -> None:
        dialog = QFileDialog(self, title)
        mode = QFileDialog.FileMode.Directory if is_folder else QFileDialog.FileMode.ExistingFile
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(lambda path: self.take(str(Path(path))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
