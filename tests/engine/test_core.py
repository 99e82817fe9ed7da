"""The core, driven step by step with a scripted model that refuses what llama.cpp would refuse."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_llm.engine.events import Event, Finish, FinishReason, PromptProgress, Token
from desktop_llm.engine.messages import ChatPrompt, Message, Role, TokenPrompt
from desktop_llm.engine.model import NoRoomError, PrefixCut
from desktop_llm.engine.request import ContextOverflow
from desktop_llm.engine.stream import TokenStream
from desktop_llm.errors import EngineDeadError, GenerationError, PromptTooLongError
from tests.engine.core_bench import Bench, finish_of, tokens_of
from tests.fakes import END, ScriptedModel, failure, scripted_facts, scripted_reply


def test_a_reply_is_what_the_model_says() -> None:
    bench = Bench()
    _, stream = bench.submit([5, 6, 7], max_tokens=9)
    bench.run()
    events = stream.take()
    assert tokens_of(events) == scripted_reply([5, 6, 7], 9)
    finish = finish_of(events)
    assert finish.reason is FinishReason.LENGTH
    assert (finish.usage.prompt_tokens, finish.usage.completion_tokens, finish.n_context) == (3, 9, 12)


def test_an_end_token_ends_the_reply_and_is_not_shown() -> None:
    bench = Bench(ScriptedModel(script=lambda tokens: END if len(tokens) == 5 else 65))
    _, stream = bench.submit([1, 2, 3])
    bench.run()
    events = stream.take()
    assert tokens_of(events) == [65, 65]
    assert finish_of(events).reason is FinishReason.STOP


def test_a_stop_string_ends_the_reply_and_is_named() -> None:
    text = b"one STOP two"
    bench = Bench(ScriptedModel(script=lambda tokens: text[len(tokens) - 2]))
    _, stream = bench.submit([1, 2], stop=("STOP",))
    bench.run()
    events = stream.take()
    shown = "".join(e.text for e in events if isinstance(e, Token | Finish))
    assert (shown, finish_of(events).reason, finish_of(events).stop_string) == ("one ", FinishReason.STOP, "STOP")


def test_a_long_prompt_holds_up_a_running_reply_for_one_chunk_at_most() -> None:
    model = ScriptedModel(scripted_facts(n_ctx=4096, n_batch=256))
    bench = Bench(model)
    _, reply = bench.submit([1, 2, 3], max_tokens=40)
    bench.core.step()
    reply.take()
    bench.submit(range(1, 200), max_tokens=2)
    while True:
        bench.core.step()
        if len(model.batches[-1]) == 2:  # the long prompt is done
            break
        assert len(model.batches[-1]) <= 256
        assert tokens_of(reply.take()), "a step passed without a token of the running reply"


def test_a_short_prompt_does_not_wait_for_a_long_one() -> None:
    model = ScriptedModel(scripted_facts(n_ctx=4096, n_batch=32))
    bench = Bench(model)
    bench.submit([1 + i % 200 for i in range(1000)], max_tokens=1)
    _, short = bench.submit([9, 9, 9], max_tokens=1)
    bench.core.step()
    assert short.is_ended


def test_an_aborted_request_frees_its_sequence_before_the_next_step() -> None:
    bench = Bench(ScriptedModel(scripted_facts(n_seq_max=1)))
    number, stream = bench.submit([1, 2, 3])
    bench.core.step()
    _, other = bench.submit([4, 5], max_tokens=1)
    assert bench.core.abort(number)
    assert finish_of(stream.take()).reason is FinishReason.ABORTED
    bench.core.step()
    assert tokens_of(other.take()) == scripted_reply([4, 5], 1)


def test_aborting_what_is_not_there_says_so() -> None:
    assert not Bench().core.abort(7)


def test_aborting_in_the_middle_of_a_prompt_keeps_what_was_computed() -> None:
    bench = Bench()
    number, _ = bench.submit(range(1, 41))
    bench.core.step()
    bench.core.abort(number)
    _, again = bench.submit(range(1, 41), max_tokens=1)
    bench.run()
    assert finish_of(again.take()).usage.cached_tokens == 16


def test_requests_beyond_the_sequences_wait_first_come_first_served() -> None:
    bench = Bench(ScriptedModel(scripted_facts(n_seq_max=1)))
    streams = [bench.submit([i + 1], max_tokens=2)[1] for i in range(3)]
    ended: list[int] = []
    while bench.core.has_work:
        bench.core.step()
        ended += [i for i, stream in enumerate(streams) if stream.is_ended and i not in ended]
    assert ended == [0, 1, 2]


def test_when_cells_run_out_the_youngest_gives_way_and_loses_nothing() -> None:
    bench = Bench(ScriptedModel(scripted_facts(n_ctx=40, n_seq_max=2)))
    prompts = [[i, i + 1, i + 2] for i in (10, 20)]
    streams = [bench.submit(prompt, max_tokens=30)[1] for prompt in prompts]
    bench.run()
    for prompt, stream in zip(prompts, streams, strict=True):
        events = stream.take()
        assert tokens_of(events) == scripted_reply(prompt, 30)
        assert sum(isinstance(event, Finish) for event in events) == 1


def test_a_reply_ends_with_length_when_the_context_is_full() -> None:
    bench = Bench(ScriptedModel(scripted_facts(n_ctx=16)))
    _, stream = bench.submit([1, 2, 3])
    bench.run()
    finish = finish_of(stream.take())
    assert (finish.reason, finish.n_context, finish.n_ctx) == (FinishReason.LENGTH, 16, 16)


def test_a_prompt_that_leaves_no_room_is_refused() -> None:
    bench = Bench(ScriptedModel(scripted_facts(n_ctx=16)))
    _, stream = bench.submit(range(1, 17))
    with pytest.raises(PromptTooLongError, match="16 tokens"):
        stream.take()


def test_with_stop_a_prompt_that_leaves_no_room_ends_at_once() -> None:
    bench = Bench(ScriptedModel(scripted_facts(n_ctx=16)))
    _, stream = bench.submit(range(1, 17), ContextOverflow.STOP)
    finish = finish_of(stream.take())
    assert (finish.reason, finish.usage.prompt_tokens) == (FinishReason.LENGTH, 16)


def _chat(n_turns: int) -> ChatPrompt:
    messages = [Message(Role.SYSTEM, "be kind")]
    for i in range(n_turns):
        messages += [Message(Role.USER, f"question {i}"), Message(Role.ASSISTANT, f"answer {i}")]
    return ChatPrompt((*messages, Message(Role.USER, "last")))


def test_drop_oldest_leaves_out_whole_old_turns_and_says_which() -> None:
    bench = Bench(ScriptedModel(scripted_facts(n_ctx=128)))
    _, stream = bench.submit(_chat(6), ContextOverflow.DROP_OLDEST, max_tokens=2)
    bench.run()
    finish = finish_of(stream.take())
    assert finish.dropped_messages == (1, 2, 3, 4, 5, 6, 7, 8)
    text = bytes(bench.model.samplers[0].accepted[: finish.usage.prompt_tokens]).decode()
    assert text.startswith("system:be kind\nuser:question 4\n")


def test_drop_oldest_drops_nothing_that_fits() -> None:
    bench = Bench(ScriptedModel(scripted_facts(n_ctx=512)))
    _, stream = bench.submit(_chat(3), ContextOverflow.DROP_OLDEST, max_tokens=2)
    bench.run()
    assert finish_of(stream.take()).dropped_messages == ()


def test_drop_oldest_refuses_when_the_last_message_alone_is_too_long() -> None:
    bench = Bench(ScriptedModel(scripted_facts(n_ctx=16)))
    prompt = ChatPrompt((Message(Role.USER, "a"), Message(Role.ASSISTANT, "b"), Message(Role.USER, "long " * 9)))
    _, stream = bench.submit(prompt, ContextOverflow.DROP_OLDEST)
    with pytest.raises(PromptTooLongError):
        stream.take()


@pytest.mark.parametrize("prompt", [TokenPrompt((1, 999)), TokenPrompt(()), TokenPrompt((-1,))])
def test_tokens_that_do_not_exist_end_only_their_own_request(prompt: TokenPrompt) -> None:
    bench = Bench()
    _, bad = bench.submit(prompt)
    _, good = bench.submit([1], max_tokens=1)
    bench.run()
    with pytest.raises(GenerationError):
        bad.take()
    assert good.is_ended


def test_no_token_is_made_when_none_is_wanted() -> None:
    bench = Bench()
    _, stream = bench.submit([1, 2], max_tokens=0)
    bench.run()
    events = stream.take()
    assert not tokens_of(events)
    assert finish_of(events).reason is FinishReason.LENGTH


def test_a_step_without_room_is_tried_again() -> None:
    bench = Bench()
    bench.model.fail_next = [NoRoomError(), NoRoomError()]
    _, stream = bench.submit(range(1, 13), max_tokens=3)
    bench.run()
    assert tokens_of(stream.take()) == scripted_reply(range(1, 13), 3)


def test_a_failing_request_fails_alone(caplog: pytest.LogCaptureFixture, expect_log: object) -> None:
    expect_log("desktop_llm.engine.core")  # type: ignore[operator]
    bench = Bench()
    _, bad = bench.submit([66, 66], max_tokens=5)
    _, good = bench.submit([7, 8], max_tokens=5)

    def refuse_b() -> None:
        if any(cell.token == 66 for cells in bench.model.sequences.values() for cell in cells):
            bench.model.fail_next = [failure()]

    bench.core.step()
    bench.model.on_decode = refuse_b
    bench.run()
    with pytest.raises(GenerationError, match="could not be computed"):
        list(bad)
    assert tokens_of(good.take()) == scripted_reply([7, 8], 5)
    assert "66" not in caplog.text


def test_an_interrupted_step_is_computed_again() -> None:
    bench = Bench()
    _, stream = bench.submit(range(1, 11), max_tokens=4)
    bench.model.interrupt_threadsafe()
    bench.core.step()
    bench.model.resume()
    bench.run()
    assert tokens_of(stream.take()) == scripted_reply(range(1, 11), 4)


def test_when_all_fail_every_stream_ends_with_the_error_and_every_sampler_is_freed() -> None:
    bench = Bench(ScriptedModel(scripted_facts(n_seq_max=1)))
    streams = [bench.submit([i + 1])[1] for i in range(2)]
    bench.core.step()
    bench.core.fail_all(EngineDeadError("The engine stopped."))
    for stream in streams:
        with pytest.raises(EngineDeadError):
            list(stream)
    assert [sampler.n_closed for sampler in bench.model.samplers] == [1, 1]
    assert not bench.core.has_work


def test_the_samplers_hear_of_the_prompt_once_and_of_each_token_once() -> None:
    bench = Bench(ScriptedModel(scripted_facts(n_ctx=40, n_seq_max=2)))
    bench.submit([1, 2], max_tokens=30)
    bench.submit([3, 4], max_tokens=30)  # is preempted on its way
    bench.run()
    for sampler, prompt in zip(bench.model.samplers, ([1, 2], [3, 4]), strict=True):
        assert sampler.accepted == [*prompt, *scripted_reply(prompt, 30)]


def test_stats_tell_what_runs_and_what_is_cached() -> None:
    bench = Bench(ScriptedModel(scripted_facts(n_seq_max=1)))
    bench.submit([1, 2, 3], max_tokens=2)
    bench.submit([1, 2, 3, 4], max_tokens=2)
    bench.core.step()
    stats = bench.core.stats()
    assert (stats.n_running, stats.n_waiting, stats.n_cells_used, stats.n_batch_last) == (1, 1, 3, 3)
    assert (stats.n_prefilling, stats.n_prompt_left, stats.last_reply) == (0, 4, None)
    bench.run()
    stats = bench.core.stats()
    assert (stats.n_running, stats.n_waiting, stats.prompt_tokens, stats.cached_tokens) == (0, 0, 7, 3)
    assert (stats.n_replies, stats.computed_prompt_tokens) == (2, 4)
    assert stats.last_reply is not None
    assert (stats.last_reply.usage.prompt_tokens, stats.last_reply.usage.cached_tokens) == (4, 3)


@st.composite
def _worlds(draw: st.DrawFn) -> ScriptedModel:
    return ScriptedModel(
        scripted_facts(
            n_ctx=draw(st.integers(12, 80)),
            n_seq_max=draw(st.integers(1, 4)),
            n_batch=draw(st.integers(1, 40)),
            prefix_cut=draw(st.sampled_from(PrefixCut)),
        ),
        window=draw(st.integers(1, 8)),
    )


#: Few different tokens, so that prompts begin alike.
_PROMPTS = st.lists(st.integers(1, 2), min_size=1, max_size=30)
_ACTIONS = st.one_of(
    st.tuples(st.just("submit"), _PROMPTS, st.integers(0, 12)),
    st.tuples(st.just("continue"), st.integers(0, 20), st.integers(0, 12)),
    st.tuples(st.just("step"), st.integers(1, 6), st.none()),
    st.tuples(st.just("abort"), st.integers(0, 20), st.none()),
    st.tuples(st.just("interrupt"), st.none(), st.none()),
    st.tuples(st.just("no room"), st.none(), st.none()),
)


@dataclass
class _Told:
    """One submitted request, and all its stream said."""

    number: int
    prompt: list[int]
    stream: TokenStream
    events: list[Event] = field(default_factory=list)
    max_tokens: int = 0


class _History:
    """Plays actions on a core and remembers what was asked."""

    def __init__(self, model: ScriptedModel, worth_waiting: int) -> None:
        self.bench = Bench(model, worth_waiting)
        self.told: list[_Told] = []
        self.n_refusals = 0

    def play(self, action: tuple[str, object, object]) -> None:
        match action:
            case ("submit", list() as prompt, int() as n):
                self._submit(prompt, n)
            case ("continue", int() as which, int() as n) if self.told:
                earlier = self.told[which % len(self.told)]
                self._submit([*earlier.prompt, *tokens_of(earlier.events), 2], n)
            case ("step", int() as n, _):
                for _ in range(n):
                    self.bench.core.step()
            case ("abort", int() as which, _) if self.told:
                self.bench.core.abort(self.told[which % len(self.told)].number)
            case ("interrupt", _, _):
                self.bench.model.interrupt_threadsafe()
                self.bench.core.step()
                self.bench.model.resume()
            case ("no room", _, _):
                self.n_refusals += 1
                self.bench.model.fail_next = [NoRoomError()]
        self.look()

    def _submit(self, prompt: list[int], n: int) -> None:
        number, stream = self.bench.submit(prompt, ContextOverflow.STOP, max_tokens=n)
        self.told.append(_Told(number, prompt, stream, max_tokens=n))

    def look(self) -> None:
        for each in self.told:
            each.events += each.stream.take()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(model=_worlds(), actions=st.lists(_ACTIONS, max_size=40), worth_waiting=st.sampled_from((1, 4, 1000)))
def test_no_token_is_lost_doubled_or_reordered_whatever_happens(
    model: ScriptedModel, actions: list[tuple[str, object, object]], worth_waiting: int
) -> None:
    history = _History(model, worth_waiting)
    for action in actions:
        history.play(action)
        # One book is kept by the engine, one by the model.
        assert history.bench.core.stats().n_cells_used == model.n_cells
    model.fail_next = []
    history.bench.run()
    history.look()
    for each in history.told:
        _check(each, model.facts.n_ctx, ends_early=history.n_refusals > 1)
    assert all(sampler.n_closed for sampler in model.samplers)


def _check(told: _Told, n_ctx: int, *, ends_early: bool) -> None:
    finish = finish_of(told.events)
    tokens = tokens_of(told.events)
    assert sum(isinstance(event, Finish) for event in told.events) == 1
    assert tokens == scripted_reply(told.prompt, len(tokens))
    assert finish.usage.completion_tokens == len(tokens)
    if finish.reason is FinishReason.LENGTH and not ends_early:
        assert len(tokens) == max(0, min(told.max_tokens, n_ctx - len(told.prompt)))
    text = "".join(event.text for event in told.events if isinstance(event, Token | Finish))
    assert text == bytes(tokens).decode("utf-8", "replace")
    progress = [event.n_computed for event in told.events if isinstance(event, PromptProgress)]
    assert all(n <= len(told.prompt) for n in progress)


@settings(max_examples=40, deadline=None)
@given(model=_worlds(), prompts=st.lists(_PROMPTS, min_size=2, max_size=8), worth_waiting=st.sampled_from((1, 1000)))
def test_no_request_starves(model: ScriptedModel, prompts: list[list[int]], worth_waiting: int) -> None:
    bench = Bench(model, worth_waiting)
    streams = [bench.submit(prompt, ContextOverflow.STOP, max_tokens=5)[1] for prompt in prompts]
    bench.run()
    assert all(stream.is_ended for stream in streams)


class _ControlTokens(ScriptedModel):
    """Tokens 1 and 2 are control tokens."""

    def piece(self, token: int, *, special: bool = False) -> bytes:
        if token in (1, 2):
            return b"<|call|>" if special and token == 1 else b"<|junk|>" if special else b""
        return super().piece(token, special=special)


@pytest.mark.parametrize(("special_texts", "text"), [((), "AB"), (("<|call|>name",), "<|call|>AB")])
def test_a_control_token_is_shown_only_where_it_is_asked_for(special_texts: tuple[str, ...], text: str) -> None:
    script = {3: 1, 4: 65, 5: 2, 6: 66, 7: END}
    bench = Bench(_ControlTokens(script=lambda tokens: script[len(tokens)]))
    _, stream = bench.submit([7, 7, 7], special_texts=special_texts)
    bench.run()
    events = stream.take()
    assert "".join(event.text for event in events if isinstance(event, Token | Finish)) == text
