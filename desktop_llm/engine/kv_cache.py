"""KVCache: which sequence holds which tokens, and which of them can serve another prompt.

A sequence is in use by one request, or it is idle: what a finished request left, kept because the
next prompt often begins with it. Idle ones are dropped, the longest unused first, when their row
or their cells are needed. Before that they are parked outside the cache, where that makes replies
faster (see `parking`). The bookkeeping and llama.cpp's memory change together, here only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop_llm.engine.cells import CellCount
from desktop_llm.engine.model import LanguageModel, PrefixCut
from desktop_llm.engine.parking import Parking

#: Checkpoints kept a sequence, the newest; and the most bytes all of them may have.
MAX_CHECKPOINTS = 8
MAX_CHECKPOINT_BYTES = 256 * 1024 * 1024
#: Idle cells that are worth parking: llama.cpp looks at its cells 256 at a time.
WORTH_PARKING = 256

_CHUNK = 512


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a sequence after its first `position` tokens, as llama.cpp wrote it."""

    position: int
    state: bytes


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a prompt was put, and how many of its tokens are there already."""

    sequence: int
    n_cached: int


@dataclass(slots=True)
class _Row:
    tokens: list[int] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    is_used: bool = False
    last_used: int = 0


class KVCache:
    """The rows of one model's KV cache; `n_cells` of room are shared by all. Engine thread."""

    def __init__(self, model: LanguageModel, worth_parking: int = WORTH_PARKING) -> None:
        self._model, self._worth_parking = model, worth_parking
        self._cut = model.facts.prefix_cut
        self._rows = [_Row() for _ in range(model.facts.n_seq_max)]
        self._cells = CellCount()
        self._parking = Parking(model)
        self._clock = 0
        self.n_cells = model.facts.n_ctx

    @property
    def n_used(self) -> int:
        """Cells in use, those of idle sequences included."""
        return self._cells.n_used

    @property
    def n_free_rows(self) -> int:
        """How many requests more can be placed."""
        return sum(not row.is_used for row in self._rows)

    @property
    def n_sequences(self) -> int:
        """Rows that hold tokens, idle ones included."""
        return sum(bool(row.tokens) for row in self._rows)

    def tokens(self, sequence: int) -> tuple[int, ...]:
        """What a sequence holds."""
        return tuple(self._rows[sequence].tokens)

    def can_hold(self, prompt: Sequence[int], n_promised: int, *, reuse: bool = True) -> bool:
        """Whether a prompt and a first token would fit beside the requests that run.

        `n_promised` are cells these will need for tokens they know already. Idle sequences do not
        count, because they give way.
        """
        used = [i for i, row in enumerate(self._rows) if row.is_used]
        shared = max((common_prefix(self._rows[i].tokens, prompt) for i in used), default=0) if reuse else 0
        return self._cells.n_used_by(used) + n_promised + len(prompt) - shared + 1 <= self.n_cells

    def n_reusable(self, prompt: Sequence[int]) -> int:
        """How many tokens of a prompt need not be computed, as far as can be known before it is taken."""
        common = (min(common_prefix(row.tokens, prompt), len(prompt) - 1) for row in self._rows)
        return max(map(self._usable, self._rows, common), default=0)

    def take(self, prompt: Sequence[int], *, reuse: bool = True) -> Placement:
        """Give a request a sequence that begins with as much of `prompt` as possible; an empty one without `reuse`.

        At least the last token is left to compute, because its logits are wanted. There must be a
        free row. The caller owns the sequence until `release`. What is idle then is parked, where it is worth it.
        """
        source, n_common = self._best_source(prompt) if reuse else (0, 0)
        target = self._choose_target(source, n_common)
        row = self._rows[target]
        n_cached = 0
        if n_common:
            if target != source:
                self.drop(target)
            if self._parking.holds(source):
                n_common = min(n_common, self._bring_back(source, target))
            elif target != source:
                self._copy(source, target)
            n_cached = self._cut_to(target, n_common)
            if target != source and n_cached:
                n_cached = self._unshare(target)
        else:
            self.drop(target)
        row.is_used = True
        self._touch(row)
        self._park_idle()
        return Placement(target, n_cached)

    def _best_source(self, prompt: Sequence[int]) -> tuple[int, int]:
        best, best_usable = 0, 0
        for sequence, row in enumerate(self._rows):
            n = min(common_prefix(row.tokens, prompt), len(prompt) - 1)
            usable = self._usable(row, n)
            if usable > best_usable or (usable == best_usable > 0 and self._rows[best].is_used):
                best, best_usable = sequence, usable
        if not best_usable:
            return 0, 0
        return best, min(common_prefix(self._rows[best].tokens, prompt), len(prompt) - 1)

    def _usable(self, row: _Row, n_common: int) -> int:
        """How much of a common prefix a cut would leave, as far as can be known before trying."""
        if self._cut is PrefixCut.NOWHERE and n_common < len(row.tokens):
            return max((point.position for point in row.checkpoints if point.position <= n_common), default=0)
        return n_common

    def _choose_target(self, source: int, n_common: int) -> int:
        """The row to use: the source itself when little is lost by it, else an empty or the longest unused one."""
        idle = [i for i, row in enumerate(self._rows) if not row.is_used]
        oldest = min(idle, key=lambda i: (bool(self._rows[i].tokens), self._rows[i].last_used))
        if not n_common or self._rows[source].is_used:
            return oldest
        if n_common == len(self._rows[source].tokens):
            return source
        if self._rows[oldest].tokens and 2 * n_common >= len(self._rows[source].tokens):
            return source
        return oldest

    def _bring_back(self, source: int, target: int) -> int:
        """Put a parked sequence into the cache again; returns how many tokens are there."""
        tokens = list(self._rows[source].tokens)
        is_back = self.make_room(len(tokens)) and self._parking.bring_back(source, target)
        if not is_back:
            self.drop(target)
            return 0
        self._rows[target].tokens = tokens
        self._cells.append(target, len(tokens))
        return len(tokens)

    def _park_idle(self) -> None:
        """Take what no request uses out of the cache, so that those that run are computed faster."""
        idle = [i for i, row in enumerate(self._rows) if not row.is_used and self._is_inside(i)]
        if not self._parking.is_worth_it or sum(len(self._rows[i].tokens) for i in idle) < self._worth_parking:
            return
        for sequence in idle:
            if self._parking.park(sequence):
                self._model.forget(sequence)
                self._cells.cut(sequence, 0)

    def _is_inside(self, sequence: int) -> bool:
        """Whether a sequence has cells of the cache."""
        return bool(self._rows[sequence].tokens) and not self._parking.holds(sequence)

    def _copy(self, source: int, target: int) -> None:
        self._model.copy_sequence(source, target)
        self._cells.copy(source, target)
        self._rows[target].tokens = list(self._rows[source].tokens)
        self._rows[target].checkpoints = list(self._rows[source].checkpoints)

    def _unshare(self, sequence: int) -> int:
        """Give a copy a window of its own; returns how many of its tokens are left.

        llama.cpp lets new tokens overwrite cells that have slid out of the window, but not cells
        that two sequences share: soon neither could go on.
        """
        length = len(self._rows[sequence].tokens)
        if self._cut is PrefixCut.WINDOW:
            state = self._model.save_state(sequence)
            if not self._model.restore_state(sequence, state):
                self.drop(sequence)
                return 0
        return length

    def _cut_to(self, sequence: int, length: int) -> int:
        """Cut a sequence to its first `length` tokens, or to the nearest checkpoint before; returns what is left."""
        row = self._rows[sequence]
        if length == len(row.tokens):
            return length
        if self._model.forget(sequence, length):
            self._note_cut(sequence, length)
            return length
        for point in reversed(row.checkpoints):
            if point.position > length:
                continue
            restored = self._model.restore_state(sequence, point.state)
            if restored and self._model.forget(sequence, point.position):
                self._note_cut(sequence, point.position)
                return point.position
        self.drop(sequence)
        return 0

    def _note_cut(self, sequence: int, length: int) -> None:
        row = self._rows[sequence]
        del row.tokens[length:]
        row.checkpoints = [point for point in row.checkpoints if point.position <= length]
        self._cells.cut(sequence, length)

    def append(self, sequence: int, tokens: Sequence[int]) -> None:
        """These tokens of a sequence were computed."""
        self._rows[sequence].tokens.extend(tokens)
        self._cells.append(sequence, len(tokens))

    def rewind(self, sequence: int) -> int:
        """Undo what an interrupted decode left behind; returns how many tokens are still there."""
        row = self._rows[sequence]
        length = len(row.tokens)
        if length and self._model.forget(sequence, length):
            return length
        used = row.is_used
        self.drop(sequence)
        row.is_used = used
        return 0

    def checkpoint(self, sequence: int) -> None:
        """Save a sequence's state as it is now, where the model cannot be cut anywhere."""
        row = self._rows[sequence]
        if self._cut is PrefixCut.ANYWHERE or not row.tokens:
            return
        if any(point.position == len(row.tokens) for point in row.checkpoints):
            return
        state = self._model.save_state(sequence)
        if state:
            row.checkpoints = [*row.checkpoints, Checkpoint(len(row.tokens), state)][-MAX_CHECKPOINTS:]
            self._limit_checkpoints()

    def _limit_checkpoints(self) -> None:
        """Drop the oldest checkpoints of the longest unused rows until all fit into their bytes."""
        rows = sorted(self._rows, key=lambda row: row.last_used)
        size = sum({id(p.state): len(p.state) for row in rows for p in row.checkpoints}.values())
        for row in rows:
            while size > MAX_CHECKPOINT_BYTES and row.checkpoints:
                size -= len(row.checkpoints.pop(0).state)

    def release(self, sequence: int) -> None:
        """The request is done with it; its tokens stay for a later prompt."""
        row = self._rows[sequence]
        row.is_used = False
        self._touch(row)

    def drop(self, sequence: int) -> None:
        """Forget all of a sequence and free its cells."""
        row = self._rows[sequence]
        if self._is_inside(sequence):
            self._cells.cut(sequence, 0)
        self._parking.forget(sequence)
        self._model.forget(sequence)
        row.tokens.clear()
        row.checkpoints.clear()
        row.is_used = False

    def make_room(self, n: int) -> bool:
        """Free cells for `n` more tokens by dropping idle sequences; whether there is room now."""
        while self.n_cells - self._cells.n_used < n:
            if not self.drop_oldest():
                return False
        return True

    def drop_oldest(self) -> bool:
        """Drop the longest unused idle sequence that has cells; False when there is none."""
        idle = [i for i, row in enumerate(self._rows) if not row.is_used and self._is_inside(i)]
        if not idle:
            return False
        self.drop(min(idle, key=lambda i: self._rows[i].last_used))
        return True

    def drop_idle(self) -> None:
        """Drop every sequence that no request uses."""
        for sequence, row in enumerate(self._rows):
            if not row.is_used:
                self.drop(sequence)

    def _touch(self, row: _Row) -> None:
        self._clock += 1
        row.last_used = self._clock


def common_prefix(left: Sequence[int], right: Sequence[int]) -> int:
    """How many tokens two texts begin with in common."""
    length = min(len(left), len(right))
    start = 0
    while start < length and left[start : start + _CHUNK] == right[start : start + _CHUNK]:
        start += _CHUNK
    for i in range(min(start, length), length):
        if left[i] != right[i]:
            return i
    return length
