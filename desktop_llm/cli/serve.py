"""`desktop-llm serve`: the local API without a window, until Ctrl+C or SIGTERM."""

from __future__ import annotations

import signal
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from desktop_llm.cli.terminal import Terminal
from desktop_llm.server.api_server import Serving
from desktop_llm.services import Services


def serve(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Serve until the end is asked for; returns the exit status. Raises AppError."""
    config = services.server_config(arguments.host, arguments.port)
    keys = services.server_keys(arguments.key_file)
    with _ended() as end:
        serving = services.server.start(config, keys)
        try:
            for name in arguments.model:
                services.pool.acquire(name, keep_alive_s=-1).result().release()
            for line in _greeting(serving):
                terminal.note(line)
            end.wait()
        finally:
            services.server.stop()
    return 0


def _greeting(serving: Serving) -> Iterator[str]:
    yield f"The local API listens on {serving.address}"
    if serving.fingerprint:
        yield f"Its certificate's SHA-256 is {serving.fingerprint}"
    yield "Every request needs a key: desktop-llm keys create NAME"
    yield f'Try: curl {serving.address}/v1/models -H "Authorization: Bearer $KEY"'
    yield "Ctrl+C ends it."


@contextmanager
def _ended() -> Iterator[threading.Event]:
    """An event that Ctrl+C and SIGTERM set."""
    end = threading.Event()

    def note(_: int, __: FrameType | None) -> None:
        end.set()

    before = {each: signal.signal(each, note) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield end
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
