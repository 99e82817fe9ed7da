"""What an empty conversation shows: this computer, the model, and three questions to try."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_llm.ui.fit.computer import Computer
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.model_text import model_detail, model_name
from desktop_llm.ui.widgets.number_text import memory
from desktop_llm.ui.widgets.parts import IconLabel, IconTextButton, Label
from desktop_llm.ui.widgets.reading_column import ReadingColumn
from desktop_llm.ui.widgets.theme import GRID

if TYPE_CHECKING:
    from desktop_llm.ui.fit.machine_watch import Seen


class Home(QScrollArea):
    """The first page of every new conversation."""

    #: An example was chosen; with its text, which shall be sent.
    example_chosen = Signal(str)
    #: A model file from anywhere is wanted.
    open_requested = Signal()
    #: A better model than the built-in one is wanted.
    better_requested = Signal()

    def __init__(self, appearance: Appearance, loader: ModelLoader) -> None:
        super().__init__()
        self._appearance, self._loader = appearance, loader
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Start"))
        column = ReadingColumn()
        column.setProperty("part", "scrolled")
        column.set_vertical_margins(GRID, GRID // 2)
        self._computer = Label("", "muted", wraps=True)
        self._name = Label("", "strong", wraps=True)
        self._state = Label("", "muted", wraps=True)
        self._state_icon = IconLabel(appearance, "model")
        column.column.addStretch(1)
        column.column.addWidget(Label(self.tr("Ask a question"), "title"))
        column.column.addWidget(
            Label(self.tr("The model runs on this computer. Questions and replies stay here."), "body", wraps=True)
        )
        column.column.addWidget(self._build_card())
        column.column.addWidget(Label(self.tr("To try"), "strong"))
        self.examples = [self._build_example(text) for text in self._example_texts()]
        for example in self.examples:
            column.column.addWidget(example)
        column.column.addStretch(2)
        self.setWidget(column)
        loader.changed.connect(self.read)
        self.read()

    def show_computer(self, computer: Computer) -> None:
        """Say in one line what this computer is."""
        threads = self.tr("%n thread(s)", "", computer.n_threads)
        room = self.tr("{size} of memory").format(size=memory(computer.memory_bytes))
        self._computer.setText(f"{computer.processor}, {threads}, {room}")

    def show_better(self, seen: Seen) -> None:
        """Name the model that suits this computer best for general use."""
        from desktop_llm.ui.fit.recommend_text import better_line

        words = better_line(seen)
        if words:
            self.better_label.setText(words)

    def read(self) -> None:
        """Show the model's state anew."""
        loader = self._loader
        entry = loader.loading_entry or loader.current
        if entry is None:
            self._name.setText(self.tr("No model is loaded"))
            self._state.setText(self.tr("Open a model file (GGUF) to begin."))
            self._state_icon.set_icon("model", "text_muted")
            self._caution.hide()
            self._show_better(is_wanted=True)
            return
        self._name.setText(model_name(entry))
        words = [self.tr("Loading") if loader.is_loading else self.tr("Ready"), model_detail(entry)]
        self._state.setText(" · ".join(words))
        looks = ("model", "text_muted") if loader.is_loading else ("check", "success")
        self._state_icon.set_icon(*looks)
        self._caution.setVisible(entry.is_builtin)
        self._show_better(is_wanted=entry.is_builtin)

    def _show_better(self, *, is_wanted: bool) -> None:
        self._better.setVisible(is_wanted)
        self.better_button.setVisible(is_wanted)

    def _build_card(self) -> QWidget:
        card = QFrame()
        card.setProperty("part", "card")
        self._caution = Label(
            self.tr("A tiny model, for trying the app. It is often wrong: check what it says."), "muted", wraps=True
        )
        open_button = IconTextButton(self._appearance, "folder", self.tr("Open a model file…"))
        open_button.clicked.connect(self.open_requested)
        self.better_button = IconTextButton(self._appearance, "arrow-up", self.tr("Get a better model"))
        self.better_button.clicked.connect(self.better_requested)
        buttons = QVBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(open_button)
        buttons.addWidget(self.better_button)
        buttons.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addWidget(self._name)
        words.addWidget(self._state)
        words.addWidget(self._caution)
        words.addStretch(1)
        model = QHBoxLayout()
        model.setSpacing(GRID + GRID // 2)
        model.addWidget(self._state_icon, 0, Qt.AlignmentFlag.AlignTop)
        model.addLayout(words, 1)
        model.addLayout(buttons)
        computer = QHBoxLayout()
        computer.setSpacing(GRID + GRID // 2)
        computer.addWidget(IconLabel(self._appearance, "computer"), 0, Qt.AlignmentFlag.AlignTop)
        computer.addWidget(self._computer, 1)
        column = QVBoxLayout(card)
        column.setContentsMargins(GRID * 2, GRID, GRID * 2, GRID)
        column.setSpacing(GRID // 2)
        column.addLayout(model)
        column.addLayout(computer)
        column.addWidget(self._build_better())
        return card

    def _build_better(self) -> QWidget:
        """What suits this computer, once that is known, and the way to the models page."""
        self._better = QWidget()
        self.better_label = Label(self.tr("Larger models answer far better."), "muted", wraps=True)
        row = QHBoxLayout(self._better)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID + GRID // 2)
        row.addWidget(IconLabel(self._appearance, "arrow-up"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.better_label, 1)
        return self._better

    def _build_example(self, text: str) -> QPushButton:
        button = QPushButton(text.replace("&", "&&"))
        button.setProperty("part", "card")
        button.setAccessibleName(self.tr("Send: {text}").format(text=text))
        button.clicked.connect(lambda: self.example_chosen.emit(text))
        return button

    def _example_texts(self) -> tuple[str, str, str]:
        return (
            self.tr("Explain in three sentences why the sky is blue."),
            self.tr("Write a short, polite e-mail that moves a meeting to Thursday."),
            self.tr("Make a list of five things to check before signing a contract."),
        )
