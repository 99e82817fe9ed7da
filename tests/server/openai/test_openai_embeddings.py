"""Embeddings by the real `openai` client, from the built-in embedding model."""

from __future__ import annotations

import base64
import math
import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest

from desktop_llm.server.openai.embeddings import cut, is_cuttable
from tests.engine.embedding_reference import read_reference
from tests.fakes import scripted_facts
from tests.server.conftest import Api

_MODEL = "embedder"
_SIZE = 384


@pytest.fixture(scope="module")
def client(api: Api) -> Iterator[openai.OpenAI]:
    api.services.pool.acquire(_MODEL, keep_alive_s=-1).result(60).release()
    with openai.OpenAI(base_url=f"{api.url}/v1", api_key=api.key, max_retries=0) as client:
        yield client
    api.services.pool.unload(_MODEL)


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    product = sum(a * b for a, b in zip(one, other, strict=True))
    return product / (math.hypot(*one) * math.hypot(*other))


@pytest.mark.model
def test_vectors_are_the_models_own(client: openai.OpenAI) -> None:
    reference = list(read_reference())[:8]
    answer = client.embeddings.create(model=_MODEL, input=[text for text, _, _ in reference])
    assert [item.index for item in answer.data] == list(range(len(reference)))
    for item, (_, _, vector) in zip(answer.data, reference, strict=True):
        assert _cosine(item.embedding, vector.tolist()) > 0.999
        assert math.isclose(math.hypot(*item.embedding), 1.0, abs_tol=1e-4)
    assert answer.usage.prompt_tokens == answer.usage.total_tokens > len(reference)


@pytest.mark.model
def test_floats_and_base64_say_the_same(client: openai.OpenAI) -> None:
    floats = client.embeddings.create(model=_MODEL, input="Hello", encoding_format="float").data[0].embedding
    raw: Any = client.embeddings.with_raw_response.create(model=_MODEL, input="Hello", encoding_format="base64")
    written = raw.http_response.json()["data"][0]["embedding"]
    assert list(struct.unpack(f"<{_SIZE}f", base64.b64decode(written))) == pytest.approx(floats)


@pytest.mark.model
def test_tokens_are_embedded_as_texts_are(client: openai.OpenAI) -> None:
    url = str(client.base_url).removesuffix("/v1/")
    body = {"content": "Hello there", "model": _MODEL, "add_special": True}
    ids = client.post(f"{url}/tokenize", body=body, cast_to=dict[str, Any])["tokens"]
    by_text = client.embeddings.create(model=_MODEL, input="Hello there")
    by_tokens = client.embeddings.create(model=_MODEL, input=[ids, ids])
    assert len(by_tokens.data) == 2
    assert _cosine(by_tokens.data[1].embedding, by_text.data[0].embedding) > 0.9999
    assert by_tokens.usage.prompt_tokens == 2 * by_text.usage.prompt_tokens


@pytest.mark.model
@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"input": ""}, "input"),
        ({"input": ["a", ""]}, "input"),
        ({"input": []}, "input"),
        ({"input": [[]]}, "input[0]"),
        ({"input": ["a"] * 2049}, "input"),
        ({"input": [10_000_000]}, "input"),
        ({"input": "word " * 600}, "input"),
        ({"dimensions": 0}, "dimensions"),
        ({"dimensions": 100}, "dimensions"),
        ({"dimensions": 1000}, "dimensions"),
        ({"encoding_format": "hex"}, "encoding_format"),
    ],
)
def test_what_cannot_be_embedded_is_refused_by_name(client: openai.OpenAI, more: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.embeddings.create(**{"model": _MODEL, "input": "a", **more})
    assert caught.value.param == param


@pytest.mark.model
def test_all_dimensions_may_be_asked_for(client: openai.OpenAI) -> None:
    answer = client.embeddings.create(model=_MODEL, input="a", dimensions=_SIZE)
    assert len(answer.data[0].embedding) == _SIZE


@pytest.mark.model
def test_an_embedding_model_does_not_chat(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="makes only embeddings"):
        client.chat.completions.create(model=_MODEL, messages=[{"role": "user", "content": "a"}])
    with pytest.raises(openai.BadRequestError, match="makes only embeddings"):
        client.completions.create(model=_MODEL, prompt="a", stream=True)


def test_a_cut_vector_has_the_length_one_again() -> None:
    assert list(cut(array("f", [3.0, 4.0, 12.0]), 2)) == pytest.approx([0.6, 0.8])
    assert list(cut(array("f", [0.0, 1.0]), 1)) == [0.0]
    assert list(cut(array("f", [0.6, 0.8]), None)) == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize(
    ("name", "is_so"),
    [
        ("nomic-embed-text-v1.5.Q8_0", True),
        ("Qwen3-Embedding-0.6B", True),
        ("embeddinggemma-300m", True),
        ("nomic-embed-text-v1", False),
        ("all-MiniLM-L6-v2", False),
        ("bge-small-en-v1.5", False),
    ],
)
def test_only_models_made_for_it_are_cut(name: str, is_so: bool) -> None:
    facts = replace(scripted_facts(), name=name, path=Path("file.gguf"))
    assert is_cuttable(facts) is is_so
