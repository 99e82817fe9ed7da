"""The body of POST /v1/completions: a text that the model continues, without a chat template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from desktop_llm.engine.messages import TextPrompt, TokenPrompt
from desktop_llm.engine.model import ModelFacts
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.server.exchange.sampling_fields import SamplingFields, bad_parameter, changed

#: How many prompts one request may bring.
MAX_PROMPTS = 64

_GIVEN_SCHEMA = {
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}},
        {"type": "array", "items": {"type": "integer"}},
        {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
    ]
}


def _given(value: object) -> object:
    """Checked by hand: a union of lists looks at each of a million tokens several times, and has an error for each."""
    kinds = set(map(type, value)) if isinstance(value, list) else set()
    is_right = isinstance(value, str) or (isinstance(value, list) and (kinds <= {str} or kinds <= {int}))
    if not is_right and kinds == {list}:
        assert isinstance(value, list)
        is_right = all(set(map(type, one)) <= {int} for one in value)
    if not is_right:
        raise ValueError("a text, token ids, a list of texts or a list of lists of token ids is wanted")
    return value


Given = Annotated[str | list[str] | list[int] | list[list[int]], PlainValidator(_given), WithJsonSchema(_GIVEN_SCHEMA)]


class CompletionRequest(SamplingFields):
    """One or several prompts, each a text or token ids, and how they are continued."""

    model: str = Field("", description="Empty: the model that is loaded.")
    prompt: Given | None = None
    suffix: str | None = Field(None, description="What comes after the reply, for models that fill gaps.")
    echo: bool | None = Field(None, description="Whether the answer begins with the prompt.")
    logprobs: int | None = Field(None, ge=0, le=20)
    best_of: int | None = Field(None, ge=1, le=16, description="The n best of so many replies are given out.")
    keep_alive: float | None = Field(None, description="Seconds that the model stays loaded after this; -1: for good.")


@dataclass(frozen=True, slots=True)
class CompletionWish:
    """What a completion request asks of the engine; `n_tries` replies to each prompt, of which `n` are given out."""

    prompts: tuple[TextPrompt | TokenPrompt, ...]
    params: SamplingParams
    n: int
    n_tries: int


def completion_wish(request: CompletionRequest, defaults: SamplingParams) -> CompletionWish:
    """The request as the engine is asked for it. Raises ApiError (400) that names the parameter."""
    prompts = prompts_of(request.prompt if request.prompt is not None else "", "prompt", MAX_PROMPTS)
    n = request.n or 1
    n_tries = n if request.best_of is None else request.best_of
    if n_tries < n:
        raise bad_parameter("best_of must not be less than n.", "best_of")
    if n_tries > n and request.stream:
        raise bad_parameter("The best replies are known only at the end: best_of cannot be streamed.", "best_of")
    params = request.sampling(defaults)
    if request.logprobs is not None or n_tries > n:
        params = changed(params, top_logprobs=request.logprobs or 0)
    return CompletionWish(prompts, params, n, n_tries)


def prompts_of(given: Given, param: str, most: int) -> tuple[TextPrompt | TokenPrompt, ...]:
    """Texts and token ids, one or many, as prompts. Raises ApiError (400)."""
    if isinstance(given, str):
        return (TextPrompt(given),)
    if not given:
        raise bad_parameter(f"{param} must not be an empty list.", param)
    if isinstance(given[0], int):
        return (_prompt(given, param),)
    if len(given) > most:
        raise bad_parameter(f"{param} may have at most {most} entries, not {len(given)}.", param)
    return tuple(_prompt(one, f"{param}[{i}]") for i, one in enumerate(given))


def _prompt(one: object, where: str) -> TextPrompt | TokenPrompt:
    match one:
        case str():
            return TextPrompt(one)
        case [_, *_]:
            return TokenPrompt(tuple(one))  # type: ignore[arg-type]  # checked by _given
        case _:
            raise bad_parameter(f"{where} must not be empty.", where)


def check_tokens(prompts: Sequence[TextPrompt | TokenPrompt], facts: ModelFacts, param: str) -> None:
    """Raises ApiError (400) for a token that the model does not have."""
    for prompt in prompts:
        if isinstance(prompt, TokenPrompt) and prompt.ids:
            last = facts.n_vocab - 1
            wrong = next((token for token in (min(prompt.ids), max(prompt.ids)) if not 0 <= token <= last), None)
            if wrong is not None:
                raise bad_parameter(f"Token {wrong} does not exist: this model's tokens are 0 to {last}.", param)
