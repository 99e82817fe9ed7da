"""Scoring with llama.cpp and the real starter model: against numpy, against what was streamed, beside replies."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_llm.engine import llama
from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Finish, Token
from desktop_llm.engine.messages import ChatPrompt, Message, Role, TokenPrompt
from desktop_llm.engine.model import BatchToken, LoadParams
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.scoring import ReplyText, ScoreWish, windows_of

pytestmark = pytest.mark.model

_WAIT_S = 120.0
_PARAMS = LoadParams(n_ctx=1024, n_seq_max=4, n_batch=128, n_ubatch=128)
_ASKED = ChatPrompt((Message(Role.USER, "Why is the sky blue? Answer in three sentences."),))
_DRAWN = SamplingParams(seed=11, max_tokens=40, top_logprobs=10, tells_draw=True)
#: The most that a log-probability of this model was seen to differ by, in other batches and with other prefixes cached.
_ROUNDING = 0.35


@pytest.fixture(scope="module")
def engine(starter_model: Path) -> Iterator[Engine]:
    with Engine() as engine:
        engine.load(starter_model, _PARAMS).result(_WAIT_S)
        yield engine


def _stream(engine: Engine, prompt: ChatPrompt, params: SamplingParams) -> list[Token]:
    return [event for event in engine.submit(prompt, params) if isinstance(event, Token)]


def test_scores_are_those_that_numpy_computes_from_the_logits(starter_model: Path) -> None:
    params = _PARAMS
    model = llama.open_llama(starter_model, params, lambda fraction: True)
    ids = model.tokenize(
        "The capital of France is Paris, and that of Spain is Madrid.", add_special=False, parse_special=False
    )
    judged, exact = [], []
    for start in range(0, len(ids) - 1, 4):
        positions = range(start, min(start + 4, len(ids) - 1))
        model.decode([BatchToken(ids[i], i, 0, wants_logits=True) for i in positions])
        for row, i in enumerate(positions):
            judged.append(model.judge(row, ids[i + 1], 5, None))
            logits = model._row(row).astype(np.float64)
            p = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
            order = np.argsort(-p, kind="stable")
            entropy = -float((p[p > 0] * np.log(p[p > 0])).sum())
            exact.append((math.log(p[ids[i + 1]]), entropy, int((p > p[ids[i + 1]]).sum()) + 1, order[:5].tolist()))
    model.close()
    for token, (logprob, entropy, rank, best) in zip(judged, exact, strict=True):
        assert token.logprob == pytest.approx(logprob, abs=1e-4)
        assert token.entropy == pytest.approx(entropy, abs=1e-4)
        assert token.rank == rank
        assert [other.id for other in token.alternatives] == best


def test_what_is_told_of_the_draw_changes_no_choice(engine: Engine) -> None:
    plain = _stream(engine, _ASKED, replace(_DRAWN, tells_draw=False, top_logprobs=None))
    told = _stream(engine, _ASKED, _DRAWN)
    assert [token.id for token in told] == [token.id for token in plain]


@pytest.mark.parametrize(
    "params",
    [
        _DRAWN,
        replace(_DRAWN, temperature=0),
        replace(_DRAWN, temperature=1.3, top_k=0, top_p=1.0, min_p=0.0),
        replace(_DRAWN, repeat_penalty=1.3, presence_penalty=0.5, dry_multiplier=0.8),
        replace(_DRAWN, logit_bias=((28, -100.0),), typical_p=0.9),
    ],
    ids=["defaults", "greedy", "everything", "penalties", "bias"],
)
def test_a_score_equals_what_was_recorded_while_it_streamed(engine: Engine, params: SamplingParams) -> None:
    streamed = _stream(engine, _ASKED, params)
    wish = ScoreWish(n_top=10, params=params)
    scores = engine.score(ReplyText(_ASKED, tuple(token.id for token in streamed)), wish).result(_WAIT_S)
    assert [token.id for token in scores.tokens] == [token.id for token in streamed]
    worst = max(abs((a.logprob or 0) - (b.logprob or 0)) for a, b in zip(scores.tokens, streamed, strict=True))
    drawn = max(abs((a.p_sampled or 0) - (b.p_sampled or 0)) for a, b in zip(scores.tokens, streamed, strict=True))
    print(f"largest difference: logprob {worst:.2g}, after sampling {drawn:.2g}")
    assert worst <= _ROUNDING
    assert drawn <= _ROUNDING
    assert all(token.p_sampled and token.p_sampled > 0 for token in streamed)


def test_what_the_samplers_leave_is_a_distribution(engine: Engine) -> None:
    for token in _stream(engine, _ASKED, replace(_DRAWN, top_k=10)):
        left = [other.p_sampled or 0.0 for other in token.alternatives]
        assert sum(left) == pytest.approx(1.0, abs=1e-4)
        assert token.p_sampled in left
    for token in _stream(engine, _ASKED, replace(_DRAWN, temperature=0)):
        assert [other.p_sampled for other in token.alternatives] == [1.0] + [0.0] * 9


def test_a_fresh_score_of_a_reply_differs_by_rounding_only(engine: Engine) -> None:
    streamed = _stream(engine, _ASKED, _DRAWN)
    engine.load(engine.facts.path, _PARAMS).result(_WAIT_S)  # type: ignore[union-attr]  # nothing is cached any more
    scores = engine.score(ReplyText(_ASKED, tuple(token.id for token in streamed))).result(_WAIT_S)
    worst = max(abs((a.logprob or 0) - (b.logprob or 0)) for a, b in zip(scores.tokens, streamed, strict=True))
    print(f"largest difference of a fresh score: {worst:.2g}")
    assert worst <= _ROUNDING


def test_a_branch_begins_with_the_same_tokens_and_uses_their_cache(engine: Engine) -> None:
    streamed = _stream(engine, _ASKED, replace(_DRAWN, temperature=0))
    other = streamed[10].alternatives[1]
    begun = (*(token.id for token in streamed[:10]), other.id)
    events = list(engine.submit(replace(_ASKED, reply_ids=begun), replace(_DRAWN, max_tokens=8)))
    tokens = [event for event in events if isinstance(event, Token)]
    finish = events[-1]
    assert isinstance(finish, Finish)
    assert [token.id for token in tokens[:11]] == list(begun)
    prefix = b"".join(token.piece for token in streamed[:10]) + other.piece
    assert b"".join(token.piece for token in tokens).startswith(prefix)
    assert finish.usage.cached_tokens >= finish.usage.prompt_tokens - 2  # all but the last, which is new
    assert finish.usage.completion_tokens <= 8
    rest = _stream(engine, _ASKED, replace(_DRAWN, temperature=0, max_tokens=0))
    assert rest == []


@pytest.fixture
def short(starter_model: Path) -> Iterator[Engine]:
    """An engine with a short context."""
    with Engine() as engine:
        engine.load(starter_model, replace(_PARAMS, n_ctx=256)).result(_WAIT_S)
        yield engine


def test_a_text_longer_than_the_context_has_a_perplexity(short: Engine) -> None:
    text = " ".join(f"Chapter {n}. The reader turns the page and goes on." for n in range(28))
    ids = short.tokenize(text).result(_WAIT_S)
    assert len(ids) > 350
    told: list[float] = []
    scores = short.score(ids, ScoreWish(progress=told.append)).result(_WAIT_S)
    assert (scores.n_windows, scores.n_before) == (len(windows_of(len(ids), 0, 256)), 128)
    assert len(scores.tokens) == len(ids)
    assert 1.0 < scores.perplexity < 4.0  # it says the same again and again
    assert told == sorted(told)
    assert told[-1] == 1.0
    dice = random.Random(1)
    nonsense = short.score([dice.randrange(1000, 40_000) for _ in range(100)]).result(_WAIT_S)
    assert nonsense.perplexity > 1000


def test_a_long_score_is_cancelled_between_two_slices(engine: Engine) -> None:
    ids = engine.tokenize("a b c d e f g h " * 100).result(_WAIT_S)
    answer = engine.score(ids)
    answer.cancel()
    with pytest.raises(CancelledError):
        answer.result(_WAIT_S)
    assert engine.score(ids[:5]).result(_WAIT_S).tokens


def test_replies_are_not_held_up_by_a_score(engine: Engine) -> None:
    ids = engine.tokenize("The quick brown fox jumps over the lazy dog. " * 60).result(_WAIT_S)
    answer = engine.score(ids[:500])
    started = time.perf_counter()
    stream = engine.submit(TokenPrompt(tuple(ids[:20])), replace(_DRAWN, max_tokens=12, temperature=0))
    tokens = [event for event in stream if isinstance(event, Token)]
    elapsed = time.perf_counter() - started
    assert len(tokens) == 12
    was_done = answer.done()
    assert answer.result(_WAIT_S).tokens
    assert not was_done or elapsed < 5.0
