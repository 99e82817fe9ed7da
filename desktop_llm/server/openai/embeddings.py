"""POST /v1/embeddings: texts or token ids -> vectors of length 1."""

from __future__ import annotations

import base64
import math
import re
import sys
from array import array
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.engine.messages import TextPrompt
from desktop_llm.engine.model import ModelFacts
from desktop_llm.server.exchange.checks import naming
from desktop_llm.server.exchange.sampling_fields import bad_parameter
from desktop_llm.server.exchange.streams import answer, leased
from desktop_llm.server.http.bodies import Body, checked, read_json
from desktop_llm.server.http.replies import json_answer
from desktop_llm.server.openai.completion_request import Given, check_tokens, prompts_of

MAX_INPUTS = 2048

#: Models trained so that the first numbers of a vector are a vector too (Matryoshka); with others a cut is noise.
_CUTTABLE = re.compile(
    r"nomic-embed-text-v(1\.5|2)|mxbai-embed-(large|xsmall)|embedding-?gemma|qwen3-embedding|jina-embeddings-v[345]"
    r"|snowflake-arctic-embed-(m-v1\.5|[ml]-v2)|text-embedding-3|gte-modernbert|modernbert-embed|potion-",
    re.IGNORECASE,
)


class EmbeddingRequest(Body):
    """What to embed: a text, token ids, or many of them."""

    input: Given
    model: str = Field("", description="Empty: the model that is loaded.")
    encoding_format: Literal["float", "base64"] | None = Field(
        None, description="base64: little-endian floats of 32 bits."
    )
    dimensions: int | None = Field(None, ge=1, description="Fewer numbers, from models that are made for it.")
    keep_alive: float | None = Field(None, description="Seconds that the model stays loaded after this; -1: for good.")


class EmbeddingItem(BaseModel):
    """One vector."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class EmbeddingUsage(BaseModel):
    """Tokens of all inputs together."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingAnswer(BaseModel):
    """The vectors, in the order of the inputs."""

    object: Literal["list"] = "list"
    data: list[EmbeddingItem]
    model: str
    usage: EmbeddingUsage


async def embeddings(request: Request) -> Response:
    """Texts or token ids -> vectors."""
    body = checked(EmbeddingRequest, await read_json(request))
    prompts = prompts_of(body.input, "input", MAX_INPUTS)
    if any(isinstance(prompt, TextPrompt) and not prompt.text for prompt in prompts):
        raise bad_parameter("input must not contain an empty text.", "input")
    async with leased(request, body.model, body.keep_alive) as lease:
        check_embeds(lease.facts, lease.entry.name, body.dimensions)
        check_tokens(prompts, lease.facts, "input")
        with naming("input"):
            made = await answer(lease.engine.embed(prompts))
    n_tokens = sum(made.n_tokens)
    as_base64 = body.encoding_format == "base64"
    data = [
        {"object": "embedding", "index": index, "embedding": _written(cut(vector, body.dimensions), as_base64)}
        for index, vector in enumerate(made.vectors)
    ]
    usage = {"prompt_tokens": n_tokens, "total_tokens": n_tokens}
    return json_answer({"object": "list", "data": data, "model": lease.entry.name, "usage": usage})


def check_embeds(facts: ModelFacts, name: str, dimensions: int | None) -> None:
    """Raises ApiError (400) for a model that makes no vectors, or none of so many dimensions."""
    size = facts.embedding_size
    if not size:
        raise bad_parameter(f"The model {name} cannot make embeddings; ask an embedding model.", "model")
    if dimensions is None or dimensions == size:
        return
    if dimensions > size:
        raise bad_parameter(f"The model {name} makes {size} dimensions, not {dimensions}.", "dimensions")
    if not is_cuttable(facts):
        raise bad_parameter(
            f"The vectors of {name} mean nothing when they are cut; it makes {size} dimensions.", "dimensions"
        )


def is_cuttable(facts: ModelFacts) -> bool:
    """Whether the beginning of a vector can be taken for the whole."""
    return any(_CUTTABLE.search(text.replace(" ", "-")) for text in (facts.name, facts.path.stem))


def cut(vector: Sequence[float], dimensions: int | None) -> Sequence[float]:
    """The first numbers of a vector, brought to length 1 again; None: all as they are."""
    if dimensions is None or dimensions >= len(vector):
        return vector
    first = vector[:dimensions]
    length = math.sqrt(sum(float(x) * float(x) for x in first))
    return array("f", (float(x) / length for x in first)) if length > 0 else first


def _written(vector: Sequence[float], as_base64: bool) -> Any:
    numbers = array("f", vector)
    if not as_base64:
        return numbers.tolist()
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode("ascii")
