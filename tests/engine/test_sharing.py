"""Requests that arrive together compute what their prompts have in common once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from desktop_llm.engine.core import EngineCore
from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Event, Finish, Token
from desktop_llm.engine.messages import ChatPrompt, Message, Role, TokenPrompt
from desktop_llm.engine.model import LoadParams, PrefixCut
from desktop_llm.engine.request import ContextOverflow, Submission
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stream import TokenStream
from tests.fakes import PlainTemplate, ScriptedModel, opens, scripted_facts, scripted_reply

_WAIT_S = 120.0
_SYSTEM = [1 + i % 250 for i in range(1000)]
_EVERY_CUT = pytest.mark.parametrize("cut", PrefixCut)


class _Bench:
    def __init__(self, model: ScriptedModel) -> None:
        self.model = model
        self.core = EngineCore(model, PlainTemplate())
        self.numbers = itertools.count(1)

    def submit(self, prompt: Sequence[int], max_tokens: int = 3) -> tuple[int, TokenStream]:
        stream, number = TokenStream(), next(self.numbers)
        params = SamplingParams(max_tokens=max_tokens)
        self.core.add(Submission(number, TokenPrompt(tuple(prompt)), params, ContextOverflow.REFUSE, stream))
        return number, stream

    def run(self) -> None:
        while self.core.has_work:
            self.core.step()

    def n_computed(self) -> int:
        return sum(len(batch) for batch in self.model.batches)


def _bench(cut: PrefixCut = PrefixCut.ANYWHERE, n_seq_max: int = 8) -> _Bench:
    return _Bench(ScriptedModel(scripted_facts(n_ctx=8192, n_seq_max=n_seq_max, n_batch=128, prefix_cut=cut)))


def _finish(events: Sequence[Event]) -> Finish:
    assert isinstance(events[-1], Finish)
    return events[-1]


def _ids(events: Sequence[Event]) -> list[int]:
    return [event.id for event in events if isinstance(event, Token)]


@_EVERY_CUT
def test_a_common_beginning_is_computed_once_by_requests_that_arrive_together(cut: PrefixCut) -> None:
    bench = _bench(cut)
    prompts = [[*_SYSTEM, 251, n, n, n] for n in range(1, 9)]
    streams = [bench.submit(prompt)[1] for prompt in prompts]
    bench.run()
    said = [stream.take() for stream in streams]
    assert [_ids(events) for events in said] == [scripted_reply(prompt, 3) for prompt in prompts]
    cached = [_finish(events).usage.cached_tokens for events in said]
    assert cached == [0] + [1001] * 7
    assert bench.n_computed() <= 1004 + 7 * 3 + 8 * 2


@_EVERY_CUT
def test_one_that_comes_while_another_computes_the_beginning_waits_for_it(cut: PrefixCut) -> None:
    bench = _bench(cut)
    _, first = bench.submit([*_SYSTEM, 251, 1])
    bench.core.step()
    bench.core.step()
    _, second = bench.submit([*_SYSTEM, 252, 2])
    bench.run()
    assert _finish(first.take()).usage.cached_tokens == 0
    assert _finish(second.take()).usage.cached_tokens == 1000


def test_the_same_prompt_several_times_is_computed_once() -> None:
    bench = _bench()
    streams = [bench.submit(_SYSTEM)[1] for _ in range(4)]
    bench.run()
    assert [_finish(stream.take()).usage.cached_tokens for stream in streams] == [0, 999, 999, 999]


def test_who_has_nothing_in_common_does_not_wait() -> None:
    bench = _bench()
    bench.submit([*_SYSTEM, 1])
    bench.submit([*_SYSTEM, 2])
    _, other = bench.submit([9, 8, 7], max_tokens=1)
    bench.core.step()
    assert _ids(other.take()) == scripted_reply([9, 8, 7], 1)


def test_a_row_is_kept_for_the_one_that_waits() -> None:
    bench = _bench(n_seq_max=2)
    bench.submit([*_SYSTEM, 1])
    _, second = bench.submit([*_SYSTEM, 2])
    _, third = bench.submit([9, 8, 7], max_tokens=1)
    for _ in range(12):
        bench.core.step()
    assert second.is_ended or second.take()
    bench.run()
    assert _ids(third.take()) == scripted_reply([9, 8, 7], 1)


def test_when_the_first_goes_away_the_others_go_on_from_what_it_computed() -> None:
    bench = _bench()
    number, _ = bench.submit([*_SYSTEM, 1])
    streams = [bench.submit([*_SYSTEM, n])[1] for n in (2, 3)]
    bench.core.step()
    bench.core.step()
    assert bench.core.abort(number)
    bench.run()
    assert [_finish(stream.take()).usage.cached_tokens for stream in streams] == [256, 1000]
    assert bench.n_computed() < 1010


def test_a_vanished_reader_frees_its_sequence_within_two_tokens() -> None:
    model = ScriptedModel(scripted_facts(n_ctx=4096))
    told: list[Finish] = []
    streams: list[TokenStream] = []

    def leave_in_the_middle_of_a_step() -> None:
        if len(model.batches) == 10:
            streams[0].close()

    with Engine(opens(model)) as engine:
        engine.load(Path("scripted.gguf")).result(_WAIT_S)
        engine.on_finish(told.append)
        model.on_decode = leave_in_the_middle_of_a_step
        streams.append(engine.submit(TokenPrompt((1, 2, 3)), SamplingParams(max_tokens=1000)))
        # It has the engine for itself only when the other is gone.
        list(engine.submit(TokenPrompt((4, 5)), SamplingParams(max_tokens=30)))
        assert engine.stats().n_running == 0
    gone, other = told
    assert gone.usage.completion_tokens <= 10 + 2
    assert other.usage.completion_tokens == 30


@pytest.mark.model
def test_with_the_starter_a_system_prompt_of_1000_tokens_costs_its_prefill_once(starter_model: Path) -> None:
    system = Message(Role.SYSTEM, " ".join(f"Rule {i}: be brief." for i in range(145)))
    params = SamplingParams(temperature=0, max_tokens=4)
    questions = ("Who are you?", "What is a tree?", "Count to three.", "Say hello.")
    with Engine() as engine:
        engine.load(starter_model, LoadParams(n_ctx=4096, n_seq_max=4, n_threads=2)).result(_WAIT_S)
        streams = [engine.submit(ChatPrompt((system, Message(Role.USER, text))), params) for text in questions]
        usages = [_finish(list(stream)).usage for stream in streams]
    n_system = min(usage.prompt_tokens for usage in usages) - 20
    assert n_system >= 1000
    assert usages[0].cached_tokens == 0
    assert all(usage.cached_tokens >= n_system for usage in usages[1:])


@pytest.mark.model
def test_with_the_starter_a_vanished_reader_frees_its_sequence_within_two_tokens(starter_model: Path) -> None:
    told: list[Finish] = []
    n_read = 0
    with Engine() as engine:
        engine.load(starter_model, LoadParams(n_ctx=1024, n_seq_max=2, n_threads=2)).result(_WAIT_S)
        engine.on_finish(told.append)
        params = SamplingParams(temperature=0, max_tokens=500, ignore_eos=True)
        stream = engine.submit(ChatPrompt((Message(Role.USER, "Tell me a story."),)), params)

        def read() -> None:
            """On the engine's thread, so that no token is made between reading and leaving."""
            nonlocal n_read
            n_read += len(_ids(stream.take()))
            if n_read >= 5:
                stream.close()

        stream.on_ready(read)
        list(engine.submit(ChatPrompt((Message(Role.USER, "Hello"),)), SamplingParams(max_tokens=12)))
    assert told[0].usage.completion_tokens - n_read <= 2
