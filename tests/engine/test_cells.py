"""Counting cells of the KV cache."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from desktop_llm.engine.cells import CellCount

_SEQUENCES = st.integers(0, 3)


class _AgainstRealCells(RuleBasedStateMachine):
    """The count must equal that of a cache where every cell is an object of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.count = CellCount()
        self.cells: dict[int, list[object]] = {i: [] for i in range(4)}

    @rule(sequence=_SEQUENCES, n=st.integers(1, 5))
    def append(self, sequence: int, n: int) -> None:
        self.count.append(sequence, n)
        self.cells[sequence] += [object() for _ in range(n)]

    @rule(source=_SEQUENCES, to=_SEQUENCES)
    def copy(self, source: int, to: int) -> None:
        if source == to:
            return
        self.count.cut(to, 0)
        self.count.copy(source, to)
        self.cells[to] = list(self.cells[source])

    @rule(sequence=_SEQUENCES, start=st.integers(0, 12))
    def cut(self, sequence: int, start: int) -> None:
        self.count.cut(sequence, start)
        del self.cells[sequence][start:]

    @invariant()
    def agrees(self) -> None:
        assert self.count.n_used == len({id(cell) for cells in self.cells.values() for cell in cells})
        for some in ((0, 1), (2,), (1, 2, 3)):
            assert self.count.n_used_by(some) == len({id(cell) for i in some for cell in self.cells[i]})


TestCellCount = _AgainstRealCells.TestCase
TestCellCount.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
