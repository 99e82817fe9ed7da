"""EngineCore: one step of all requests: schedule, decode, sample, hand out. No thread."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from desktop_llm.engine.admission import Admission, Template
from desktop_llm.engine.embedding import EmbeddingQueue
from desktop_llm.engine.events import Finish, FinishReason
from desktop_llm.engine.handing_out import give_begun, put_token
from desktop_llm.engine.kv_cache import WORTH_PARKING, KVCache
from desktop_llm.engine.model import DecodeInterruptedError, LanguageModel, NoRoomError, PrefixCut, Sampled
from desktop_llm.engine.request import Request, RequestStatus, Submission
from desktop_llm.engine.scheduler import Batch, ChunkSize, Scheduler, Share, build_batch
from desktop_llm.engine.scoring import ScoringQueue
from desktop_llm.engine.sharing import WORTH_WAITING, better_waits
from desktop_llm.engine.stats import Counts, EngineStats
from desktop_llm.errors import AppError, EngineError, GenerationError

_log = logging.getLogger(__name__)

_NOBODY: Final[frozenset[int]] = frozenset()


class EngineCore:
    """All requests of one loaded model. Every method but `can_interrupt` is called on one thread, between steps.

    `tell` hears of every reply's end. `worth_waiting` and `worth_parking` are tokens (see `sharing`, `kv_cache`).

    Requests wait first come, first served, for a row of the KV cache and room in it. One whose prompt begins
    like that of another, which is just being computed, waits for that and copies it. When the cells run out
    while several are running, idle sequences give way first, then the youngest request: it waits, keeps its
    tokens, and is computed again later; its reader notices a pause, nothing else.
    """

    def __init__(
        self,
        model: LanguageModel,
        template: Template,
        tell: Callable[[Finish], None] = lambda finish: None,
        worth_waiting: int = WORTH_WAITING,
        worth_parking: int = WORTH_PARKING,
    ) -> None:
        self._model = model
        self._tell = tell
        self._worth_waiting = worth_waiting
        self.admission = Admission(model, template)
        self.embeddings = EmbeddingQueue(model)
        self._cache = KVCache(model, worth_parking)
        self.forget_idle = self._cache.drop_idle
        self.scoring = ScoringQueue(model, self._cache)
        self._scheduler = Scheduler(model.facts.n_batch)
        self._chunk = ChunkSize(model.facts.n_batch)
        self._counts = Counts()
        self._waiting: deque[Request] = deque()
        self._running: list[Request] = []
        self._suspects: deque[Request] = deque()
        self._limit: int | None = None
        self._is_crowded = False
        self._prompts_in_flight = _NOBODY

    @property
    def has_work(self) -> bool:
        """Whether `step` would do anything."""
        return bool(self._running or self._waiting or self.embeddings.has_work or self.scoring.has_work)

    def can_interrupt(self, number: int) -> bool:
        """Whether a long prompt of this request is being computed, and is cheaply undone. Any thread."""
        return number in self._prompts_in_flight and self._model.facts.prefix_cut is PrefixCut.ANYWHERE

    def add(self, submission: Submission) -> None:
        """Admit a request: render, tokenize, make its sampler. What is wrong with it ends its own stream only."""
        try:
            request = self.admission.request(submission)
        except AppError as error:
            submission.stream.fail(error)
            return
        if request is not None:
            self._waiting.append(request)
            if not give_begun(self._model, request, submission.prompt):
                self._finish(request, FinishReason.STOP)

    def abort(self, number: int) -> bool:
        """End a request with ABORTED and free its sequence, before the next step; False when it is not here."""
        for request in (*self._running, *self._waiting):
            if request.number == number:
                self._finish(request, FinishReason.ABORTED)
                return True
        return False

    def fail_all(self, error: AppError) -> None:
        """End every stream with this error."""
        for request in (*self._running, *self._waiting):
            self._end(request)
            request.stream.fail(error)
        self.embeddings.fail_all(error)
        self.scoring.fail_all(error)

    def step(self) -> None:
        """Give every running request its share of one batch, and hand out what comes of it."""
        if self.embeddings.has_work:
            self.embeddings.step()
        self.scoring.step(self._running)
        self._admit()
        batch = self._plan()
        if batch is None:
            return
        started = time.perf_counter()
        try:
            self._model.decode(batch.rows)
        except NoRoomError:
            self._relieve(batch)
        except DecodeInterruptedError:
            self._rewind(batch)
        except EngineError as error:
            self._suspect(batch, error)
        else:
            self._chunk.learn(len(batch.rows), time.perf_counter() - started)
            self._hand_out(batch)

    # who runs

    def _admit(self) -> None:
        if not self._running:
            self._is_crowded = False
        n_held = 0
        for request in tuple(self._waiting):
            if self._is_crowded or self._cache.n_free_rows <= n_held:
                return
            if request.params.reuses_cache and self._should_wait(request):
                n_held += 1  # its row is kept for it
                continue
            if self._running and not self._has_room(request):
                return
            self._waiting.remove(request)
            self._start(request)

    def _should_wait(self, request: Request) -> bool:
        n_enough = self._cache.n_reusable(request.tokens) + self._worth_waiting
        return better_waits(request, self._running, n_enough)

    def _has_room(self, request: Request) -> bool:
        n_promised = sum(each.n_pending for each in self._running)
        return self._cache.can_hold(request.tokens, n_promised, reuse=request.params.reuses_cache)

    def _start(self, request: Request) -> None:
        placement = self._cache.take(request.tokens, reuse=request.params.reuses_cache)
        request.sequence = placement.sequence
        request.n_computed = placement.n_cached
        request.status = RequestStatus.RUNNING
        if self._model.facts.prefix_cut is not PrefixCut.ANYWHERE:
            request.checkpoint_at = request.n_prompt - 1
        if request.n_cached is None:  # not after a preemption
            request.n_cached = placement.n_cached
            request.admitted_at = time.perf_counter()
            self._counts.admit(request.n_prompt, placement.n_cached)
            request.stream.put(request.progress())
        self._running.append(request)

    def _preempt(self, request: Request) -> None:
        """Take a request's sequence away; it waits in front, and its tokens are computed again later.

        Nobody is admitted before one of the others has ended: room that was too little once would be
        too little again.
        """
        assert request.sequence is not None
        self._running.remove(request)
        self._cache.drop(request.sequence)
        request.sequence = None
        request.n_computed = 0
        request.status = RequestStatus.WAITING
        self._waiting.appendleft(request)
        self._is_crowded = True
        _log.debug("request %d gives its room to older ones", request.number)

    # one batch

    def _plan(self) -> Batch | None:
        while self._running:
            plan = self._scheduler.plan(self._candidates(), self._chunk.n_tokens)
            if self._limit is not None:
                plan = [(plan[0][0], min(plan[0][1], self._limit))]
            if self._cache.make_room(sum(n for _, n in plan)):
                batch = build_batch(plan)
                self._prompts_in_flight = _prompts_of(batch)
                return batch
            if len(self._running) == 1:
                self._finish(self._running[0], FinishReason.LENGTH)
            else:
                self._preempt(_youngest(self._running))
        return None

    def _candidates(self) -> list[Request]:
        """Who may take part: after a failed step those in it one by one, to find out whose fault it was."""
        while self._suspects:
            if self._suspects[0].status is RequestStatus.RUNNING:
                return [self._suspects[0]]
            self._suspects.popleft()
        return self._running

    def _relieve(self, batch: Batch) -> None:
        """The cache had no room although the count said so: make some, or ask for less next time."""
        if self._cache.drop_oldest():
            return
        if len(self._running) > 1:
            self._preempt(_youngest(self._running))
        elif len(batch.rows) > 1:
            self._limit = len(batch.rows) // 2
        else:
            self._limit = None
            self._restart_or_finish(self._running[0])

    def _restart_or_finish(self, request: Request) -> None:
        """Alone, and no room for one token: begin again with an empty cache, once; after that the context is full."""
        if request.was_restarted:
            self._finish(request, FinishReason.LENGTH)
            return
        request.was_restarted = True
        self._preempt(request)

    def _rewind(self, batch: Batch) -> None:
        """Undo what part of a batch was computed, so that the same tokens can be computed again."""
        for share in batch.shares:
            assert share.request.sequence is not None
            share.request.n_computed = self._cache.rewind(share.request.sequence)

    def _suspect(self, batch: Batch, error: EngineError) -> None:
        """A step failed: fail the request if it was alone in it, else try each alone."""
        self._rewind(batch)
        _log.warning("a step of %d tokens failed: %s", len(batch.rows), error)
        if len(batch.shares) > 1:
            self._suspects = deque(share.request for share in batch.shares)
            return
        request = batch.shares[0].request
        assert request.sequence is not None
        sequence = request.sequence
        self._end(request)
        self._cache.drop(sequence)
        request.stream.fail(GenerationError("The reply could not be computed. Try again, or load the model again."))

    # what comes of it

    def _hand_out(self, batch: Batch) -> None:
        self._limit = None
        self._counts.n_batch_last = len(batch.rows)
        if self._suspects:
            self._suspects.popleft()
        for share in batch.shares:
            share.request.was_alone &= len(batch.shares) == 1
            self._advance(share)

    def _advance(self, share: Share) -> None:
        request = share.request
        assert request.sequence is not None and request.sampler is not None
        start = request.n_computed
        request.n_computed += share.n_tokens
        self._cache.append(request.sequence, request.tokens[start : request.n_computed])
        if request.checkpoint_at == request.n_computed:
            self._cache.checkpoint(request.sequence)
            request.checkpoint_at = max(request.checkpoint_at, request.n_prompt - 1)
        if start < request.n_prompt and not request.n_generated:
            self._counts.computed_prompt_tokens += share.n_tokens
            request.stream.put(request.progress())
        if share.logits_row is None:
            return
        if request.params.max_tokens == 0:
            self._finish(request, FinishReason.LENGTH)
            return
        try:
            wish = request.params
            sampled = self._model.sample(request.sampler, share.logits_row, wish.top_logprobs, weighs=wish.tells_draw)
        except AppError as error:
            self._end(request)
            request.stream.fail(error)
            return
        self._receive(request, sampled)

    def _receive(self, request: Request, sampled: Sampled) -> None:
        request.note_token()
        token = sampled.id
        if self._model.is_end(token):
            self._finish(request, FinishReason.STOP)
            return
        request.tokens.append(token)
        self._counts.generated_tokens += 1
        put_token(self._model, request, sampled)
        if request.detokenizer.is_stopped:
            self._finish(request, FinishReason.STOP)
        elif request.n_generated == request.params.max_tokens or len(request.tokens) >= self._model.facts.n_ctx:
            self._finish(request, FinishReason.LENGTH)

    def _finish(self, request: Request, reason: FinishReason) -> None:
        self._end(request)
        text = request.detokenizer.flush()
        # The flush may itself complete a stop string (a half character that became U+FFFD).
        reason = FinishReason.STOP if request.detokenizer.is_stopped else reason
        finish = request.finish_event(reason, text, self._model.facts.n_ctx)
        self._counts.note(finish)
        request.stream.put(finish)
        self._tell(finish)

    def _end(self, request: Request) -> None:
        """Free what a request holds; its tokens stay in the cache for a later prompt."""
        if request.status is RequestStatus.RUNNING:
            assert request.sequence is not None
            self._running.remove(request)
            self._cache.release(request.sequence)
            self._is_crowded = False
        elif request.status is RequestStatus.WAITING:
            self._waiting.remove(request)
        request.status = RequestStatus.FINISHED
        request.sequence = None
        if request.sampler is not None:
            request.sampler.close()
            request.sampler = None

    def stats(self) -> EngineStats:
        """A snapshot; speeds are since the last one."""
        n_aside = self.embeddings.n_waiting + self.scoring.n_waiting
        return self._counts.added_to(_busy(self._running, self._waiting, n_aside, self._cache))

    def close(self) -> None:
        """Free the model. Streams must have ended before."""
        self._model.close()


def _prompts_of(batch: Batch) -> frozenset[int]:
    """The numbers of the requests whose prompts take part in a batch."""
    if len(batch.rows) == len(batch.shares):
        return _NOBODY
    return frozenset(share.request.number for share in batch.shares if not share.request.is_replying)


def _youngest(running: list[Request]) -> Request:
    return max(running, key=lambda request: request.number)


def _busy(running: Sequence[Request], waiting: Sequence[Request], n_aside: int, cache: KVCache) -> EngineStats:
    """How busy it is; `n_aside` wait for something else than a reply."""
    return EngineStats(
        n_running=len(running),
        n_waiting=len(waiting) + n_aside,
        n_sequences=cache.n_sequences,
        n_cells_used=cache.n_used,
        n_ctx=cache.n_cells,
        n_prefilling=sum(not request.n_generated for request in running),
        n_prompt_left=sum(request.n_prompt_left for request in (*running, *waiting)),
    )
