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

    So that a flood of connections that ask nothing does not keep out who asks something. The server's thread.
    """

    def __init__(self, n_proven: int, n_unproven: int = _N_UNPROVEN) -> None:
        self._most_proven = n_proven
        self._most_unproven = n_unproven
        self._proven: set[Droppable] = set()
        self._unproven: dict[Droppable, None] = {}

    def enter(self, connection: Droppable) -> None:
        """A new one; the oldest that has asked nothing makes room for it."""
        self._unproven[connection] = None
        if len(self._unproven) > self._most_unproven:
            oldest = next(iter(self._unproven))
            del self._unproven[oldest]
            oldest.drop()

    def leave(self, connection: Droppable) -> None:
        """It is gone."""
        self._unproven.pop(connection, None)
        self._proven.discard(connection)

    def prove(self, connection: Droppable) -> bool:
        """Its request has shown a good key; False when too many such are served already."""
        if connection in self._proven:
            return True
        if len(self._proven) >= self._most_proven:
            return False
        if connection in self._unproven:  # else it was dropped meanwhile
            del self._unproven[connection]
            self._proven.add(connection)
        return True

    def serves(self, connection: Droppable) -> bool:
        """Whether it has a place now."""
        return connection in self._proven

    def rest(self, connection: Droppable) -> None:
        """Its request is answered."""
        if connection in self._proven:
            self._proven.discard(connection)
            self._unproven[connection] = None
