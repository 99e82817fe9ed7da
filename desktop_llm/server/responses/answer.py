"""What the Responses API answers: its shapes, for the OpenAPI document, and the response before it has output."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.server.responses.output import new_id
from desktop_llm.server.responses.request import ResponsesRequest

Json = dict[str, Any]
Status = Literal["completed", "failed", "in_progress", "incomplete"]


class TextAnswer(BaseModel):
    """A run of text."""

    type: Literal["output_text"]
    text: str
    annotations: list[Json]
    logprobs: list[Json]


class MessageAnswer(BaseModel):
    """The reply's text."""

    type: Literal["message"]
    id: str
    status: str
    role: Literal["assistant"]
    content: list[TextAnswer]


class ReasoningText(BaseModel):
    """A run of thoughts."""

    type: Literal["reasoning_text"]
    text: str


class ReasoningAnswer(BaseModel):
    """What the model thought."""

    type: Literal["reasoning"]
    id: str
    status: str
    summary: list[Json]
    content: list[ReasoningText]


class CallAnswer(BaseModel):
    """A function that the client shall call; `arguments` is a JSON text."""

    type: Literal["function_call"]
    id: str
    status: str
    call_id: str
    name: str
    arguments: str


class InputDetails(BaseModel):
    """Tokens of the prompt that came from the cache."""

    cached_tokens: int
    cache_write_tokens: int


class OutputDetails(BaseModel):
    """Tokens of the reply that were thoughts."""

    reasoning_tokens: int


class Usage(BaseModel):
    """Tokens."""

    input_tokens: int
    input_tokens_details: InputDetails
    output_tokens: int
    output_tokens_details: OutputDetails
    total_tokens: int


class Fault(BaseModel):
    """Why a response failed."""

    code: str
    message: str


class IncompleteDetails(BaseModel):
    """Why a response is not whole."""

    reason: Literal["max_output_tokens"]


class ResponseAnswer(BaseModel):
    """A response; what its request said stands in it, too."""

    id: str
    object: Literal["response"]
    created_at: int
    completed_at: int | None
    status: Status
    error: Fault | None
    incomplete_details: IncompleteDetails | None
    model: str
    output: list[Annotated[MessageAnswer | ReasoningAnswer | CallAnswer, Field(discriminator="type")]]
    usage: Usage | None
    instructions: str | None
    metadata: dict[str, str]
    parallel_tool_calls: bool
    previous_response_id: str | None
    store: bool
    temperature: float
    top_p: float
    tool_choice: str | Json
    tools: list[Json]


class DeletedAnswer(BaseModel):
    """A response was forgotten."""

    id: str
    object: Literal["response"]
    deleted: Literal[True]


class InputItemsAnswer(BaseModel):
    """The items that a response was an answer to, latest first unless asked otherwise."""

    object: Literal["list"]
    data: list[Json]
    first_id: str | None
    last_id: str | None
    has_more: bool


class InputTokensAnswer(BaseModel):
    """How many tokens a request's prompt has."""

    object: Literal["response.input_tokens"]
    input_tokens: int


def base_of(request: ResponsesRequest, model: str, params: SamplingParams) -> Json:
    """The response to a request before it has output: what is known of it from the start."""
    reasoning, text = request.reasoning, request.text
    wanted = None if text is None or text.format is None else text.format.model_dump(by_alias=True, exclude_unset=True)
    choice = request.tool_choice
    return {
        "id": new_id("resp"),
        "object": "response",
        "created_at": int(time.time()),
        "completed_at": None,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": request.instructions,
        "max_output_tokens": request.max_output_tokens,
        "max_tool_calls": request.max_tool_calls,
        "metadata": request.metadata or {},
        "model": model,
        "output": [],
        "parallel_tool_calls": request.parallel_tool_calls is not False,
        "previous_response_id": request.previous_response_id,
        "prompt_cache_key": request.prompt_cache_key,
        "reasoning": {
            "effort": None if reasoning is None else reasoning.effort,
            "summary": None if reasoning is None else reasoning.summary,
        },
        "safety_identifier": request.safety_identifier,
        "service_tier": "default",
        "store": request.store is not False,
        "temperature": params.temperature,
        "text": {"format": wanted or {"type": "text"}, "verbosity": (text and text.verbosity) or "medium"},
        "tool_choice": (choice or "auto") if isinstance(choice, str | None) else choice.model_dump(exclude_unset=True),
        "tools": [
            tool.model_dump(include={"type", "name", "description", "parameters", "strict"})
            for tool in request.tools or []
        ],
        "top_logprobs": request.top_logprobs or 0,
        "top_p": params.top_p,
        "truncation": request.truncation or "disabled",
        "usage": None,
        "user": request.user,
    }
