"""A chat's reply on its way out: the engine's events -> deltas of one choice, and at its end the message. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, assert_never

from desktop_llm.engine.events import Event, Finish, FinishReason, PromptProgress, Token
from desktop_llm.engine.replies.deltas import CallArguments, CallBegun, Delta, Said, Thought
from desktop_llm.engine.replies.parser import ReplyParser
from desktop_llm.server.openai.logprobs import chat_logprob

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What one chunk of a choice holds: its `delta`, and the log-probabilities that came with it."""

    delta: Json
    logprobs: list[Json] | None = None
    finish_reason: str | None = None


@dataclass(slots=True)
class _Call:
    id: str
    name: str
    arguments: list[str] = field(default_factory=list)


class ChatChoice:
    """One of a request's replies. `is_legacy`: the request had functions, not tools."""

    def __init__(self, parser: ReplyParser, *, wants_logprobs: bool = False, is_legacy: bool = False) -> None:
        self._parser = parser
        self._wants_logprobs = wants_logprobs
        self._is_legacy = is_legacy
        self._pending: list[Json] = []
        self._logprobs: list[Json] = []
        self._said: list[str] = []
        self._thought: list[str] = []
        self._calls: dict[int, _Call] = {}
        self._is_thinking = False
        self.n_reasoning = 0
        self.finish: Finish | None = None

    def receive(self, event: Event) -> list[Step]:
        """The chunks that an event makes, possibly none; the last of a Finish has the finish reason."""
        match event:
            case PromptProgress():
                return []
            case Token():
                return self._token(event)
            case Finish():
                return self._end(event)
            case _:
                assert_never(event)

    def _token(self, token: Token) -> list[Step]:
        if self._wants_logprobs:
            self._pending.append(chat_logprob(token))
        deltas = self._parser.feed(token.text) if token.text else []
        if deltas:
            self._is_thinking = isinstance(deltas[-1], Thought)
        self.n_reasoning += self._is_thinking
        return self._steps(deltas)

    def _end(self, finish: Finish) -> list[Step]:
        deltas = self._parser.feed(finish.text) if finish.text else []
        steps = self._steps([*deltas, *self._parser.finish()])
        if finish.stop_string is not None:
            self._pending.clear()  # the tokens of the stop string, which is not shown
        self.finish = finish
        return [*steps, Step({}, self._take_logprobs(), self.finish_reason)]

    def _steps(self, deltas: list[Delta]) -> list[Step]:
        return [Step(self._note(delta), self._take_logprobs()) for delta in deltas]

    def _take_logprobs(self) -> list[Json] | None:
        if not self._pending:
            return None
        taken, self._pending = self._pending, []
        self._logprobs += taken
        return taken

    def _note(self, delta: Delta) -> Json:
        """Remember a delta for the whole message, and say it as a chunk does."""
        match delta:
            case Said(text):
                self._said.append(text)
                return {"content": text}
            case Thought(text):
                self._thought.append(text)
                return {"reasoning_content": text}
            case CallBegun(index, call_id, name):
                self._calls[index] = _Call(call_id, name)
                return self._call_delta(index, {"name": name, "arguments": ""}, call_id)
            case CallArguments(index, text):
                self._calls[index].arguments.append(text)
                return self._call_delta(index, {"arguments": text})
            case _:
                assert_never(delta)

    def _call_delta(self, index: int, function: Json, call_id: str | None = None) -> Json:
        if self._is_legacy:
            return {"function_call": function}
        begun = {} if call_id is None else {"id": call_id, "type": "function"}
        return {"tool_calls": [{"index": index, **begun, "function": function}]}

    @property
    def finish_reason(self) -> str:
        """Why the reply ended, in the API's word."""
        assert self.finish is not None
        if self.finish.reason is FinishReason.LENGTH:
            return "length"
        if self._calls:
            return "function_call" if self._is_legacy else "tool_calls"
        return "stop"

    def logprobs(self) -> Json | None:
        """The log-probabilities of the whole reply."""
        return {"content": self._logprobs, "refusal": None} if self._wants_logprobs else None

    def message(self) -> Json:
        """The whole reply as a message."""
        said = "".join(self._said)
        message: Json = {"role": "assistant", "content": said or (None if self._calls else ""), "refusal": None}
        if self._thought:
            message["reasoning_content"] = "".join(self._thought)
        functions = [{"name": call.name, "arguments": "".join(call.arguments)} for call in self._calls.values()]
        if functions and self._is_legacy:
            message["function_call"] = functions[0]
        elif functions:
            ids = [call.id for call in self._calls.values()]
            message["tool_calls"] = [
                {"id": call_id, "type": "function", "function": function}
                for call_id, function in zip(ids, functions, strict=True)
            ]
        return message
