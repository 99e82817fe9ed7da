"""Who gets how many tokens in a step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.detokenizer import Detokenizer
from desktop_llm.engine.request import Request
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.scheduler import MIN_CHUNK, ChunkSize, Scheduler, build_batch
from desktop_llm.engine.stream import TokenStream


def _request(number: int, n_prompt: int, *, n_computed: int = 0, n_reply: int = 0) -> Request:
    return Request(
        number=number,
        params=SamplingParams(),
        stream=TokenStream(),
        tokens=list(range(n_prompt + n_reply)),
        n_prompt=n_prompt,
        detokenizer=Detokenizer(),
        sequence=number,
        n_computed=n_computed,
    )


def _replying(number: int) -> Request:
    return _request(number, 5, n_computed=5, n_reply=1)


def _shares(plan: list[tuple[Request, int]]) -> dict[int, int]:
    return {request.number: n for request, n in plan}


def test_replies_get_their_token_before_prompts_get_the_rest() -> None:
    plan = Scheduler(n_batch=10).plan([_request(1, 100), _replying(2), _replying(3)], chunk=100)
    assert _shares(plan) == {2: 1, 3: 1, 1: 8}


def test_beside_replies_prompts_get_one_chunk_together() -> None:
    plan = Scheduler(n_batch=100).plan([_request(1, 50), _request(2, 50), _replying(3)], chunk=20)
    assert _shares(plan) == {3: 1, 1: 10, 2: 10}


def test_alone_a_prompt_gets_the_whole_step() -> None:
    assert _shares(Scheduler(n_batch=64).plan([_request(1, 1000)], chunk=8)) == {1: 64}


def test_what_a_short_prompt_leaves_goes_to_the_others() -> None:
    plan = Scheduler(n_batch=30).plan([_request(1, 100), _request(2, 4), _request(3, 100)], chunk=30)
    assert _shares(plan) == {2: 4, 1: 13, 3: 13}


def test_with_a_budget_of_one_everybody_has_a_turn() -> None:
    scheduler = Scheduler(n_batch=1)
    requests = [_replying(1), _replying(2), _request(3, 5)]
    served = {request.number for _ in range(6) for request, _ in scheduler.plan(requests, chunk=1)}
    assert served == {1, 2, 3}


def test_a_prompt_stops_at_its_checkpoint() -> None:
    request = _request(1, 20)
    request.checkpoint_at = 19
    assert _shares(Scheduler(n_batch=64).plan([request], chunk=8)) == {1: 19}


def test_logits_are_wanted_of_the_last_known_token_only() -> None:
    short, long = _request(0, 3), _request(1, 9)
    batch = build_batch([(short, 3), (long, 4)])
    assert [row.wants_logits for row in batch.rows] == [False, False, True, False, False, False, False]
    assert [share.logits_row for share in batch.shares] == [2, None]


@given(
    n_batch=st.integers(1, 64),
    chunk=st.integers(1, 64),
    prompts=st.lists(st.integers(1, 200), max_size=6),
    n_replies=st.integers(0, 6),
)
def test_the_budget_is_respected_and_no_step_is_empty(
    n_batch: int, chunk: int, prompts: list[int], n_replies: int
) -> None:
    running = [_request(i, n) for i, n in enumerate(prompts)] + [_replying(100 + i) for i in range(n_replies)]
    plan = Scheduler(n_batch).plan(running, chunk)
    assert sum(n for _, n in plan) <= n_batch
    assert all(0 < n <= request.n_pending for request, n in plan)
    assert len({request.number for request, _ in plan}) == len(plan)
    assert bool(plan) == bool(running)
    if n_replies < n_batch:
        assert sum(request.is_replying for request, _ in plan) == n_replies


def test_the_chunk_follows_the_measured_speed() -> None:
    chunk = ChunkSize(n_batch=512, target_s=0.1)
    assert chunk.n_tokens == MIN_CHUNK
    chunk.learn(512, 0.05)  # 10,240 tokens a second
    assert chunk.n_tokens == 512
    for _ in range(20):
        chunk.learn(64, 0.1)  # 640 a second
    assert chunk.n_tokens == 64


@pytest.mark.parametrize("n_tokens", [1, 4, 31])
def test_small_steps_say_nothing_about_prompts(n_tokens: int) -> None:
    chunk = ChunkSize(n_batch=512)
    chunk.learn(n_tokens, 1e-6)
    assert chunk.n_tokens == MIN_CHUNK
