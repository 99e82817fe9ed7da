"""The Text tab: a text, its pieces under a tokenizer, and what they say of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop_llm.errors import AppError, SettingsError
from desktop_llm.models.library.library import STARTER
from desktop_llm.services import Services
from desktop_llm.settings import Value
from desktop_llm.tokens.hints import HintKind, places, shortened
from desktop_llm.tokens.tokenizer import TokenizerFacts
from desktop_llm.ui.background import Background
from desktop_llm.ui.pieces.pieces_view import PiecesView
from desktop_llm.ui.pieces.surprise import LogprobOf, ground_of, line_of, logprobs_of
from desktop_llm.ui.tokens.counted_text import BlockChange, CountedText
from desktop_llm.ui.tokens.document_card import DocumentCard
from desktop_llm.ui.tokens.prompt_speed import prompt_speed
from desktop_llm.ui.tokens.text_answers import TextAnswers
from desktop_llm.ui.tokens.text_editor import TextEditor
from desktop_llm.ui.tokens.text_head import TextHead
from desktop_llm.ui.tokens.text_link import TextLink
from desktop_llm.ui.tokens.text_panel import TextPanel
from desktop_llm.ui.tokens.text_reading import ReadText, cut_text, read_text
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.banner import BannerArea, BannerKind
from desktop_llm.ui.widgets.dropped_files import dropped_files
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.parts import ElidedLabel, Label
from desktop_llm.ui.widgets.theme import GRID

#: From this width on text and pieces stand side by side.
_WIDE: Final = 1000
_NOTE_S: Final = 12
_EMPTY, _FULL = 0, 1
_TAB: Final = 8  # a tab's width, in spaces


class TextTab(QWidget):
    """The text itself lies on the services' desk, and stays there when the window is built anew."""

    def __init__(self, services: Services, appearance: Appearance) -> None:
        super().__init__()
        self._services, self._appearance = services, appearance
        self._background = Background(self)
        self._timed: TokenizerFacts | None = None
        self.counted = CountedText(services, self)
        name = services.settings.text("tokenizer") or STARTER
        self.head = TextHead(services, appearance, name)
        self.banners = BannerArea(appearance)
        self.editor = TextEditor()
        self.editor.setAccessibleName(self.tr("Text"))
        self.editor.setPlaceholderText(self.tr("Type or paste a text, or drop a file."))
        self.document = DocumentCard(appearance)
        self.view = PiecesView(appearance, self.tr("Pieces"))
        self.strip = ElidedLabel("", "small")
        self.panel = TextPanel(services, appearance)
        self.answers = TextAnswers(self.counted, self.panel, self)
        self.link = TextLink(self.counted, self.editor, self.view, self.panel.selection, self.strip)
        self._build()
        self._connect()
        self.setAcceptDrops(True)
        self.editor.setTabStopDistance(_TAB * self.editor.fontMetrics().horizontalAdvance(" "))
        self._show_text()
        self.counted.use(name, with_special=self.head.special.isChecked())

    def text(self) -> str:
        """What stands in it."""
        return self.counted.desk.text.text

    def set_text(self, text: str, source: str = "") -> None:
        """Put another text in."""
        self._take(cut_text(text), source)

    def open_file(self, path: Path) -> None:
        """Read a text file; what is none is told."""
        self.head.wait(self.tr("Reading {name} …").format(name=path.name))
        self._background.run(lambda job: read_text(path), lambda read: self._take(read, path.name), self._show_error)

    # Events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped anywhere."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it."""
        paths = dropped_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.open_file(paths[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= _WIDE
        self.splitter.setOrientation(Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical)

    def showEvent(self, event: QShowEvent) -> None:
        """Another model may be loaded."""
        super().showEvent(event)
        self.panel.perplexity.look_again()

    def minimumSizeHint(self) -> QSize:
        """It fits into the smallest window."""
        return QSize(480, 320)

    # Building

    def _build(self) -> None:
        self.written = QStackedWidget()
        self.written.addWidget(self.editor)
        self.written.addWidget(self.document)
        empty = Label(self.tr("The pieces of the text appear here, each with its number in the vocabulary."), "muted")
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        self.shown = QStackedWidget()
        self.shown.addWidget(empty)
        self.shown.addWidget(self.view)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(GRID)
        self.splitter.addWidget(self.written)
        self.splitter.addWidget(self.shown)
        self.splitter.setSizes([400, 600])
        left = QVBoxLayout()
        left.setSpacing(GRID // 2)
        left.addWidget(self.splitter, 1)
        left.addWidget(self.strip)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addLayout(left, 1)
        row.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID, GRID, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.banners)
        column.addWidget(self.head)
        column.addLayout(row, 1)
        self.setFocusProxy(self.editor)

    def _connect(self) -> None:
        self.head.changed.connect(self._use)
        self.head.open_requested.connect(self._choose_file)
        self.head.clear_requested.connect(partial(self.set_text, ""))
        self.head.failed.connect(self._show_error)
        self.document.close_requested.connect(partial(self.set_text, ""))
        self.editor.edited.connect(self._edit)
        self.editor.outgrown.connect(self._set_long_text)
        self.editor.file_dropped.connect(self.open_file)
        self.editor.loaded.connect(self.link.look_again)
        self.counted.counted.connect(self._show_pieces)
        self.counted.settled.connect(self.link.look_again)
        self.counted.settled.connect(self.panel.perplexity.look_again)
        self.counted.opened.connect(self._say_counts)
        self.counted.opened.connect(self._read_speed)
        self.counted.failed.connect(self._show_error)
        self.panel.fit.changed.connect(self._keep)
        self.panel.hints.show_requested.connect(self._show_place)
        self.panel.hints.apply_requested.connect(self._apply)
        self.panel.perplexity.wanted.connect(self._score)
        self.panel.perplexity.changed.connect(self._colour)
        self._appearance.theme_changed.connect(self._colour)

    # What happens

    def _use(self) -> None:
        self._keep("tokenizer", self.head.box.name)
        self.banners.clear(BannerKind.ERROR)
        self.panel.perplexity.forget()
        self.answers.forget()
        self.counted.use(self.head.box.name, with_special=self.head.special.isChecked())
        self._say_counts()

    def _take(self, read: ReadText, source: str = "") -> None:
        self.banners.clear(BannerKind.ERROR)
        self.panel.perplexity.forget()
        self.counted.set_text(read.text, source, is_editable=read.is_editable)
        self._show_text()
        if read.had_other_line_ends:
            words = self.tr("Line ends of this file (CR LF) are read as simple ones (LF).")
            self.banners.show_banner(BannerKind.INFO, words, _NOTE_S)

    def _set_long_text(self, text: str, source: str = "") -> None:
        self._background.run(lambda job: cut_text(text), lambda read: self._take(read, source), self._show_error)

    def _show_text(self) -> None:
        """What lies on the desk, in the editor or, where it cannot be edited, by its name."""
        desk = self.counted.desk
        self.link.forget()
        self.answers.forget()
        self.document.show_document(desk.source, desk.text.n_bytes)
        self.written.setCurrentIndex(0 if desk.is_editable else 1)
        self.editor.load(desk.text.text if desk.is_editable else "")
        self._say_counts()

    def _edit(self, start: int, n_removed: int, added: str) -> None:
        self.counted.replace(start, n_removed, added)
        self.panel.perplexity.forget()
        self.answers.wait()

    def _show_pieces(self, changes: list[BlockChange]) -> None:
        self.view.replace_many(changes)
        self._say_counts()

    def _say_counts(self) -> None:
        n_bytes = self.counted.desk.text.n_bytes
        self.shown.setCurrentIndex(_FULL if n_bytes else _EMPTY)
        self.head.show_counts(self.counted)
        self.answers.look_again()

    def _read_speed(self) -> None:
        facts, fit = self.counted.facts, self.panel.fit
        if facts is None or facts == self._timed:
            return
        self._timed = facts
        fit.set_speed(None)
        self._background.run(
            lambda job: prompt_speed(self._services, facts),
            lambda speed: fit.set_speed(speed) if facts == self._timed else None,
            lambda error: None,  # what cannot be loaded has no speed
        )

    def _colour(self) -> None:
        logprob_of = self._logprob_of()
        self.link.logprob_of = logprob_of or (lambda place: None)
        if logprob_of is None:
            self.view.set_grounds(None)
        else:
            self.view.set_grounds(ground_of(logprob_of, self._appearance.theme), line_of(logprob_of))

    def _logprob_of(self) -> LogprobOf | None:
        scores = self.panel.perplexity.shown_scores
        if scores is None:
            return None
        around = self.counted.tokenizer.before if self.counted.around and self.counted.tokenizer else ()
        ids = [piece.id for chunk in self.counted.chunks for piece in chunk.pieces]
        return logprobs_of(scores, [*(piece.id for piece in around), *ids])

    def _score(self) -> None:
        self.panel.perplexity.score(self.text(), parse_special=self.head.special.isChecked())

    def _show_place(self, kind: HintKind) -> None:
        """The next one after the selection, or else the first."""
        text = self.text()
        raw_end = self.panel.selection.last.value()
        here = len(text.encode("utf-8", "replace")[: raw_end + 1].decode("utf-8", "ignore")) if raw_end else 0
        found = None
        for start, end in places(text, kind):
            if found is None or start >= here:
                found = (start, end)
            if start >= here:
                break
        if found is not None:
            start = len(text[: found[0]].encode("utf-8", "replace"))
            self.link.select_bytes(start, start + len(text[found[0] : found[1]].encode("utf-8", "replace")))

    def _apply(self, kind: HintKind) -> None:
        text = self.text()
        self._background.run(lambda job: shortened(text, [kind]), partial(self._put_shorter, text), self._show_error)

    def _put_shorter(self, text: str, shorter: str) -> None:
        if text != self.text():
            return  # it was edited meanwhile
        if self.counted.desk.is_editable:
            self.editor.replace_text(text, shorter)
        else:
            self._set_long_text(shorter, self.counted.desk.source)

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Open a text"))
        if chosen:
            self.open_file(Path(chosen))

    def _keep(self, name: str, value: Value) -> None:
        try:
            self._services.settings.set(name, value)
        except SettingsError as error:
            self._show_error(error)

    def _show_error(self, error: AppError) -> None:
        self._say_counts()
        self.banners.show_banner(BannerKind.ERROR, translate_error(error))
