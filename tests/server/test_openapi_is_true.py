"""The document at /openapi.json is true: schemathesis asks what it describes, and much that it does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from requests import Session
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.schemas import APIOperation

from desktop_llm.server.app import OPERATIONS
from desktop_llm.server.openapi import describe
from tests.server.another import own_api
from tests.server.conftest import Api

pytestmark = [pytest.mark.model, pytest.mark.timeout(7200)]

SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(describe(OPERATIONS))))
LABELS = [f"{each.method} {each.path}" for each in OPERATIONS]

#: What the description allows may be refused for what it means: turns out of order, a prompt that is too long.
load_all_checks()
NOT_MEANT: Any = CHECKS.get_by_names(["positive_data_acceptance"])
#: It would ask again without a key.
NOT_ASKED: Any = CHECKS.get_by_names(["ignored_auth"])

#: How each API limits a reply, where that is not required; the tests' replies are short.
_LIMITS: Final[dict[str, dict[str, Any]]] = {
    "/v1/chat/completions": {"max_tokens": 2},
    "/v1/completions": {"max_tokens": 2},
    "/v1/messages": {},
    "/v1/responses": {"max_output_tokens": 2},
    "/api/chat": {"options": {"num_predict": 2}},
    "/api/generate": {"options": {"num_predict": 2}},
}
#: Examples of each operation in the short version.
_FEW: Final = 50
_LONGEST_NAME: Final = 256
_WHOLE: Final = 2**53
#: Below zero Ollama's has no limit; the others are refused.
_LEAST: Final = {"num_predict": -_WHOLE}
_LENGTHS: Final = {"max_tokens", "max_completion_tokens", "max_output_tokens", "num_predict"}


@SCHEMA.hook
def map_body(context: Any, body: Any) -> Any:
    """Mostly the model that is there; never more than a few tokens. What is wrong stays wrong."""
    path = context.operation.path
    if not isinstance(body, dict) or path == "/v1/unload":
        return body
    if isinstance(body.get("model"), str) and 0 < len(body["model"]) <= _LONGEST_NAME and len(body["model"]) % 4 != 1:
        body = body | {"model": "starter"}
    keep_alive = body.get("keep_alive")
    if type(keep_alive) in {int, float} and abs(keep_alive) <= _WHOLE:
        body = body | {"keep_alive": -1}
    return _cut(body) | {name: value for name, value in _LIMITS.get(path, {}).items() if body.get(name) is None}


def _cut(body: dict[str, Any]) -> dict[str, Any]:
    cut: dict[str, Any] = {
        name: 2 if name in _LENGTHS and type(value) is int and _LEAST.get(name, 2) <= value <= _WHOLE else value
        for name, value in body.items()
    }
    if isinstance(cut.get("options"), dict):
        options = _cut(cut["options"])
        cut["options"] = options if options.get("num_predict") is not None else options | {"num_predict": 2}
    return cut


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server whose models may be loaded and unloaded."""
    with own_api(tmp_path_factory.mktemp("lonely")) as api:
        yield api


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> None:
    """Engines come and go with their models."""


@pytest.mark.parametrize("label", LABELS)
def test_what_is_described_is_what_is_answered(label: str, lonely: Api) -> None:
    _ask(label, lonely, _FEW)


@pytest.mark.slow
@pytest.mark.parametrize("label", LABELS)
def test_what_is_described_is_what_is_answered_a_thousand_times(
    label: str, lonely: Api, record_property: Callable[[str, object], None]
) -> None:
    record_property("count", _ask(label, lonely, 1_000))


@pytest.mark.parametrize("path", _LIMITS)
def test_streams_are_as_they_are_described(path: str, api: Api) -> None:
    """Few of the bodies that are made up ask for a stream and are right."""
    said: dict[str, Any] = {"messages": [{"role": "user", "content": "Hello"}], "prompt": "Hello", "max_tokens": 2}
    body = {"model": "starter", "stream": True, **({"input": "Hello"} if path == "/v1/responses" else said)}
    case = SCHEMA[path]["POST"].Case(body=body | _LIMITS[path], media_type="application/json")
    answer = case.call(base_url=api.url, headers=api.bearer, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["content-type"][0].startswith(("text/event-stream", "application/x-ndjson"))
    case.validate_response(answer, excluded_checks=[*NOT_MEANT, *NOT_ASKED])


def test_the_document_is_what_is_served(api: Api) -> None:
    served = httpx2.get(f"{api.url}/openapi.json", headers=api.bearer).json()
    assert served["paths"].pop("/openapi.json")
    described = json.loads(json.dumps(describe(OPERATIONS)))
    assert served["paths"] == described["paths"]


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("/detokenize", {"tokens": []}, {"content": ""}),
        ("/detokenize", {"tokens": [], "ignored": 1, "": 2}, {"content": ""}),
    ],
)
def test_what_it_has_found(api: Api, path: str, body: dict[str, Any], answer: dict[str, Any]) -> None:
    given = httpx2.post(f"{api.url}{path}", json=body, headers=api.bearer)
    assert (given.status_code, given.json()) == (200, answer)


def _ask(label: str, api: Api, n: int) -> int:
    """Half of what is asked is as described, half is not. Returns how often was asked."""
    method, path = label.split(" ")
    operation: APIOperation[Any, Any, Any, Any] = SCHEMA[path.replace(":path", "")][method]
    asked = 0
    session = Session()
    session.trust_env = False

    @settings(
        max_examples=n,
        database=None,
        derandomize=n <= _FEW,  # the long campaign finds new ones
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=st.one_of(*(operation.as_strategy(mode) for mode in _modes(operation))))
    def ask(case: Case[Any]) -> None:
        nonlocal asked
        asked += 1
        case.call_and_validate(
            base_url=api.url, headers=api.bearer, session=session, excluded_checks=NOT_MEANT, timeout=60
        )

    with session:
        ask()
    return asked


def _modes(operation: APIOperation[Any, Any, Any, Any]) -> tuple[GenerationMode, ...]:
    has_input = operation.definition.raw.get("requestBody") or operation.definition.raw.get("parameters")
    return (GenerationMode.POSITIVE, GenerationMode.NEGATIVE) if has_input else (GenerationMode.POSITIVE,)
