"""What holds for clients that nobody here wrote: they may keep threads of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

_THEIRS = ("ThreadPoolExecutor-", "asyncio_", "grammar_", "server-work", "Dummy-", "AnyIO worker")


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """As for all tests, but for the pools of the clients and of the running server."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5.0
    while leaked := [t.name for t in set(threading.enumerate()) - before if not t.name.startswith(_THEIRS)]:
        assert time.monotonic() < deadline, f"threads outlived the test: {leaked}"
        threading.Event().wait(0.01)
