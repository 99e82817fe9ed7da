from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.hub import Authority, File, Hub, Noise, Reset, repository
from tests.hub.proxy import Proxy

NOISE = Noise(100_000)
REPO = repository("acme/Noise-GGUF", File("big.gguf", NOISE))
FILE = "/acme/Noise-GGUF/resolve/main/big.gguf"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def safe_hub(authority: Authority) -> Iterator[Hub]:
    with Hub(REPO, authority=authority) as made:
        yield made


def _client(authority: Authority, proxy: str | None = None) -> httpx2.Client:
    trusting = authority.client_context()
    return httpx2.Client(verify=trusting, proxy=proxy, follow_redirects=True, trust_env=False, timeout=5)


def test_over_tls_the_redirect_and_the_bytes_are_as_without(safe_hub: Hub, authority: Authority) -> None:
    assert safe_hub.endpoint.startswith("https://127.0.0.1:")
    with _client(authority) as client:
        assert client.get(safe_hub.endpoint + FILE).content == NOISE.read()
        ranged = client.get(safe_hub.endpoint + FILE, headers={"Range": "bytes=10-19"})
        assert (ranged.status_code, ranged.content) == (206, NOISE.read(10, 20))


def test_a_client_that_does_not_know_the_authority_refuses(safe_hub: Hub, tmp_path: Path) -> None:
    another = Authority(tmp_path)
    with _client(another) as client, pytest.raises(httpx2.ConnectError, match="certificate"):
        client.get(safe_hub.endpoint + FILE)
    assert not safe_hub.journal.seen()


def test_a_line_breaks_under_tls_too(safe_hub: Hub, authority: Authority) -> None:
    safe_hub.order(Reset(after="middle"), "blob")
    with _client(authority) as client, pytest.raises(httpx2.HTTPError):
        client.get(safe_hub.endpoint + FILE)
    assert safe_hub.journal.seen(kind="blob")[0].bytes_sent == NOISE.size // 2


def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path, hosts=("hub.example",))
    with (
        Hub(REPO, authority=authority) as hub,
        _client(authority) as client,
        pytest.raises(httpx2.ConnectError, match="certificate"),
    ):
        client.get(hub.endpoint + FILE)


def test_a_proxy_passes_on_plain_requests_and_tunnels(safe_hub: Hub, authority: Authority) -> None:
    with Hub(REPO) as plain_hub, Proxy() as proxy, _client(authority, proxy.url) as client:
        for hub in (plain_hub, safe_hub):
            assert client.get(hub.endpoint + FILE).content == NOISE.read()
    assert [(each.method, each.allowed) for each in proxy.passed] == [
        ("GET", True),
        ("GET", True),
        ("CONNECT", True),
        ("CONNECT", True),
    ]
    assert proxy.passed[0].port == int(plain_hub.endpoint.rpartition(":")[2])


@pytest.mark.parametrize("over_tls", [False, True])
def test_a_proxy_that_wants_credentials_takes_none_but_the_right_ones(
    safe_hub: Hub, authority: Authority, over_tls: bool
) -> None:
    with Hub(REPO) as plain_hub, Proxy(("reader", "p@ss:word")) as proxy:
        url = (safe_hub if over_tls else plain_hub).endpoint + FILE
        with _client(authority, proxy.url) as client:
            assert client.get(url).content == NOISE.read()
        with _client(authority, proxy.address) as client:
            assert _refusal(client, url) == "407"
    assert [each.credentials for each in proxy.passed] == ["reader:p@ss:word", "reader:p@ss:word", None]


def _refusal(client: httpx2.Client, url: str) -> str:
    """Without a tunnel there is an answer, with one an error."""
    try:
        return str(client.get(url).status_code)
    except httpx2.ProxyError as error:
        return str(error)[:3]


def test_the_proxys_credentials_stay_with_the_proxy() -> None:
    with Hub(REPO) as hub, Proxy(("reader", "secret")) as proxy:
        with httpx2.Client(proxy=proxy.url, trust_env=False, timeout=5, verify=False) as client:
            client.get(f"{hub.endpoint}/api/models")
        (seen,) = hub.journal.seen()
    assert not [name for name in seen.request.headers if name.startswith("proxy")]


def test_a_proxy_knows_names_that_nobody_else_does() -> None:
    with (
        Hub(REPO) as hub,
        Proxy(hosts={"hub.example": ("127.0.0.1", int(hub.endpoint.rpartition(":")[2]))}) as proxy,
        httpx2.Client(proxy=proxy.url, trust_env=False, timeout=5, verify=False) as client,
    ):
        assert client.get("http://hub.example/api/models").json()[0]["id"] == REPO.id
    assert proxy.passed[0].host == "hub.example"


def test_a_proxy_says_when_nobody_answers_beyond_it() -> None:
    with Hub(REPO) as hub, Proxy() as proxy:
        hub.go_away()
        with httpx2.Client(proxy=proxy.url, trust_env=False, timeout=5, verify=False) as client:
            assert client.get(f"{hub.endpoint}/api/models").status_code == 502
