"""Models brought and sent away over the API, and what is counted of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from desktop_llm.server.config import ServerConfig
from tests.server.another import another_server, wait_until
from tests.server.conftest import Api

pytestmark = pytest.mark.model

CHAT: dict[str, Any] = {"model": "starter", "messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 8}
CHAT["ignore_eos"] = True  # eight tokens, whatever the dice say


@pytest.fixture
def client(api: Api) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=api.url, headers=api.bearer, timeout=60) as client:
        yield client


def samples(client: httpx2.Client) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample by its name and the values of its labels, in the order of their names."""
    text = client.get("/metrics").text
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def post(client: httpx2.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    value: dict[str, Any] = answer.json()
    return value


def test_a_model_is_loaded_and_unloaded(api: Api, client: httpx2.Client) -> None:
    loaded = post(client, "/v1/load", model="embedder", keep_alive="10m")
    assert (loaded["object"], loaded["model"]) == ("model.load", "embedder")
    assert loaded["memory_bytes"] > 10e6
    assert 590 < loaded["expires_in_s"] <= 600
    assert "embedder" in [each.name for each in api.services.pool.residents()]
    assert post(client, "/v1/load", model="all-MiniLM-L6-v2")["load_s"] < loaded["load_s"] + 1
    assert post(client, "/v1/unload", model="embedder")["was_loaded"] is True
    wait_until(lambda: "embedder" not in [each.name for each in api.services.pool.residents()])
    assert post(client, "/v1/unload", model="embedder")["was_loaded"] is False


def test_loading_and_unloading_refuse_what_cannot_be(client: httpx2.Client) -> None:
    for path in ("/v1/load", "/v1/unload"):
        assert client.post(path, json={"model": "nobody"}).status_code == 404
        assert client.post(path, json={"model": 3}).status_code == 400
    assert client.post("/v1/load", json={"model": "starter", "keep_alive": "soon"}).status_code == 400
    assert client.post("/v1/unload", json={}).status_code == 400


def test_only_models_that_are_offered_can_be_named(api: Api) -> None:
    with (
        another_server(api, ServerConfig(port=0, models=("starter",))) as (_, serving),
        httpx2.Client(base_url=serving.address, headers=api.bearer, timeout=60) as client,
    ):
        for name in ("embedder", "all-MiniLM-L6-v2@F16", "EMBEDDER"):
            assert client.post("/v1/load", json={"model": name}).status_code == 404
            assert client.post("/v1/unload", json={"model": name}).status_code == 404
            assert client.post("/api/embed", json={"model": name, "input": "a"}).status_code == 404
        assert client.post("/v1/load", json={"model": "SmolLM2-135M-Instruct", "keep_alive": -1}).status_code == 200


def test_requests_tokens_and_times_are_counted(client: httpx2.Client) -> None:
    before = samples(client)
    post(client, "/v1/chat/completions", **CHAT)
    client.post("/v1/chat/completions", json={"model": "starter"})
    client.get("/nowhere/at/all")
    after = samples(client)

    def grown(name: str, *labels: str) -> float:
        return after[name, labels] - before.get((name, labels), 0.0)

    assert grown("desktop_llm_http_requests_total", "POST", "/v1/chat/completions", "200") == 1
    assert grown("desktop_llm_http_requests_total", "POST", "/v1/chat/completions", "400") == 1
    assert grown("desktop_llm_http_requests_total", "GET", "-", "404") == 1
    assert grown("desktop_llm_completion_tokens_total") == 8
    assert grown("desktop_llm_prompt_tokens_total") > 10
    assert grown("desktop_llm_time_to_first_token_seconds_count") == 1
    assert 1 <= grown("desktop_llm_inter_token_seconds_count") <= 7  # those that came with the first have none
    assert 0 < grown("desktop_llm_inter_token_seconds_sum") < 1
    assert (
        after["desktop_llm_inter_token_seconds_bucket", ("+Inf",)] == after["desktop_llm_inter_token_seconds_count", ()]
    )
    assert grown("desktop_llm_engine_generated_tokens_total", "starter") == 8
    assert after["desktop_llm_model_memory_bytes", ("starter",)] > 50e6
    assert after["desktop_llm_engine_sequences", ("starter",)] >= 1
    assert after["desktop_llm_engine_requests_waiting", ("starter",)] == 0
    assert after["desktop_llm_engine_cached_tokens_total", ("starter",)] >= 0
    assert after["desktop_llm_http_requests_in_progress", ()] == 1


def test_no_label_holds_a_clients_text(client: httpx2.Client) -> None:
    secret = "zanzibar"
    client.post("/v1/chat/completions", json={**CHAT, "model": secret})
    client.get(f"/{secret}")
    client.get(f"/v1/models/{secret}")
    client.request(secret.upper(), "/v1/models")
    text = client.get("/metrics").text
    assert secret not in text.lower()
    assert 'route="/v1/models/{model:path}"' in text


def test_metrics_need_a_key(api: Api) -> None:
    assert httpx2.get(api.url + "/metrics").status_code == 401
