"""Ranges: which bytes of a file are there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

#: From the first byte (inclusive) to the last (exclusive).
Span = tuple[int, int]


class Ranges:
    """Disjoint spans in ascending order. Touching ones are one. One thread at a time."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans: list[Span] = []
        for start, end in spans:
            self.add(start, end)

    def __iter__(self) -> Iterator[Span]:
        return iter(tuple(self._spans))

    def __eq__(self, other: object) -> bool:
        return self._spans == other._spans if isinstance(other, Ranges) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        return f"Ranges({self._spans})"

    @property
    def total_bytes(self) -> int:
        """How many bytes are there."""
        return sum(end - start for start, end in self._spans)

    @property
    def front(self) -> int:
        """Every byte before this one is there."""
        return self._spans[0][1] if self._spans and self._spans[0][0] == 0 else 0

    def add(self, start: int, end: int) -> None:
        """Bytes have come. What was there already may be among them."""
        if start < 0 or end < start:
            raise ValueError(f"no range of bytes: {start} to {end}")
        if start == end:
            return
        first = bisect_left(self._spans, start, key=lambda span: span[1])
        last = first
        while last < len(self._spans) and self._spans[last][0] <= end:
            start, end = min(start, self._spans[last][0]), max(end, self._spans[last][1])
            last += 1
        self._spans[first:last] = [(start, end)]

    def gaps(self, size_bytes: int) -> tuple[Span, ...]:
        """What is missing of a file of this size, in ascending order."""
        missing, position = [], 0
        for start, end in self._spans:
            if position < min(start, size_bytes):
                missing.append((position, min(start, size_bytes)))
            position = end
        if position < size_bytes:
            missing.append((position, size_bytes))
        return tuple(missing)

    def clipped(self, size_bytes: int) -> Ranges:
        """The part of it that lies before this byte."""
        return Ranges((start, min(end, size_bytes)) for start, end in self._spans if start < size_bytes)
