"""What a client of Anthropic's API may send: the bodies of /v1/messages and /v1/messages/count_tokens.

Written after the types of the package `anthropic` 2.12. What the API knows and a local model cannot do
(images, PDF files, tools that run on Anthropic's servers) is no part of it, and so refused.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from desktop_llm.server.http.bodies import Body, Items

JsonObject = dict[str, Any]
Name = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_.-]{1,128}$")]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class TextBlock(Body):
    """A run of text."""

    type: Literal["text"]
    text: str


class ThinkingBlock(Body):
    """What the model thought in an earlier turn; the signature is not checked."""

    type: Literal["thinking"]
    thinking: str
    signature: str = ""


class RedactedThinkingBlock(Body):
    """Thoughts that only Anthropic could read; left out."""

    type: Literal["redacted_thinking"]
    data: str = ""


class ToolUseBlock(Body):
    """A call the model asked for in an earlier turn."""

    type: Literal["tool_use"]
    id: Identifier
    name: Name
    input: JsonObject


class SearchResultBlock(Body):
    """A passage that the client found."""

    type: Literal["search_result"]
    source: str
    title: str
    content: Items[TextBlock]


class TextSource(Body):
    """A document's plain text."""

    type: Literal["text"]
    data: str
    media_type: Literal["text/plain"] = "text/plain"


class ContentSource(Body):
    """A document in blocks."""

    type: Literal["content"]
    content: str | Items[TextBlock]


class DocumentBlock(Body):
    """A document as text; PDF files are not read."""

    type: Literal["document"]
    source: Annotated[TextSource | ContentSource, Field(discriminator="type")]
    title: str | None = None
    context: str | None = None


ResultBlock = Annotated[TextBlock | SearchResultBlock | DocumentBlock, Field(discriminator="type")]


class ToolResultBlock(Body):
    """What a tool answered."""

    type: Literal["tool_result"]
    tool_use_id: Identifier
    content: str | Items[ResultBlock] = ""
    is_error: bool = False


UserBlock = Annotated[
    TextBlock | ToolResultBlock | SearchResultBlock | DocumentBlock,
    Field(discriminator="type"),
]
AssistantBlock = Annotated[
    TextBlock | ThinkingBlock | RedactedThinkingBlock | ToolUseBlock,
    Field(discriminator="type"),
]


class UserMessage(Body):
    """A turn of the user's: words, and what tools answered."""

    role: Literal["user"]
    content: str | Items[UserBlock]


class AssistantMessage(Body):
    """A turn of the model's. As the last message it is a beginning that the reply goes on from."""

    role: Literal["assistant"]
    content: str | Items[AssistantBlock]


class SystemMessage(Body):
    """Instructions in the middle of a conversation."""

    role: Literal["system"]
    content: str | Items[TextBlock]


InputMessage = Annotated[UserMessage | AssistantMessage | SystemMessage, Field(discriminator="role")]


class Tool(Body):
    """A function the model may call; the client runs it."""

    name: Name
    input_schema: JsonObject
    description: str | None = None
    type: Literal["custom"] | None = None
    strict: bool | None = None


class ToolChoiceAuto(Body):
    """The model decides."""

    type: Literal["auto"]
    disable_parallel_tool_use: bool = False


class ToolChoiceAny(Body):
    """Some tool must be called."""

    type: Literal["any"]
    disable_parallel_tool_use: bool = False


class ToolChoiceTool(Body):
    """This tool must be called."""

    type: Literal["tool"]
    name: Name
    disable_parallel_tool_use: bool = False


class ToolChoiceNone(Body):
    """No tool may be called."""

    type: Literal["none"]


ToolChoiceParam = Annotated[
    ToolChoiceAuto | ToolChoiceAny | ToolChoiceTool | ToolChoiceNone, Field(discriminator="type")
]


class ThinkingEnabled(Body):
    """Think before the reply. The budget is told to templates that know one."""

    type: Literal["enabled"]
    budget_tokens: int = Field(ge=1024)
    display: Literal["summarized", "omitted"] | None = None


class ThinkingAdaptive(Body):
    """Think as the model sees fit."""

    type: Literal["adaptive", "between_tools"]
    display: Literal["summarized", "omitted"] | None = None


class ThinkingDisabled(Body):
    """Do not think."""

    type: Literal["disabled"]


ThinkingParam = Annotated[ThinkingEnabled | ThinkingAdaptive | ThinkingDisabled, Field(discriminator="type")]


class JsonFormat(Body):
    """The reply keeps this JSON schema."""

    type: Literal["json_schema"]
    schema_: JsonObject = Field(alias="schema")


class OutputConfig(Body):
    """How much effort, and which form the reply has."""

    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    format: JsonFormat | None = None


class Metadata(Body):
    """Whom the request is for; not used."""

    user_id: str | None = None


class CountTokensRequest(Body):
    """POST /v1/messages/count_tokens."""

    model: Identifier
    messages: Items[InputMessage] = Field(min_length=1, max_length=100_000)
    system: str | Items[TextBlock] | None = None
    tools: Items[Tool] | None = None
    tool_choice: ToolChoiceParam | None = None
    thinking: ThinkingParam | None = None
    output_config: OutputConfig | None = None


class MessagesRequest(CountTokensRequest):
    """POST /v1/messages. `min_p` and `seed` are llama.cpp's, not Anthropic's."""

    max_tokens: int = Field(ge=0)
    stream: bool = False
    stop_sequences: Items[str] | None = None
    temperature: float | None = Field(default=None, ge=0, le=1)
    top_p: float | None = Field(default=None, ge=0, le=1)
    top_k: int | None = Field(default=None, ge=0)
    min_p: float | None = Field(default=None, ge=0, le=1)
    seed: int | None = Field(default=None, ge=0)
    metadata: Metadata | None = None
