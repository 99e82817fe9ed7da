"""TokenRecord: what a model thought of each token of a text, in columns: some hundred bytes a token, not objects."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from desktop_llm.engine.events import Token, TokenAlternative

_NAN = math.nan
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class ScoredToken:
    """One token and what the model thought of it, before any sampler: None where that is not known.

    `logprob` is natural, `entropy` in nats, `rank` 1 for the likeliest. `alternatives` are the likeliest tokens,
    best first. `p_sampled` is the token's probability in the draw, after the samplers.
    """

    id: int
    piece: bytes
    logprob: float | None
    entropy: float | None
    alternatives: tuple[TokenAlternative, ...]
    rank: int | None = None
    p_sampled: float | None = None


class TokenRecord:
    """Grows by one token after the other; `n_top` alternatives at most are kept of each. One thread at a time."""

    def __init__(self, n_top: int = 0) -> None:
        self.n_top = n_top
        self.ids = array("i")
        self._ends = array("I")
        self._bytes = bytearray()
        self._logprobs = array("f")
        self._entropies = array("f")
        self._ranks = array("i")
        self._sampled = array("f")
        self._other_ids = array("i")
        self._other_logprobs = array("f")
        self._other_sampled = array("f")
        self._pieces = _Pieces()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def text_bytes(self) -> bytes:
        """The bytes of all tokens as they were shown, joined."""
        return bytes(self._bytes)

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        columns = (
            *(self.ids, self._ends, self._logprobs, self._entropies, self._ranks, self._sampled),
            *(self._other_ids, self._other_logprobs, self._other_sampled),
        )
        return sum(each.itemsize * len(each) for each in columns) + len(self._bytes) + self._pieces.size_bytes

    @property
    def is_judged(self) -> bool:
        """Whether something is known of any token beside what it is."""
        return any(not math.isnan(value) for value in self._logprobs)

    def add(self, token: Token | ScoredToken) -> None:
        """Add a token; alternatives beyond `n_top` are left out."""
        self.ids.append(token.id)
        self._bytes += token.piece
        self._ends.append(len(self._bytes))
        self._logprobs.append(_number(token.logprob))
        self._entropies.append(_number(token.entropy))
        self._ranks.append(token.rank or 0)
        self._sampled.append(_number(token.p_sampled))
        others = token.alternatives[: self.n_top]
        for other in others:
            self._other_ids.append(other.id)
            self._other_logprobs.append(other.logprob)
            self._other_sampled.append(_number(other.p_sampled))
            self._pieces.add(other.id, other.piece)
        n_missing = self.n_top - len(others)
        self._other_ids.extend([_NOBODY] * n_missing)
        self._other_logprobs.extend([_NAN] * n_missing)
        self._other_sampled.extend([_NAN] * n_missing)

    def token(self, index: int) -> ScoredToken:
        """One token."""
        start = self._ends[index - 1] if index else 0
        return ScoredToken(
            self.ids[index],
            bytes(self._bytes[start : self._ends[index]]),
            _known(self._logprobs[index]),
            _known(self._entropies[index]),
            self._alternatives(index),
            self._ranks[index] or None,
            _known(self._sampled[index]),
        )

    def logprob(self, index: int) -> float | None:
        """The log-probability of one token."""
        return _known(self._logprobs[index])

    def known_logprobs(self) -> list[float | None]:
        """The log-probability of each token, where it is known."""
        return [None if value != value else value for value in self._logprobs]  # noqa: PLR0124  (only NaN is not itself)

    def tokens(self) -> Iterator[ScoredToken]:
        """All of them, first to last."""
        return map(self.token, range(len(self)))

    def ends(self) -> list[int]:
        """Where each token ends in `text_bytes`."""
        return self._ends.tolist()

    def head(self, n: int) -> TokenRecord:
        """Another record of the first `n` tokens."""
        head = TokenRecord(self.n_top)
        for index in range(n):
            head.add(self.token(index))
        return head

    def pack(self) -> None:
        """Take less room; for a record that is whole."""
        self._pieces.pack()

    def logprobs(self) -> list[float]:
        """Those log-probabilities that are known."""
        return [value for value in self._logprobs if not math.isnan(value)]

    @property
    def perplexity(self) -> float:
        """exp of the mean surprise in nats; NaN where nothing is known."""
        known = self.logprobs()
        return math.exp(-math.fsum(known) / len(known)) if known else _NAN

    def _alternatives(self, index: int) -> tuple[TokenAlternative, ...]:
        places = range(index * self.n_top, (index + 1) * self.n_top)
        return tuple(
            TokenAlternative(
                self._other_ids[i],
                self._pieces.find(self._other_ids[i]),
                self._other_logprobs[i],
                _known(self._other_sampled[i]),
            )
            for i in places
            if self._other_ids[i] != _NOBODY
        )


class _Pieces:
    """The bytes of token ids, each once: a dict while it grows, packed when it is whole."""

    def __init__(self) -> None:
        self._new: dict[int, bytes] = {}
        self._ids = array("i")
        self._ends = array("I")
        self._bytes = b""

    @property
    def size_bytes(self) -> int:
        packed = len(self._bytes) + 4 * (len(self._ids) + len(self._ends))
        return packed + sum(len(piece) + 150 for piece in self._new.values())  # a dict's entry, an int, a bytes

    def add(self, token: int, piece: bytes) -> None:
        if token not in self._new:
            self._new[token] = piece

    def find(self, token: int) -> bytes:
        if token in self._new:
            return self._new[token]
        place = bisect_left(self._ids, token)
        return self._bytes[self._ends[place - 1] if place else 0 : self._ends[place]]

    def pack(self) -> None:
        known = {token: self.find(token) for token in self._ids} | self._new
        ordered = sorted(known.items())
        self._ids = array("i", [token for token, _ in ordered])
        self._ends = array("I", accumulate(len(piece) for _, piece in ordered))
        self._bytes = b"".join(piece for _, piece in ordered)
        self._new = {}


def _number(value: float | None) -> float:
    return _NAN if value is None else value


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
