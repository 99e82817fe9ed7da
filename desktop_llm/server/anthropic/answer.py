"""What /v1/messages answers: the shapes of Anthropic's API, for the OpenAPI document and for whole replies."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

StopReason = Literal["end_turn", "max_tokens", "stop_sequence", "tool_use", "model_context_window_exceeded"]


class TextAnswer(BaseModel):
    """A run of text."""

    type: Literal["text"]
    text: str


class ThinkingAnswer(BaseModel):
    """What the model thought."""

    type: Literal["thinking"]
    thinking: str
    signature: str


class ToolUseAnswer(BaseModel):
    """A tool the client shall run."""

    type: Literal["tool_use"]
    id: str
    name: str
    input: dict[str, Any]


AnswerBlock = Annotated[TextAnswer | ThinkingAnswer | ToolUseAnswer, Field(discriminator="type")]


class TokenDetails(BaseModel):
    """Tokens of the reply by what they were for."""

    thinking_tokens: int


class Usage(BaseModel):
    """Tokens: the prompt's that were computed, those taken from the cache, and the reply's."""

    input_tokens: int
    cache_creation_input_tokens: int
    cache_read_input_tokens: int
    output_tokens: int
    output_tokens_details: TokenDetails
    service_tier: Literal["standard"]


class MessageAnswer(BaseModel):
    """A reply."""

    id: str
    type: Literal["message"]
    role: Literal["assistant"]
    model: str
    content: list[AnswerBlock]
    stop_reason: StopReason | None
    stop_sequence: str | None
    usage: Usage


class CountAnswer(BaseModel):
    """How many tokens the request's prompt has."""

    input_tokens: int
