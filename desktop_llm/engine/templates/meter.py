"""What a chat template may spend: a deadline, and the memory of all values it keeps alive.

A template is a program by whoever made the model file. Python cannot interrupt it from outside, so
every step it takes reports here: loops and calls tick, and every value it makes is kept in a ledger
until nothing else refers to it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import ItemsView, Iterable, Iterator, KeysView, ValuesView
from dataclasses import dataclass
from typing import Any, Final

#: A list, or anything iterated at once, may have this many items.
MAX_ITEMS: Final = 200_000
#: Widths, precisions and counts given as numbers.
MAX_WIDTH: Final = 10_000
_MAX_INT_BITS: Final = 1 << 14
_MAX_NESTING: Final = 100
_NODE_WEIGHT: Final = 16
_MESSAGES: Final = 250
_TICK_BYTES: Final = 16
_ENTRY_BYTES: Final = 128  # in the ledger, in the sweep's dict, and in the buffer or list that holds the value


class LimitError(Exception):
    """The template asks for too much time or memory. Internal to the template's files."""


@dataclass(frozen=True, slots=True)
class TemplateLimits:
    """What one rendering may use.

    `seconds` of wall clock, and as much again for every 250 messages (some templates look through all
    messages for each); `max_characters` of the prompt and of any one value (nested values
    count all they hold); `max_bytes` of values alive at once; `max_source` characters of template.
    """

    seconds: float = 2.0
    max_characters: int = 4_000_000
    max_bytes: int = 64_000_000
    max_source: int = 64 * 1024
    max_depth: int = 60


class Meter:
    """One rendering's account. One thread; made anew for each rendering."""

    def __init__(self, limits: TemplateLimits, n_messages: int = 0) -> None:
        self._limits = limits
        self._deadline = time.monotonic() + limits.seconds * (1 + n_messages / _MESSAGES)
        self._tick_bytes = 0
        self._fresh_bytes = 0
        self._sweep_at = limits.max_bytes // 8
        self._ledger: list[object] = []
        self._weights: dict[int, int] = {}  # by id(); valid while the ledger holds the object
        self._depth = 0

    def tick(self) -> None:
        """One step. Raises LimitError after the deadline, or when a buffer must have grown too large."""
        self._tick_bytes += _TICK_BYTES
        if self._tick_bytes > self._limits.max_bytes:
            raise LimitError("takes too many steps")
        self.check_time()

    def check_time(self) -> None:
        """Raise LimitError after the deadline."""
        if time.monotonic() > self._deadline:
            raise LimitError("takes too long")

    def enter(self) -> None:
        """A call begins. Raises LimitError when calls nest too deeply."""
        self.tick()
        self._depth += 1
        if self._depth > self._limits.max_depth:
            raise LimitError("calls itself too deeply")

    def leave(self) -> None:
        """A call ended."""
        self._depth -= 1

    def keep(self, value: Any) -> Any:
        """Enter a value into the ledger and hand it back. Raises LimitError when it is too large."""
        self.check_time()
        if isinstance(value, str):
            self.check_size(len(value))
        elif isinstance(value, int):
            self._check_int(value)
            return value
        elif isinstance(value, _CONTAINERS):
            self.check_size(self.weigh(value))
        else:
            return value
        self._enter(value)
        return value

    def check_size(self, characters: int) -> None:
        """Raise LimitError when a value of so many characters is too large."""
        if characters > self._limits.max_characters:
            raise LimitError("makes too much text")

    def weigh(self, value: object, depth: int = 0) -> int:
        """A value's weight in characters, nested values counted as often as they occur."""
        if isinstance(value, str):
            return len(value) + _NODE_WEIGHT
        if not isinstance(value, _CONTAINERS):
            return _NODE_WEIGHT
        known = self._weights.get(id(value))
        if known is not None:
            return known
        if depth > _MAX_NESTING:
            raise LimitError("nests values too deeply")
        if len(value) > MAX_ITEMS:
            raise LimitError("makes too many values")
        children: Iterable[object] = value
        if isinstance(value, dict):
            children = [*value.keys(), *value.values()]
        weight = _NODE_WEIGHT + sum(self.weigh(child, depth + 1) for child in children)
        self._weights[id(value)] = weight
        self._enter(value)
        return weight

    def bounded(self, value: Any) -> Any:
        """The same items, at most MAX_ITEMS of them. Raises LimitError, for an iterator once it is over."""
        try:
            n_items = len(value)
        except TypeError:
            return self._count(value) if hasattr(value, "__iter__") else value
        if n_items > MAX_ITEMS:
            raise LimitError("makes too many values")
        return value

    def _count(self, values: Iterable[Any]) -> Iterator[Any]:
        for index, value in enumerate(values):
            if index >= MAX_ITEMS:
                raise LimitError("makes too many values")
            if index % 256 == 0:
                self.check_time()
            yield value

    def _check_int(self, value: int) -> None:
        if value.bit_length() > _MAX_INT_BITS:
            raise LimitError("makes too large a number")

    def _enter(self, value: object) -> None:
        self._ledger.append(value)
        self._fresh_bytes += sys.getsizeof(value) + _ENTRY_BYTES
        if self._fresh_bytes > self._sweep_at:
            self._sweep()

    def _sweep(self) -> None:
        """Forget what only the ledger holds; what is left is what the template keeps alive."""
        once = {id(value): value for value in self._ledger}
        self._ledger = []
        # Three: `once`, the loop's variable, and getrefcount's own argument.
        alive = [value for value in once.values() if sys.getrefcount(value) > 3]
        del once
        self._weights = {key: weight for value in alive if (weight := self._weights.get(key := id(value))) is not None}
        self._ledger = alive
        self._fresh_bytes = 0
        if sum(map(sys.getsizeof, alive)) + _ENTRY_BYTES * len(alive) > self._limits.max_bytes:
            raise LimitError("takes too much memory")


_CONTAINERS: Final = (list, tuple, dict, set, frozenset, KeysView, ValuesView, ItemsView)
