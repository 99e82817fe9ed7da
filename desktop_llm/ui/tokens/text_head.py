"""The line above a text: the tokenizer, special tokens, a file; and the count."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_llm.services import Services
from desktop_llm.ui.pieces.tokenizer_box import TokenizerBox
from desktop_llm.ui.tokens.count_words import CountWords
from desktop_llm.ui.tokens.counted_text import CountedText
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import percent
from desktop_llm.ui.widgets.parts import ElidedLabel, IconButton, Meter
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.tick_box import TickBox


class TextHead(QWidget):
    """Asks for things, and says how many tokens there are."""

    #: Another tokenizer, or special tokens on or off.
    changed = Signal()
    #: A file is to be opened.
    open_requested = Signal()
    #: The text is to be put away.
    clear_requested = Signal()
    #: The list of tokenizers could not be read; with an AppError.
    failed = Signal(object)

    def __init__(self, services: Services, appearance: Appearance, name: str) -> None:
        super().__init__()
        self.box = TokenizerBox(services, appearance, [name])
        self.special = TickBox(appearance, self.tr("Special tokens"))
        self.special.setAccessibleDescription(
            self.tr("What the tokenizer puts around a text, and control tokens that are written in it.")
        )
        self.special.setToolTip(self.special.accessibleDescription())
        self.open_button = IconButton(appearance, "folder", self.tr("Open a text file…"))
        self.clear_button = IconButton(appearance, "trash", self.tr("Clear the text"))
        self.meter = Meter(appearance, self.tr("How much of the text is counted"), is_filling_up=False)
        self.count = ElidedLabel("", "strong")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.box)
        row.addWidget(self.special)
        row.addWidget(self.open_button)
        row.addWidget(self.clear_button)
        row.addWidget(self.meter)
        row.addWidget(self.count, 1)
        self.meter.hide()
        self.box.changed.connect(self.changed)
        self.box.failed.connect(self.failed)
        self.special.toggled.connect(self.changed)
        self.open_button.clicked.connect(self.open_requested)
        self.clear_button.clicked.connect(self.clear_requested)

    def wait(self, words: str) -> None:
        """Say what is being done."""
        self.count.set_whole_text(words)

    def show_counts(self, counted: CountedText) -> None:
        """Say how many there are, and how far the count is."""
        n_bytes = counted.desk.text.n_bytes
        self.clear_button.setEnabled(bool(n_bytes))
        is_counting = bool(n_bytes) and not counted.is_settled and counted.fraction < 1
        self.meter.setVisible(is_counting and len(counted.desk.text.chunks) > 1)
        self.meter.set_fraction(counted.fraction)
        if counted.is_broken:
            words = self.tr("This tokenizer cannot be used.")
        elif counted.tokenizer is None:
            words = self.tr("Opening the tokenizer …")
        elif self.meter.isVisibleTo(self):
            text = self.tr("Counting: {share} · {tokens} so far")
            words = text.format(share=percent(counted.fraction), tokens=CountWords().tokens(counted.n_tokens))
        else:
            words = f"{CountWords().tokens(counted.n_tokens)} · {CountWords().bytes(n_bytes)}"
        self.count.set_whole_text(words)
