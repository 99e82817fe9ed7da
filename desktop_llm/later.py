"""Later: a part of the app that is built when it is first asked for, so that the window need not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """Calling it gives the part, which is built at the first call. Any thread; who asks meanwhile waits."""

    def __init__(self, build: Callable[[], T], close: Callable[[T], object] | None = None) -> None:
        """`close` is what `end` does to a part that was built."""
        self._build = build
        self._close = close
        self._lock = threading.RLock()
        self._built: tuple[T] | None = None
        self._is_ended = False

    def __call__(self) -> T:
        built = self._built  # at once where it is there
        return built[0] if built is not None else self._first()

    @property
    def built(self) -> T | None:
        """The part, where somebody has asked for it; at once."""
        return self._built[0] if self._built is not None else None

    def end(self) -> None:
        """Close the part, if it was ever built. One that is built after this is closed at once."""
        with self._lock:
            self._is_ended = True
            if self._built is not None and self._close is not None:
                self._close(self._built[0])

    def _first(self) -> T:
        with self._lock:
            if self._built is None:
                part = self._build()
                if self._is_ended and self._close is not None:
                    self._close(part)
                self._built = (part,)
            return self._built[0]


def there(part: T) -> Later[T]:
    """A part that is built already."""
    later = Later(lambda: part)
    later()
    return later
