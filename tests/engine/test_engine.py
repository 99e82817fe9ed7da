"""The engine's thread, around scripted models: loading, unloading, aborting, failing, closing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Event, Finish, FinishReason, Token
from desktop_llm.engine.messages import ChatPrompt, Message, Role, TextPrompt, TokenPrompt
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stream import TokenStream
from desktop_llm.errors import (
    EngineDeadError,
    GrammarError,
    LoadCancelledError,
    ModelLoadError,
    NoModelLoadedError,
    PromptTooLongError,
)
from tests.fakes import PlainTemplate, ScriptedModel, opens, scripted_facts, scripted_reply

_WAIT_S = 10.0
_MODEL = Path("scripted.gguf")


def _no_grammar(params: SamplingParams) -> str | None:
    raise AssertionError(f"no grammar was asked for: {params}")


def _engine(open_model: Any, check: Callable[[SamplingParams], str | None] = _no_grammar) -> Engine:
    return Engine(open_model, check, lambda _: PlainTemplate())


@pytest.fixture
def model() -> ScriptedModel:
    return ScriptedModel(scripted_facts(n_ctx=100_000))


@pytest.fixture
def engine(model: ScriptedModel) -> Iterator[Engine]:
    with _engine(opens(model)) as engine:
        engine.load(_MODEL).result(_WAIT_S)
        yield engine


def _tokens(events: list[Event]) -> list[int]:
    return [event.id for event in events if isinstance(event, Token)]


def _first_token(stream: TokenStream) -> None:
    """Wait until a reply has begun."""
    while not _tokens(stream.take()):
        assert stream.wait(_WAIT_S)


class _Loader:
    """An OpenModel whose loads last until they are let go or cancelled."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.models: list[ScriptedModel] = []
        self.started = threading.Event()
        self.go = threading.Event()
        self.broken: set[str] = set()

    def __call__(self, path: Path, params: LoadParams, progress: Callable[[float], bool]) -> ScriptedModel:
        del params
        self.begun.append(path.name)
        self.started.set()
        while not self.go.wait(0.005):
            if not progress(0.5):
                raise LoadCancelledError("Loading was cancelled.")
        if path.name in self.broken:
            raise ModelLoadError("{name} is broken.", name=path.name)
        self.models.append(ScriptedModel(scripted_facts(n_ctx=100_000)))
        return self.models[-1]


def test_a_reply_streams(engine: Engine) -> None:
    events = list(engine.submit(TokenPrompt((1, 2)), SamplingParams(max_tokens=5)))
    assert _tokens(events) == scripted_reply([1, 2], 5)
    assert isinstance(events[-1], Finish)


def test_facts_are_there_while_a_model_is(model: ScriptedModel) -> None:
    rung: list[bool] = []
    with _engine(opens(model)) as engine:
        engine.on_change(lambda: rung.append(engine.facts is not None))
        assert engine.facts is None
        assert engine.load(_MODEL).result(_WAIT_S) == model.facts
        assert engine.facts == model.facts
        engine.unload().result(_WAIT_S)
        assert engine.facts is None
    assert rung == [True, False]
    assert model.is_closed


def test_without_a_model_a_request_is_told_so() -> None:
    with _engine(_Loader()) as engine:
        with pytest.raises(NoModelLoadedError):
            list(engine.submit(TextPrompt("a")))
        with pytest.raises(NoModelLoadedError):
            engine.count_tokens(TextPrompt("a")).result(_WAIT_S)


def test_tokens_are_counted_and_chats_rendered(engine: Engine) -> None:
    chat = ChatPrompt((Message(Role.USER, "hi"),))
    assert engine.render(chat).result(_WAIT_S) == "user:hi\n"
    assert engine.count_tokens(chat).result(_WAIT_S) == 8
    assert engine.tokenize("hi").result(_WAIT_S) == [104, 105]


def test_an_abort_ends_the_reply_and_says_what_it_cost(engine: Engine) -> None:
    stream = engine.submit(TokenPrompt((1,)))
    _first_token(stream)
    stream.abort()
    events = list(stream)
    assert isinstance(events[-1], Finish)
    assert events[-1].reason is FinishReason.ABORTED
    assert list(engine.submit(TokenPrompt((2,)), SamplingParams(max_tokens=1)))


def test_a_reader_who_goes_away_frees_its_sequence(engine: Engine, model: ScriptedModel) -> None:
    with engine.submit(TokenPrompt((1,))) as stream:
        _first_token(stream)
    engine.tokenize("").result(_WAIT_S)  # the inbox is in order: the abort was read
    list(engine.submit(TokenPrompt((2,)), SamplingParams(max_tokens=1)))
    assert model.samplers[0].n_closed == 1
    assert engine.stats().n_waiting == 0


def test_unloading_while_streaming_fails_the_stream(engine: Engine) -> None:
    stream = engine.submit(TokenPrompt((1,)))
    _first_token(stream)
    engine.unload().result(_WAIT_S)
    with pytest.raises(NoModelLoadedError, match="unloaded"):
        list(stream)


def test_closing_while_streaming_ends_the_stream_and_the_thread(model: ScriptedModel) -> None:
    engine = _engine(opens(model))
    engine.load(_MODEL).result(_WAIT_S)
    stream = engine.submit(TokenPrompt((1,)))
    _first_token(stream)
    engine.close()
    engine.close()
    with pytest.raises(NoModelLoadedError, match="closed"):
        list(stream)
    assert model.is_closed


def test_a_closed_engine_refuses_everything(model: ScriptedModel) -> None:
    engine = _engine(opens(model))
    engine.close()
    for stream in (engine.submit(TextPrompt("a")), engine.submit(TextPrompt("a"), SamplingParams(grammar="x"))):
        with pytest.raises(NoModelLoadedError):
            list(stream)
    with pytest.raises(LoadCancelledError):
        engine.load(_MODEL).result(_WAIT_S)
    answers: list[Future[Any]] = [engine.unload(), engine.tokenize("a")]
    for answer in answers:
        with pytest.raises(NoModelLoadedError):
            answer.result(_WAIT_S)


def test_closing_while_loading_cancels_the_load() -> None:
    loader = _Loader()
    engine = _engine(loader)
    ticket = engine.load(_MODEL)
    assert loader.started.wait(_WAIT_S)
    engine.close()
    with pytest.raises(LoadCancelledError):
        ticket.result(_WAIT_S)


def test_a_load_can_be_cancelled_and_requests_wait_behind_it() -> None:
    loader = _Loader()
    with _engine(loader) as engine:
        ticket = engine.load(_MODEL)
        assert loader.started.wait(_WAIT_S)
        stream = engine.submit(TokenPrompt((1,)))
        assert not stream.is_ended
        ticket.cancel()
        with pytest.raises(LoadCancelledError):
            ticket.result(_WAIT_S)
        with pytest.raises(NoModelLoadedError):
            list(stream)


def test_a_second_load_supersedes_the_first() -> None:
    loader = _Loader()
    with _engine(loader) as engine:
        first = engine.load(Path("first.gguf"))
        assert loader.started.wait(_WAIT_S)
        second = engine.load(Path("second.gguf"))
        with pytest.raises(LoadCancelledError):
            first.result(_WAIT_S)
        loader.go.set()
        second.result(_WAIT_S)
        assert loader.begun == ["first.gguf", "second.gguf"]


def test_when_a_new_model_cannot_be_opened_the_old_one_goes_on_answering() -> None:
    loader = _Loader()
    loader.go.set()
    loader.broken = {"bad.gguf"}
    with _engine(loader) as engine:
        engine.load(Path("good.gguf")).result(_WAIT_S)
        with pytest.raises(ModelLoadError, match="broken"):
            engine.load(Path("bad.gguf")).result(_WAIT_S)
        assert engine.facts is not None
        assert list(engine.submit(TokenPrompt((1,)), SamplingParams(max_tokens=1)))
    assert loader.begun == ["good.gguf", "bad.gguf", "good.gguf"]
    assert all(model.is_closed for model in loader.models)


def test_a_bug_in_the_thread_ends_every_stream_and_a_new_load_revives(expect_log: Any) -> None:
    expect_log("desktop_llm.engine.engine")
    loader = _Loader()
    loader.go.set()
    with _engine(loader) as engine:
        engine.load(_MODEL).result(_WAIT_S)
        stream = engine.submit(TokenPrompt((1,)))
        _first_token(stream)
        loader.models[0].fail_next = [ZeroDivisionError()]
        with pytest.raises(EngineDeadError):
            list(stream)
        with pytest.raises(EngineDeadError):
            list(engine.submit(TokenPrompt((1,))))
        engine.load(_MODEL).result(_WAIT_S)
        assert list(engine.submit(TokenPrompt((1,)), SamplingParams(max_tokens=1)))


def test_a_request_that_is_too_long_fails_alone() -> None:
    with _engine(opens(ScriptedModel(scripted_facts(n_ctx=8)))) as engine:
        engine.load(_MODEL).result(_WAIT_S)
        bad = engine.submit(TokenPrompt(tuple(range(1, 20))))
        good = engine.submit(TokenPrompt((1,)), SamplingParams(max_tokens=1))
        with pytest.raises(PromptTooLongError):
            list(bad)
        assert list(good)


def test_a_grammar_is_checked_beside_the_engine_and_handed_in_compiled(model: ScriptedModel) -> None:
    with _engine(opens(model), lambda params: f"root ::= {params.json_schema}") as engine:
        engine.load(_MODEL).result(_WAIT_S)
        list(engine.submit(TokenPrompt((1,)), SamplingParams(max_tokens=1, json_schema="{}")))
    assert (model.samplers[0].params.grammar, model.samplers[0].params.json_schema) == ("root ::= {}", None)


def test_a_bad_grammar_fails_its_request_only(engine: Engine, model: ScriptedModel) -> None:
    def refuse(_: SamplingParams) -> str:
        raise GrammarError("The grammar is wrong.")

    with _engine(opens(model), refuse) as other, pytest.raises(GrammarError):
        list(other.submit(TokenPrompt((1,)), SamplingParams(grammar="root")))
    assert list(engine.submit(TokenPrompt((1,)), SamplingParams(max_tokens=1)))


def test_an_abort_while_the_grammar_is_checked_ends_the_request_at_once(model: ScriptedModel) -> None:
    began, go = threading.Event(), threading.Event()

    def slow(_: SamplingParams) -> str:
        began.set()
        go.wait(_WAIT_S)
        return "root"

    with _engine(opens(model), slow) as engine:
        engine.load(_MODEL).result(_WAIT_S)
        stream = engine.submit(TokenPrompt((1,)), SamplingParams(grammar="root"))
        assert began.wait(_WAIT_S)
        assert _tokens(list(engine.submit(TokenPrompt((2,)), SamplingParams(max_tokens=1))))  # nobody is held up
        stream.abort()
        events = list(stream)
        go.set()
    assert isinstance(events[-1], Finish)
    assert events[-1].reason is FinishReason.ABORTED
    assert len(model.samplers) == 1


def test_closing_ends_a_request_whose_grammar_was_not_checked_yet(model: ScriptedModel) -> None:
    began = threading.Event()
    closing = threading.Event()

    def slow(_: SamplingParams) -> str:
        began.set()
        closing.wait(_WAIT_S)
        return "root"

    engine = _engine(opens(model), slow)
    streams = [engine.submit(TokenPrompt((1,)), SamplingParams(grammar="root")) for _ in range(2)]
    assert began.wait(_WAIT_S)
    closer = threading.Thread(target=engine.close)
    closer.start()
    closing.set()
    closer.join(_WAIT_S)
    for stream in streams:
        with pytest.raises(NoModelLoadedError):
            list(stream)
