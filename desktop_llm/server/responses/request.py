"""What a client of the Responses API may send: the body of POST /v1/responses.

Written after the types of the package `openai` 3.54. Tools that run at OpenAI's, and pictures, sounds and files
in the input, are refused with a sentence.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag

from desktop_llm.server.http.bodies import Body, Items

JsonObject = dict[str, Any]
Name = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_.-]{1,128}$")]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=256)]
ItemStatus = Literal["in_progress", "completed", "incomplete"]

MAX_TOOLS = 128
MAX_METADATA = 16


class InputText(Body):
    """A run of text; `output_text` is one that the model wrote, `refusal` one in which it refused."""

    type: Literal["input_text", "output_text", "text", "summary_text", "reasoning_text"]
    text: str


class Refusal(Body):
    """A text in which a model refused."""

    type: Literal["refusal"]
    refusal: str


TextPart = Annotated[InputText | Refusal, Field(discriminator="type")]


class MessageItem(Body):
    """A message of the conversation."""

    role: Literal["user", "assistant", "system", "developer"]
    content: str | Items[TextPart]
    type: Literal["message"] = "message"
    id: str | None = None
    status: ItemStatus | None = None


class CallItem(Body):
    """A call that the model asked for earlier; `arguments` is a JSON text."""

    type: Literal["function_call"]
    call_id: Identifier
    name: Name
    arguments: str
    id: str | None = None
    status: ItemStatus | None = None


class CallOutputItem(Body):
    """What the tool answered."""

    type: Literal["function_call_output"]
    call_id: Identifier
    output: str | Items[TextPart]
    id: str | None = None
    status: ItemStatus | None = None


class ReasoningItem(Body):
    """What the model thought earlier."""

    type: Literal["reasoning"]
    id: str | None = None
    summary: Items[InputText] = Field(default_factory=list)
    content: Items[InputText] | None = None
    encrypted_content: str | None = None
    status: ItemStatus | None = None


class ReferenceItem(Body):
    """An item of an earlier response that is still kept, by its id."""

    id: Identifier
    type: Literal["item_reference"] = "item_reference"


def _kind(item: Any) -> str | None:
    """Which item it is: the type may be left out for messages and references."""
    fields = item.__dict__ if isinstance(item, Body) else item
    if not isinstance(fields, dict):
        return None
    kind = fields.get("type")
    if kind is not None:
        return str(kind)
    return "message" if "role" in fields else "item_reference"


InputItem = Annotated[
    Annotated[MessageItem, Tag("message")]
    | Annotated[CallItem, Tag("function_call")]
    | Annotated[CallOutputItem, Tag("function_call_output")]
    | Annotated[ReasoningItem, Tag("reasoning")]
    | Annotated[ReferenceItem, Tag("item_reference")],
    Discriminator(_kind),
]


class FunctionTool(Body):
    """A function the model may call; the client runs it. `parameters` is a JSON schema."""

    type: Literal["function"]
    name: Name
    description: str | None = None
    parameters: JsonObject | None = None
    strict: bool | None = None


class NamedTool(Body):
    """A function that must be called."""

    type: Literal["function"]
    name: Name


class AllowedTools(Body):
    """The tools that may be called this time, and whether one must be."""

    type: Literal["allowed_tools"]
    mode: Literal["auto", "required"]
    tools: Items[NamedTool] = Field(min_length=1, max_length=MAX_TOOLS)


ToolChoiceParam = Literal["none", "auto", "required"] | Annotated[NamedTool | AllowedTools, Field(discriminator="type")]


class TextFormat(Body):
    """Plain text."""

    type: Literal["text"]


class JsonObjectFormat(Body):
    """Any JSON object."""

    type: Literal["json_object"]


class JsonSchemaFormat(Body):
    """JSON that keeps a schema."""

    type: Literal["json_schema"]
    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    schema_: JsonObject = Field(alias="schema")
    description: str | None = None
    strict: bool | None = None


class TextConfig(Body):
    """The form of the reply."""

    format: Annotated[TextFormat | JsonObjectFormat | JsonSchemaFormat, Field(discriminator="type")] | None = None
    verbosity: Literal["low", "medium", "high"] | None = None


class Reasoning(Body):
    """How much to think."""

    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None


class StreamOptions(Body):
    """Options of a stream; none has an effect."""

    include_obfuscation: bool | None = None


class PromptFields(Body):
    """What decides the prompt: POST /v1/responses/input_tokens takes only this."""

    model: str = Field(default="", max_length=256)
    input: str | Items[InputItem] | None = None
    instructions: str | None = None
    previous_response_id: str | None = Field(default=None, max_length=256)
    conversation: None = None
    tools: Items[FunctionTool] | None = Field(default=None, max_length=MAX_TOOLS)
    tool_choice: ToolChoiceParam | None = None
    parallel_tool_calls: bool | None = None
    text: TextConfig | None = None
    reasoning: Reasoning | None = None
    truncation: Literal["auto", "disabled"] | None = None


def _few(value: object) -> object:
    """Looked at before the texts are: each wrong one would be a fault to tell."""
    if isinstance(value, dict) and len(value) > MAX_METADATA:
        raise ValueError(f"at most {MAX_METADATA} texts are possible, not {len(value)}")
    return value


Metadata = Annotated[
    dict[Annotated[str, StringConstraints(max_length=64)], Annotated[str, StringConstraints(max_length=512)]],
    BeforeValidator(_few),
]


class ResponsesRequest(PromptFields):
    """POST /v1/responses. `top_k`, `min_p`, `seed` and `stop` are not OpenAI's, but llama.cpp's."""

    background: Literal[False] | None = None
    include: Items[str] | None = None
    max_output_tokens: int | None = Field(default=None, ge=1)
    max_tool_calls: int | None = Field(default=None, ge=1)
    metadata: Metadata | None = Field(default=None, max_length=MAX_METADATA)
    prompt: None = None
    prompt_cache_key: str | None = None
    safety_identifier: str | None = None
    service_tier: Literal["auto", "default", "flex", "scale", "priority"] | None = None
    store: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    top_logprobs: int | None = Field(default=None, ge=0, le=20)
    user: str | None = None
    top_k: int | None = Field(default=None, ge=0)
    min_p: float | None = Field(default=None, ge=0, le=1)
    seed: int | None = Field(default=None, ge=0)
    stop: Items[str] | None = None
