"""Malformed requests, slow sockets, broken streams by the thousand: no 5xx, nothing hangs, nothing leaks."""

from __future__ import annotations

import asyncio
import gc
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2
import psutil
import pytest

from desktop_llm.server.config import Limits, ServerConfig
from tests.server.another import another_server, n_running, wait_until
from tests.server.conftest import Api
from tests.server.endurance import KINDS, Caller, allow_many_files, drop_streams, malformed, slow_sockets

pytestmark = [pytest.mark.model, pytest.mark.timeout(1800)]

Record = Callable[[str, object], None]

#: The product's times, divided by ten and more.
QUICK = Limits(header_s=0.8, body_gap_s=0.8, body_s=2.0, stalled_s=1.5, idle_s=1.0)
QUICKLY_S = 5.0
#: With the product's own times.
CLOSED_WITHIN_S = 15.0
#: How long anybody else may wait for an answer meanwhile.
PATIENCE_S = 2.0

MIB = 1024 * 1024


@contextmanager
def serving(api: Api, limits: Limits, within_s: float) -> Iterator[Caller]:
    with another_server(api, ServerConfig(port=0, limits=limits)) as (server, served):
        yield Caller(served.address, api.key, within_s)
        wait_until(lambda: n_running(api) == 0 and not server.live.requests())


def test_no_malformed_request_is_answered_5xx_or_not_at_all(api: Api) -> None:
    with serving(api, QUICK, CLOSED_WITHIN_S) as caller:
        assert_refused(caller, 1_000, n_left_open=100)


@pytest.mark.slow
def test_no_malformed_request_of_ten_thousand_is_answered_5xx_or_not_at_all(api: Api, record_property: Record) -> None:
    with serving(api, QUICK, CLOSED_WITHIN_S) as caller:
        record_property("count", 10_000)
        assert_refused(caller, 10_000, n_left_open=2_000)


def assert_refused(caller: Caller, n: int, n_left_open: int) -> None:
    outcomes = malformed(caller, n, n_left_open)
    print(dict(outcomes.most_common()))
    assert outcomes.total() == n
    assert not [each for each in outcomes if each.startswith("5") or each == "hang"]
    assert httpx2.get(f"{caller.url}/health").status_code == 200


def test_slow_sockets_are_closed_while_others_are_served(api: Api) -> None:
    with serving(api, QUICK, QUICKLY_S) as caller:
        assert_closed(caller, 64)


@pytest.mark.slow
@pytest.mark.parametrize("n", [64, 2_000])
def test_slow_sockets_are_closed_in_the_products_own_times(api: Api, n: int, record_property: Record) -> None:
    allow_many_files()
    record_property("count", n)
    with serving(api, Limits(), CLOSED_WITHIN_S) as caller:
        assert_closed(caller, n)


def assert_closed(caller: Caller, n: int) -> None:
    httpx2.get(f"{caller.url}/openapi.json", headers=dict(caller.headers)).raise_for_status()  # made once
    with healthy(caller) as waits:
        longest = slow_sockets(caller, n)
    print({kind: round(seconds, 1) for kind, seconds in longest.items()}, f"others waited {max(waits):.2f} s at most")
    assert len(longest) == len(KINDS)
    del longest["never_reads"]  # it looks when the time is over
    assert max(longest.values()) < caller.within_s
    assert max(waits) < PATIENCE_S


@contextmanager
def healthy(caller: Caller) -> Iterator[list[float]]:
    """Somebody who asks meanwhile and is answered each time (a 429 is tried again); how long that took, in seconds."""
    waits: list[float] = []
    refusals: list[int] = []
    is_over = threading.Event()

    def ask() -> None:
        with httpx2.Client(headers=dict(caller.headers), timeout=30) as client:
            while not is_over.wait(0.05):
                since = time.monotonic()
                while (status := client.get(f"{caller.url}/v1/models").status_code) == 429:
                    refusals.append(status)
                waits.append(time.monotonic() - since if status == 200 else float(status))

    thread = threading.Thread(target=ask, name="healthy")
    thread.start()
    try:
        yield waits
    finally:
        is_over.set()
        thread.join()
        print(f"answered {len(waits)} times, told to try again {len(refusals)} times")


def test_broken_streams_leave_nothing_behind(api: Api) -> None:
    with serving(api, Limits(), CLOSED_WITHIN_S) as caller:
        drop(api, caller, 12)  # what is made once, and stays, is there now
        assert_nothing_left(api, caller, 50)


@pytest.mark.slow
def test_a_thousand_broken_streams_leave_nothing_behind_and_little_memory(api: Api, record_property: Record) -> None:
    record_property("count", 1_000)
    with serving(api, Limits(), CLOSED_WITHIN_S) as caller:
        drop(api, caller, 400)
        sizes = [rss()]
        for _ in range(10):
            assert_nothing_left(api, caller, 100)
            sizes.append(rss())
    slope = statistics.linear_regression([100 * step for step in range(11)], sizes).slope
    print(f"{slope * 1000 / MIB:.3f} MB per 1,000 streams; {sizes[0] / MIB:.1f} MB to {sizes[-1] / MIB:.1f} MB")
    assert slope * 1000 < MIB


def assert_nothing_left(api: Api, caller: Caller, n: int) -> None:
    process = psutil.Process()
    before = (process.num_fds(), process.num_threads(), n_tasks())
    drop(api, caller, n)
    wait_until(lambda: all(now <= then for now, then in zip(left(process), before, strict=True)))


def left(process: psutil.Process) -> tuple[int, int, int]:
    return process.num_fds(), process.num_threads(), n_tasks()


def drop(api: Api, caller: Caller, n: int) -> None:
    assert drop_streams(caller, n) == n
    wait_until(lambda: n_running(api) == 0)
    assert all(not engine.stats().n_waiting for _, engine in api.services.pool.engines())


def n_tasks() -> int:
    """Of all loops."""
    return sum(isinstance(each, asyncio.Task) and not each.done() for each in gc.get_objects())


def rss() -> int:
    gc.collect()
    return psutil.Process().memory_info().rss
