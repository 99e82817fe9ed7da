"""The bytes of a file of the test hub: in memory, on disk, or made up by offset so that 50 GB need no room."""

from __future__ import annotations

import hashlib
import os
import random
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

PIECE_BYTES = 1 << 20


class Content(ABC):
    """Bytes that can be had from any offset. Any thread."""

    size: int

    @abstractmethod
    def pieces(self, start: int, stop: int) -> Iterator[memoryview]:
        """The bytes from `start` up to `stop`, in pieces of at most `PIECE_BYTES`."""

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """The bytes from `start` up to `stop`, or to the end, as one."""
        return b"".join(self.pieces(start, self.size if stop is None else min(stop, self.size)))

    @cached_property
    def sha256(self) -> str:
        """The true hash, in hexadecimal; read through once, when first asked for."""
        return _hash_of(self, hashlib.sha256())

    @cached_property
    def git_oid(self) -> str:
        """What git calls these bytes: the hash of a file that is kept in git itself."""
        return _hash_of(self, hashlib.sha1(b"blob %d\0" % self.size, usedforsecurity=False))


def _hash_of(content: Content, digest: hashlib._Hash) -> str:
    for piece in content.pieces(0, content.size):
        digest.update(piece)
    return digest.hexdigest()


class InMemory(Content):
    """Bytes as they are."""

    def __init__(self, data: bytes) -> None:
        self._view = memoryview(data)
        self.size = len(data)

    def pieces(self, start: int, stop: int) -> Iterator[memoryview]:
        for at in range(start, stop, PIECE_BYTES):
            yield self._view[at : min(at + PIECE_BYTES, stop)]


class Noise(Content):
    """Random bytes by offset: no two stretches of one length are alike, whatever their offsets.

    A block of random bytes is repeated, each time with its own number in front. The block's length is
    odd, so that pieces put at a wrong multiple of a power of two never look right.
    """

    _BLOCK_BYTES = PIECE_BYTES - 1
    _STAMP_BYTES = 8

    def __init__(self, size: int, seed: int = 0) -> None:
        self.size = size
        self._block = memoryview(random.Random(seed).randbytes(min(size, self._BLOCK_BYTES)))

    def pieces(self, start: int, stop: int) -> Iterator[memoryview]:
        while start < stop:
            number, within = divmod(start, self._BLOCK_BYTES)
            length = min(stop - start, self._BLOCK_BYTES - within)
            if within < self._STAMP_BYTES:
                length = min(length, self._STAMP_BYTES - within)
                yield memoryview(number.to_bytes(self._STAMP_BYTES, "big"))[within : within + length]
            else:
                yield self._block[within : within + length]
            start += length


class OnDisk(Content):
    """A file of this computer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = path.stat().st_size

    def pieces(self, start: int, stop: int) -> Iterator[memoryview]:
        with self._path.open("rb", buffering=0) as file:
            file.seek(start, os.SEEK_SET)
            while start < stop and (data := file.read(min(PIECE_BYTES, stop - start))):
                yield memoryview(data)
                start += len(data)


class Joined(Content):
    """Contents one after the other: a true header before 50 GB of noise."""

    def __init__(self, parts: Sequence[Content]) -> None:
        self._parts = tuple(parts)
        self.size = sum(part.size for part in self._parts)

    def pieces(self, start: int, stop: int) -> Iterator[memoryview]:
        before = 0
        for part in self._parts:
            first, last = max(start - before, 0), min(stop - before, part.size)
            if first < last:
                yield from part.pieces(first, last)
            before += part.size


class Window(Content):
    """A stretch of another content."""

    def __init__(self, content: Content, start: int, stop: int) -> None:
        self._content, self._start = content, start
        self.size = stop - start

    def pieces(self, start: int, stop: int) -> Iterator[memoryview]:
        return self._content.pieces(self._start + start, self._start + stop)


class Flipped(Content):
    """Another content with `count` bytes inverted from offset `at` on: the right size and the wrong bytes."""

    def __init__(self, content: Content, at: int, count: int = 1) -> None:
        self._content = content
        self._at, self._end = at, at + count
        self.size = content.size

    def pieces(self, start: int, stop: int) -> Iterator[memoryview]:
        for piece in self._content.pieces(start, stop):
            first, last = max(self._at - start, 0), min(self._end - start, len(piece))
            start += len(piece)
            yield piece if first >= last else _inverted(piece, first, last)


def _inverted(piece: memoryview, first: int, last: int) -> memoryview:
    wrong = bytearray(piece)
    wrong[first:last] = bytes(byte ^ 0xFF for byte in wrong[first:last])
    return memoryview(wrong)
