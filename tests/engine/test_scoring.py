"""Scoring a text that is there, step by step with a scripted model that refuses what llama.cpp would refuse."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.core import EngineCore
from desktop_llm.engine.events import Event, Finish, FinishReason, Token
from desktop_llm.engine.messages import ChatPrompt, Message, Prompt, Role, TokenPrompt
from desktop_llm.engine.model import DecodeInterruptedError, NoRoomError, PrefixCut
from desktop_llm.engine.request import ContextOverflow, Submission
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.scoring import BESIDE_REPLIES, ReplyText, Scored, Scores, ScoreWish, windows_of
from desktop_llm.engine.stream import TokenStream
from desktop_llm.errors import EngineDeadError, GenerationError
from tests.conftest import ExpectLog
from tests.fakes import END, PlainTemplate, ScriptedModel, failure, scripted_facts, scripted_logprob, scripted_reply

_MAX_STEPS = 5000
_ASKED = ChatPrompt((Message(Role.USER, "?"),))
_ASKED_IDS = tuple(b"user:?\n")


@dataclass
class _Bench:
    """A core with a scripted model."""

    model: ScriptedModel = field(default_factory=ScriptedModel)

    def __post_init__(self) -> None:
        self.core = EngineCore(self.model, PlainTemplate())
        self.n_requests = 0

    def score(self, text: Scored, wish: ScoreWish | None = None) -> Future[Scores]:
        answer: Future[Scores] = Future()
        self.core.scoring.add(self.core.admission.score_job(text, wish or ScoreWish(), answer))
        return answer

    def submit(self, prompt: Prompt, **params: object) -> TokenStream:
        self.n_requests += 1
        stream = TokenStream()
        sampling = SamplingParams(**params)  # type: ignore[arg-type]
        self.core.add(Submission(self.n_requests, prompt, sampling, ContextOverflow.REFUSE, stream))
        return stream

    def run(self) -> None:
        for _ in range(_MAX_STEPS):
            if not self.core.has_work:
                return
            self.core.step()
        raise AssertionError("a text or a request starves")


def _truth(ids: Sequence[int], window: range, first: int) -> list[float]:
    return [scripted_logprob(ids[window.start : i], ids[i]) for i in range(first, window.stop)]


def _tokens(events: list[Event]) -> list[int]:
    return [event.id for event in events if isinstance(event, Token)]


@pytest.mark.parametrize("prefix_cut", list(PrefixCut))
def test_each_token_is_judged_with_all_that_stands_before_it(prefix_cut: PrefixCut) -> None:
    bench = _Bench(ScriptedModel(scripted_facts(prefix_cut=prefix_cut)))
    ids = list(range(1, 50))
    answer = bench.score(ids)
    bench.run()
    scores = answer.result(0)
    assert [token.id for token in scores.tokens] == ids
    assert scores.tokens[0].logprob is None
    assert [token.logprob for token in scores.tokens[1:]] == _truth(ids, range(49), 1)
    assert (scores.n_windows, scores.n_before) == (1, None)


def test_no_slice_wants_more_rows_than_there_are() -> None:
    bench = _Bench(ScriptedModel(scripted_facts(n_outputs=3, n_batch=16)))
    answer = bench.score(range(1, 60), ScoreWish(first=40))
    bench.run()
    wanted = [sum(row.wants_logits for row in batch) for batch in bench.model.batches]
    assert max(wanted) == 3
    assert sum(wanted) == 19
    assert len(answer.result(0).tokens) == 19
    assert max(map(len, bench.model.batches)) == 16


def test_what_a_reply_left_in_the_cache_is_not_computed_again() -> None:
    bench = _Bench()
    stream = bench.submit(_ASKED, max_tokens=10)
    bench.run()
    reply = _tokens(stream.take())
    bench.model.batches.clear()
    answer = bench.score(ReplyText(_ASKED, tuple(reply)))
    bench.run()
    assert [token.logprob for token in answer.result(0).tokens] == _truth((*_ASKED_IDS, *reply), range(17), 7)
    assert sum(map(len, bench.model.batches)) == 10  # the prompt's last token and the reply but its last
    bench.model.batches.clear()
    again = bench.submit(TokenPrompt((*_ASKED_IDS, *reply)), max_tokens=1)
    bench.run()
    assert sum(map(len, bench.model.batches)) == 1  # the score left the whole reply in the cache
    assert _tokens(again.take()) == scripted_reply((*_ASKED_IDS, *reply), 1)


def test_a_text_of_another_model_is_made_into_this_ones_tokens() -> None:
    bench = _Bench()
    answer = bench.score(ReplyText(_ASKED, None, "abc"))
    bench.run()
    assert [token.id for token in answer.result(0).tokens] == list(b"abc")


@pytest.mark.parametrize("n_rows", [1, 2])
def test_replies_go_on_while_a_text_is_scored_and_both_are_right(n_rows: int) -> None:
    bench = _Bench(ScriptedModel(scripted_facts(n_ctx=200, n_seq_max=n_rows, n_outputs=2)))
    ids = list(range(1, 100))
    answer = bench.score(ids)
    bench.core.step()
    stream = bench.submit(TokenPrompt((5, 6, 7)), max_tokens=20)
    for _ in range(22):
        bench.core.step()
    assert stream.is_ended  # nobody waited for the text
    assert answer.done() is False
    bench.run()
    assert _tokens(stream.take()) == scripted_reply([5, 6, 7], 20)
    assert [token.logprob for token in answer.result(0).tokens[1:]] == _truth(ids, range(99), 1)


def test_beside_replies_slices_are_short_and_rest() -> None:
    bench = _Bench(ScriptedModel(scripted_facts(n_ctx=400, n_batch=64, n_outputs=16)))
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 1.0  # each look is a second later, so that a slice takes one
        return now

    bench.core.scoring._clock = clock
    bench.submit(TokenPrompt((5, 6, 7)), max_tokens=100)
    bench.core.step()
    bench.score(range(1, 200))
    bench.model.batches.clear()
    for _ in range(15):
        bench.core.step()
    slices = [len(batch) for batch in bench.model.batches if len(batch) > 1]
    replies = [batch for batch in bench.model.batches if len(batch) == 1]
    assert set(slices) == {BESIDE_REPLIES}
    assert len(replies) >= 3 * len(slices)


def test_a_text_waits_where_it_would_take_the_room_of_a_reply() -> None:
    bench = _Bench(ScriptedModel(scripted_facts(n_ctx=64)))
    stream = bench.submit(TokenPrompt(tuple(range(1, 31))), max_tokens=30)
    answer = bench.score(range(1, 60))
    for _ in range(20):
        bench.core.step()
    assert not stream.is_ended
    assert not any(row.id == 59 for batch in bench.model.batches for row in batch)
    bench.run()
    assert len(_tokens(stream.take())) == 30
    assert len(answer.result(0).tokens) == 59


def test_a_text_longer_than_the_context_is_judged_in_windows() -> None:
    bench = _Bench(ScriptedModel(scripted_facts(n_ctx=20)))
    ids = [1 + i % 250 for i in range(47)]
    answer = bench.score(ids)
    bench.run()
    scores = answer.result(0)
    assert (scores.n_windows, scores.n_before) == (4, 10)
    expected = [
        *_truth(ids, range(20), 1),
        *_truth(ids, range(10, 30), 20),
        *_truth(ids, range(20, 40), 30),
        *_truth(ids, range(30, 47), 40),
    ]
    assert [token.logprob for token in scores.tokens[1:]] == expected


@given(n_ids=st.integers(0, 300), first=st.integers(0, 320), n_ctx=st.integers(2, 50))
def test_windows_judge_every_token_once_with_half_a_context_before_it(n_ids: int, first: int, n_ctx: int) -> None:
    windows = windows_of(n_ids, first, n_ctx)
    judged = [i for window in windows for i in range(window.first, window.end)]
    assert judged == list(range(max(first, 1), n_ids))
    for window in windows:
        assert window.end - window.start <= n_ctx
        assert window.first - window.start >= min(window.first, n_ctx // 2)


def test_a_cancelled_text_is_left_at_the_next_slice() -> None:
    bench = _Bench(ScriptedModel(scripted_facts(n_outputs=1)))
    told: list[float] = []
    answer = bench.score(range(1, 60), ScoreWish(progress=told.append, params=SamplingParams()))
    bench.core.step()
    bench.core.step()
    assert answer.cancel()
    bench.run()
    assert told == [2 / 59, 3 / 59]
    assert bench.model.samplers[0].n_closed == 1


def test_what_went_wrong_is_told_and_the_next_text_is_scored(expect_log: ExpectLog) -> None:
    expect_log("desktop_llm.engine.scoring")
    bench = _Bench()
    bench.model.fail_next.append(failure("no"))
    bad, good = bench.score([1, 2, 3]), bench.score([4, 5, 6])
    bench.run()
    assert isinstance(bad.exception(0), type(failure()))
    assert len(good.result(0).tokens) == 3


def test_interrupted_and_crowded_out_slices_are_computed_again() -> None:
    bench = _Bench()
    bench.submit(TokenPrompt((1, 2, 3)), max_tokens=1)
    bench.run()
    bench.model.fail_next += [DecodeInterruptedError(), NoRoomError()]
    answer = bench.score([9, 8, 7, 6])
    bench.run()
    assert [token.logprob for token in answer.result(0).tokens[1:]] == _truth([9, 8, 7, 6], range(4), 1)


def test_the_samplers_hear_of_every_token_and_are_freed() -> None:
    bench = _Bench()
    answer = bench.score([4, 5, 6], ScoreWish(first=1, n_top=2, params=SamplingParams(grammar='root ::= "a"')))
    bench.run()
    (sampler,) = bench.model.samplers
    assert (sampler.accepted, sampler.n_closed, sampler.params.grammar) == ([4, 5, 6], 1, None)
    assert [token.p_sampled for token in answer.result(0).tokens] == [0.5, 0.5]
    assert [len(token.alternatives) for token in answer.result(0).tokens] == [2, 2]


def test_texts_of_no_tokens_or_one_have_nothing_to_judge() -> None:
    bench = _Bench()
    answers = [bench.score([]), bench.score([7]), bench.score([7, 8], ScoreWish(first=2))]
    bench.run()
    assert [[token.logprob for token in answer.result(0).tokens] for answer in answers] == [[], [None], []]
    assert bench.model.batches == []


def test_a_token_that_does_not_exist_is_refused() -> None:
    with pytest.raises(GenerationError, match="Token 256 does not exist"):
        _Bench().score([1, 256])


def test_the_end_of_the_engine_answers_all() -> None:
    bench = _Bench()
    answer = bench.score([1, 2, 3], ScoreWish(params=SamplingParams()))
    bench.core.fail_all(EngineDeadError("over"))
    assert isinstance(answer.exception(0), EngineDeadError)
    assert not bench.core.has_work
    assert bench.model.samplers[0].n_closed == 1


def test_a_reply_begins_with_the_tokens_that_are_given() -> None:
    bench = _Bench()
    prompt = ChatPrompt(_ASKED.messages, reply_ids=(65, 0xC3))
    stream = bench.submit(prompt, max_tokens=5)
    bench.run()
    events = stream.take()
    tokens = [event for event in events if isinstance(event, Token)]
    assert [token.id for token in tokens[:2]] == [65, 0xC3]
    assert [token.text for token in tokens[:2]] == ["A", ""]  # half a character waits for what the model says
    assert _tokens(events)[2:] == scripted_reply((*_ASKED_IDS, 65, 0xC3), 5)
    assert isinstance(events[-1], Finish)
    assert events[-1].usage.completion_tokens == 5


@pytest.mark.parametrize(("ids", "stop"), [((65, END), ()), ((65, 66, 67), ("BC",))])
def test_a_reply_that_is_ended_by_what_it_begins_with_is_not_continued(
    ids: tuple[int, ...], stop: tuple[str, ...]
) -> None:
    bench = _Bench()
    stream = bench.submit(ChatPrompt(_ASKED.messages, reply_ids=ids), stop=stop)
    bench.run()
    events = stream.take()
    finish = events[-1]
    assert isinstance(finish, Finish)
    assert finish.reason is FinishReason.STOP
    assert "".join(event.text for event in events if isinstance(event, Token | Finish)) == "A"
    assert bench.model.batches == []
    assert not bench.core.has_work
