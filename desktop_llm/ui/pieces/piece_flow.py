"""Where pieces stand: in rows of a given width, laid out block by block and only where somebody looks.

Blocks that nobody has looked at have a height that is guessed from those that were.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from PySide6.QtCore import QRectF

from desktop_llm.tokens.tokenizer import Piece
from desktop_llm.ui.pieces.piece_look import GAP, ROW_HEIGHT, Shape

#: Pieces of a block, where a list is cut into blocks here.
BLOCK_PIECES: Final = 400
_GUESSED_PER_ROW: Final = 14.0
_ROUNDS: Final = 4


class Row(NamedTuple):
    """A row within a block: its top in the whole, and the pieces from `first` to before `end`, counted in the block."""

    top: int
    block: int
    first: int
    end: int


class PieceBlock:
    """Some pieces that follow each other, and their rows once they are laid out. A block begins a row."""

    __slots__ = ("_starts", "pieces", "xs")

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.xs: list[float] = []
        self._starts: list[int] = []

    @property
    def is_laid_out(self) -> bool:
        """Whether its rows are known."""
        return bool(self._starts)

    @property
    def n_rows(self) -> int:
        """How many rows it has, once it is laid out."""
        return len(self._starts) - 1

    def row(self, number: int) -> tuple[int, int]:
        """The first piece of a row, and the one after its last."""
        return self._starts[number], self._starts[number + 1]

    def row_of(self, place: int) -> int:
        """In which row a piece stands."""
        return min(bisect_right(self._starts, place) - 1, self.n_rows - 1)

    def forget(self) -> None:
        """The width has changed."""
        self._starts, self.xs = [], []

    def lay_out(self, width: float, shape: Callable[[Piece], Shape]) -> None:
        """Find the rows. Some 2 µs a piece."""
        starts, xs, x, begins = [0], [], 0.0, False
        for place, piece in enumerate(self.pieces):
            its = shape(piece)
            if begins or (x and x + its.width > width):
                starts.append(place)
                x = 0.0
            xs.append(x)
            x += its.width + GAP
            begins = its.ends_row
        starts.append(len(self.pieces))
        self._starts, self.xs = starts, xs


class PieceFlow:
    """All blocks, one below the other. Heights and tops are pixels; pieces are counted from the first block's first."""

    def __init__(self, shape: Callable[[Piece], Shape]) -> None:
        self._shape = shape
        self._width = 1.0
        self._per_row = _GUESSED_PER_ROW
        self.blocks: list[PieceBlock] = []
        self._firsts: list[int] | None = None
        self._tops: list[int] | None = None

    @property
    def n_pieces(self) -> int:
        """How many there are."""
        return self._all_firsts()[-1]

    @property
    def height(self) -> int:
        """Of everything, partly guessed."""
        return self._all_tops()[-1]

    def replace(self, at: int, n_old: int, blocks: Sequence[PieceBlock]) -> None:
        """Put blocks where `n_old` stood from `at` on."""
        self.blocks[at : at + n_old] = blocks
        self._firsts = self._tops = None

    def set_width(self, width: float) -> bool:
        """Lay out anew for a width; whether it is another one."""
        if width == self._width:
            return False
        self._width = max(1.0, width)
        self.forget()
        return True

    def forget(self) -> None:
        """Lay everything out anew, because the shapes are others."""
        for block in self.blocks:
            block.forget()
        self._tops = None

    def piece(self, place: int) -> Piece:
        """One of them."""
        block = self.block_of(place)
        return self.blocks[block].pieces[place - self.first_of(block)]

    def block_of(self, place: int) -> int:
        """The block that a piece is in; `place` is one of a piece."""
        return bisect_right(self._all_firsts(), place) - 1

    def first_of(self, block: int) -> int:
        """The place of a block's first piece."""
        return self._all_firsts()[block]

    def block_at(self, y: int) -> int:
        """The block that stands there, partly guessed; the last one below all."""
        tops = self._all_tops()
        return min(max(0, bisect_right(tops, y) - 1), max(0, len(self.blocks) - 1))

    def look_at(self, top: int, bottom: int) -> int:
        """Lay out what stands between; returns how far that has moved by it, when what is above was laid out too."""
        moved = 0
        for _ in range(_ROUNDS):
            delta, is_whole = self._look_once(top + moved, bottom + moved)
            moved += delta
            if is_whole:
                break
        return moved

    def rows(self, top: int, bottom: int) -> Iterator[Row]:
        """The rows between, which must have been looked at."""
        tops = self._all_tops()
        for number in range(self.block_at(top), len(self.blocks)):
            if tops[number] >= bottom:
                return
            block = self.blocks[number]
            if not block.is_laid_out:
                continue
            begin = max(0, (top - tops[number]) // ROW_HEIGHT)
            end = min(block.n_rows, (bottom - tops[number] + ROW_HEIGHT - 1) // ROW_HEIGHT)
            for row in range(begin, end):
                yield Row(tops[number] + row * ROW_HEIGHT, number, *block.row(row))

    def rect(self, place: int) -> QRectF:
        """Where a piece stands; its block is laid out for it."""
        number = self.block_of(place)
        block = self.blocks[number]
        if not block.is_laid_out:
            block.lay_out(self._width, self._shape)
            self._tops = None
        local = place - self.first_of(number)
        top = self._all_tops()[number] + block.row_of(local) * ROW_HEIGHT
        width = min(self._shape(block.pieces[local]).width, self._width - block.xs[local])
        return QRectF(block.xs[local], top, max(4.0, width), ROW_HEIGHT)

    def place_at(self, x: float, y: float, *, nearest: bool = False) -> int:
        """The piece at a point of what was looked at, or -1; `nearest`: the last one before it in its row."""
        for row in self.rows(int(y), int(y) + 1):
            block = self.blocks[row.block]
            local = bisect_right(block.xs, x, row.first, row.end) - 1
            local = max(local, row.first)
            is_in = x <= block.xs[local] + self._shape(block.pieces[local]).width
            return self.first_of(row.block) + local if is_in or nearest else -1
        return -1

    def _look_once(self, top: int, bottom: int) -> tuple[int, bool]:
        tops = self._all_tops()
        delta, is_whole = 0, True
        for number in range(self.block_at(top), len(self.blocks)):
            if tops[number] >= bottom:
                break
            block = self.blocks[number]
            if block.is_laid_out:
                continue
            is_whole = False
            guessed = tops[number + 1] - tops[number]
            block.lay_out(self._width, self._shape)
            if block.pieces:
                self._per_row += 0.2 * (len(block.pieces) / block.n_rows - self._per_row)
            if tops[number] < top:  # what is at the top of the view stays there
                share = min(1.0, (top - tops[number]) / max(1, guessed))
                delta += round(share * (block.n_rows * ROW_HEIGHT - guessed))
            self._tops = None
        return delta, is_whole

    def _all_firsts(self) -> list[int]:
        if self._firsts is None:
            self._firsts = [0, *accumulate(len(block.pieces) for block in self.blocks)]
        return self._firsts

    def _all_tops(self) -> list[int]:
        if self._tops is None:
            self._tops = [0, *accumulate(map(self._height_of, self.blocks))]
        return self._tops

    def _height_of(self, block: PieceBlock) -> int:
        if block.is_laid_out:
            return block.n_rows * ROW_HEIGHT
        return max(1, round(len(block.pieces) / self._per_row)) * ROW_HEIGHT


def blocks_of(pieces: Sequence[Piece]) -> list[PieceBlock]:
    """A list of pieces in blocks, which end where a line ends if one does."""
    blocks, start = [], 0
    while len(pieces) - start > BLOCK_PIECES:
        end = start + BLOCK_PIECES
        whole = next((n for n in range(end, start + BLOCK_PIECES // 2, -1) if b"\n" in pieces[n - 1].content), end)
        blocks.append(PieceBlock(pieces[start:whole]))
        start = whole
    return [*blocks, PieceBlock(pieces[start:])] if start < len(pieces) else blocks
