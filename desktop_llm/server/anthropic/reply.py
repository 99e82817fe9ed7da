"""A reply on its way out by Anthropic's API: the engine's events -> its own, and the message. Pure."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any, assert_never

from desktop_llm.engine.events import Event, Finish, FinishReason, PromptProgress, Token
from desktop_llm.engine.events import Usage as EngineUsage
from desktop_llm.engine.replies.deltas import CallArguments, CallBegun, Delta, Said, Thought
from desktop_llm.engine.replies.parser import ReplyParser
from desktop_llm.server.exchange.json_prefix import JsonPrefix

Json = dict[str, Any]


@dataclass(slots=True)
class _Block:
    """A block of the message while it grows; `texts` are its words, its thoughts or its arguments."""

    start: Json
    texts: list[str] = field(default_factory=list)
    arguments: JsonPrefix = field(default_factory=JsonPrefix)

    @property
    def type(self) -> str:
        return str(self.start["type"])

    @property
    def text(self) -> str:
        return "".join(self.texts)


class MessageReply:
    """One reply. `receive` gives the events to send, each with its `type`; after the Finish, `message` is whole.

    `shows_thinking`: thoughts were asked for; `hides_thoughts`: their blocks are shown, but empty.
    """

    def __init__(
        self, parser: ReplyParser, model: str, *, shows_thinking: bool = False, hides_thoughts: bool = False
    ) -> None:
        self._parser = parser
        self._model = model
        self._shows_thinking = shows_thinking
        self._hides_thoughts = hides_thoughts
        self._id = f"msg_{uuid.uuid4().hex[:24]}"
        self._blocks: list[_Block] = []
        self._is_open = False  # whether the last block still grows
        self._space = ""  # white space that no block may consist of alone
        self._is_thinking = False
        self._n_thinking = 0
        self._has_begun = False
        self.finish: Finish | None = None

    def receive(self, event: Event) -> list[Json]:
        """The events that an event of the engine makes, possibly none."""
        match event:
            case PromptProgress(n_prompt, n_cached):
                return self._begin(EngineUsage(n_prompt, n_cached, 0))
            case Token():
                return [*self._begin(EngineUsage(0, 0, 0)), *self._token(event)]
            case Finish():
                return [*self._begin(event.usage), *self._end(event)]
            case _:
                assert_never(event)

    def message(self) -> Json:
        """The whole reply."""
        assert self.finish is not None
        usage = _usage(self.finish.usage) | {"output_tokens_details": {"thinking_tokens": self._n_thinking}}
        content = [self._content(block) for block in self._blocks]
        return self._envelope(content, usage) | {
            "stop_reason": self._stop_reason(self.finish),
            "stop_sequence": self.finish.stop_string,
        }

    def _envelope(self, content: list[Json], usage: Json) -> Json:
        return {
            "id": self._id,
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": content,
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }

    def _begin(self, usage: EngineUsage) -> list[Json]:
        if self._has_begun:
            return []
        self._has_begun = True
        return [{"type": "message_start", "message": self._envelope([], _usage(usage))}, {"type": "ping"}]

    def _token(self, token: Token) -> list[Json]:
        deltas = self._parser.feed(token.text) if token.text else []
        if deltas:
            self._is_thinking = isinstance(deltas[-1], Thought)
        self._n_thinking += self._is_thinking
        return self._events(deltas)

    def _end(self, finish: Finish) -> list[Json]:
        deltas = self._parser.feed(finish.text) if finish.text else []
        events = self._events([*deltas, *self._parser.finish()]) + self._close()
        self.finish = finish
        whole = self.message()
        stop = {"stop_reason": whole["stop_reason"], "stop_sequence": whole["stop_sequence"]}
        usage = {name: value for name, value in whole["usage"].items() if name != "service_tier"}
        return [*events, {"type": "message_delta", "delta": stop, "usage": usage}, {"type": "message_stop"}]

    def _events(self, deltas: list[Delta]) -> list[Json]:
        return [event for delta in deltas for event in self._delta(delta)]

    def _delta(self, delta: Delta) -> list[Json]:
        match delta:
            case Said(text):
                return self._say(text)
            case Thought(text):
                return self._think(text)
            case CallBegun(_, call_id, name):
                return self._open({"type": "tool_use", "id": call_id, "name": name, "input": {}})
            case CallArguments(_, text):
                return self._argue(text)
            case _:
                assert_never(delta)

    def _say(self, text: str) -> list[Json]:
        if self._is_in("text"):
            return [self._grow(text, {"type": "text_delta", "text": text})]
        text = self._space + text
        self._space = "" if text.strip() else text
        if self._space:
            return []
        begun = self._open({"type": "text", "text": ""})
        return [*begun, self._grow(text, {"type": "text_delta", "text": text})]

    def _think(self, text: str) -> list[Json]:
        if not self._shows_thinking:
            return []
        begun = [] if self._is_in("thinking") else self._open({"type": "thinking", "thinking": "", "signature": ""})
        grown = self._grow(text, {"type": "thinking_delta", "thinking": text})
        return begun if self._hides_thoughts else [*begun, grown]

    def _argue(self, text: str) -> list[Json]:
        """Hand on only what may become JSON: clients parse it as it comes, and fail at anything else."""
        good = self._blocks[-1].arguments.take(text)
        return [self._grow(good, {"type": "input_json_delta", "partial_json": good})] if good else []

    def _is_in(self, kind: str) -> bool:
        return self._is_open and self._blocks[-1].type == kind

    def _open(self, start: Json) -> list[Json]:
        closed = self._close()
        self._blocks.append(_Block(start))
        self._is_open = True
        self._space = ""
        return [*closed, {"type": "content_block_start", "index": len(self._blocks) - 1, "content_block": start}]

    def _grow(self, text: str, delta: Json) -> Json:
        self._blocks[-1].texts.append(text)
        return {"type": "content_block_delta", "index": len(self._blocks) - 1, "delta": delta}

    def _close(self) -> list[Json]:
        if not self._is_open:
            return []
        self._is_open = False
        index, block = len(self._blocks) - 1, self._blocks[-1]
        events: list[Json] = []
        if block.type == "thinking":
            delta = {"type": "signature_delta", "signature": _signature(block.text)}
            events.append({"type": "content_block_delta", "index": index, "delta": delta})
        return [*events, {"type": "content_block_stop", "index": index}]

    def _content(self, block: _Block) -> Json:
        match block.type:
            case "thinking":
                thoughts = "" if self._hides_thoughts else block.text
                return block.start | {"thinking": thoughts, "signature": _signature(block.text)}
            case "tool_use":
                return block.start | {"input": block.arguments.value()}
            case _:
                return block.start | {"text": block.text}

    def _stop_reason(self, finish: Finish) -> str:
        if finish.reason is FinishReason.LENGTH:
            return "model_context_window_exceeded" if finish.n_context >= finish.n_ctx else "max_tokens"
        if finish.stop_string is not None:
            return "stop_sequence"
        return "tool_use" if any(block.type == "tool_use" for block in self._blocks) else "end_turn"


def _usage(usage: EngineUsage) -> Json:
    return {
        "input_tokens": usage.prompt_tokens - usage.cached_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached_tokens,
        "output_tokens": usage.completion_tokens,
        "service_tier": "standard",
    }


def _signature(thoughts: str) -> str:
    """What a client must hand back with the thoughts; it is not checked."""
    return base64.b64encode(hashlib.sha256(thoughts.encode("utf-8", "replace")).digest()).decode()
