"""A reply on its way out by the Responses API: the engine's events -> its streaming events, and the response. Pure."""

from __future__ import annotations

import time
from typing import Any, assert_never

from desktop_llm.engine.events import Event, Finish, FinishReason, PromptProgress, Token
from desktop_llm.engine.replies.deltas import CallArguments, CallBegun, Delta, Said, Thought
from desktop_llm.engine.replies.parser import ReplyParser
from desktop_llm.server.openai.logprobs import chat_logprob
from desktop_llm.server.responses.output import CallOutput, MessageOutput, Output, ReasoningOutput

Json = dict[str, Any]


class ResponseReply:
    """One reply. `receive` gives the events to send, numbered; `response` is what is known of it so far.

    `base` is the response without its output: what the request said of itself (`response.base_of`).
    """

    def __init__(self, parser: ReplyParser, base: Json, *, wants_logprobs: bool = False) -> None:
        self._parser = parser
        self._base = base
        self._wants_logprobs = wants_logprobs
        self._outputs: list[Output] = []
        self._is_open = False  # whether the last output still grows
        self._logprobs: list[Json] = []  # of tokens whose text has not come yet
        self._n_events = 0
        self._is_thinking = False
        self._n_reasoning = 0
        self._state: Json = {"status": "in_progress"}
        self.finish: Finish | None = None

    @property
    def has_begun(self) -> bool:
        """Whether there were events already."""
        return self._n_events > 0

    def receive(self, event: Event) -> list[Json]:
        """The events that an event of the engine makes, possibly none."""
        match event:
            case PromptProgress():
                return self._begin()
            case Token():
                return [*self._begin(), *self._token(event)]
            case Finish():
                return [*self._begin(), *self._end(event)]
            case _:
                assert_never(event)

    def fail(self, message: str) -> list[Json]:
        """The reply cannot go on: the last events of its stream."""
        begun = self._begin()
        if self._is_open:
            self._outputs_end("incomplete")
        error = {"code": "server_error", "message": message}
        self._state = {"status": "failed", "error": error}
        return [*begun, self._event("response.failed", response=self.response())]

    def response(self) -> Json:
        """The response as it stands."""
        return self._base | {"output": [output.item() for output in self._outputs]} | self._state

    def _event(self, kind: str, **values: Any) -> Json:
        number, self._n_events = self._n_events, self._n_events + 1
        return {"type": kind, "sequence_number": number, **values}

    def _begin(self) -> list[Json]:
        if self.has_begun:
            return []
        return [self._event(f"response.{what}", response=self.response()) for what in ("created", "in_progress")]

    def _token(self, token: Token) -> list[Json]:
        if self._wants_logprobs:
            self._logprobs.append(chat_logprob(token))
        deltas = self._parser.feed(token.text) if token.text else []
        if deltas:
            self._is_thinking = isinstance(deltas[-1], Thought)
        self._n_reasoning += self._is_thinking
        return [event for delta in deltas for event in self._delta(delta)]

    def _end(self, finish: Finish) -> list[Json]:
        deltas = [*(self._parser.feed(finish.text) if finish.text else []), *self._parser.finish()]
        events = [event for delta in deltas for event in self._delta(delta)]
        if not self._outputs:
            events += self._open(MessageOutput())
        is_whole = finish.reason is FinishReason.STOP
        events += self._close("completed" if is_whole else "incomplete")
        self.finish = finish
        self._state = self._ended(finish) | {"usage": self._usage(finish)}
        last = self._event("response.completed" if is_whole else "response.incomplete", response=self.response())
        return [*events, last]

    def _ended(self, finish: Finish) -> Json:
        if finish.reason is FinishReason.STOP:
            return {"status": "completed", "completed_at": int(time.time())}
        return {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}

    def _usage(self, finish: Finish) -> Json:
        usage = finish.usage
        return {
            "input_tokens": usage.prompt_tokens,
            "input_tokens_details": {"cached_tokens": usage.cached_tokens, "cache_write_tokens": 0},
            "output_tokens": usage.completion_tokens,
            "output_tokens_details": {"reasoning_tokens": self._n_reasoning},
            "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        }

    def _delta(self, delta: Delta) -> list[Json]:
        match delta:
            case Said(text):
                begun = self._enter(MessageOutput)
                return [*begun, *self._grow(text)]
            case Thought(text):
                begun = self._enter(ReasoningOutput)
                return [*begun, *self._grow(text)]
            case CallBegun(_, call_id, name):
                return self._open(CallOutput(call_id, name))
            case CallArguments(_, text):
                return self._grow(text)
            case _:
                assert_never(delta)

    def _enter(self, kind: type[MessageOutput | ReasoningOutput]) -> list[Json]:
        if self._is_open and isinstance(self._outputs[-1], kind):
            return []
        return self._open(kind())

    def _open(self, output: Output) -> list[Json]:
        closed = self._close("completed")
        index = len(self._outputs)
        self._outputs.append(output)
        self._is_open = True
        added = self._event("response.output_item.added", output_index=index, item=output.begun())
        return [*closed, added, *self._numbered(output.opening())]

    def _grow(self, text: str) -> list[Json]:
        logprobs, self._logprobs = self._logprobs, []
        return self._numbered(self._outputs[-1].grow(text, logprobs))

    def _close(self, status: str) -> list[Json]:
        if not self._is_open:
            return []
        output = self._outputs_end(status)
        events = self._numbered(output.closing())
        index = len(self._outputs) - 1
        return [*events, self._event("response.output_item.done", output_index=index, item=output.item())]

    def _outputs_end(self, status: str) -> Output:
        self._is_open = False
        self._outputs[-1].status = status
        return self._outputs[-1]

    def _numbered(self, events: list[tuple[str, Json]]) -> list[Json]:
        place = {"item_id": self._outputs[-1].id, "output_index": len(self._outputs) - 1}
        return [self._event(kind, **place, **values) for kind, values in events]
