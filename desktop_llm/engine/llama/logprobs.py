"""Log-probabilities of a row of logits, over the whole vocabulary, before any sampler changed them. Pure."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Row = npt.NDArray[np.float32]

#: Tokens a block; the best of a row lie in the blocks with the best maxima, so only those are searched.
#: Block i holds every n-th token from i on: numpy finds such maxima ten times faster than those of neighbours.
_BLOCK = 64


class RowReader:
    """Reads rows of one vocabulary's size; its buffers are made once, because this runs for every token."""

    def __init__(self, n_vocab: int) -> None:
        self._n_blocks = n_vocab // _BLOCK
        self._n_body = self._n_blocks * _BLOCK
        self._exponents = np.empty(n_vocab, dtype=np.float32)
        self._shifted = np.empty(n_vocab, dtype=np.float32)
        self._inside = np.arange(_BLOCK) * self._n_blocks
        self._rest = np.arange(self._n_body, n_vocab)

    def read(self, row: Row, n_best: int) -> tuple[float, list[int]]:
        """ln of the sum of exp(logit), and the ids of the `n_best` highest logits.

        A logit minus the first is its log-probability. The best come first, of equals the lower id.
        """
        maxima = row[: self._n_body].reshape(_BLOCK, self._n_blocks).max(axis=0)
        highest = max(maxima.max(initial=-np.inf), row[self._n_body :].max(initial=-np.inf))
        np.subtract(row, highest, out=self._exponents)
        np.exp(self._exponents, out=self._exponents)
        total = float(highest) + float(np.log(self._exponents.sum()))
        return total, self._best(row, maxima, n_best) if n_best else []

    def entropy(self, row: Row, total: float) -> float:
        """The entropy in nats of the row that was read last; `total` is what reading it gave."""
        weights, shifted = self._exponents, np.subtract(row, np.float32(total), out=self._shifted)
        if math.isinf(float(shifted.min())):  # a token that cannot be weighs nothing
            np.maximum(shifted, -1e4, out=shifted)
        return max(0.0, -float(np.dot(weights, shifted)) / float(weights.sum()))

    def _best(self, row: Row, maxima: Row, n: int) -> list[int]:
        if self._n_blocks <= 2 * n:
            candidates = np.arange(len(row))
        else:
            threshold = np.partition(maxima, self._n_blocks - n)[self._n_blocks - n]
            blocks = np.flatnonzero(maxima >= threshold)
            inside = (blocks[:, None] + self._inside).ravel()
            candidates = np.concatenate((inside, self._rest))
        order = np.lexsort((candidates, -row[candidates]))[:n]
        best: list[int] = candidates[order].tolist()
        return best
