"""Board: which pieces of a file are missing, and which of those somebody fetches."""

from __future__ import annotations

import threading

from desktop_llm.models.download.part_file import PartFile
from desktop_llm.models.download.ranges import Ranges, Span


class Board:
    """Hands out pieces, the first ones first. Any thread."""

    def __init__(self, part: PartFile, piece_bytes: int | None) -> None:
        """Pieces are not larger than `piece_bytes`; None: as large as the gap."""
        self._part = part
        self._piece_bytes = piece_bytes
        self._changed = threading.Condition()
        self._taken: set[Span] = set()
        self._is_ended = False

    def take(self, *, waits: bool) -> Span | None:
        """The first piece that nobody fetches. None: nothing is left; or all is taken, and this one never `waits`."""
        with self._changed:
            while not self._is_ended:
                span = self._next()
                if span is not None:
                    self._taken.add(span)
                    return span
                if not self._taken or not waits:
                    return None
                self._changed.wait()
        return None

    def release(self, span: Span) -> None:
        """Nobody fetches it now; what has not come of it is there to be taken."""
        with self._changed:
            self._taken.discard(span)
            self._changed.notify_all()

    def widen(self) -> None:
        """From now on a piece is as large as the gap."""
        with self._changed:
            self._piece_bytes = None

    def end(self) -> None:
        """Nothing more is handed out."""
        with self._changed:
            self._is_ended = True
            self._changed.notify_all()

    def _next(self) -> Span | None:
        covered = Ranges(self._taken)
        size_bytes = self._part.content.size_bytes
        for start, end in self._part.missing():
            covered_here = Ranges((*covered, (0, start), (end, size_bytes)))
            for first, last in covered_here.gaps(size_bytes):
                return first, last if self._piece_bytes is None else min(last, first + self._piece_bytes)
        return None
