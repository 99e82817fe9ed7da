"""CellCount: how many cells of the KV cache are in use, shared prefixes counted once. Pure."""

from __future__ import annotations

from collections.abc import Iterable


class _Run:
    """Cells that were written one after another by one sequence, and may be shared by others.

    `users` maps a sequence to how many of the run's first cells it uses; `writer` may extend it.
    """

    __slots__ = ("users", "writer")

    def __init__(self, writer: int) -> None:
        self.writer = writer
        self.users: dict[int, int] = {}

    def n_cells(self) -> int:
        return max(self.users.values(), default=0)


class CellCount:
    """Counts what llama.cpp's unified cache does: a copied sequence uses the same cells as its source."""

    def __init__(self) -> None:
        self._runs: dict[int, list[_Run]] = {}
        self.n_used = 0

    def n_used_by(self, sequences: Iterable[int]) -> int:
        """Cells that these sequences alone would use."""
        longest: dict[_Run, int] = {}
        for sequence in sequences:
            for run in self._runs.get(sequence, []):
                longest[run] = max(longest.get(run, 0), run.users[sequence])
        return sum(longest.values())

    def append(self, sequence: int, n: int) -> None:
        """A sequence grows by `n` new cells."""
        runs = self._runs.setdefault(sequence, [])
        if not runs or not self._may_extend(runs[-1], sequence):
            runs.append(_Run(sequence))
        users = runs[-1].users
        users[sequence] = users.get(sequence, 0) + n
        self.n_used += n

    @staticmethod
    def _may_extend(run: _Run, sequence: int) -> bool:
        return run.writer == sequence and run.users[sequence] == run.n_cells()

    def copy(self, source: int, target: int) -> None:
        """`target`, which must be empty, shares all cells of `source`."""
        runs = self._runs.get(source, [])
        for run in runs:
            run.users[target] = run.users[source]
        self._runs[target] = list(runs)

    def cut(self, sequence: int, start: int) -> None:
        """A sequence lets go of its cells from position `start`."""
        runs = self._runs.get(sequence, [])
        position = 0
        kept: list[_Run] = []
        for run in runs:
            length = run.users[sequence]
            keep = min(max(start - position, 0), length)
            position += length
            if keep == length:
                kept.append(run)
                continue
            before = run.n_cells()
            if keep:
                run.users[sequence] = keep
                kept.append(run)
            else:
                del run.users[sequence]
            self.n_used += run.n_cells() - before
        if kept:
            self._runs[sequence] = kept
        else:
            self._runs.pop(sequence, None)
