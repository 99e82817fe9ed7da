"""The hub as a process of its own, orders in words, and random troubles."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hub import (
    Fault,
    File,
    Hub,
    Noise,
    Order,
    Reset,
    Status,
    Trickle,
    WrongContentRange,
    repository,
    spoken,
    strategies,
)
from tests.hub.process import HubProcess

SIZE = 20_000


def test_the_program_serves_and_obeys(client: httpx2.Client, tmp_path: Path) -> None:
    noise = ("--noise", "acme/Noise-GGUF", "big.gguf", "2e5")
    (tmp_path / "here.txt").write_text("from the disk")
    local = ("--file", "acme/Noise-GGUF", "here.txt", str(tmp_path / "here.txt"))
    with HubProcess(*noise, *local, "--token", "hf_in=acme/Noise-GGUF", "--gated", "acme/Noise-GGUF") as hub:
        told = hub.addresses["repositories"]["acme/Noise-GGUF"]["big.gguf"]
        assert told == {"size": 200_000, "sha256": Noise(200_000).sha256}
        url = f"{hub.endpoint}/acme/Noise-GGUF/resolve/main/big.gguf"
        assert client.get(url).status_code == 401
        client.headers["Authorization"] = "Bearer hf_in"
        hub.order("blob nth=2: status 503")
        assert [client.get(url).status_code for _ in range(3)] == [200, 503, 200]
        assert client.get(url.replace("big.gguf", "here.txt")).text == "from the disk"
        hub.tell("away cdn")
        with pytest.raises(httpx2.ConnectError):
            client.get(url)
        hub.tell("back cdn")
        assert client.get(url).status_code == 200
        seen = hub.seen()
        assert [each["status"] for each in seen if each["kind"] == "blob"] == [200, 503, 200, 200]
        assert not any(each["authorized"] for each in seen if each["door"] != "hub")
        with pytest.raises(ValueError, match="no command"):
            hub.tell("nonsense")


def test_the_program_ends_in_good_order_when_it_is_told_to() -> None:
    command = [sys.executable, "-m", "tests.hub", "--samples"]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        addresses = json.loads(process.stdout.readline())
        assert set(addresses["repositories"]) == {"acme/Tiny-GGUF", "acme/Seeing-GGUF"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_orders_are_spoken_in_words() -> None:
    order = spoken.order("resolve blob nth=2 times=None file=*.gguf resumed: reset after=1000")
    assert repr(order) == repr(Order(Reset(1000), "resolve", "blob", nth=2, times=None, file="*.gguf", resumed=True))
    assert spoken.fault("status 503 sorry") == Status(503, "sorry")
    assert spoken.fault("reset end") == Reset("end")
    assert spoken.fault("wrong-content-range shift=-3") == WrongContentRange(-3)
    assert spoken.fault("throttle 2e6") == Trickle(pause_s=0.05, bytes_at_once=100_000)
    assert spoken.fault("too-many-requests 5") == Status(429, headers={"Retry-After": "5"})


@pytest.mark.parametrize("text", ["reset", "blob: bang", "blub: reset", "blob: reset 1 2 3", "nth=: reset"])
def test_orders_that_are_not_understood_are_refused(text: str) -> None:
    with pytest.raises((ValueError, SyntaxError)):
        spoken.order(text)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=strategies.orders(SIZE), starts=st.lists(st.integers(0, SIZE), min_size=1, max_size=4))
def test_whatever_goes_wrong_every_request_ends(client: httpx2.Client, orders: list[Order], starts: list[int]) -> None:
    with Hub(repository("acme/Noise-GGUF", File("big.gguf", Noise(SIZE)))) as hub:
        for order in orders:
            hub.place(order)
        url = f"{hub.endpoint}/acme/Noise-GGUF/resolve/main/big.gguf"
        ends = [_end(client, url, start) for start in starts]
        assert not [end for end in ends if isinstance(end, httpx2.TimeoutException)]
        hub.journal.wait_for(lambda seen: all(each.is_over for each in seen))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fault=strategies.waits(SIZE, pause_s=60))
def test_whatever_waits_ends_at_the_clients_limit_or_had_all_been_said(client: httpx2.Client, fault: Fault) -> None:
    client.timeout = httpx2.Timeout(5, read=0.03)
    with Hub(repository("acme/Noise-GGUF", File("big.gguf", Noise(SIZE)))) as hub:
        hub.order(fault, "blob")
        end = _end(client, f"{hub.endpoint}/acme/Noise-GGUF/resolve/main/big.gguf", 100)
        assert isinstance(end, httpx2.ReadTimeout) or hub.journal.bytes_sent("big.gguf") == SIZE - 100


def _end(client: httpx2.Client, url: str, start: int) -> int | httpx2.HTTPError:
    try:
        return client.get(url, headers={"Range": f"bytes={start}-"}).status_code
    except httpx2.HTTPError as error:
        return error
