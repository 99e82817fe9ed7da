"""Log-probabilities of a row of logits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from desktop_llm.engine.llama.logprobs import RowReader

_ROWS = arrays.arrays(
    np.float32,
    st.sampled_from([1, 63, 64, 65, 700, 2000]),
    elements=st.floats(-30, 30, width=16),
)


@given(row=_ROWS, n=st.integers(0, 20))
def test_the_best_are_those_of_a_full_sort(row: np.ndarray[tuple[int], np.dtype[np.float32]], n: int) -> None:
    total, best = RowReader(len(row)).read(row, n)
    expected = sorted(range(len(row)), key=lambda i: (-row[i], i))[:n]
    assert best == expected
    exact = np.log(np.exp(row.astype(np.float64)).sum())
    assert total == pytest.approx(exact, abs=1e-4)


@given(row=_ROWS)
def test_the_entropy_is_that_of_the_whole_distribution(row: np.ndarray[tuple[int], np.dtype[np.float32]]) -> None:
    reader = RowReader(len(row))
    total, _ = reader.read(row, 0)
    p = np.exp(row.astype(np.float64) - row.max())
    p /= p.sum()
    exact = -float((p[p > 0] * np.log(p[p > 0])).sum())
    assert reader.entropy(row, total) == pytest.approx(exact, abs=2e-4)


def test_tokens_that_cannot_be_have_no_weight() -> None:
    row = np.full(200, -np.inf, dtype=np.float32)
    row[7] = 3.0
    reader = RowReader(200)
    total, best = reader.read(row, 1)
    assert (total, best) == (3.0, [7])
    assert reader.entropy(row, total) == 0.0
