"""CountedText: the text on the Tokens page with its pieces, as far as they are counted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate

from PySide6.QtCore import QObject, Signal

from desktop_llm.errors import AppError
from desktop_llm.services import Services
from desktop_llm.tokens.chunked_text import Change, Chunk, ChunkedText
from desktop_llm.tokens.counted import CountedChunk
from desktop_llm.tokens.counting import Answer, Failed, Opened, Question, TextCounting
from desktop_llm.tokens.languages import read_passages
from desktop_llm.tokens.text_desk import TextDesk
from desktop_llm.tokens.tokenizer import Piece, TokenizerFacts
from desktop_llm.ui.doorbell import Doorbell
from desktop_llm.ui.pieces.piece_flow import PieceBlock, blocks_of

#: Blocks of a view that stand where some others stood: from which one on, how many others, and the blocks.
BlockChange = tuple[int, int, Sequence[PieceBlock]]


@dataclass(eq=False, slots=True)
class _Slot:
    """A chunk's place. Until it is counted, `blocks` are what stood there before."""

    chunk: Chunk
    counted: CountedChunk | None = None
    blocks: list[PieceBlock] = field(default_factory=list)
    n_pieces: int = 0


class CountedText(QObject):
    """Holds no text: that is the desk's. Gives it to a tokenizer's thread, chunk by chunk, and takes what comes.

    Pieces are counted from 0, with those that the tokenizer puts around the text; bytes are those of the text.
    """

    #: The tokenizer is there, or another text is.
    opened = Signal()
    #: The tokenizer or a part of the text cannot be used; with an AppError.
    failed = Signal(object)
    #: Something was counted; with a list of BlockChange, to be made one after the other.
    counted = Signal(object)
    #: Every chunk is counted.
    settled = Signal()
    #: A question was answered; with its name and what came of it.
    answered = Signal(str, object)

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self.desk: TextDesk = services.text_desk
        self._slots: list[_Slot] = []
        self._by_chunk: dict[Chunk, _Slot] = {}
        self._around: list[PieceBlock] = []
        self._firsts: list[int] | None = None
        self._n_waiting = 0
        self._shows_special = False
        self._counting: TextCounting | None = None
        self._samples: tuple[str, ...] | None = None
        self.tokenizer: Opened | None = None
        self.is_broken = False
        self._threads: list[tuple[TextCounting, Doorbell]] = []
        self.destroyed.connect(partial(_close_all, self._threads))

    # What is counted

    def use(self, name: str, *, with_special: bool) -> None:
        """Count with another tokenizer; `with_special`: what it puts around a text, and control tokens in it."""
        self.close()
        self._shows_special = with_special
        self.tokenizer, self.is_broken = None, False
        bell = Doorbell(self)
        bell.answered.connect(self._take)
        shelf = self._services.tokenizers
        self._counting = TextCounting(
            lambda: shelf.open(name), bell.ring_threadsafe, parse_special=with_special, samples=self._texts()
        )
        self._threads.append((self._counting, bell))
        self._begin()

    def set_text(self, text: ChunkedText, source: str = "", *, is_editable: bool = True) -> None:
        """Count another text."""
        self.desk.put(text, source, is_editable=is_editable)
        self._begin()
        self.opened.emit()

    def replace(self, start: int, n_removed: int, added: str) -> None:
        """The text was edited: units from `start` on were taken out, and a text put there."""
        self._change(self.desk.text.replace(start, n_removed, added))

    def ask(self, name: str, question: Question) -> None:
        """Ask the tokenizer's thread, once everything is counted; an edit takes it back."""
        if self._counting is not None:
            self._counting.ask(name, question)

    def close(self) -> None:
        """End the tokenizer's thread."""
        _close_all(self._threads)
        self._counting = None

    # What came of it

    @property
    def facts(self) -> TokenizerFacts | None:
        """The tokenizer, once it is there."""
        return self.tokenizer.facts if self.tokenizer else None

    @property
    def is_settled(self) -> bool:
        """Whether everything is counted."""
        return self.tokenizer is not None and not self._n_waiting

    @property
    def fraction(self) -> float:
        """How much of the text is counted, 0 to 1."""
        return 1 - self._n_waiting / len(self._slots) if self._slots else 0.0

    @property
    def n_tokens(self) -> int:
        """As far as they are counted, or were before an edit."""
        return self._all_firsts()[-1]

    @property
    def chunks(self) -> list[CountedChunk]:
        """The counted ones, in the text's order."""
        return [slot.counted for slot in self._slots if slot.counted is not None]

    @property
    def around(self) -> list[Piece]:
        """What stands around the text."""
        return [piece for block in self._around for piece in block.pieces]

    def blocks(self) -> list[PieceBlock]:
        """Everything, for a view that shows nothing yet."""
        before, after = self._ends()
        return [*before, *(block for slot in self._slots for block in slot.blocks), *after]

    def bytes_of(self, place: int) -> tuple[int, int] | None:
        """Where in the text a piece stands; None for one of an edited part, or around the text."""
        before, _ = self._ends()
        local = place - sum(len(block.pieces) for block in before)
        firsts = self._slot_firsts()
        if not 0 <= local < firsts[-1]:
            return None
        number = bisect_right(firsts, local) - 1
        counted = self._slots[number].counted
        if counted is None:
            return None
        base, within = self.desk.text.byte_of(number), local - firsts[number]
        return base + counted.spans.starts[within], base + counted.spans.ends[within]

    def pieces_at(self, start: int, end: int) -> tuple[int, int]:
        """The pieces that stand for bytes from `start` to before `end`: the first, and the one after the last."""
        if end <= start:
            return 0, 0
        first = self._piece_at(start, is_end=False)
        last = self._piece_at(end, is_end=True)
        return (first, last) if last > first else (0, 0)

    def _piece_at(self, byte: int, *, is_end: bool) -> int:
        number, local = self.desk.text.chunk_at_byte(byte - is_end)
        slot = self._slots[number]
        before, _ = self._ends()
        place = self._slot_firsts()[number] + sum(len(block.pieces) for block in before)
        if slot.counted is None:
            return place + (slot.n_pieces if is_end else 0)
        # The first that ends after the start, and the one after the last that begins before the end.
        spans = slot.counted.spans
        return place + (bisect_right(spans.starts, local) if is_end else bisect_right(spans.ends, local))

    # Within

    def _begin(self) -> None:
        if self._counting is not None:
            self._counting.drop(self._by_chunk)
        n_old = len(self.blocks())
        chunks = self.desk.text.chunks
        self._slots = [_Slot(chunk) for chunk in chunks]
        self._by_chunk = {slot.chunk: slot for slot in self._slots}
        self._around = []
        self._n_waiting = len(chunks)
        self._firsts = None
        if self.tokenizer is not None:
            self._put_around()
        if self._counting is not None:
            self._counting.put(chunks)
        self.counted.emit([(0, n_old, self.blocks())])

    def _change(self, change: Change) -> None:
        old = self._slots[change.at : change.at + change.n_old]
        new = [_Slot(chunk) for chunk in change.new]
        new[0].blocks = [block for slot in old for block in slot.blocks]
        new[0].n_pieces = sum(slot.n_pieces for slot in old)
        self._slots[change.at : change.at + change.n_old] = new
        for slot in old:
            del self._by_chunk[slot.chunk]
        self._by_chunk.update((slot.chunk, slot) for slot in new)
        self._n_waiting += len(new) - sum(slot.counted is None for slot in old)
        self._firsts = None
        if self._counting is not None:
            self._counting.drop(slot.chunk for slot in old)
            self._counting.put(change.new)

    def _take(self) -> None:
        if self._counting is None:
            return
        changes: list[BlockChange] = []
        for event in self._counting.take():
            match event:
                case CountedChunk():
                    changes.extend(self._count(event))
                case Opened():
                    changes.extend(self._open(event))
                case Answer(name, value):
                    self.answered.emit(name, value)
                case Failed(error):
                    self.is_broken = self.tokenizer is None
                    self.failed.emit(error)
        if changes:
            self.counted.emit(changes)
            if self.is_settled:
                self.settled.emit()

    def _open(self, opened: Opened) -> list[BlockChange]:
        self.tokenizer = opened
        if self.desk.text.is_cut != opened.keeps_borders:
            self.desk.text.set_cut(opened.keeps_borders)
            self._begin()
            changes = []
        else:
            changes = self._put_around()
        self.opened.emit()
        return changes

    def _count(self, counted: CountedChunk) -> list[BlockChange]:
        slot = self._by_chunk.get(counted.chunk)
        if slot is None or slot.counted is not None:
            return []
        at = len(self._ends()[0]) + sum(len(other.blocks) for other in self._slots[: self._slots.index(slot)])
        n_old = len(slot.blocks)
        slot.counted, slot.blocks, slot.n_pieces = counted, blocks_of(counted.pieces), len(counted.pieces)
        self._n_waiting -= 1
        self._firsts = None
        return [(at, n_old, slot.blocks)]

    def _put_around(self) -> list[BlockChange]:
        """What the tokenizer puts around a text, each in a row of its own."""
        if self._around or not self._shows_special or self.tokenizer is None:
            return []
        n_blocks = sum(len(slot.blocks) for slot in self._slots)
        self._around = [PieceBlock(self.tokenizer.before), PieceBlock(self.tokenizer.after)]
        self._firsts = None
        return [(0, 0, [self._around[0]]), (n_blocks + 1, 0, [self._around[1]])]

    def _ends(self) -> tuple[list[PieceBlock], list[PieceBlock]]:
        return self._around[:1], self._around[1:]

    def _slot_firsts(self) -> list[int]:
        if self._firsts is None:
            self._firsts = [0, *accumulate(slot.n_pieces for slot in self._slots)]
        return self._firsts

    def _all_firsts(self) -> list[int]:
        return [0, self._slot_firsts()[-1] + sum(len(block.pieces) for block in self._around)]

    def _texts(self) -> tuple[str, ...]:
        if self._samples is None:
            try:
                passages = read_passages(self._services.paths.parallel_file)
            except AppError:
                passages = ()
            self._samples = tuple(passage.text for passage in passages)
        return self._samples


def _close_all(threads: list[tuple[TextCounting, Doorbell]], *_destroyed: object) -> None:
    for counting, bell in threads:
        counting.close()
        bell.close()
        bell.deleteLater()
    threads.clear()
