"""Ollama's own Python client against the running server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import ollama
import pytest

from tests.server.conftest import Api

pytestmark = pytest.mark.model

HELLO = [{"role": "user", "content": "Say hello."}]
#: No other word comes near those of its answer, however its numbers are rounded.
SURE = [{"role": "user", "content": "Name the capital of France."}]
FEW = {"num_predict": 12, "seed": 1, "temperature": 0.0}


@pytest.fixture
def client(api: Api) -> Iterator[ollama.Client]:
    with ollama.Client(host=api.url, headers=api.bearer, timeout=60) as client:
        yield client


def post(api: Api, path: str, body: dict[str, Any]) -> httpx.Response:
    return httpx.post(api.url + path, json=body, headers=api.bearer, timeout=60)


def test_a_chat_is_answered_with_what_it_cost(client: ollama.Client) -> None:
    answer = client.chat("starter", HELLO, options=FEW)
    assert answer.message.role == "assistant"
    assert answer.message.content
    assert (answer.model, answer.done, answer.done_reason) == ("starter", True, "length")
    assert answer.eval_count == 12
    assert answer.prompt_eval_count is not None
    assert answer.prompt_eval_count > 10
    assert answer.total_duration is not None
    assert answer.eval_duration is not None
    assert 1e6 < answer.eval_duration <= answer.total_duration < 60e9
    assert answer.created_at is not None
    assert answer.created_at.endswith("Z")


def test_a_stream_says_the_same_in_pieces(client: ollama.Client) -> None:
    whole = client.chat("starter", SURE, options=FEW | {"num_predict": 6})
    parts = list(client.chat("starter:latest", SURE, options=FEW | {"num_predict": 6}, stream=True))
    assert len(parts) > 5
    assert "".join(part.message.content or "" for part in parts) == whole.message.content
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]
    assert parts[-1].done_reason == "length"
    assert parts[-1].eval_count == 6
    assert parts[0].eval_count is None


def test_a_stream_is_the_default(api: Api) -> None:
    answer = post(api, "/api/chat", {"model": "starter", "messages": HELLO, "options": FEW})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines[0]["message"]["role"] == "assistant"
    assert lines[-1]["done"] is True


def test_a_prompt_is_answered_or_continued(client: ollama.Client) -> None:
    answer = client.generate("starter", "Say hello.", system="Be brief.", options=FEW)
    sure = {**FEW, "num_predict": 4}  # later the choice is close, and rounding makes it
    raw = client.generate("starter", "One, two, three,", raw=True, options=sure)
    assert answer.response
    assert raw.response
    assert raw.prompt_eval_count is not None
    assert answer.prompt_eval_count is not None
    assert raw.prompt_eval_count < 10 < answer.prompt_eval_count
    parts = list(client.generate("starter", "One, two, three,", raw=True, options=sure, stream=True))
    assert "".join(part.response or "" for part in parts) == raw.response


def test_a_reply_keeps_to_a_format(client: ollama.Client) -> None:
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    answer = client.chat("starter", HELLO, format=schema, options={"num_predict": 60, "temperature": 0})
    assert isinstance(json.loads(answer.message.content or "")["age"], int)
    any_json = client.generate("starter", "A person as JSON.", format="json", options=FEW)
    assert (any_json.response or "").lstrip().startswith("{")


def test_stop_texts_and_seeds_are_honoured(client: ollama.Client) -> None:
    options = {"num_predict": 12, "seed": 11, "temperature": 1.0}
    client.generate("starter", "Count to nine.", options=options)  # from here on the prompt is cached
    first, second = (client.generate("starter", "Count to nine.", options=options).response for _ in range(2))
    assert first == second
    assert first
    cut = client.generate("starter", "Count to nine.", options={**options, "stop": [first[3:6]]})
    assert cut.response == first[: first.index(first[3:6])]
    assert cut.done_reason == "stop"


def test_tools_are_told_and_calls_have_objects_for_arguments(client: ollama.Client) -> None:
    def get_weather(city: str) -> str:
        """The weather.

        Args:
            city: Where.
        """
        return city

    answer = client.chat("starter", HELLO, tools=[get_weather], options=FEW)
    assert answer.prompt_eval_count is not None
    plain = client.chat("starter", HELLO, options=FEW)
    assert plain.prompt_eval_count is not None
    assert answer.prompt_eval_count > plain.prompt_eval_count
    conversation: list[dict[str, Any]] = [
        *HELLO,
        {"role": "assistant", "tool_calls": [{"function": {"name": "get_weather", "arguments": {"city": "Rome"}}}]},
        {"role": "tool", "tool_name": "get_weather", "content": "sunny"},
    ]
    assert client.chat("starter", conversation, tools=[get_weather], options=FEW).done


def test_log_probabilities_come_with_the_tokens(client: ollama.Client) -> None:
    answer = client.chat("starter", HELLO, logprobs=True, top_logprobs=2, options=FEW)
    assert answer.logprobs is not None
    assert len(answer.logprobs) == 12
    assert answer.logprobs[0].logprob <= 0
    assert len(answer.logprobs[0].top_logprobs or ()) == 2


def test_models_are_listed_and_shown(client: ollama.Client) -> None:
    models = {model.model: model for model in client.list().models}
    starter = models["starter"]
    assert starter.size is not None
    assert starter.size > 50e6
    assert starter.details is not None
    assert (starter.details.family, starter.details.parameter_size) == ("llama", "134.5M")
    shown = client.show("starter")
    assert shown.capabilities == ["completion"]
    assert shown.modelinfo is not None
    assert shown.modelinfo["llama.context_length"] == 8192
    assert "<|im_start|>" in (shown.template or "")


def test_the_loaded_model_is_told_with_its_stay(client: ollama.Client) -> None:
    client.chat("starter", HELLO, keep_alive="10m", options={"num_predict": 1})
    loaded = next(model for model in client.ps().models if model.model == "starter")
    assert loaded.size is not None
    assert loaded.size > 50e6
    assert loaded.size_vram == 0
    assert loaded.context_length == 8192
    assert loaded.expires_at is not None
    client.chat("starter", HELLO, keep_alive=-1, options={"num_predict": 1})
    assert next(model for model in client.ps().models if model.model == "starter").expires_at.year == 9999  # type: ignore[union-attr]


def test_a_request_without_words_loads_and_unloads(client: ollama.Client) -> None:
    come = client.generate("embedder", keep_alive=-1)
    assert (come.done_reason, come.response) == ("load", "")
    assert "embedder" in [model.model for model in client.ps().models]
    gone = client.chat("embedder", keep_alive=0)
    assert (gone.done_reason, gone.message.content) == ("unload", "")
    assert "embedder" not in [model.model for model in client.ps().models]


def test_faults_are_sentences_in_ollamas_shape(api: Api, client: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError) as unknown:
        client.chat("nobody", HELLO)
    assert unknown.value.status_code == 404
    assert "nobody" in unknown.value.error
    for body in (
        {"messages": "hello"},
        {"messages": [{"role": "nobody", "content": ""}]},
        {"messages": HELLO, "keep_alive": "soon"},
        {"messages": HELLO, "format": 3},
        {"messages": HELLO, "format": {"type": "nothing"}, "stream": False},
        {"messages": HELLO, "options": {"temperature": -1}},
        {"messages": HELLO, "options": {"num_predict": 1.5}},
        {"messages": HELLO, "options": {"mirostat": 3}},
        {"messages": [{"role": "user", "content": "", "images": ["aGk="]}]},
    ):
        answer = post(api, "/api/chat", {"model": "starter", **body})
        assert answer.status_code == 400, body
        assert set(answer.json()) == {"error"}, body
        assert answer.json()["error"].endswith("."), body
    assert httpx.post(api.url + "/api/chat", json={}).json()["error"]


def test_what_has_no_effect_is_told(api: Api) -> None:
    body = {
        "model": "starter",
        "messages": HELLO,
        "stream": False,
        "options": {"num_predict": 1, "num_ctx": 2048, "num_gpu": 1},
        "template": "{{ .Prompt }}",
    }
    assert post(api, "/api/chat", body).headers["x-ignored-parameters"] == (
        "template, options.num_ctx, options.num_gpu"
    )


def test_vectors_are_made_by_the_embedder(api: Api, client: ollama.Client) -> None:
    made = client.embed("embedder", ["A cat sat.", "A dog ran.", "x " * 2000])
    assert [len(vector) for vector in made.embeddings] == [384] * 3
    assert sum(number * number for number in made.embeddings[0]) == pytest.approx(1.0, abs=1e-3)
    assert made.prompt_eval_count is not None
    assert list(client.embeddings("embedder", "A cat sat.").embedding) == pytest.approx(
        list(made.embeddings[0]), abs=1e-4
    )
    too_long = post(api, "/api/embed", {"model": "embedder", "input": "x " * 2000, "truncate": False})
    assert too_long.status_code == 400
    with pytest.raises(ollama.ResponseError) as refused:
        client.embed("starter", "A cat sat.")
    assert refused.value.status_code == 400
    with pytest.raises(ollama.ResponseError) as cannot:
        client.chat("embedder", HELLO)
    assert cannot.value.status_code == 400
    assert client.embed("embedder", [], keep_alive=0).embeddings == []


def test_the_version_is_one_that_clients_know(api: Api) -> None:
    answer = httpx.get(api.url + "/api/version", headers=api.bearer).json()
    assert answer["version"].split(".")[:2] == ["0", "12"]


def test_many_at_once_by_the_asynchronous_client(api: Api) -> None:
    async def ask_all() -> list[ollama.ChatResponse]:
        async with ollama.AsyncClient(host=api.url, headers=api.bearer, timeout=60) as client:
            answers = await asyncio.gather(*(client.chat("starter", HELLO, options=FEW) for _ in range(6)))
            return list(answers)

    answers = asyncio.run(ask_all())
    assert [answer.eval_count for answer in answers] == [12] * 6
