"""What waits stands outside the cache, and is there again when it is wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.core import EngineCore
from desktop_llm.engine.events import Token
from desktop_llm.engine.kv_cache import WORTH_PARKING, KVCache
from desktop_llm.engine.messages import TokenPrompt
from desktop_llm.engine.model import BatchToken, PrefixCut
from desktop_llm.engine.parking import Parking
from desktop_llm.engine.request import ContextOverflow, Submission
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stream import TokenStream
from tests.fakes import PlainTemplate, ScriptedModel, scripted_facts, scripted_reply

_LONG = [1 + i % 250 for i in range(WORTH_PARKING)]


def _cache(cut: PrefixCut = PrefixCut.ANYWHERE, n_ctx: int = 1000, n_gpu_layers: int = 0) -> _Filled:
    facts = scripted_facts(n_ctx=n_ctx, n_seq_max=4, n_batch=n_ctx, prefix_cut=cut)
    return _Filled(ScriptedModel(replace(facts, n_gpu_layers=n_gpu_layers)))


class _Filled:
    def __init__(self, model: ScriptedModel) -> None:
        self.model, self.cache = model, KVCache(model)

    def compute(self, prompt: list[int]) -> tuple[int, int]:
        """Take a sequence and fill it; returns it, and how much of it was there already."""
        placement = self.cache.take(prompt)
        assert self.cache.make_room(len(prompt) - placement.n_cached)
        rest = range(placement.n_cached, len(prompt))
        self.model.decode([BatchToken(prompt[i], i, placement.sequence, False) for i in rest])
        self.cache.append(placement.sequence, prompt[placement.n_cached :])
        return placement.sequence, placement.n_cached

    def inside(self, sequence: int) -> list[int]:
        """What llama.cpp holds of it."""
        return [cell.token for cell in self.model.sequences.get(sequence, [])]

    def begin_another(self) -> None:
        """A request comes and goes before it computed anything."""
        self.cache.release(self.cache.take([253]).sequence)

    def leave(self, prompt: list[int]) -> int:
        sequence, _ = self.compute(prompt)
        self.cache.release(sequence)
        return sequence


def test_what_is_idle_has_no_cells_and_what_runs_keeps_its_own() -> None:
    filled = _cache()
    idle = filled.leave(_LONG)
    running, _ = filled.compute([7, 8, 9])
    filled.begin_another()
    assert filled.cache.n_used == 3
    assert (filled.inside(idle), filled.inside(running)) == ([], [7, 8, 9])
    assert filled.cache.tokens(idle) == tuple(_LONG)


def test_a_parked_conversation_goes_on_where_it_was() -> None:
    filled = _cache()
    idle = filled.leave(_LONG)
    filled.compute([7, 8, 9])
    filled.begin_another()
    assert filled.compute([*_LONG, 251]) == (idle, len(_LONG))
    assert filled.inside(idle) == [*_LONG, 251]
    assert filled.cache.n_used == 3 + len(_LONG) + 1


def test_a_branch_of_a_parked_conversation_leaves_that_where_it_is() -> None:
    filled = _cache()
    idle = filled.leave(_LONG)
    filled.begin_another()
    branch, n_cached = filled.compute([*_LONG[:40], 252])
    assert (branch != idle, n_cached) == (True, 40)
    assert filled.inside(branch) == [*_LONG[:40], 252]
    assert filled.cache.n_used == 41
    assert filled.compute([*_LONG, 253])[1] == len(_LONG)


def test_cells_that_a_running_reply_shares_stay() -> None:
    filled = _cache()
    idle = filled.leave(_LONG)
    running, _ = filled.compute([*_LONG[:40], 252])
    filled.begin_another()
    assert filled.inside(running) == [*_LONG[:40], 252]
    assert filled.cache.n_used == 41
    assert not filled.inside(idle)


def test_without_room_a_parked_conversation_is_computed_again() -> None:
    filled = _cache(n_ctx=300)
    filled.leave(_LONG)
    filled.begin_another()
    _, n_cached = filled.compute([251] * 60)
    assert n_cached == 0
    assert filled.cache.take([*_LONG[:60], 252]).n_cached == 0
    assert filled.cache.n_used == 60


def test_a_little_is_not_worth_it() -> None:
    filled = _cache()
    idle = filled.leave(_LONG[:-1])
    filled.begin_another()
    assert filled.inside(idle)


@pytest.mark.parametrize(
    ("cut", "n_gpu_layers"), [(PrefixCut.WINDOW, 0), (PrefixCut.NOWHERE, 0), (PrefixCut.ANYWHERE, 3)]
)
def test_only_whole_caches_in_ordinary_memory_are_parked(cut: PrefixCut, n_gpu_layers: int) -> None:
    filled = _cache(cut, n_gpu_layers=n_gpu_layers)
    idle = filled.leave(_LONG)
    filled.begin_another()
    assert filled.inside(idle)


def test_what_is_parked_has_a_limit_and_the_rest_stays_inside() -> None:
    filled = _cache()
    parking = Parking(filled.model, max_bytes=4 * 300)
    first, second = (filled.compute(prompt)[0] for prompt in (_LONG, [9, *_LONG]))
    assert parking.park(first)
    assert not parking.park(second)
    parking.forget(first)
    assert parking.park(second)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 20), st.integers(1, 250)), min_size=1, max_size=30),
    st.integers(30, 80),
)
def test_whatever_is_asked_in_whatever_order_nothing_is_said_otherwise(
    asked: list[tuple[int, int, int]], n_ctx: int
) -> None:
    model = ScriptedModel(scripted_facts(n_ctx=n_ctx, n_seq_max=3, n_batch=16))
    core = EngineCore(model, PlainTemplate(), worth_parking=1)
    said: list[tuple[list[int], TokenStream]] = []
    for number, (together, n_common, last) in enumerate(asked):
        prompt, stream = [*range(1, n_common), last], TokenStream()
        params = SamplingParams(max_tokens=4)
        core.add(Submission(number, TokenPrompt(tuple(prompt)), params, ContextOverflow.REFUSE, stream))
        said.append((prompt, stream))
        while not together and core.has_work:
            core.step()
    while core.has_work:
        core.step()
    for prompt, stream in said:
        assert [each.id for each in stream.take() if isinstance(each, Token)] == scripted_reply(prompt, 4)


def test_forgetting_what_is_idle_forgets_what_is_parked() -> None:
    filled = _cache()
    filled.leave(_LONG)
    filled.begin_another()
    filled.cache.drop_idle()
    assert filled.cache.n_sequences == 0
    assert filled.compute([*_LONG, 251])[1] == 0
