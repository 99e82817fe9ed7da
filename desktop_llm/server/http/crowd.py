"""Crowd: how many connections there may be, and who goes when there are more."""

from __future__ import annotations

from typing import Final, Protocol

#: As many may be open without a request that has shown its key: new ones, idle ones, slow ones.
_N_UNPROVEN: Final = 128


class Droppable(Protocol):
    """A connection."""

    def drop(self) -> None:
        """End it now."""


class Crowd:
    """The open connections. A place is earned by a request with a good key; of the others the oldest goes first.

    Those go last that rest after such a request. So a flood of connections that ask nothing keeps nobody out who
    asks something, and breaks no connection that is kept for the next request. The server's thread.
    """

    def __init__(self, n_proven: int, n_unproven: int = _N_UNPROVEN) -> None:
        self._most_proven = n_proven
        self._most_unproven = n_unproven
        self._proven: set[Droppable] = set()
        self._unproven: dict[Droppable, None] = {}
        self._resting: dict[Droppable, None] = {}

    def enter(self, connection: Droppable) -> None:
        """A new one; the oldest that has asked nothing makes room for it."""
        self._unproven[connection] = None
        if len(self._unproven) + len(self._resting) > self._most_unproven:
            kind = self._unproven if len(self._unproven) > 1 or not self._resting else self._resting
            oldest = next(iter(kind))
            del kind[oldest]
            oldest.drop()

    def leave(self, connection: Droppable) -> None:
        """It is gone."""
        self._unproven.pop(connection, None)
        self._resting.pop(connection, None)
        self._proven.discard(connection)

    def prove(self, connection: Droppable) -> bool:
        """Its request has shown a good key; False when too many such are served already."""
        if connection in self._proven:
            return True
        if len(self._proven) >= self._most_proven:
            return False
        for kind in (self._unproven, self._resting):
            if connection in kind:  # else it was dropped meanwhile
                del kind[connection]
                self._proven.add(connection)
        return True

    def rest(self, connection: Droppable) -> None:
        """Its request is answered."""
        if connection in self._proven:
            self._proven.discard(connection)
            self._resting[connection] = None
