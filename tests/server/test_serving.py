"""Ways of listening: a port, TLS, a Unix socket; what cannot be had; the live list, the log, and the end."""

from __future__ import annotations

import json
import socket
import ssl
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from desktop_llm.errors import PortInUseError, ServerError
from desktop_llm.server.access.tls import own_certificate
from desktop_llm.server.api_server import ApiServer
from desktop_llm.server.config import Limits, ServerConfig, TlsFiles
from tests.server.another import another_server, endless_reply, n_running, wait_until
from tests.server.conftest import Api
from tests.server.raw import answer_in, connect, read_all, request

pytestmark = pytest.mark.model


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


_HAS_IPV6 = _has_ipv6()

posix = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")


def test_nothing_listens_before_it_is_started_and_after_it_was_stopped(api: Api) -> None:
    with another_server(api, ServerConfig(port=0)) as (server, serving):
        assert httpx2.get(f"{serving.address}/health").json() == {"status": "ok"}
        server.stop()
        assert server.serving is None
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{serving.address}/health")
    assert not [each.name for each in threading.enumerate() if each.name == "server" and each.ident is None]


def test_a_taken_port_is_one_sentence_and_the_first_goes_on(api: Api) -> None:
    taken = api.services.server.serving
    assert taken is not None
    server = ApiServer(api.services.pool, lambda: 4, api.services.paths.requests_file)
    with pytest.raises(PortInUseError, match="second Desktop LLM"):
        server.start(ServerConfig(port=taken.config.port), api.keys)
    assert server.serving is None
    assert httpx2.get(f"{api.url}/health").status_code == 200


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (ServerConfig(host="0.0.0.0", port=0), "over TLS only"),
        (ServerConfig(host="192.0.2.1", port=0, tls=TlsFiles(Path("x"), Path("x"))), "no address 192.0.2.1"),
        (ServerConfig(host="example.org", port=0, tls=TlsFiles(Path("x"), Path("x"))), "not an IP address"),
        (ServerConfig(port=0, tls=TlsFiles(Path("missing.pem"), Path("missing.pem"))), "cannot be used"),
        (ServerConfig(port=0, tls=TlsFiles(Path(__file__), Path(__file__))), "cannot be used"),
        (ServerConfig(socket_path=Path("/nowhere/at/all")), "cannot be made"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_had_is_one_sentence(api: Api, config: ServerConfig, says: str) -> None:
    server = ApiServer(api.services.pool, lambda: 4, api.services.paths.requests_file)
    with pytest.raises(ServerError, match=says):
        server.start(config, api.keys)
    assert server.serving is None


def test_no_way_of_listening_is_without_a_key(api: Api, tmp_path: Path) -> None:
    files = own_certificate(tmp_path, ())
    for config in (ServerConfig(port=0), ServerConfig(host="0.0.0.0", port=0, tls=files)):
        with another_server(api, config) as (_, serving):
            port = serving.config.port
            url = f"{serving.address.partition(':')[0]}://127.0.0.1:{port}/v1/models"
            assert httpx2.get(url, verify=False).status_code == 401
            foreign = httpx2.get(url, verify=False, headers={"Host": f"attacker.example:{port}", "x-api-key": api.key})
            assert foreign.status_code == 403


def test_a_certificate_is_made_once_and_its_fingerprint_shown(api: Api, tmp_path: Path) -> None:
    files = own_certificate(tmp_path, ("192.0.2.7", "box.example"))
    before = files.certificate.read_bytes()
    with another_server(api, ServerConfig(port=0, tls=files)) as (_, serving):
        assert serving.address.startswith("https://")
        der = ssl.get_server_certificate(("127.0.0.1", serving.config.port))
        context = ssl.create_default_context(cadata=der)
        answer = httpx2.get(f"https://localhost:{serving.config.port}/health", verify=context)
        assert answer.status_code == 200
        shown = bytes.fromhex(serving.fingerprint.replace(":", ""))
        assert len(shown) == 32
    assert own_certificate(tmp_path, ("192.0.2.7",)).certificate.read_bytes() == before
    assert own_certificate(tmp_path, ("192.0.2.8",)).certificate.read_bytes() != before
    if sys.platform != "win32":
        assert files.key.stat().st_mode & 0o777 == 0o600


def test_a_reply_streams_over_tls_and_ends_with_its_client(api: Api, tmp_path: Path) -> None:
    files = own_certificate(tmp_path, ())
    with another_server(api, ServerConfig(port=0, tls=files)) as (server, serving):
        context = ssl.create_default_context(cafile=str(files.certificate))
        with httpx2.Client(timeout=30, verify=context) as client:
            with endless_reply(client, serving.address, api.key) as answer:
                lines = answer.iter_lines()
                assert [next(lines)[:6] for _ in range(3)] == ["data: ", "", "data: "]
            wait_until(lambda: n_running(api) == 0 and not server.live.requests())


def test_plain_http_to_an_encrypted_port_is_closed(api: Api, tmp_path: Path) -> None:
    with another_server(api, ServerConfig(port=0, tls=own_certificate(tmp_path, ()))) as (_, serving):
        with connect(serving.address) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"HTTP/1.1 200" not in read_all(connection)
        assert httpx2.get(f"{serving.address}/health", verify=False).status_code == 200


@pytest.mark.skipif(not _HAS_IPV6, reason="this computer has no ::1")
def test_the_other_loopback_address_is_served_as_well(api: Api) -> None:
    with another_server(api, ServerConfig(host="::1", port=0)) as (_, serving):
        assert serving.address == f"http://[::1]:{serving.config.port}"
        assert httpx2.get(f"{serving.address}/v1/models").status_code == 401
        assert httpx2.get(f"{serving.address}/v1/models", headers=api.bearer).status_code == 200
        foreign = {"Host": f"attacker.example:{serving.config.port}", **api.bearer}
        assert httpx2.get(f"{serving.address}/v1/models", headers=foreign).status_code == 403
        with httpx2.Client(timeout=30) as client, endless_reply(client, serving.address, api.key) as answer:
            assert next(answer.iter_lines()).startswith("data: ")
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"http://127.0.0.1:{serving.config.port}/health")
    wait_until(lambda: n_running(api) == 0)


def test_a_proxy_on_the_usual_port_asks_for_a_listed_name_without_one(api: Api) -> None:
    config = ServerConfig(port=0, hosts=("Models.example", "other.example:444"))
    with another_server(api, config) as (_, serving):

        def status(host: str) -> int:
            headers = {"Host": host, **api.bearer}
            return httpx2.get(f"http://127.0.0.1:{serving.config.port}/v1/models", headers=headers).status_code

        assert status("models.example") == status(f"models.example:{serving.config.port}") == 200
        assert status("other.example:444") == 200
        for host in ("models.example:443", "other.example", "localhost", "127.0.0.1", "sub.models.example"):
            assert status(host) == 403, host


@posix
def test_a_unix_socket_is_its_owners_alone_and_one_left_behind_is_replaced(api: Api, tmp_path: Path) -> None:
    path = tmp_path / "api.sock"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    with another_server(api, ServerConfig(socket_path=path)) as (_, serving):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert serving.address == f"unix:{path}"
        with httpx2.Client(transport=httpx2.HTTPTransport(uds=str(path))) as client:
            assert client.get("http://localhost/v1/models").status_code == 401
            assert client.get("http://localhost/v1/models", headers=api.bearer).status_code == 200
            assert client.get("http://attacker.example/v1/models", headers=api.bearer).status_code == 403
        second = ApiServer(api.services.pool, lambda: 4, api.services.paths.requests_file)
        with pytest.raises(PortInUseError):
            second.start(ServerConfig(socket_path=path), api.keys)
    assert not path.exists()


def test_a_running_request_is_listed_and_can_be_disconnected(api: Api, own: tuple[ApiServer, str]) -> None:
    server, url = own
    with httpx2.Client(timeout=30) as client:
        with endless_reply(client, url, api.key) as answer:
            lines = answer.iter_lines()
            next(lines)
            (listed,) = server.live.requests()
            assert (listed.client, listed.route, listed.model) == ("tests", "/v1/chat/completions", "starter")
            assert server.live.disconnect(listed.id)
            with pytest.raises(httpx2.RemoteProtocolError):
                list(lines)
        wait_until(lambda: n_running(api) == 0 and not server.live.requests())
        assert not server.live.disconnect(listed.id)


def test_a_client_that_vanishes_frees_its_sequence(api: Api, own: tuple[ApiServer, str]) -> None:
    server, url = own
    with httpx2.Client(timeout=30) as client, endless_reply(client, url, api.key) as answer:
        next(answer.iter_lines())
    wait_until(lambda: n_running(api) == 0 and not server.live.requests())


def test_stopping_ends_what_is_being_written(api: Api, own: tuple[ApiServer, str]) -> None:
    server, url = own
    with httpx2.Client(timeout=30) as client, endless_reply(client, url, api.key) as answer:
        lines = answer.iter_lines()
        next(lines)
        server.stop()
        with pytest.raises(httpx2.RemoteProtocolError):
            list(lines)
    wait_until(lambda: n_running(api) == 0)


def test_every_request_is_logged_without_its_content(api: Api, own: tuple[ApiServer, str]) -> None:
    _, url = own
    secret = "zanzibar"
    wish = {"model": "starter", "max_tokens": 3, "messages": [{"role": "user", "content": secret}]}
    httpx2.post(f"{url}/v1/chat/completions", json=wish, headers=api.bearer).raise_for_status()
    httpx2.get(f"{url}/{secret}?{secret}={secret}", headers={"x-api-key": secret})
    log = api.services.paths.requests_file.with_name("another.jsonl")
    wait_until(lambda: '"status": 401' in log.read_text().splitlines()[-1])
    *_, reply, refused = (json.loads(line) for line in log.read_text().splitlines())
    assert set(reply) == {
        "client", "method", "route", "model", "started_at", "duration_s", "status", "prompt_tokens", "completion_tokens"
    }  # fmt: skip
    assert (reply["client"], reply["route"], reply["status"]) == ("tests", "/v1/chat/completions", 200)
    assert reply["completion_tokens"] == 3 and reply["prompt_tokens"] > 3
    assert (refused["client"], refused["route"], refused["status"]) == ("", "-", 401)
    assert secret not in log.read_text()


def test_more_requests_than_may_wait_are_told_to_come_again(api: Api) -> None:
    config = ServerConfig(port=0, limits=Limits(n_queue=1, keep_alive_s=0.2))
    with another_server(api, config) as (server, serving), httpx2.Client(timeout=30) as client:
        streams = [endless_reply(client, serving.address, api.key) for _ in range(5)]
        for stream in streams:
            stream.__enter__()
        answer = endless_reply(client, serving.address, api.key)
        with answer as refused:
            assert refused.status_code == 429
            assert int(refused.headers["retry-after"]) > 0
            assert json.loads(refused.read())["error"]["code"] == "too_many_requests"
        server.stop()
        for stream in streams:
            stream.__exit__(None, None, None)
    wait_until(lambda: n_running(api) == 0)


def test_an_answer_names_no_software(api: Api) -> None:
    answer = httpx2.get(f"{api.url}/health")
    assert "server" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_two_requests_on_one_connection_are_answered_in_turn(api: Api) -> None:
    host = api.url.removeprefix("http://")
    content = request("GET", "/health", [("Host", host)]) + request(
        "GET", "/v1/models", [("Host", host), ("x-api-key", api.key), ("Connection", "close")]
    )
    with connect(api.url) as connection:
        connection.sendall(content)
        given = read_all(connection)
    assert given.count(b"HTTP/1.1 200 OK") == 2
    assert answer_in(given).body.startswith(b'{"status":"ok"}')


@pytest.fixture
def own(api: Api) -> Iterator[tuple[ApiServer, str]]:
    """A server of the test's own."""
    with another_server(api, ServerConfig(port=0)) as (server, serving):
        yield server, serving.address
