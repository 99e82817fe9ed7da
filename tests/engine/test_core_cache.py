"""What the core computes of a prompt, and what it takes from the cache."""

from __future__ import annotations

import pytest

from desktop_llm.engine.model import PrefixCut
from tests.engine.core_bench import Bench, finish_of, tokens_of
from tests.fakes import ScriptedModel, scripted_facts, scripted_reply


def test_the_second_turn_computes_only_its_new_tokens() -> None:
    bench = Bench()
    _, first = bench.submit(range(1, 21), max_tokens=5)
    bench.run()
    said = tokens_of(first.take())
    model = bench.model
    model.batches.clear()
    _, second = bench.submit([*range(1, 21), *said, 30, 31], max_tokens=1)
    bench.run()
    # Of the last token said only its logits were never computed.
    assert sum(len(batch) for batch in model.batches) == 3
    finish = finish_of(second.take())
    assert (finish.usage.cached_tokens, finish.usage.prompt_tokens) == (24, 27)


def test_the_same_prompt_again_computes_one_token() -> None:
    bench = Bench()
    for _ in range(2):
        bench.model.batches.clear()
        bench.submit(range(1, 21), max_tokens=1)
        bench.run()
    assert [len(batch) for batch in bench.model.batches] == [1]


def test_a_fork_copies_a_running_sequence() -> None:
    bench = Bench()
    bench.submit(range(1, 17), max_tokens=30)
    bench.core.step()
    _, fork = bench.submit([*range(1, 17), 99], max_tokens=4)
    bench.run()
    events = fork.take()
    assert tokens_of(events) == scripted_reply([*range(1, 17), 99], 4)
    assert finish_of(events).usage.cached_tokens == 16


@pytest.mark.parametrize("cut", [PrefixCut.NOWHERE, PrefixCut.WINDOW])
def test_where_a_prefix_cannot_be_cut_a_checkpoint_serves_a_regenerated_reply(cut: PrefixCut) -> None:
    bench = Bench(ScriptedModel(scripted_facts(prefix_cut=cut)))
    cached: list[int] = []
    for _ in range(2):
        _, stream = bench.submit(range(1, 21), max_tokens=12)
        bench.run()
        events = stream.take()
        assert tokens_of(events) == scripted_reply(range(1, 21), 12)
        cached.append(finish_of(events).usage.cached_tokens)
    assert cached == [0, 19]


def test_without_a_checkpoint_at_hand_the_whole_prompt_is_computed() -> None:
    bench = Bench(ScriptedModel(scripted_facts(prefix_cut=PrefixCut.NOWHERE)))
    bench.submit(range(1, 21), max_tokens=3)
    bench.run()
    _, stream = bench.submit([1, 2, 3, 99], max_tokens=3)
    bench.run()
    events = stream.take()
    assert finish_of(events).usage.cached_tokens == 0
    assert tokens_of(events) == scripted_reply([1, 2, 3, 99], 3)


def test_what_ended_requests_left_can_be_forgotten() -> None:
    bench = Bench()
    for text in (range(1, 9), range(20, 30)):
        bench.submit(list(text), max_tokens=2)
    bench.run()
    assert bench.core.stats().n_sequences == 2
    bench.core.forget_idle()
    assert (bench.core.stats().n_sequences, bench.model.n_cells) == (0, 0)


def test_a_prompt_that_wants_nothing_of_the_cache_is_computed_whole() -> None:
    bench = Bench()
    bench.submit(range(1, 21), max_tokens=1)
    bench.run()
    bench.model.batches.clear()
    _, stream = bench.submit(range(1, 21), max_tokens=1, reuses_cache=False)
    bench.run()
    assert sum(len(batch) for batch in bench.model.batches) == 20
    assert finish_of(stream.take()).usage.cached_tokens == 0


def test_two_that_want_nothing_of_the_cache_run_side_by_side() -> None:
    bench = Bench(worth_waiting=1)
    _, first = bench.submit(range(1, 21), max_tokens=3, reuses_cache=False)
    _, second = bench.submit(range(1, 21), max_tokens=3, reuses_cache=False)
    bench.run()
    for stream in (first, second):
        events = stream.take()
        assert tokens_of(events) == scripted_reply(range(1, 21), 3)
        assert finish_of(events).usage.cached_tokens == 0
