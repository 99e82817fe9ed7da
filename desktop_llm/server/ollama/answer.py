"""Ollama's answers: described, and made of the engine's events. Pure, but for the clock."""

from __future__ import annotations

import time
from typing import Any, Literal

from pydantic import BaseModel

from desktop_llm.engine.events import Event, Finish, FinishReason, Token
from desktop_llm.engine.replies.deltas import CallArguments, CallBegun, Delta, Said, Thought
from desktop_llm.engine.replies.parser import ReplyParser
from desktop_llm.server.exchange.json_prefix import JsonPrefix
from desktop_llm.server.ollama.times import moment, ns
from desktop_llm.server.openai.logprobs import chat_logprob

Json = dict[str, Any]


class Cost(BaseModel):
    """What every last answer carries: durations are nanoseconds."""

    model: str
    created_at: str
    done: bool
    done_reason: str | None = None
    total_duration: int | None = None
    load_duration: int | None = None
    prompt_eval_count: int | None = None
    prompt_eval_duration: int | None = None
    eval_count: int | None = None
    eval_duration: int | None = None
    logprobs: list[dict[str, Any]] | None = None


class AnswerMessage(BaseModel):
    """An assistant's message, or a piece of it."""

    role: Literal["assistant"] = "assistant"
    content: str
    thinking: str | None = None
    tool_calls: list[dict[str, Any]] | None = None


class ChatAnswer(Cost):
    """A reply to a conversation."""

    message: AnswerMessage


class GenerateAnswer(Cost):
    """A reply to a prompt."""

    response: str
    thinking: str | None = None


class EmbedAnswer(BaseModel):
    """Vectors of length 1, in the order of the inputs."""

    model: str
    embeddings: list[list[float]]
    total_duration: int
    load_duration: int
    prompt_eval_count: int


class EmbeddingsAnswer(BaseModel):
    """One vector."""

    embedding: list[float]


class Reply:
    """A reply while it is written: the engine's events in, Ollama's objects out.

    `is_chat`: as a message, else as a response.
    """

    def __init__(self, model: str, *, is_chat: bool, wants_logprobs: bool = False) -> None:
        self._model = model
        self._is_chat = is_chat
        self._wants_logprobs = wants_logprobs
        self._began = time.monotonic()
        self._logprobs: list[Json] = []
        self._calls: dict[int, tuple[str, str, JsonPrefix]] = {}
        self._said: list[str] = []
        self._thought: list[str] = []
        self._all_logprobs: list[Json] = []
        self._finish: Finish | None = None
        self.load_s = 0.0
        #: Without one the text is taken as it is.
        self.parser: ReplyParser | None = None

    def lines(self, events: list[Event]) -> list[Json]:
        """The objects that these events make; the Finish's has `done`."""
        return [line for event in events for line in self._lines(event)]

    def whole(self) -> Json:
        """All of it as one object, when it has ended."""
        calls = [_call(index, *call) for index, call in sorted(self._calls.items())]
        body = self._body("".join(self._said), "".join(self._thought), calls)
        logprobs = {"logprobs": self._all_logprobs} if self._wants_logprobs else {}
        return {**self._head(), **body, **self._cost(), **logprobs}

    def nothing(self, reason: str) -> Json:
        """The answer to a request that only loads or unloads."""
        return {**self._head(), **self._body("", "", []), "done": True, "done_reason": reason}

    def _lines(self, event: Event) -> list[Json]:
        match event:
            case Token():
                if self._wants_logprobs:
                    self._logprobs.append(chat_logprob(event))
                return self._pieces(self._parsed(event.text))
            case Finish():
                rest = self._parsed(event.text) + (self.parser.finish() if self.parser is not None else [])
                self._finish = event
                return [*self._pieces(rest), *self._called(), self._last()]
            case _:
                return []

    def _parsed(self, text: str) -> list[Delta]:
        if not text:
            return []
        return [Said(text)] if self.parser is None else self.parser.feed(text)

    def _pieces(self, deltas: list[Delta]) -> list[Json]:
        lines = []
        for delta in deltas:
            match delta:
                case Said(text):
                    self._said.append(text)
                    lines.append(self._line(text, "", []))
                case Thought(text):
                    self._thought.append(text)
                    lines.append(self._line("", text, []))
                case CallBegun(index, call_id, name):
                    self._calls[index] = call_id, name, JsonPrefix()
                case CallArguments(index, text):
                    self._calls[index][2].take(text)
        return lines

    def _called(self) -> list[Json]:
        """Calls are told whole, as Ollama does."""
        calls = [_call(index, *call) for index, call in sorted(self._calls.items())]
        return [self._line("", "", calls)] if calls else []

    def _line(self, said: str, thought: str, calls: list[Json]) -> Json:
        taken, self._logprobs = self._logprobs, []
        self._all_logprobs += taken
        logprobs = {"logprobs": taken} if self._wants_logprobs else {}
        return {**self._head(), **self._body(said, thought, calls), "done": False, **logprobs}

    def _last(self) -> Json:
        taken, self._logprobs = self._logprobs, []
        if self._finish is not None and self._finish.stop_string is None:
            self._all_logprobs += taken
        return {**self._head(), **self._body("", "", []), **self._cost()}

    def _head(self) -> Json:
        return {"model": self._model, "created_at": moment()}

    def _body(self, said: str, thought: str, calls: list[Json]) -> Json:
        thinking = {"thinking": thought} if thought else {}
        if not self._is_chat:
            return {"response": said, **thinking}
        message = {"role": "assistant", "content": said, **thinking}
        return {"message": message | ({"tool_calls": calls} if calls else {})}

    def _cost(self) -> Json:
        assert self._finish is not None
        usage, timings = self._finish.usage, self._finish.timings
        return {
            "done": True,
            "done_reason": "length" if self._finish.reason is FinishReason.LENGTH else "stop",
            "total_duration": ns(time.monotonic() - self._began),
            "load_duration": ns(self.load_s),
            "prompt_eval_count": usage.prompt_tokens,
            "prompt_eval_duration": ns(timings.prompt_s),
            "eval_count": usage.completion_tokens,
            "eval_duration": ns(timings.generation_s),
        }


def _call(index: int, call_id: str, name: str, arguments: JsonPrefix) -> Json:
    return {"id": call_id, "function": {"index": index, "name": name, "arguments": arguments.value()}}
