"""Scoring: how likely a model finds the tokens of a text that is there already, computed as a prompt is.

A score holds nothing between two slices of it: its sequence is an idle one then, which gives way to replies as any
other and is computed again where it did. So replies never wait for more than one slice.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from desktop_llm.engine.kv_cache import KVCache
from desktop_llm.engine.messages import ChatPrompt
from desktop_llm.engine.model import (
    BatchToken,
    DecodeInterruptedError,
    LanguageModel,
    NoRoomError,
    Sampler,
)
from desktop_llm.engine.request import Request
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.token_record import ScoredToken, TokenRecord
from desktop_llm.errors import AppError, EngineError

_log = logging.getLogger(__name__)

#: Tokens of a slice while somebody is replying: about as long as a reply's own step where memory sets the pace.
BESIDE_REPLIES: Final = 4
#: After such a slice replies have the engine for themselves for so many times as long as it took.
REST: Final = 4

#: Called on the engine's thread with the part that is done, 0 to 1; must do no more than wake somebody.
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the text that is computed at once: tokens `start` to `end`, of which those from `first` on count."""

    start: int
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model thought of each token from `first` on; the very first of a text it cannot judge.

    A text longer than the context is computed in `n_windows` windows: then each token was judged with at least
    `n_before` tokens before it (but for the first window's), not with all of them.
    """

    record: TokenRecord
    n_windows: int = 1
    n_before: int | None = None

    @property
    def tokens(self) -> tuple[ScoredToken, ...]:
        """One for each token. Made anew at each call."""
        return tuple(self.record.tokens())

    @property
    def perplexity(self) -> float:
        """exp of the mean surprise of the judged tokens; NaN where there is none."""
        return self.record.perplexity


@dataclass(frozen=True, slots=True)
class ReplyText:
    """A reply to be scored after the prompt it answers: its own tokens, or, for another model, its text."""

    prompt: ChatPrompt
    ids: tuple[int, ...] | None = None
    text: str = ""


#: What can be scored: tokens as they are, or a reply after its prompt.
Scored = Sequence[int] | ReplyText


@dataclass(frozen=True, slots=True)
class ScoreWish:
    """What to tell of each token: so many alternatives, and with `params` what their samplers would leave for a draw.

    Tokens before `first` are not told of; of a reply all are. Mirostat's draws cannot be told afterwards.
    """

    first: int = 0
    n_top: int = 0
    params: SamplingParams | None = None
    progress: Progress = lambda fraction: None


@dataclass(slots=True, eq=False)
class ScoreJob:
    """One text to score. `sampler` tells what sampling would have left of the candidates; its owner is the job."""

    ids: Sequence[int]
    first: int
    n_top: int
    answer: Future[Scores]
    sampler: Sampler | None = None
    progress: Progress = lambda fraction: None
    record: TokenRecord = field(init=False)
    windows: deque[Window] = field(default_factory=deque)
    n_windows: int = 0
    n_computed: int = 0

    def __post_init__(self) -> None:
        self.record = TokenRecord(self.n_top)

    @property
    def n_judged(self) -> int:
        """The place of the next token to be judged."""
        return self.first + len(self.record)


def windows_of(n_ids: int, first: int, n_ctx: int) -> list[Window]:
    """The windows that judge the tokens `first` (at least 1) to `n_ids` in a context of `n_ctx`.

    Where one is not enough they overlap by half, so that each token has at least half a context before it.
    """
    first = max(first, 1)
    windows: list[Window] = []
    start, end = (0, min(n_ids, n_ctx)) if first < n_ctx else _next_window(first, n_ids, n_ctx)
    while first < n_ids:
        windows.append(Window(start, first, end))
        first = end
        start, end = _next_window(end, n_ids, n_ctx)
    return windows


def _next_window(first: int, n_ids: int, n_ctx: int) -> tuple[int, int]:
    start = max(0, first - n_ctx // 2)
    return start, min(start + n_ctx, n_ids)


class ScoringQueue:
    """Texts that wait to be scored, one after the other. Engine thread; only `cancel` of an answer is for others."""

    def __init__(self, model: LanguageModel, cache: KVCache, clock: Callable[[], float] = time.perf_counter) -> None:
        self._model = model
        self._cache = cache
        self._clock = clock
        self._rests_until = 0.0
        self._jobs: deque[ScoreJob] = deque()

    @property
    def has_work(self) -> bool:
        """Whether `step` would do anything."""
        return bool(self._jobs)

    @property
    def n_waiting(self) -> int:
        """Texts that are not answered yet."""
        return len(self._jobs)

    def add(self, job: ScoreJob) -> None:
        """Queue a text. Its tokens must exist."""
        facts = self._model.facts
        job.windows.extend(windows_of(len(job.ids), job.first, facts.n_ctx))
        job.n_windows = len(job.windows)
        if job.first == 0 and job.ids:
            job.record.add(_unjudged(job.ids[0], self._model))
            self._tell_sampler(job, job.ids[0])
        else:
            for token in job.ids[: job.first]:
                self._tell_sampler(job, token)
        self._jobs.append(job)

    def step(self, running: Sequence[Request]) -> None:
        """Compute one slice of the first text; beside replies it is a short one, or waits for its turn and for room."""
        for job in [job for job in self._jobs if job.answer.cancelled()]:
            self._remove(job)
        if not self._jobs:
            return
        job = self._jobs[0]
        if not job.windows:
            self._answer(job)
            return
        window = job.windows[0]
        tokens = job.ids[window.start : window.end - 1]
        started = self._clock()
        if self._cache.n_free_rows == 0 or (running and started < self._rests_until):
            return
        if running and not self._cache.can_hold(tokens, sum(request.n_pending + 1 for request in running)):
            return
        self._slice(job, tokens, BESIDE_REPLIES if running else self._model.facts.n_batch, is_alone=not running)
        now = self._clock()
        self._rests_until = now + REST * (now - started)

    def _slice(self, job: ScoreJob, tokens: Sequence[int], budget: int, *, is_alone: bool) -> None:
        """Take the sequence back, compute some of it, judge what came of it, and let it go."""
        facts, window = self._model.facts, job.windows[0]
        wanted = job.n_judged - 1 - window.start  # whose logits judge the next token
        placement = self._cache.take(list(tokens[: wanted + 1]))
        start, sequence = placement.n_cached, placement.sequence
        end = min(len(tokens), start + min(budget, facts.n_batch), wanted + facts.n_outputs)
        try:
            if not self._cache.make_room(end - start):
                raise NoRoomError
            self._model.decode(_rows(tokens, start, end, wanted, sequence))
        except DecodeInterruptedError:
            self._cache.rewind(sequence)
        except NoRoomError:
            if is_alone and not self._cache.drop_oldest():
                self._fail(job, EngineError("The engine has no room to compute this text."))
        except EngineError as error:
            _log.warning("a slice of %d tokens failed: %s", end - start, error)
            self._cache.drop(sequence)
            self._fail(job, error)
        else:
            self._cache.append(sequence, tokens[start:end])
            self._judge(job, range(max(start, wanted), end), start)
        self._cache.release(sequence)

    def _judge(self, job: ScoreJob, positions: range, start: int) -> None:
        window = job.windows[0]
        try:
            for position in positions:
                token = job.ids[window.start + position + 1]
                judged = self._model.judge(position - start, token, job.n_top, job.sampler)
                piece = self._model.piece(token, special=True)
                job.record.add(
                    ScoredToken(
                        token,
                        piece,
                        judged.logprob,
                        judged.entropy,
                        judged.alternatives,
                        judged.rank,
                        judged.p_sampled,
                    )
                )
                self._tell_sampler(job, token)
        except AppError as error:
            self._fail(job, error)
            return
        job.progress(len(job.record) / (len(job.ids) - job.first))
        if job.n_judged >= window.end:
            job.windows.popleft()
            if not job.windows:
                self._answer(job)

    def _tell_sampler(self, job: ScoreJob, token: int) -> None:
        if job.sampler is not None:
            job.sampler.accept(token)

    def _answer(self, job: ScoreJob) -> None:
        self._remove(job)
        job.record.pack()
        if job.answer.set_running_or_notify_cancel():
            n_before = self._model.facts.n_ctx // 2 if job.n_windows > 1 else None
            job.answer.set_result(Scores(job.record, max(job.n_windows, 1), n_before))

    def _fail(self, job: ScoreJob, error: AppError) -> None:
        self._remove(job)
        if job.answer.set_running_or_notify_cancel():
            job.answer.set_exception(error)

    def _remove(self, job: ScoreJob) -> None:
        self._jobs.remove(job)
        if job.sampler is not None:
            job.sampler.close()

    def fail_all(self, error: AppError) -> None:
        """Answer every question with this error."""
        for job in tuple(self._jobs):
            self._fail(job, error)


def _rows(tokens: Sequence[int], start: int, end: int, wanted: int, sequence: int) -> list[BatchToken]:
    """The rows of a slice; logits are wanted from place `wanted` on."""
    return [BatchToken(tokens[i], i, sequence, wants_logits=i >= wanted) for i in range(start, end)]


def _unjudged(token: int, model: LanguageModel) -> ScoredToken:
    return ScoredToken(token, model.piece(token, special=True), None, None, ())
