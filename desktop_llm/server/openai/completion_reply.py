"""A completion on its way out: the engine's events -> texts of one choice with their log-probabilities. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from desktop_llm.engine.events import Event, Finish, FinishReason, PromptProgress, Token
from desktop_llm.server.openai.logprobs import completion_logprobs, readable

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TextStep:
    """What one chunk of a choice holds."""

    text: str
    logprobs: Json | None = None
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Echo:
    """The prompt as the reply begins with it; its tokens only where their log-probabilities are wished."""

    text: str = ""
    tokens: tuple[Token, ...] = ()


class TextChoice:
    """One of a request's replies."""

    def __init__(self, echo: Echo = Echo(), *, wants_logprobs: bool = False) -> None:
        self._wants_logprobs = wants_logprobs
        self._echo = echo
        self._offset = len(echo.text)
        self._texts = [echo.text]
        self._tokens: list[Token] = []
        self._pending: list[Token] = []
        self.finish: Finish | None = None

    def begin(self) -> list[TextStep]:
        """The chunk that stands in front, possibly none."""
        if not self._echo.text:
            return []
        columns = completion_logprobs(self._echo.tokens, 0) if self._wants_logprobs else None
        return [TextStep(self._echo.text, columns)]

    def receive(self, event: Event) -> list[TextStep]:
        """The chunks that an event makes, possibly none; that of a Finish has the finish reason."""
        match event:
            case PromptProgress():
                return []
            case Token():
                self._pending.append(event)
                return [self._step(event.text)] if event.text else []
            case Finish():
                self.finish = event
                if event.stop_string is not None and not event.text:
                    self._pending.clear()  # the tokens of the stop string, which is not shown
                return [self._step(event.text, self.finish_reason)]

    def _step(self, text: str, reason: str | None = None) -> TextStep:
        self._texts.append(text)
        tokens, self._pending = self._pending, []
        self._tokens += tokens
        if not self._wants_logprobs:
            return TextStep(text, None, reason)
        columns = completion_logprobs(tokens, self._offset)
        self._offset += sum(len(readable(token.piece)) for token in tokens)
        return TextStep(text, columns, reason)

    @property
    def finish_reason(self) -> str:
        """Why the reply ended, in the API's word."""
        assert self.finish is not None
        return "length" if self.finish.reason is FinishReason.LENGTH else "stop"

    def whole(self, index: int) -> Json:
        """The choice as the answer has it."""
        return {
            "text": "".join(self._texts),
            "index": index,
            "logprobs": self._columns() if self._wants_logprobs else None,
            "finish_reason": self.finish_reason,
        }

    def _columns(self) -> Json:
        return completion_logprobs([*self._echo.tokens, *self._tokens], 0)

    @property
    def likelihood(self) -> float:
        """The mean log-probability of its tokens: how well the model thinks of it."""
        known = [token.logprob for token in self._tokens if token.logprob is not None]
        return sum(known) / len(known) if known else -math.inf
