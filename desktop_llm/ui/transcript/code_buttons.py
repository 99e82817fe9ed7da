"""The copy buttons in the headers of a message's code blocks."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop_llm.ui.transcript.body import Body
from desktop_llm.ui.transcript.buttons import SmallButton
from desktop_llm.ui.transcript.code_segment import HEADER
from desktop_llm.ui.transcript.look import Look

#: How long a button says that it copied.
_SAID_MS = 1_500


class CodeButtons(QObject):
    """One button for each code block, made when the block appears."""

    #: A block is to be copied; with the number of its first segment.
    copied = Signal(int)

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._buttons: dict[int, SmallButton] = {}
        self._said = QTimer(self)
        self._said.setSingleShot(True)
        self._said.setInterval(_SAID_MS)
        self._said.timeout.connect(self._show_all_as_before)

    def follow(self, body: Body) -> None:
        """Have a button for each block there is."""
        starts = body.code_starts()
        for number in self._buttons.keys() - set(starts):
            self._buttons.pop(number).deleteLater()
        for number in starts:
            if number not in self._buttons:
                self._buttons[number] = self._make(number)

    def place(self, body: Body, at: QPointF) -> None:
        """Move the buttons into their headers; `at` is the body's corner."""
        for number, button in self._buttons.items():
            if number < len(body.segments):
                right = at.x() + body.width - button.width() - 6
                button.move(round(right), round(at.y() + body.segments[number].top + (HEADER - button.height()) / 2))

    def buttons(self) -> list[SmallButton]:
        """The buttons from top to bottom."""
        return [self._buttons[number] for number in sorted(self._buttons)]

    def _make(self, number: int) -> SmallButton:
        view = self.parent()  # not kept: it would be a reference cycle
        if not isinstance(view, QWidget):
            raise TypeError(view)
        button = SmallButton(view, self._look, "copy", self.tr("Copy code"))
        button.clicked.connect(lambda: self._copy(number))
        button.show()
        return button

    def _copy(self, number: int) -> None:
        self._show_all_as_before()
        self._buttons[number].set_icon("check")
        self._said.start()
        self.copied.emit(number)

    def _show_all_as_before(self) -> None:
        for button in self._buttons.values():
            button.set_icon("copy")
