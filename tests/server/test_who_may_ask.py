"""Host x Origin x method x key, against a table written by hand: who is answered, and how."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

import pytest

from desktop_llm.server.config import ServerConfig
from tests.server.another import another_server
from tests.server.conftest import Api
from tests.server.raw import ask, request

ALLOWED_PAGE = "https://allowed.example"

#: What a client may say, by a name for each; {port} is the server's.
HOSTS = {
    "localhost": "localhost:{port}",
    "ipv4": "127.0.0.1:{port}",
    "ipv6": "[::1]:{port}",
    "capitals": "LOCALHOST:{port}",
    "no port": "localhost",
    "other port": "localhost:1",
    "foreign": "attacker.example:{port}",
    "foreign without port": "attacker.example",
    "ends alike": "localhost.attacker.example:{port}",
    "begins alike": "attacker.localhost:{port}",
    "trailing dot": "localhost.:{port}",
    "user before": "localhost:{port}@attacker.example",
    "any address": "0.0.0.0:{port}",
    "other loopback": "127.0.0.2:{port}",
    "decimal address": "2130706433:{port}",
    "two": "localhost:{port}\r\nHost: attacker.example",
    "empty": "",
    "none": None,
}
GOOD_HOSTS = {"localhost", "ipv4", "ipv6", "capitals"}

ORIGINS = {
    "none": None,
    "allowed": ALLOWED_PAGE,
    "foreign": "https://attacker.example",
    "null": "null",
    "own": "http://localhost:{port}",
    "other scheme": "http://allowed.example",
    "other port": "https://allowed.example:8443",
    "ends alike": "https://allowed.example.attacker.example",
    "begins alike": "https://notallowed.example",
    "capitals": "HTTPS://ALLOWED.EXAMPLE",
    "two": f"{ALLOWED_PAGE}\r\nOrigin: https://attacker.example",
    "empty": "",
}
GOOD_ORIGINS = {"none", "allowed"}

KEYS = {
    "bearer": "Authorization: Bearer {key}",
    "header": "x-api-key: {key}",
    "both": "Authorization: Bearer {key}\r\nx-api-key: {key}",
    "small scheme": "authorization: bearer {key}",
    "none": None,
    "wrong": "Authorization: Bearer dllm-wrong",
    "wrong header": "x-api-key: dllm-wrong",
    "basic": "Authorization: Basic {key}",
    "bare": "Authorization: {key}",
    "one wrong": "Authorization: Bearer {key}\r\nx-api-key: dllm-wrong",
    "two bearers": "Authorization: Bearer {key}\r\nAuthorization: Bearer dllm-wrong",
    "empty bearer": "Authorization: Bearer ",
    "empty header": "x-api-key:",
    "cut off": "Authorization: Bearer {cut}",
    "in capitals": "Authorization: Bearer {capitals}",
}
GOOD_KEYS = {"bearer", "header", "both", "small scheme"}

ASKED = {
    "list": ("GET", "/v1/models"),
    "health": ("GET", "/health"),
    "head": ("HEAD", "/v1/models"),
    "wrong method": ("DELETE", "/v1/models"),
    "unknown": ("GET", "/v1/secrets"),
    "key in the address": ("GET", "/v1/models?api_key={key}"),
    "options": ("OPTIONS", "/v1/models"),
    "preflight": ("OPTIONS", "/v1/chat/completions"),
    "post": ("POST", "/v1/chat/completions"),
    "dots": ("GET", "/health/../v1/models"),
    "slash": ("GET", "/v1/models/"),
    "absolute": ("GET", "http://localhost:{port}/v1/models"),
}


#: Who has shown a key, and asks from where it is allowed, gets these.
ANSWERS = {
    "list": 200,
    "head": 200,
    "wrong method": 405,
    "unknown": 404,
    "key in the address": 200,
    "options": 405,
    "preflight": 405,
    "post": 415,
    "dots": 404,
    "slash": 404,
}


def oracle(host: str, origin: str, key: str, asked: str) -> int:
    """The table. The first line that fits counts."""
    refusals = (
        (400, host in {"two", "none"}),  # not HTTP/1.1
        (403, host not in GOOD_HOSTS),
        (400, asked == "absolute"),
        (403, origin not in GOOD_ORIGINS),
        (204, asked == "preflight" and origin == "allowed"),
        (200, asked == "health"),
        (401, key not in GOOD_KEYS),
    )
    return next((status for status, fits in refusals if fits), ANSWERS.get(asked, 0))


def test_every_pair_is_answered_as_the_table_says(guarded: str, api: Api) -> None:
    for combination in _pairwise(HOSTS, ORIGINS, KEYS, ASKED):
        _check(guarded, api.key, combination)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_combination_is_answered_as_the_table_says(
    guarded: str, api: Api, record_property: Callable[[str, object], None]
) -> None:
    combinations = list(itertools.product(HOSTS, ORIGINS, KEYS, ASKED))
    record_property("count", len(combinations))
    for combination in combinations:
        _check(guarded, api.key, combination)


def test_a_page_that_is_not_listed_gets_no_permission(api: Api) -> None:
    headers = [("Host", urlsplit(api.url).netloc), ("Origin", ALLOWED_PAGE), ("Connection", "close")]
    answer = ask(api.url, request("OPTIONS", "/v1/models", [*headers, ("Access-Control-Request-Method", "GET")]))
    assert answer.status == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_listed_page_gets_permission_without_credentials(guarded: str, api: Api) -> None:
    headers = [("Host", urlsplit(guarded).netloc), ("Origin", ALLOWED_PAGE), ("Connection", "close")]
    preflight = ask(guarded, request("OPTIONS", "/v1/models", [*headers, ("Access-Control-Request-Method", "GET")]))
    answer = ask(guarded, request("GET", "/v1/models", [*headers, ("x-api-key", api.key)]))
    refusal = ask(guarded, request("GET", "/v1/models", headers))
    for each in (preflight, answer, refusal):
        assert each.headers["access-control-allow-origin"] == ALLOWED_PAGE
        assert each.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in each.headers
    assert (preflight.status, answer.status, refusal.status) == (204, 200, 401)
    assert "authorization" in preflight.headers["access-control-allow-headers"]


@pytest.fixture(scope="module")
def guarded(api: Api) -> Iterator[str]:
    """The address of a server that one web page may use."""
    with another_server(api, ServerConfig(port=0, origins=(ALLOWED_PAGE,))) as (_, serving):
        yield serving.address


def _check(url: str, key: str, combination: tuple[str, ...]) -> None:
    host, origin, key_name, asked = combination
    values = {
        "port": str(urlsplit(url).port),
        "key": key,
        "cut": key[:-1],
        "capitals": key.upper(),
    }
    method, path = ASKED[asked]
    lines = [f"{method} {path} HTTP/1.1"]
    lines += [f"Host: {HOSTS[host]}"] if HOSTS[host] is not None else []
    lines += [f"Origin: {ORIGINS[origin]}"] if ORIGINS[origin] is not None else []
    lines += [str(KEYS[key_name])] if KEYS[key_name] is not None else []
    lines += ["Access-Control-Request-Method: POST"] if asked == "preflight" else []
    lines += ["Connection: close", "", ""]
    answer = ask(url, "\r\n".join(lines).format(**values).encode())
    assert answer.status == oracle(*combination), combination
    assert ("allow" in answer.headers) is (answer.status == 405), combination
    assert ("www-authenticate" in answer.headers) is (answer.status == 401), combination


def _pairwise(*factors: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Rows in which every two values of different factors stand together at least once."""
    values = [list(factor) for factor in factors]
    missing = {
        (a, x, b, y)
        for a, b in itertools.combinations(range(len(values)), 2)
        for x, y in itertools.product(values[a], values[b])
    }
    while missing:
        a, x, b, y = min(missing)
        row = [""] * len(values)
        row[a], row[b] = x, y
        for place in range(len(values)):
            row[place] = row[place] or max(values[place], key=lambda value: _gain(row, place, value, missing))
        missing -= {(i, row[i], j, row[j]) for i, j in itertools.combinations(range(len(row)), 2)}
        yield tuple(row)


def _gain(row: list[str], place: int, value: str, missing: set[tuple[int, str, int, str]]) -> int:
    pairs = (
        (other, row[other], place, value) if other < place else (place, value, other, row[other])
        for other in range(len(row))
        if other != place and row[other]
    )
    return sum(pair in missing for pair in pairs)
