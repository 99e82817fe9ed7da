"""How tokens are chosen, as requests say it: OpenAI's names, and llama.cpp's for the rest -> SamplingParams.

What is absent or null keeps the server's default, which is the app's: temperature 0.8, not OpenAI's 1,
because a small model at 1 wanders.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict

from desktop_llm.engine.sampling import MAX_LOGIT_BIAS, MAX_SEED, MAX_STOP_STRINGS, Mirostat, SamplingParams
from desktop_llm.server.errors import ApiError
from desktop_llm.server.http.bodies import Body, Items

#: Names that are the same here and in SamplingParams.
_SAME = (
    "temperature top_p min_p typical_p top_n_sigma repeat_penalty repeat_last_n frequency_penalty presence_penalty "
    "dry_multiplier dry_base dry_allowed_length dry_penalty_last_n xtc_probability xtc_threshold mirostat_tau "
    "mirostat_eta grammar"
).split()

Whole = Annotated[int, Field(ge=-(2**63), le=2**64 - 1)]
Bias = Annotated[tuple[int, float | bool], Strict(False)]  # JSON knows no tuples


def _few(value: object) -> object:
    """Looked at before the items are: a million wrong ones would make a million errors."""
    if isinstance(value, dict | list) and len(value) > MAX_LOGIT_BIAS:
        raise ValueError(f"at most {MAX_LOGIT_BIAS} items are possible, not {len(value)}")
    return value


Stops = Annotated[Items[str], Field(max_length=MAX_STOP_STRINGS)]
Biases = Annotated[dict[str, float] | Items[Bias] | None, BeforeValidator(_few)]


class RequestModel(BaseModel):
    """A part of a body: nothing is converted, and other names are let through."""

    model_config = ConfigDict(strict=True, extra="ignore")


class StreamOptions(RequestModel):
    """What a stream carries beside its text."""

    include_usage: bool | None = None


class SamplingFields(Body):
    """What chat completions and completions ask alike."""

    temperature: float | None = Field(None, ge=0, le=5, description="0 always takes the likeliest token.")
    top_p: float | None = Field(None, ge=0, le=1)
    top_k: int | None = Field(None, description="llama.cpp's; 0 or less: the whole vocabulary.")
    min_p: float | None = Field(None, ge=0, le=1)
    typical_p: float | None = Field(None, ge=0, le=1)
    top_n_sigma: float | None = None
    repeat_penalty: float | None = None
    repeat_last_n: int | None = None
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    dry_multiplier: float | None = None
    dry_base: float | None = None
    dry_allowed_length: int | None = None
    dry_penalty_last_n: int | None = None
    xtc_probability: float | None = None
    xtc_threshold: float | None = None
    mirostat: Literal[0, 1, 2] | None = None
    mirostat_tau: float | None = None
    mirostat_eta: float | None = None
    seed: Whole | None = Field(None, description="The same seed and request give the same reply; -1: a random one.")
    stop: str | Stops | None = Field(None, description="Up to 16 texts that end the reply; they are not part of it.")
    max_tokens: int | None = Field(None, ge=0)
    ignore_eos: bool | None = None
    cache_prompt: bool | None = Field(None, description="llama.cpp's; false: the whole prompt is computed.")
    grammar: str | None = Field(None, description="A grammar in llama.cpp's GBNF with a rule `root`.")
    json_schema: dict[str, Any] | bool | None = Field(None, description="llama.cpp's: a schema the reply keeps to.")
    logit_bias: Biases = Field(None, description="Token ids with what is added to their logits, -100 to 100.")
    n: int | None = Field(None, ge=1, le=16, description="How many replies; with a seed, each has the next one.")
    stream: bool | None = None
    stream_options: StreamOptions | None = None

    def sampling(self, defaults: SamplingParams) -> SamplingParams:
        """The parameters of the first reply. Raises ApiError (400) that names the parameter."""
        given: dict[str, Any] = {name: value for name in _SAME if (value := getattr(self, name)) is not None}
        if self.top_k is not None:
            given["top_k"] = max(self.top_k, 0)
        if self.mirostat is not None:
            given["mirostat"] = Mirostat(self.mirostat)
        if self.seed is not None:
            given["seed"] = None if self.seed == -1 else self.seed % (MAX_SEED + 1)
        if self.stop is not None:
            given["stop"] = tuple(text for text in _list(self.stop) if text)
        if self.max_tokens is not None:
            given["max_tokens"] = self.max_tokens
        if self.json_schema is not None:
            given["json_schema"] = json.dumps(self.json_schema)
        if self.cache_prompt is False:
            given["reuses_cache"] = False
        if self.logit_bias is not None:
            given["logit_bias"] = _biases(self.logit_bias)
        given["ignore_eos"] = bool(self.ignore_eos)
        return changed(defaults, **given)

    @property
    def wants_usage_chunk(self) -> bool:
        """Whether the stream ends with a chunk that tells the usage."""
        return self.stream_options is not None and bool(self.stream_options.include_usage)


def changed(params: SamplingParams, **values: Any) -> SamplingParams:
    """The parameters with other values. Raises ApiError (400) in place of ValueError."""
    try:
        return replace(params, **values)
    except ValueError as error:
        sentence = str(error)
        name = sentence.split(" ", 1)[0]
        raise bad_parameter(sentence, name if name in values else _parameter_meant(sentence)) from error


def _parameter_meant(sentence: str) -> str | None:
    words = (("stop string", "stop"), ("logit bias", "logit_bias"), ("grammar", "grammar"))
    return next((name for word, name in words if word in sentence), None)


def with_seed_of(params: SamplingParams, index: int) -> SamplingParams:
    """The parameters of the reply with this index: with one seed for all, all would be the same."""
    if params.seed is None or index == 0:
        return params
    return replace(params, seed=(params.seed + index) % (MAX_SEED + 1))


def bad_parameter(sentence: str, param: str | None, code: str | None = None) -> ApiError:
    """A 400 that names what is wrong with the request."""
    return ApiError("{reason}", code=code, param=param, reason=sentence)


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _biases(given: dict[str, float] | list[Bias]) -> tuple[tuple[int, float], ...]:
    """Token ids with biases: OpenAI's map, or llama.cpp's list, where `false` forbids a token."""
    if isinstance(given, list):
        return tuple((token, float("-inf") if bias is False else float(bias)) for token, bias in given)
    if not all(key.isascii() and key.isdigit() and len(key) < 10 for key in given):
        raise bad_parameter("The names in logit_bias must be token ids.", "logit_bias")
    return tuple((int(key), bias) for key, bias in given.items())
