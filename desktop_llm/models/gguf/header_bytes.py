"""A GGUF header's bytes, read a window at a time, with a limit on the work that a header may ask for.

So much of a header is held at once as is being looked at; what nobody asks for is jumped over by its length.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import repeat
from operator import length_hint
from typing import BinaryIO, Final

WINDOW_BYTES: Final = 1024 * 1024
#: A header longer than this is damaged; the longest known has 16 MB.
MAX_HEADER_BYTES: Final = 32 * 1024 * 1024
#: Longer texts are damaged ones: a name, a chat template, a token.
MAX_TEXT_BYTES: Final = 1024 * 1024
#: All that is kept, and all tokens: the largest known vocabulary has 2.3 MB of them.
MAX_KEPT_BYTES: Final = 6 * 1024 * 1024
#: What a header may cost to read, in steps over one text of an array (about 40 ns). The largest known
#: vocabulary (262,144 tokens, 514,906 merges) takes 1.6 million.
MAX_WORK: Final = 1_800_000
WORK_OF_TOKEN: Final = 4
WORK_OF_TENSOR: Final = 60
WORK_OF_KEY: Final = 40
#: Bytes of a text that cost one step: what is no UTF-8 is slow to read.
TEXT_BYTES_OF_WORK: Final = 10

_U32: Final = struct.Struct("<I")
_U64: Final = struct.Struct("<Q")
#: How it shows that a window ends before a length that is to be read there.
_BEYOND: Final = (struct.error, OverflowError)


class EndsEarlyError(Exception):
    """The header runs over the end of its bytes; `needed_bytes` is the least that it takes from the file's start."""

    def __init__(self, needed_bytes: int) -> None:
        super().__init__(needed_bytes)
        self.needed_bytes = needed_bytes


class TooMuchError(Exception):
    """The header asks for more than any model's does."""


class TextTooLongError(TooMuchError):
    """One text of it does."""


class HeaderBytes:
    """The bytes of `file` up to `end`, taken one after another. All that runs over raises EndsEarlyError.

    `still` is the least that must follow what is being read: whoever reads keeps it, and it is part
    of the error.
    """

    def __init__(self, file: BinaryIO, end: int, window_bytes: int = WINDOW_BYTES) -> None:
        self._window_bytes = window_bytes
        self._file = file
        self._end = end
        self._window = b""
        self._start = 0  # where the window begins in the file
        self._at = 0  # where we are in the window; it may lie beyond its end
        self._work_left = MAX_WORK
        self._kept_left = MAX_KEPT_BYTES
        self.still = 0

    @property
    def position(self) -> int:
        """Where we are, from the file's start."""
        return self._start + self._at

    def spend(self, work: int) -> None:
        """Take from what a header may cost. Raises TooMuchError."""
        self._work_left -= work
        if self._work_left < 0:
            raise TooMuchError

    def take(self, n_bytes: int) -> bytes:
        """The next bytes."""
        start, end = self._at, self._at + n_bytes
        if end > len(self._window):
            self._refill(n_bytes)
            start, end = 0, n_bytes
        self._at = end
        return self._window[start:end]

    def text(self, max_bytes: int) -> bytes:
        """The next text, which has its length before it. Raises TextTooLongError."""
        length = self.u64()
        if length > max_bytes:
            if self.position + length > self._end:
                raise EndsEarlyError(self.position + length + self.still)
            raise TextTooLongError
        return self.take(length)

    def kept_text(self) -> bytes:
        """The same, of a text that is to be read by people."""
        text = self.text(MAX_TEXT_BYTES)
        self._keep(len(text) * (1 if text.isascii() else 4))  # Python's text takes up to four times the bytes
        self.spend(len(text) // TEXT_BYTES_OF_WORK)
        return text

    def kept_bytes(self, n_bytes: int) -> bytes:
        """The next bytes, which are to stay."""
        self._keep(n_bytes)
        return self.take(n_bytes)

    def u32(self) -> int:
        """The next number of 4 bytes."""
        return int(_U32.unpack(self.take(4))[0])

    def u64(self) -> int:
        """The next number of 8 bytes."""
        return int(_U64.unpack(self.take(8))[0])

    def skip(self, n_bytes: int) -> None:
        """Jump over what nobody asks for."""
        self._at += n_bytes
        if self.position > self._end:
            raise EndsEarlyError(self.position + self.still)

    def skip_texts(self, count: int) -> None:
        """Jump over an array of texts, from length to length."""
        self.spend(count)
        self.still += 8 * count
        while count:
            self._refill(8)
            self._at, left = _step_over(self._window, self._at, count)
            self.still -= 8 * (count - left)
            count = left
        self.skip(0)

    def are_distinct(self, count: int) -> bool:
        """Read an array of texts, and say whether no two are equal, empty ones aside."""
        self.spend(WORK_OF_TOKEN * count)
        self.still += 8 * count
        texts: list[bytes] = []
        while len(texts) < count:
            self._refill(8)
            before, start = len(texts), self._at
            self._at = _slice(self._window, start, count - before, texts)
            self._keep(self._at - start - 8 * (len(texts) - before))
            if self._at == start:  # longer than what is left of the window
                texts.append(self.text(MAX_TEXT_BYTES))
                self._keep(len(texts[-1]))
            self.still -= 8 * (len(texts) - before)
        n_empty = texts.count(b"")
        return len(set(texts)) == count - max(0, n_empty - 1)

    def _keep(self, n_bytes: int) -> None:
        self._kept_left -= n_bytes
        if self._kept_left < 0:
            raise TooMuchError

    def _refill(self, n_bytes: int) -> None:
        """Have a window that begins here and holds `n_bytes` at least; nothing when it does already."""
        if self._at + n_bytes <= len(self._window):
            return
        position = self.position
        if position + n_bytes > self._end:
            raise EndsEarlyError(position + n_bytes + self.still)
        self._window = b""
        self._file.seek(position)
        self._window = self._file.read(min(max(n_bytes, self._window_bytes), self._end - position))
        self._start, self._at = position, 0
        if len(self._window) < n_bytes:
            raise EndsEarlyError(position + n_bytes + self.still)


def _step_over(window: bytes, at: int, count: int) -> tuple[int, int]:
    """Go over at most `count` texts that begin in the window; returns where that ends, and how many are left."""
    length_at: Callable[[bytes, int], tuple[int]] = _U64.unpack_from
    steps = repeat(None, count)
    try:
        for _ in steps:
            at += 8 + length_at(window, at)[0]
    except _BEYOND:
        return at, length_hint(steps) + 1
    return at, 0


def _slice(window: bytes, at: int, count: int, texts: list[bytes]) -> int:
    """Append at most `count` texts, those that lie in the window whole; returns where the last one ends."""
    length_at: Callable[[bytes, int], tuple[int]] = _U64.unpack_from
    add = texts.append
    first = len(texts)
    try:
        for _ in repeat(None, count):
            start = at + 8
            at = start + length_at(window, at)[0]
            add(window[start:at])
    except _BEYOND:
        pass
    if at > len(window) and len(texts) > first:
        return len(window) - len(texts.pop()) - 8  # the last one was cut off by the window's end
    return at
