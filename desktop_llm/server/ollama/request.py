"""The bodies of Ollama's API, as its documentation has them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from desktop_llm.server.http.bodies import Body, Items

MAX_INPUTS = 2048
MAX_TOOLS = 128

KeepAlive = Annotated[
    float | str | None, Field(description="Seconds, or a duration like 5m; 0: not at all, negative: for ever.")
]
Think = bool | Literal["high", "medium", "low", "max"] | None
#: A whole number, also when it is written with a point: options often come from a form.
Whole = int | float


class Part(BaseModel):
    """A part of a body. Other names are let through."""

    model_config = ConfigDict(strict=True, extra="allow", protected_namespaces=())


class Options(Part):
    """How tokens are chosen, by Ollama's names. How a model is loaded is the app's to say: those names are ignored."""

    temperature: float | None = Field(None, ge=0, le=5)
    top_k: Whole | None = None
    top_p: float | None = Field(None, ge=0, le=1)
    min_p: float | None = Field(None, ge=0, le=1)
    typical_p: float | None = Field(None, ge=0, le=1)
    repeat_last_n: Whole | None = None
    repeat_penalty: float | None = None
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    mirostat: Whole | None = None
    mirostat_tau: float | None = None
    mirostat_eta: float | None = None
    seed: Whole | None = Field(None, description="Negative: a random one.")
    num_predict: Whole | None = Field(None, description="The most tokens of a reply; 0 or less: no limit.")
    stop: str | Annotated[Items[str], Field(max_length=16)] | None = None


class ReplyBody(Body):
    """What chat and generate ask alike."""

    model: str = Field("", description='Empty: the model that is loaded. ":latest" at its end is ignored.')
    stream: bool | None = Field(None, description="Lines of JSON as they come, which is the default.")
    format: Literal["", "json"] | dict[str, Any] | None = Field(
        None, description='"json", or a JSON schema that the reply keeps to.'
    )
    options: Options | None = None
    keep_alive: KeepAlive = None
    think: Think = Field(None, description="Whether, or how much, the model thinks first, where it can be told.")
    truncate: bool | None = Field(None, description="false: refuse a conversation that is too long.")
    logprobs: bool | None = None
    top_logprobs: int | None = Field(None, ge=0, le=20)

    @property
    def is_stream(self) -> bool:
        """Whether lines are sent as they come."""
        return self.stream is not False


class CalledFunction(Part):
    """A function that a model called."""

    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class Call(Part):
    """A call in an assistant's message."""

    id: str | None = None
    function: CalledFunction


class ChatMessage(Part):
    """One message, of any role."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | None = None
    thinking: str | None = None
    images: Items[str] | None = None
    tool_calls: Items[Call] | None = None
    tool_name: str | None = None
    tool_call_id: str | None = None


class FunctionSpec(Part):
    """A function the model may call; `parameters` is a JSON schema."""

    name: str = Field(pattern=r"^[a-zA-Z0-9_.-]{1,128}$")
    description: str | None = None
    parameters: dict[str, Any] | None = None


class Tool(Part):
    """A tool. Only functions are possible."""

    type: str | None = None
    function: FunctionSpec


class ChatRequest(ReplyBody):
    """A conversation. Without messages the model is loaded, or unloaded with `keep_alive` 0."""

    messages: Items[ChatMessage] | None = None
    tools: Items[Tool] | None = Field(None, max_length=MAX_TOOLS)


class GenerateRequest(ReplyBody):
    """A prompt. Without one the model is loaded, or unloaded with `keep_alive` 0."""

    prompt: str | None = None
    suffix: str | None = Field(None, description="What follows the gap that the reply fills, where the model can.")
    system: str | None = None
    raw: bool | None = Field(None, description="The prompt is taken as it is, without the model's template.")
    images: Items[str] | None = None


class EmbedRequest(Body):
    """Texts to make vectors of."""

    model: str = Field("", description="Empty: the model that is loaded.")
    input: str | Annotated[Items[str], Field(max_length=MAX_INPUTS)]
    truncate: bool | None = Field(None, description="false: refuse a text that is too long.")
    dimensions: int | None = Field(None, ge=1)
    keep_alive: KeepAlive = None


class EmbeddingsRequest(Body):
    """A text to make a vector of: the older way."""

    model: str = Field("", description="Empty: the model that is loaded.")
    prompt: str = ""
    keep_alive: KeepAlive = None


class ShowRequest(Body):
    """A model to tell about. `name` is the older word."""

    model: str = ""
    name: str = ""
    verbose: bool | None = None
