"""What the engine costs on top of llama.cpp: ratios within one run, each pair of figures measured in turn.

    python -m benchmarks.engine [path/to/starter.gguf]

A loop beside which nothing is cached is compared with an engine that has just been loaded: sequences
that the engine keeps for later prompts lie in the same unified cache, and each of their cells costs
every head of every layer a look at its mask (a row of its own shows how much).

A bare loop is `llama_decode` + `llama_sampler_sample` with nothing else. It and the engine have the
same model, context, threads and sampling. The repeats of both sides are interleaved. Two ratios are
printed: the median of neighbouring repeats, and that of each side's best repeat, which other
processes disturbed least; on a busy machine only the second says something, and it is the one judged.
"""

from __future__ import annotations

import ctypes
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import llama_cpp
from llama_cpp import llama_cpp as native

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Finish
from desktop_llm.engine.llama import context_params, model_params
from desktop_llm.engine.messages import ChatPrompt, Message, Role, TokenPrompt
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stream import TokenStream
from tests.forge import FIFTEEN_MILLION, forge

_STARTER = Path(__file__).parents[1] / "resources" / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"
#: One thread: with more, every disturbance by another process delays all of them, and ratios say nothing.
_PARAMS = LoadParams(n_ctx=4096, n_seq_max=8, n_threads=1)
_SAMPLING = SamplingParams(seed=1, ignore_eos=True)
_GREEDY = replace(_SAMPLING, temperature=0.0)
_PROMPT = tuple(range(1000, 1016))
_WAIT_S = 300.0
_FRAME_S = 1 / 60


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: tokens a second or seconds of each side, their ratios, and what the best should reach."""

    name: str
    ours: float
    theirs: float
    median_ratio: float
    ratio: float
    goal: float | None

    @property
    def is_met(self) -> bool:
        """Whether the ratio is good enough."""
        return self.goal is None or self.ratio >= self.goal


class Bare:
    """llama.cpp with nothing around it."""

    def __init__(self, path: Path) -> None:
        self._model = native.llama_model_load_from_file(str(path).encode(), model_params(_PARAMS))
        self._context = native.llama_init_from_model(self._model, context_params(_PARAMS, 8192))
        self._memory = native.llama_get_memory(self._context)
        self._batch = native.llama_batch_init(512, 0, 1)

    def _sampler(self, params: SamplingParams) -> Any:
        vocab = native.llama_model_get_vocab(self._model)
        n_vocab = native.llama_vocab_n_tokens(vocab)
        chain = native.llama_sampler_chain_init(native.llama_sampler_chain_default_params())
        ends = [(i, float("-inf")) for i in range(n_vocab) if native.llama_vocab_is_eog(vocab, i)]
        bias = (native.llama_logit_bias * len(ends))(*ends)
        native.llama_sampler_chain_add(chain, native.llama_sampler_init_logit_bias(n_vocab, len(ends), bias))
        if params.temperature == 0:
            native.llama_sampler_chain_add(chain, native.llama_sampler_init_greedy())
            return chain
        for each in (
            native.llama_sampler_init_top_k(params.top_k),
            native.llama_sampler_init_top_p(params.top_p, 1),
            native.llama_sampler_init_min_p(params.min_p, 1),
            native.llama_sampler_init_temp(params.temperature),
            native.llama_sampler_init_dist(params.seed),
        ):
            native.llama_sampler_chain_add(chain, each)
        return chain

    def speed(self, n_tokens: int, n_sequences: int, params: SamplingParams) -> float:
        """Generated tokens a second of a loop over batches of `n_sequences`, all sequences together."""
        native.llama_memory_clear(self._memory, False)
        samplers = [self._sampler(params) for _ in range(n_sequences)]
        rows = [(token, i, s) for s in range(n_sequences) for i, token in enumerate(_PROMPT)]
        self._decode(rows, {s * len(_PROMPT) + len(_PROMPT) - 1 for s in range(n_sequences)})
        last = [(s + 1) * len(_PROMPT) - 1 for s in range(n_sequences)]
        tokens = [native.llama_sampler_sample(samplers[s], self._context, last[s]) for s in range(n_sequences)]
        every = set(range(n_sequences))
        started = time.perf_counter()
        for step in range(n_tokens - 1):
            position = len(_PROMPT) + step
            self._decode([(tokens[s], position, s) for s in range(n_sequences)], every)
            for s in range(n_sequences):
                tokens[s] = native.llama_sampler_sample(samplers[s], self._context, s)
        seconds = time.perf_counter() - started
        for sampler in samplers:
            native.llama_sampler_free(sampler)
        return n_sequences * (n_tokens - 1) / seconds

    def _decode(self, rows: list[tuple[int, int, int]], wanted: set[int]) -> None:
        batch = self._batch
        for i, (token, position, sequence) in enumerate(rows):
            batch.token[i] = token
            batch.pos[i] = position
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = sequence
            batch.logits[i] = i in wanted
        batch.n_tokens = len(rows)
        if native.llama_decode(self._context, batch) != 0:
            raise RuntimeError("llama_decode failed")

    def close(self) -> None:
        """Free it."""
        native.llama_batch_free(self._batch)
        native.llama_free(self._context)
        native.llama_model_free(self._model)


def _finish(stream: TokenStream) -> Finish:
    """Read token by token, as the terminal does."""
    *_, finish = stream
    assert isinstance(finish, Finish)
    return finish


def _finish_by_frames(stream: TokenStream) -> Finish:
    """Read once a frame, as the window does."""
    while True:
        stream.wait()
        events = stream.take()
        if events and isinstance(events[-1], Finish):
            return events[-1]
        time.sleep(_FRAME_S)


def _speed(
    engine: Engine,
    n_tokens: int,
    n_streams: int,
    params: SamplingParams,
    finish: Callable[[TokenStream], Finish] = _finish_by_frames,
) -> float:
    """Generated tokens a second of so many streams together."""
    params = replace(params, max_tokens=n_tokens)
    streams = [engine.submit(TokenPrompt((*_PROMPT[:-1], 2000 + i)), params) for i in range(n_streams)]
    return sum(finish(stream).timings.generation_tokens_per_s for stream in streams)


def _compare(
    name: str, ours: Callable[[], float], theirs: Callable[[], float], repeats: int, goal: float | None
) -> Row:
    """The best of both sides, and the median of the ratios of neighbours; which is first changes every time."""
    pairs: list[tuple[float, float]] = []
    ours()
    theirs()
    for i in range(repeats):
        if i % 2:
            right, left = theirs(), ours()
        else:
            left, right = ours(), theirs()
        pairs.append((left, right))
    ours_best, theirs_best = max(left for left, _ in pairs), max(right for _, right in pairs)
    row = Row(
        name,
        round(ours_best, 3),
        round(theirs_best, 3),
        round(statistics.median(left / right for left, right in pairs), 3),
        round(ours_best / theirs_best, 3),
        goal,
    )
    _show(row)
    return row


def _show(row: Row) -> None:
    goal = "" if row.goal is None else f"  goal {row.goal:5.2f}  {'met' if row.is_met else 'MISSED'}"
    print(
        f"{row.name:58} {row.ours:10.3f} {row.theirs:10.3f} {row.median_ratio:8.3f} {row.ratio:8.3f}{goal}", flush=True
    )


@contextmanager
def _loaded(path: Path) -> Iterator[tuple[Engine, Bare]]:
    bare = Bare(path)
    with Engine() as engine:
        engine.load(path, _PARAMS).result(_WAIT_S)
        yield engine, bare
    bare.close()


def _fresh(engine: Engine, path: Path, *arguments: Any) -> float:
    """The speed of an engine with nothing in its cache."""
    engine.load(path, _PARAMS).result(_WAIT_S)
    return _speed(engine, *arguments)


def _against_bare(name: str, path: Path, n_tokens: int, repeats: int, goal: float) -> list[Row]:
    with _loaded(path) as (engine, bare):
        return [
            _compare(
                f"{name}: one stream / bare loop",
                lambda: _fresh(engine, path, n_tokens, 1, _SAMPLING),
                lambda: bare.speed(n_tokens, 1, _SAMPLING),
                repeats,
                goal,
            ),
            _compare(
                f"{name}: one stream read token by token / bare loop",
                lambda: _fresh(engine, path, n_tokens, 1, _SAMPLING, _finish),
                lambda: bare.speed(n_tokens, 1, _SAMPLING),
                repeats,
                None,
            ),
            _compare(
                f"{name}: one stream, greedy / bare loop, greedy",
                lambda: _fresh(engine, path, n_tokens, 1, _GREEDY),
                lambda: bare.speed(n_tokens, 1, _GREEDY),
                repeats,
                goal,
            ),
            _compare(
                f"{name}: eight streams / bare loop over batches of eight",
                lambda: _fresh(engine, path, n_tokens, 8, _SAMPLING),
                lambda: bare.speed(n_tokens, 8, _SAMPLING),
                repeats,
                0.95 if goal > 0.95 else None,
            ),
            _compare(
                f"{name}: one stream beside seven idle sequences / bare loop",
                lambda: _speed(engine, n_tokens, 1, _SAMPLING),
                lambda: bare.speed(n_tokens, 1, _SAMPLING),
                repeats,
                None,
            ),
            _compare(
                f"{name}: one stream with logprobs of top 5 / without",
                lambda: _fresh(engine, path, n_tokens, 1, replace(_SAMPLING, top_logprobs=5)),
                lambda: _fresh(engine, path, n_tokens, 1, _SAMPLING),
                repeats,
                0.85,
            ),
            _compare(
                f"{name}: one stream recorded for a heat map / without",
                lambda: _fresh(engine, path, n_tokens, 1, replace(_SAMPLING, top_logprobs=10, tells_draw=True)),
                lambda: _fresh(engine, path, n_tokens, 1, _SAMPLING),
                repeats,
                0.95,
            ),
        ]


def _second_turn(path: Path) -> Row:
    """Seconds to the first token: the whole prompt, and the second turn of the same conversation."""
    numbers = iter(range(10_000))
    once = SamplingParams(temperature=0, max_tokens=8)

    def turns() -> tuple[float, float]:
        text = f"{next(numbers)} " + " ".join(f"word{i % 83}" for i in range(120))
        first = (Message(Role.USER, text), Message(Role.ASSISTANT, "I have read it."), Message(Role.USER, "Go on."))
        whole = _finish(engine.submit(ChatPrompt(first), once))
        second = (*first, Message(Role.ASSISTANT, "I go on."), Message(Role.USER, "What was it about?"))
        cached = _finish(engine.submit(ChatPrompt(second), once))
        return whole.timings.time_to_first_token_s, cached.timings.time_to_first_token_s

    with Engine() as engine:
        engine.load(path, _PARAMS).result(_WAIT_S)
        turns()
        pairs = [turns() for _ in range(3)]
    row = Row(
        "seconds to first token: whole prompt / second turn",
        round(min(whole for whole, _ in pairs), 3),
        round(min(cached for _, cached in pairs), 3),
        round(statistics.median(whole / cached for whole, cached in pairs), 3),
        round(min(whole for whole, _ in pairs) / min(cached for _, cached in pairs), 3),
        5.0,
    )
    _show(row)
    return row


def _high_level(name: str, path: Path, n_tokens: int) -> Row:
    """Against `Llama.create_chat_completion(stream=True)`, the one place where that class is used."""
    model = llama_cpp.Llama(
        str(path), n_ctx=_PARAMS.n_ctx, n_threads=_PARAMS.n_threads, n_threads_batch=_PARAMS.n_threads, verbose=False
    )
    question = "Tell me a long story about a lighthouse."

    def theirs() -> float:
        chunks = model.create_chat_completion(
            [{"role": "user", "content": question}], stream=True, max_tokens=n_tokens, seed=1, temperature=0.8
        )
        times = [time.perf_counter() for chunk in chunks if chunk["choices"][0]["delta"].get("content")]
        return (len(times) - 1) / (times[-1] - times[0])

    params = SamplingParams(seed=1, max_tokens=n_tokens)
    with Engine() as engine:
        engine.load(path, _PARAMS).result(_WAIT_S)
        prompt = ChatPrompt((Message(Role.USER, question),))
        row = _compare(
            f"{name}: one stream / Llama.create_chat_completion",
            lambda: _finish(engine.submit(prompt, params)).timings.generation_tokens_per_s,
            theirs,
            5,
            None,
        )
    model.close()
    return row


def main() -> int:
    """Returns 1 when a goal was missed."""
    starter = Path(sys.argv[1]) if len(sys.argv) > 1 else _STARTER
    print(f"{'':58} {'ours':>10} {'theirs':>10} {'median':>8} {'best':>8}   ({_PARAMS.n_threads} thread)")
    with tempfile.TemporaryDirectory() as folder:
        tiny = forge(Path(folder) / "tiny.gguf", starter, "llama", FIFTEEN_MILLION)
        rows = [
            *_against_bare("15M", tiny, 100, 21, 0.90),
            *_against_bare("starter", starter, 24, 9, 0.97),
            _second_turn(starter),
            _high_level("starter", starter, 32),
            _high_level("15M", tiny, 100),
        ]
    print(json.dumps([{**asdict(row), "met": row.is_met} for row in rows]))
    return int(not all(row.is_met for row in rows))


if __name__ == "__main__":
    # llama.cpp's own log is the engine's; a bare model prints nothing either.
    _SILENT = native.llama_log_callback(lambda *_: None)
    native.llama_log_set(_SILENT, ctypes.c_void_p(0))
    sys.exit(main())
