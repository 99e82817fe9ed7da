"""Log-probabilities of a row of logits, over the whole vocabulary, before any sampler changed them. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Row = npt.NDArray[np.float32]

#: Tokens a block; the best of a row lie in the blocks with the best maxima, so only those are searched.
_BLOCK = 64


def log_sum_exp(row: Row) -> float:
    """ln of the sum of exp(logit): a logit minus this is its log-probability."""
    highest = row.max()
    return float(highest) + float(np.log(np.exp(row - highest).sum(dtype=np.float64)))


def best(row: Row, n: int) -> list[int]:
    """The ids of the `n` highest logits, best first; of equals the lower id first."""
    if n == 0:
        return []
    candidates = _candidates(row, n)
    order = np.lexsort((candidates, -row[candidates]))[:n]
    return [int(token) for token in candidates[order]]


def _candidates(row: Row, n: int) -> npt.NDArray[np.intp]:
    n_blocks = len(row) // _BLOCK
    if n_blocks <= 2 * n:
        return np.arange(len(row))
    body = row[: n_blocks * _BLOCK]
    maxima = body.reshape(n_blocks, _BLOCK).max(axis=1)
    threshold = np.partition(maxima, n_blocks - n)[n_blocks - n]
    blocks = np.flatnonzero(maxima >= threshold)
    inside = (blocks[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
    return np.concatenate((inside, np.arange(len(body), len(row))))
