"""The one door to the outside, over real HTTP: rules, token, ledger, proxy, certificates."""

from __future__ import annotations

import csv
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest

from desktop_llm.errors import NetworkError, OfflineError
from desktop_llm.models.hub.gate import NO_PROXY, Gate, NetworkRules, Why, in_plain_words
from desktop_llm.models.hub.ledger import Attempt, Ledger
from tests.hub import File, Hub, InMemory, Redirect, Stall, repository
from tests.hub.proxy import Proxy
from tests.hub.tls import Authority

_DATA = bytes(range(256)) * 4096
_PATH = "/acme/tiny/resolve/main/tiny.gguf"


@pytest.fixture
def hub() -> Iterator[Hub]:
    tiny = repository("acme/tiny", File("tiny.gguf", InMemory(_DATA)))
    with Hub(tiny, tokens={"hf_secret": set()}) as hub:
        yield hub


@pytest.fixture
def rules(hub: Hub) -> SimpleNamespace:
    """The rules in force: a test may put others in their place at any time."""
    return SimpleNamespace(now=NetworkRules(endpoint=hub.endpoint, proxy=NO_PROXY))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


@pytest.fixture
def gate(rules: SimpleNamespace, ledger: Ledger) -> Gate:
    return Gate(lambda: rules.now, ledger, token=lambda: "hf_secret")


def test_bytes_and_hosts_of_every_attempt_stand_in_the_ledger(gate: Gate, hub: Hub, ledger: Ledger) -> None:
    with gate.client(Why.DOWNLOAD) as client:
        assert client.get(hub.endpoint + _PATH).content == _DATA
    attempts = ledger.attempts()
    assert [(each.host, each.status, each.why) for each in attempts] == [
        ("localhost", 200, "download"),
        ("127.0.0.1", 302, "download"),
    ]
    assert attempts[0].received_bytes == len(_DATA)
    assert all(each.is_allowed for each in attempts)
    assert Ledger(ledger._file).attempts() == attempts


def test_offline_mode_refuses_before_a_socket_exists(
    gate: Gate, rules: SimpleNamespace, ledger: Ledger, hub: Hub
) -> None:
    client = gate.client(Why.SEARCH)
    rules.now = replace(rules.now, is_offline=True)
    with client, pytest.raises(OfflineError):
        client.get(hub.endpoint + _PATH)
    with pytest.raises(OfflineError):
        gate.client(Why.SEARCH)
    assert not hub.journal.seen()
    again, refused = ledger.attempts()
    assert (again.why, again.is_allowed, again.problem) == ("search", False, "OfflineError")
    assert (refused.is_allowed, refused.problem, refused.received_bytes) == (False, "OfflineError", 0)


def test_going_offline_stops_what_is_streaming(gate: Gate, rules: SimpleNamespace, hub: Hub) -> None:
    with gate.client(Why.DOWNLOAD) as client, client.stream("GET", hub.endpoint + _PATH) as response:
        chunks = response.iter_raw(chunk_size=1024)
        next(chunks)
        rules.now = replace(rules.now, is_offline=True)
        with pytest.raises(OfflineError):
            list(chunks)


def test_the_token_goes_to_the_hub_and_to_nobody_else(gate: Gate, hub: Hub) -> None:
    hub.order(Redirect(hub.elsewhere_url), "blob")
    with gate.client(Why.DOWNLOAD) as client:
        client.get(hub.endpoint + _PATH)
        client.get(hub.cdn_url + "/any", headers={"Authorization": "Bearer mine"})
    first = hub.journal.seen()[0]
    assert first.request.headers["authorization"] == "Bearer hf_secret"
    assert hub.leaked_tokens() == []


def test_plain_http_is_only_for_a_hub_that_was_named_so(gate: Gate, rules: SimpleNamespace, ledger: Ledger) -> None:
    rules.now = NetworkRules()
    with gate.client(Why.SEARCH) as client, pytest.raises(NetworkError, match="not encrypted"):
        client.get("http://huggingface.co/api/models")
    assert ledger.attempts()[0].problem == "NetworkError"


def test_a_private_authority_is_trusted_when_it_is_named(tmp_path: Path, ledger: Ledger) -> None:
    authority = Authority(tmp_path)
    with Hub(repository("acme/tiny", File("tiny.gguf", InMemory(_DATA))), authority=authority) as hub:
        named = NetworkRules(endpoint=hub.endpoint, proxy=NO_PROXY, ca_file=authority.ca_file)
        with Gate(lambda: named, ledger).client(Why.DOWNLOAD) as client:
            assert client.get(hub.endpoint + _PATH).content == _DATA
        unnamed = replace(named, ca_file=None)
        with Gate(lambda: unnamed, ledger).client(Why.DOWNLOAD) as client:
            with pytest.raises(httpx2.ConnectError) as caught:
                client.get(hub.endpoint + _PATH)
            assert "certificate of 127.0.0.1 is not trusted" in str(in_plain_words(caught.value))


def test_a_file_of_no_certificates_is_a_sentence(tmp_path: Path, gate: Gate, rules: SimpleNamespace) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate", encoding="utf-8")
    rules.now = replace(rules.now, ca_file=wrong)
    with pytest.raises(NetworkError, match="holds no certificates"):
        gate.client(Why.SEARCH)
    rules.now = replace(rules.now, ca_file=tmp_path / "missing.pem")
    with pytest.raises(NetworkError, match="could not be read"):
        gate.client(Why.SEARCH)


def test_a_proxy_is_used_with_its_credentials_and_not_for_its_exceptions(
    gate: Gate, rules: SimpleNamespace, hub: Hub
) -> None:
    with Proxy(credentials=("ana", "p:w@d")) as proxy:
        rules.now = replace(rules.now, proxy=proxy.url)
        with gate.client(Why.DOWNLOAD) as client:
            assert client.get(hub.endpoint + _PATH).content == _DATA
        assert {each.host for each in proxy.passed} == {"127.0.0.1", "localhost"}
        assert all(each.allowed for each in proxy.passed)
        proxy.passed.clear()
        rules.now = replace(rules.now, direct_hosts=("127.0.0.1",))
        with gate.client(Why.DOWNLOAD) as client:
            client.get(hub.endpoint + _PATH)
        assert {each.host for each in proxy.passed} == {"localhost"}


def test_the_systems_proxy_is_used_unless_none_is_wanted(
    gate: Gate, rules: SimpleNamespace, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("http_proxy", proxy.address)
        monkeypatch.setenv("no_proxy", "")
        rules.now = replace(rules.now, proxy="")
        with gate.client(Why.DOWNLOAD) as client:
            client.get(hub.endpoint + _PATH)
        assert len(proxy.passed) == 2
        rules.now = replace(rules.now, proxy=NO_PROXY)
        with gate.client(Why.DOWNLOAD) as client:
            client.get(hub.endpoint + _PATH)
        assert len(proxy.passed) == 2


def test_failures_are_sentences_that_name_the_host(gate: Gate, hub: Hub) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with gate.client(Why.SEARCH) as client, pytest.raises(httpx2.TransportError) as refused:
        client.get(f"http://127.0.0.1:{port}/")
    assert str(in_plain_words(refused.value)) == "127.0.0.1 could not be reached. Check the network connection."
    stall = Stall()
    hub.order(stall, "resolve")
    with gate.client(Why.SEARCH, timeout_s=0.2) as client, pytest.raises(httpx2.TransportError) as stalled:
        client.get(hub.endpoint + _PATH)
    hub.release()
    assert "stopped answering" in str(in_plain_words(stalled.value))


def test_the_ledger_is_exported_as_a_table(gate: Gate, hub: Hub, ledger: Ledger, tmp_path: Path) -> None:
    with gate.client(Why.DOWNLOAD) as client:
        client.get(hub.endpoint + _PATH)
    ledger.export(tmp_path / "ledger.csv")
    with (tmp_path / "ledger.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["host"] for row in rows] == ["localhost", "127.0.0.1"]


def test_a_ledger_with_a_torn_line_keeps_the_others(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    Ledger(file).note(Attempt("a", 1.0, "search", "host", is_allowed=True))
    with file.open("ab") as raw:
        raw.write(b'{"id": "b", "at": 2.0, "wh')
    assert [each.id for each in Ledger(file).attempts()] == ["a"]


def test_a_long_ledger_is_begun_anew_and_forgets_only_the_oldest(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    ledger = Ledger(file)
    for number in range(9000):
        ledger.note(Attempt(f"{number:032}", float(number), "search", "host", is_allowed=True))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2_300_000
    kept = Ledger(file).attempts()
    assert kept[0].at == 8999.0
    assert len(kept) == 2000
