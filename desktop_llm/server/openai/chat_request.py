"""The body of POST /v1/chat/completions, as OpenAI's reference describes it, with llama.cpp's additions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from desktop_llm.server.exchange.sampling_fields import RequestModel, SamplingFields
from desktop_llm.server.http.bodies import Items

MAX_TOOLS = 128

RoleName = Literal["system", "developer", "user", "assistant", "tool", "function"]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class ContentPart(RequestModel):
    """A part of a message: {"type": "text", "text": …}. Other types are refused with a sentence."""

    type: str
    text: str | None = None
    refusal: str | None = None


Parts = Annotated[Items[ContentPart], Field(max_length=4096)]


class FunctionCall(RequestModel):
    """What a model called: arguments are a JSON text."""

    name: str
    arguments: str = ""


class ToolCallPart(RequestModel):
    """A call in an assistant's message."""

    id: str = ""
    type: str | None = None
    function: FunctionCall


Calls = Annotated[Items[ToolCallPart], Field(max_length=MAX_TOOLS)]


class ChatMessage(RequestModel):
    """One message, of any role."""

    role: RoleName
    content: str | Parts | None = None
    name: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = Field(None, description="An assistant's thinking, as it was given out.")
    tool_calls: Calls | None = None
    function_call: FunctionCall | None = None
    tool_call_id: str | None = None


class FunctionSpec(RequestModel):
    """A function the model may call; `parameters` is a JSON schema."""

    name: str = Field(pattern=r"^[a-zA-Z0-9_.-]{1,128}$")
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Tool(RequestModel):
    """A tool. Only functions are possible."""

    type: str
    function: FunctionSpec | None = None


class NamedFunction(RequestModel):
    """A function by its name."""

    name: str


class AllowedTool(RequestModel):
    """One of the tools that may be called this time."""

    type: str | None = None
    function: NamedFunction | None = None


class AllowedTools(RequestModel):
    """The tools that may be called this time, and whether one must be."""

    mode: Literal["auto", "required"]
    tools: Items[AllowedTool] = Field(max_length=MAX_TOOLS)


class ToolChoiceObject(RequestModel):
    """A tool that must be called, or those that may be."""

    type: str
    function: NamedFunction | None = None
    allowed_tools: AllowedTools | None = None


class JsonSchemaFormat(RequestModel):
    """The schema that the reply keeps to."""

    name: str | None = None
    description: str | None = None
    # `schema` is a method of pydantic's.
    schema_: dict[str, Any] | None = Field(None, alias="schema")
    strict: bool | None = None


class ResponseFormat(RequestModel):
    """Text, any JSON object, or JSON of a schema. llama.cpp also takes `schema` beside json_object."""

    type: str
    json_schema: JsonSchemaFormat | None = None
    schema_: dict[str, Any] | None = Field(None, alias="schema")


class ChatRequest(SamplingFields):
    """A conversation, and what is wished of the reply.

    When the last message is an assistant's with text, the reply continues it.
    """

    model: str = Field("", description="Empty: the model that is loaded.")
    messages: Items[ChatMessage] = Field(min_length=1)
    max_completion_tokens: int | None = Field(None, ge=0)
    logprobs: bool | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)
    response_format: ResponseFormat | None = None
    tools: Items[Tool] | None = Field(None, max_length=MAX_TOOLS)
    tool_choice: Literal["none", "auto", "required"] | ToolChoiceObject | None = None
    parallel_tool_calls: bool | None = None
    functions: Items[FunctionSpec] | None = Field(None, max_length=MAX_TOOLS, description="The older name of tools.")
    function_call: Literal["none", "auto"] | NamedFunction | None = None
    reasoning_effort: Effort | None = None
    chat_template_kwargs: dict[str, Any] | None = Field(
        None, description="What reaches the model's chat template by name."
    )
    keep_alive: float | None = Field(None, description="Seconds that the model stays loaded after this; -1: for good.")
