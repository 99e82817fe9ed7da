"""Embeddings: texts as vectors. The queue packs several inputs, also of several requests, into one batch. Pure."""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from desktop_llm.engine.model import DecodeInterruptedError, LanguageModel
from desktop_llm.errors import AppError, EngineError

#: Inputs are packed up to so many tokens: attention in a packed batch costs by its square.
PACK_TOKENS: Final = 512


@dataclass(frozen=True, slots=True)
class Embeddings:
    """One vector an input, each an `array("f")` of length 1 (its norm), and the tokens of each input."""

    vectors: tuple[array[float], ...]
    n_tokens: tuple[int, ...]


@dataclass(slots=True, eq=False)
class _Job:
    """One request: its inputs as tokens, and the vectors that are there already."""

    inputs: Sequence[Sequence[int]]
    answer: Future[Embeddings]
    vectors: list[array[float]] = field(default_factory=list)


class EmbeddingQueue:
    """Inputs that wait to be computed. Engine thread; only an answer's `cancel` may come from another.

    Requests take turns, one input each, so that a small one does not wait for all of a large one.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._jobs: deque[_Job] = deque()

    @property
    def has_work(self) -> bool:
        """Whether `step` would do anything."""
        return bool(self._jobs)

    @property
    def n_waiting(self) -> int:
        """Requests that are not answered yet."""
        return len(self._jobs)

    def add(self, inputs: Sequence[Sequence[int]], answer: Future[Embeddings]) -> None:
        """Queue a request: at least one input, each of 1 to `n_ctx` tokens that exist."""
        self._jobs.append(_Job(inputs, answer))

    def step(self) -> None:
        """Compute one batch. A cancelled request is left out; one whose last vector this was is answered."""
        self._jobs = deque(job for job in self._jobs if not job.answer.cancelled())
        batch = self._pack()
        if not batch:
            return
        try:
            vectors = self._model.embed([tokens for _, tokens in batch])
        except DecodeInterruptedError:
            return  # the same batch comes again, if it is still wanted
        except EngineError as error:
            self._fail({id(job): job for job, _ in batch}, error)
            return
        for (job, _), vector in zip(batch, vectors, strict=True):
            job.vectors.append(vector)
        for job in [job for job in self._jobs if len(job.vectors) == len(job.inputs)]:
            self._answer(job)
        self._jobs.rotate(-1)  # another one is first next time

    def _pack(self) -> list[tuple[_Job, Sequence[int]]]:
        """The next inputs of the requests in turn, as many as one batch holds; at least one."""
        facts = self._model.facts
        most_tokens = min(PACK_TOKENS, facts.n_batch)
        batch: list[tuple[_Job, Sequence[int]]] = []
        n_tokens, n_ahead = 0, 0
        while True:
            took = False
            for job in self._jobs:
                i = len(job.vectors) + n_ahead
                if i >= len(job.inputs):
                    continue
                tokens = job.inputs[i]
                is_full = len(batch) >= facts.n_seq_max or n_tokens + len(tokens) > most_tokens
                if batch and is_full:
                    return batch
                batch.append((job, tokens))
                n_tokens += len(tokens)
                took = True
            if not took:
                return batch
            n_ahead += 1

    def _answer(self, job: _Job) -> None:
        self._jobs.remove(job)
        if job.answer.set_running_or_notify_cancel():
            n_tokens = tuple(len(tokens) for tokens in job.inputs)
            job.answer.set_result(Embeddings(tuple(job.vectors), n_tokens))

    def _fail(self, jobs: dict[int, _Job], error: AppError) -> None:
        for job in jobs.values():
            self._jobs.remove(job)
            if job.answer.set_running_or_notify_cancel():
                job.answer.set_exception(error)

    def fail_all(self, error: AppError) -> None:
        """Answer every request with this error."""
        self._fail({id(job): job for job in self._jobs}, error)


def unit_vector(values: Sequence[float]) -> array[float]:
    """The same direction with a norm of 1. Raises EngineError where it has none."""
    norm = math.sqrt(math.fsum(value * value for value in values))
    if not math.isfinite(norm) or norm == 0.0:
        raise EngineError("The model computed no vector, only zeros or NaN. The file may be damaged.")
    return array("f", [value / norm for value in values])
