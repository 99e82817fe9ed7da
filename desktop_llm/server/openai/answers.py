"""What the routes answer: the shapes for the API's description, and how a value is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from pydantic import BaseModel
from starlette.responses import Response

from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.errors import GrammarError, PromptTooLongError
from desktop_llm.models.pool import Lease
from desktop_llm.server.replies import as_json
from desktop_llm.server.sampling_fields import bad_parameter


def check_writes(lease: Lease, params: SamplingParams) -> None:
    """Raises ApiError (400) for a model that makes only vectors, or a bias of a token that it does not have."""
    if lease.facts.is_embedder:
        name = lease.entry.name
        raise bad_parameter(f"The model {name} makes only embeddings; ask a language model.", "model")
    n_vocab = lease.facts.n_vocab
    wrong = next((token for token, _ in params.logit_bias if not 0 <= token < n_vocab), None)
    if wrong is not None:
        raise bad_parameter(f"Token {wrong} does not exist: the model's are 0 to {n_vocab - 1}.", "logit_bias")


@contextmanager
def naming(prompt: str, rules: str = "grammar") -> Iterator[None]:
    """Faults found late are told by the names of what was wrong: the prompt's, the grammar's or schema's."""
    try:
        yield
    except PromptTooLongError as error:
        raise bad_parameter(_too_long(error, prompt), prompt, "context_length_exceeded") from error
    except GrammarError as error:
        code = "invalid_grammar" if rules == "grammar" else "invalid_json_schema"
        raise bad_parameter(str(error), rules, code) from error


def _too_long(error: PromptTooLongError, prompt: str) -> str:
    """In OpenAI's words where the numbers are known: many programs look for them."""
    if not {"n_tokens", "n_ctx"} <= set(error.values):
        return str(error)
    n_ctx, n_tokens = error.values["n_ctx"], error.values["n_tokens"]
    return (
        f"This model's maximum context length is {n_ctx} tokens, but the {prompt} resulted in {n_tokens} tokens. "
        "Shorten them, or load the model with a longer context."
    )


def json_answer(value: Any) -> Response:
    """A value as JSON."""
    return Response(as_json(value), media_type="application/json")


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
