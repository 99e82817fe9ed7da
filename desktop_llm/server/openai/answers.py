"""What the routes answer: the shapes for the API's description."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class PromptDetails(BaseModel):
    """Of the prompt's tokens, those that were taken from the cache."""

    cached_tokens: int


class CompletionDetails(BaseModel):
    """Of the reply's tokens, those that were thinking."""

    reasoning_tokens: int


class UsageAnswer(BaseModel):
    """What a request cost, in tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptDetails
    completion_tokens_details: CompletionDetails


class TimingsAnswer(BaseModel):
    """llama.cpp's addition: times of a single reply, milliseconds."""

    cache_n: int
    prompt_n: int
    prompt_ms: float
    prompt_per_token_ms: float
    prompt_per_second: float
    predicted_n: int
    predicted_ms: float
    predicted_per_token_ms: float
    predicted_per_second: float


class TopLogprob(BaseModel):
    """A token that could have been chosen."""

    token: str
    logprob: float
    bytes: list[int] | None


class TokenLogprob(TopLogprob):
    """A chosen token and the likeliest ones in its place."""

    top_logprobs: list[TopLogprob]


class ChatLogprobs(BaseModel):
    """The log-probabilities of a reply."""

    content: list[TokenLogprob] | None
    refusal: None = None


class CalledFunction(BaseModel):
    """A function with its arguments, a JSON text."""

    name: str
    arguments: str


class CalledTool(BaseModel):
    """A call the model asks for."""

    id: str
    type: Literal["function"]
    function: CalledFunction


class AnswerMessage(BaseModel):
    """The reply."""

    role: Literal["assistant"]
    content: str | None
    refusal: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[CalledTool] | None = None
    function_call: CalledFunction | None = None


class ChatAnswerChoice(BaseModel):
    """One of the replies."""

    index: int
    message: AnswerMessage
    logprobs: ChatLogprobs | None
    finish_reason: Literal["stop", "length", "tool_calls", "function_call"]


class ChatAnswer(BaseModel):
    """A chat completion."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    system_fingerprint: str
    choices: list[ChatAnswerChoice]
    usage: UsageAnswer
    timings: TimingsAnswer | None = None


class LogprobColumns(BaseModel):
    """Log-probabilities of a completion: one entry a token in each list."""

    tokens: list[str]
    token_logprobs: list[float | None]
    top_logprobs: list[dict[str, float] | None]
    text_offset: list[int]


class CompletionAnswerChoice(BaseModel):
    """One of the completions."""

    text: str
    index: int
    logprobs: LogprobColumns | None
    finish_reason: Literal["stop", "length"]


class CompletionAnswer(BaseModel):
    """A text completion."""

    id: str
    object: Literal["text_completion"]
    created: int
    model: str
    system_fingerprint: str
    choices: list[CompletionAnswerChoice]
    usage: UsageAnswer
    timings: TimingsAnswer | None = None
