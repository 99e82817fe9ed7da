"""The Prompt tab: a conversation as the model sees it, in tokens, and how another model would see it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop_llm.chat.conversation import Conversation
from desktop_llm.errors import AppError
from desktop_llm.models.library.library import STARTER
from desktop_llm.services import Services
from desktop_llm.tokens.text_file import read_text_file
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.network.state_panel import StatePanel
from desktop_llm.ui.pieces.pieces_view import PiecesView
from desktop_llm.ui.pieces.tokenizer_box import TokenizerBox
from desktop_llm.ui.prompt.diff_view import DiffView
from desktop_llm.ui.prompt.look import PromptLook
from desktop_llm.ui.prompt.seeing import Sight, Wish, see
from desktop_llm.ui.prompt.share_bar import ShareBar
from desktop_llm.ui.prompt.source import PromptSource, Source
from desktop_llm.ui.prompt.words import notes, share_figures, summary, token_words
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.dropped_files import dropped_file
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.figures_table import FiguresTable
from desktop_llm.ui.widgets.number_text import whole
from desktop_llm.ui.widgets.parts import IconButton, Label
from desktop_llm.ui.widgets.theme import GRID

TOKENS, DIFFERENCE = "tokens", "difference"
_OTHER: Final = "phi-3"
#: Below this width, in pixels, the list stands above the tokens.
_BESIDE: Final = 900


class PromptTab(QWidget):
    """Sees in the background: whenever it is shown, and when another model or conversation is chosen."""

    def __init__(self, services: Services, appearance: Appearance) -> None:
        super().__init__()
        self._services, self._appearance = services, appearance
        self._background = Background(self)
        self._job: Job[Sight] | None = None
        self._asked: Wish | None = None
        self._is_chosen = False
        self._followed: Path | None = None
        self.source: Source | None = None
        self.sight: Sight | None = None
        self.setAcceptDrops(True)
        self._make_controls()
        self._make_views()
        self._lay_out()
        appearance.theme_changed.connect(self._render)

    def show_conversation(self, conversation: Conversation, up_to: str | None = None) -> None:
        """Show a conversation, or what the reply `up_to`, a turn's id, was asked with."""
        self.show_source(Source(conversation, up_to))

    def show_source(self, source: Source) -> None:
        """Show other messages."""
        self.source = source
        self.source_button.say(source)
        self._asked = None
        self.refresh()

    def open_file(self, path: Path) -> None:
        """Show the messages of a JSON file."""
        self._background.run(
            lambda job: read_text_file(path), lambda text: self.show_source(Source(json_text=text)), self._fail
        )

    def refresh(self) -> None:
        """See it anew, unless it is what is shown or on its way."""
        self._follow_model()
        if self.source is None:
            self.source = self.source_button.newest()
            if self.source is None:
                self._offer_pasting(self.tr("No conversation has begun yet. Messages can be pasted, too."))
                return
            self.source_button.say(self.source)
        other = self.other_box.name if self.view_box.value == DIFFERENCE else ""
        wish = Wish(self.source.prompt(), self.source.json_text, self.box.name, other)
        if wish != self._asked:
            self._asked = wish
            self._begin(wish)

    # what Qt calls

    def showEvent(self, event: QShowEvent) -> None:
        """The conversation may have gone on."""
        super().showEvent(event)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow window has the list above the tokens."""
        super().resizeEvent(event)
        is_wide = self.width() >= _BESIDE
        self.splitter.setOrientation(Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file of messages, or of a model."""
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take it."""
        path = dropped_file(event.mimeData())
        if path is None:
            return
        event.acceptProposedAction()
        if path.suffix.lower() == ".gguf":
            self.box.add_file(path)
        else:
            self.open_file(path)

    # seeing

    def _follow_model(self) -> None:
        """The loaded model sees it, until the user chooses another one."""
        facts = self._services.engine.facts
        path = None if facts is None else facts.path
        if not self._is_chosen and path != self._followed:
            self._followed = path
            self.box.set_names([STARTER if path is None else str(path)])

    def _choose_model(self) -> None:
        self._is_chosen = True
        self.refresh()

    def _begin(self, wish: Wish) -> None:
        if self._job is not None:
            self._job.forget()
        self.waiting.setText(self.tr("Reading the template …"))
        services = self._services
        self._job = self._background.run(lambda job: see(services, wish, job.is_cancelled), self._show, self._fail)

    def _show(self, sight: Sight) -> None:
        self._job = None
        self.sight = sight
        self.waiting.setText("")
        if self.box.name != sight.seen.facts.name:
            self.box.set_names([sight.seen.facts.name])  # which was asked for by its path
            if self._asked is not None:
                self._asked = Wish(self._asked.prompt, self._asked.json_text, self.box.name, self._asked.other)
        self.state.clear()
        self.views.show()
        self.pieces.set_pieces([token.piece for token in sight.seen.tokens])
        self._render()

    def _fail(self, error: AppError) -> None:
        self._job, self.sight, self._asked = None, None, None
        self.waiting.setText("")
        self.views.hide()
        self.state.say(translate_error(error), icon="error", colour="danger")
        if self.source is not None and self.source.json_text:
            self.state.offer(self.tr("Paste messages"), self.source_button.paste)

    def _offer_pasting(self, words: str) -> None:
        self.views.hide()
        self.state.say(words)
        self.state.offer(self.tr("Paste messages"), self.source_button.paste)

    def _render(self) -> None:
        """Everything but the pieces, in the words and colours of now."""
        if self.sight is None:
            return
        seen, look = self.sight.seen, PromptLook(self._appearance.theme)
        self.summary.setText(summary(seen, self.sight.n_ctx))
        said = notes(seen, self.sight.n_ctx)
        self.notes.setText(said)
        self.notes.setVisible(bool(said))
        self.bar.show_prompt(seen)
        self.table.show_figures(share_figures(seen, look))
        self.pieces.set_grounds(lambda place: look.ground(seen.tokens[place].kind, seen.tokens[place].place))
        self._point(-1)
        if self.sight.diff is not None:
            self.difference.show_diff(self.sight.diff)
            self.compared.setText(self._compared(self.sight))
        self.stack.setCurrentIndex(0 if self.sight.diff is None else 1)

    def _compared(self, sight: Sight) -> str:
        assert sight.other is not None and sight.diff is not None
        if sight.diff.is_same:
            return self.tr("Both templates make the same text of it.")
        words = self.tr("− {first}: {n_first} tokens    + {second}: {n_second} tokens")
        return words.format(
            first=sight.seen.facts.title,
            n_first=whole(sight.seen.n_tokens),
            second=sight.other.facts.title,
            n_second=whole(sight.other.n_tokens),
        )

    def _choose_share(self, place: int) -> None:
        """A part was clicked in the bar or the list: its tokens come into view, selected."""
        if self.sight is None or not 0 <= place < len(self.sight.seen.shares):
            return
        seen = self.sight.seen
        share = seen.shares[place]
        self.bar.choose(place)
        first = seen.first_token_of(share)
        if first < 0:
            self.pieces.select(0, 0)
            return
        end = first
        while end < seen.n_tokens and (seen.tokens[end].kind, seen.tokens[end].place) == (share.kind, share.place):
            end += 1
        self.pieces.select(first, end)
        self.pieces.show_piece(end - 1)
        self.pieces.show_piece(first)

    def _point(self, place: int) -> None:
        if self.sight is None or not 0 <= place < self.sight.seen.n_tokens:
            self.pointed.setText("")
        else:
            self.pointed.setText(token_words(place, self.sight.seen.tokens[place], self.sight.seen))

    def _show_mode(self) -> None:
        self.other_box.setVisible(self.view_box.value == DIFFERENCE)
        self.refresh()

    # parts

    def _make_controls(self) -> None:
        self.source_button = PromptSource(self._appearance, self._services.chats, self._services.text_desk)
        self.source_button.chosen.connect(self.show_source)
        self.source_button.file_chosen.connect(self.open_file)
        self.box = TokenizerBox(self._services, self._appearance, [STARTER])
        self.box.changed.connect(self._choose_model)
        self.other_box = TokenizerBox(self._services, self._appearance, [_OTHER])
        self.other_box.changed.connect(self.refresh)
        self.other_box.hide()
        choices = ((TOKENS, self.tr("Tokens")), (DIFFERENCE, self.tr("Difference to")))
        self.view_box = ChoiceBox(self._appearance, choices)
        self.view_box.setAccessibleName(self.tr("What is shown"))
        self.view_box.currentIndexChanged.connect(self._show_mode)
        self.again_button = IconButton(self._appearance, "refresh", self.tr("Read the conversation again"))
        self.again_button.clicked.connect(self.refresh)
        self.waiting = Label("", "muted")

    def _make_views(self) -> None:
        self.state = StatePanel(self._appearance)
        self.summary = Label("", wraps=True)
        self.notes = Label("", "warning", wraps=True)
        self.bar = ShareBar(self._appearance)
        self.bar.chosen.connect(self._choose_share)
        self.table = FiguresTable(self.tr("Shares of the prompt"), grows=False)
        self.table.clicked.connect(lambda index: self._choose_share(self.table.chosen_row()))
        self.table.activated.connect(lambda index: self._choose_share(self.table.chosen_row()))
        self.pieces = PiecesView(self._appearance, self.tr("The prompt in tokens"))
        self.pieces.pointed.connect(self._point)
        self.pointed = Label("", "small")
        self.difference = DiffView(self._appearance)
        self.compared = Label("", "muted", wraps=True)

    def _lay_out(self) -> None:
        head, choice = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (head, (self.source_button, self.box, self.again_button, self.waiting)),
            (choice, (self.view_box, self.other_box)),
        ):
            row.setSpacing(GRID)
            for widget in widgets:
                row.addWidget(widget)
            row.addStretch(1)
        tokens, difference, right = QWidget(), QWidget(), QWidget()
        for page, parts in ((tokens, (self.pieces, self.pointed)), (difference, (self.compared, self.difference))):
            rows = QVBoxLayout(page)
            rows.setContentsMargins(0, 0, 0, 0)
            rows.setSpacing(GRID // 2)
            for part in parts:
                rows.addWidget(part)
        self.stack = QStackedWidget()
        self.stack.addWidget(tokens)
        self.stack.addWidget(difference)
        beside = QVBoxLayout(right)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(GRID)
        beside.addLayout(choice)
        beside.addWidget(self.stack, 1)
        self.splitter = QSplitter()
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 3)
        self.views = QWidget()
        shown = QVBoxLayout(self.views)
        shown.setContentsMargins(0, 0, 0, 0)
        shown.setSpacing(GRID)
        for above in (self.summary, self.notes, self.bar):
            shown.addWidget(above)
        shown.addWidget(self.splitter, 1)
        self.views.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.state)
        column.addWidget(self.views, 1)
        column.addStretch(0)
