"""Reuse of prefixes on forged models of each kind of memory: what is said must not depend on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Finish, Token
from desktop_llm.engine.messages import TokenPrompt
from desktop_llm.engine.model import LoadParams, PrefixCut
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.scoring import ScoreWish
from tests.forge import Shape, forge

pytestmark = pytest.mark.model

_WAIT_S = 60.0
_GREEDY = SamplingParams(temperature=0, max_tokens=24, ignore_eos=True, top_logprobs=5)
#: Rounding differs with what was cached and what else is in the batch; see test_real_model.
_ROUNDING = 0.1
_KINDS = {
    "llama": PrefixCut.ANYWHERE,
    "gemma3": PrefixCut.WINDOW,
    "mamba": PrefixCut.NOWHERE,
    "lfm2": PrefixCut.NOWHERE,
}
_PARAMS = LoadParams(n_ctx=1024, n_seq_max=4, n_batch=128, n_ubatch=128)
_PROMPT = tuple(100 + (i * i) % 3000 for i in range(300))


@pytest.fixture(scope="module", params=list(_KINDS))
def forged(request: pytest.FixtureRequest, starter_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name: str = request.param
    shape = Shape(n_layer=6) if name == "gemma3" else Shape()
    return forge(tmp_path_factory.mktemp("forged") / f"{name}.gguf", starter_model, name, shape)


Reply = tuple[Token, ...]


def _assert_same(left: Reply, right: Reply) -> None:
    """The same tokens, but where two are nearly as good; what follows there may differ."""
    for one, other in zip(left, right, strict=True):
        assert one.logprob == pytest.approx(other.logprob, abs=_ROUNDING)
        if one.id != other.id:
            rivals = {each.id: each.logprob for each in one.alternatives}
            assert rivals[other.id] == pytest.approx(one.logprob, abs=2 * _ROUNDING)
            return


def _ids(reply: Reply) -> tuple[int, ...]:
    return tuple(token.id for token in reply)


def _reply(engine: Engine, prompt: tuple[int, ...]) -> tuple[Reply, int]:
    """The tokens said, and how many of the prompt were cached."""
    events = list(engine.submit(TokenPrompt(prompt), _GREEDY))
    finish = events[-1]
    assert isinstance(finish, Finish)
    return tuple(event for event in events if isinstance(event, Token)), finish.usage.cached_tokens


def _fresh(forged: Path, *prompts: tuple[int, ...]) -> list[Reply]:
    """What each prompt gives when nothing is cached."""
    replies = []
    with Engine() as engine:
        for prompt in prompts:
            engine.load(forged, _PARAMS).result(_WAIT_S)
            reply, cached = _reply(engine, prompt)
            assert cached == 0
            replies.append(reply)
    return replies


def test_the_kind_of_memory_is_known(forged: Path) -> None:
    with Engine() as engine:
        assert engine.load(forged, _PARAMS).result(_WAIT_S).prefix_cut is _KINDS[forged.stem]


def test_what_is_said_does_not_depend_on_what_is_cached(forged: Path) -> None:
    (first,) = _fresh(forged, _PROMPT)
    next_turn = (*_PROMPT, *_ids(first), 7, 8, 9)
    edited = (*_PROMPT[:250], 11, 12, 13)
    second, changed = _fresh(forged, next_turn, edited)
    with Engine() as engine:
        engine.load(forged, _PARAMS).result(_WAIT_S)
        same, n_same = _reply(engine, _PROMPT)
        again, n_again = _reply(engine, _PROMPT)
        after, n_after = _reply(engine, next_turn)
        other, n_other = _reply(engine, edited)
    for one, another in ((same, first), (again, first), (after, second), (other, changed)):
        _assert_same(one, another)
    assert n_same == 0
    # Regenerating and going on reuse the whole prompt everywhere: by cutting, or by a checkpoint.
    assert n_again == len(_PROMPT) - 1
    assert n_after >= len(_PROMPT) - 1
    most = {PrefixCut.ANYWHERE: 250, PrefixCut.WINDOW: n_other, PrefixCut.NOWHERE: 0}
    assert n_other == most[_KINDS[forged.stem]] <= 250


def test_a_running_sequence_can_be_forked(forged: Path) -> None:
    fork = (*_PROMPT, 7, 8, 9)
    (expected,) = _fresh(forged, fork)
    with Engine() as engine:
        engine.load(forged, _PARAMS).result(_WAIT_S)
        running = engine.submit(TokenPrompt(_PROMPT), SamplingParams(temperature=0, ignore_eos=True, max_tokens=400))
        while not any(isinstance(event, Token) for event in running.take()):
            assert running.wait(_WAIT_S)
        reply, cached = _reply(engine, fork)
        running.close()
    _assert_same(reply, expected)
    assert cached >= len(_PROMPT) - 1


def test_a_score_says_what_was_said_while_it_was_written(forged: Path) -> None:
    with Engine() as engine:
        engine.load(forged, _PARAMS).result(_WAIT_S)
        said, _ = _reply(engine, _PROMPT)
        whole, wish = (*_PROMPT, *_ids(said)), ScoreWish(first=len(_PROMPT), n_top=5)
        after = engine.score(whole, wish).result(_WAIT_S)
        running = engine.submit(TokenPrompt(tuple(range(50, 90))), SamplingParams(max_tokens=40, ignore_eos=True))
        beside = engine.score(whole, wish).result(_WAIT_S)
        running.close()
        again, n_again = _reply(engine, _PROMPT)
        engine.load(forged, _PARAMS).result(_WAIT_S)
        fresh = engine.score(whole, wish).result(_WAIT_S)
    for scores in (after, beside, fresh):
        for token, one in zip(scores.tokens, said, strict=True):
            assert token.id == one.id
            assert token.logprob == pytest.approx(one.logprob, abs=_ROUNDING)
    _assert_same(again, said)
    assert n_again == len(_PROMPT) - 1  # a score leaves the prompt's checkpoint where it was
