"""TextAnswers: asks for analysis and hints once a text rests, and shows what comes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer

from desktop_llm.errors import AppError
from desktop_llm.ui.tokens.counted_text import CountedText
from desktop_llm.ui.tokens.decode_dialog import DecodeDialog, ask_text
from desktop_llm.ui.tokens.text_panel import TextPanel
from desktop_llm.ui.tokens.text_questions import ANALYSIS, HINTS, TextFacts, ask_facts, ask_hints
from desktop_llm.ui.widgets.error_text import translate_error

_REST_MS: Final = 250
_DECODED: Final = "decoded"


class TextAnswers(QObject):
    """Questions go to the tokenizer's thread; an edit takes them back."""

    def __init__(self, counted: CountedText, panel: TextPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._counted, self._panel = counted, panel
        self._dialog: DecodeDialog | None = None
        self._is_asking = False
        self._timer = QTimer(self, singleShot=True, interval=_REST_MS)
        self._timer.timeout.connect(self._ask)
        counted.answered.connect(self._show)
        counted.settled.connect(self._timer.start)
        panel.decode_button.clicked.connect(self._decode)

    @property
    def is_at_rest(self) -> bool:
        """Whether what is shown is of the text as it is, and nothing more comes."""
        return self._counted.is_settled and not self._is_asking and not self._timer.isActive()

    def wait(self) -> None:
        """The text was edited."""
        self._panel.hints.wait()
        self._timer.start()

    def forget(self) -> None:
        """Another text, or another tokenizer: what is shown is of neither."""
        self._panel.set_filled(is_filled=False)
        self._panel.hints.clear()

    def look_again(self) -> None:
        """There may be no text any more."""
        if not self._counted.desk.text.n_bytes:
            self.forget()

    def _ask(self) -> None:
        counted = self._counted
        if not counted.is_settled or not counted.desk.text.n_bytes:
            return
        self._is_asking = True
        texts, chunks = [chunk.text for chunk in counted.desk.text.chunks], counted.chunks
        counted.ask(ANALYSIS, ask_facts(texts, chunks, counted.around))
        counted.ask(HINTS, ask_hints(texts, [len(chunk.pieces) for chunk in chunks]))

    def _show(self, name: str, value: object) -> None:
        if isinstance(value, TextFacts):
            self._panel.show_facts(value)
            self._panel.set_filled(is_filled=True)
            self._panel.hints.wait()
        elif name == HINTS and isinstance(value, list):
            self._is_asking = False
            self._panel.hints.show_hints(value)
        elif name == _DECODED and self._dialog is not None:
            if isinstance(value, AppError):
                self._dialog.show_text("", translate_error(value))
            else:
                self._dialog.show_text(str(value))

    def _decode(self) -> None:
        facts = self._counted.facts
        self._dialog = DecodeDialog(facts.title if facts else "", self._panel.selection.ids_text, self._panel.window())
        self._dialog.wanted.connect(lambda ids: self._counted.ask(_DECODED, ask_text(ids)))
        self._dialog.finished.connect(self._close_dialog)
        self._dialog.start()
        self._dialog.open()

    def _close_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None
