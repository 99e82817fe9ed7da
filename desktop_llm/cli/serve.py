"""`desktop-llm serve`: the local API without a window, until Ctrl+C or SIGTERM."""

from __future__ import annotations

import signal
import threading
from argparse import Namespace
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from types import FrameType

from desktop_llm.cli.keys import keys_of
from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import ServerError
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.access.key_file import KeyFile
from desktop_llm.server.api_server import Serving
from desktop_llm.services import Services
from desktop_llm.settings import Value

_STAY = -1.0
_LOOK_EVERY_S = 0.2


def serve(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Serve until the end is asked for; returns the exit status. Raises AppError."""
    if arguments.key_file is not None:
        KeyFile(arguments.key_file).require()
    keys = keys_of(services, arguments.key_file)
    config = services.server_config(**_said(arguments))
    with _end_asked() as end:
        serving = services.server.start(config, keys)
        for line in _greeting(serving, has_keys=bool(keys.keys())):
            terminal.note(line)
        for name in arguments.model:
            _load(services.pool.acquire(name, keep_alive_s=_STAY), name, terminal, end)
        end.wait()
        terminal.note("The local API has ended.")
    services.server.stop()
    return 0


def _said(arguments: Namespace) -> dict[str, Value]:
    """What the command line says in place of the settings."""
    certificate = arguments.certificate
    wants_port = arguments.host is not None or arguments.port is not None
    said: dict[str, Value | None] = {
        "server_host": arguments.host,
        "server_port": arguments.port,
        "server_socket": "" if wants_port and not arguments.socket else arguments.socket,
        "server_tls": True if arguments.tls or certificate else None,
        "server_certificate": certificate,
        "server_certificate_key": arguments.certificate_key,
    }
    if arguments.port is not None and not 0 <= arguments.port <= 65535:
        raise ServerError("A port is a number from 0 to 65535.")
    return {name: value for name, value in said.items() if value is not None}


def _load(future: Future[Lease], name: str, terminal: Terminal, end: threading.Event) -> None:
    """Wait for a model, or for the end. Raises ModelError."""
    terminal.status(f"Loading {name} …")
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    while not done.wait(_LOOK_EVERY_S):
        if end.is_set():
            future.cancel()
            return
    terminal.clear_status()
    try:
        lease = future.result()
    except CancelledError:
        return
    terminal.note(f"{lease.entry.name} is loaded.")
    lease.release()


def _greeting(serving: Serving, *, has_keys: bool) -> Iterator[str]:
    where = serving.config.socket_path
    address = serving.address if where is None else "http://localhost"
    options = f"--unix-socket {where} " if where is not None else ""
    options += "-k " if serving.fingerprint else ""
    yield f"The local API listens on {serving.address}"
    if serving.fingerprint:
        yield f"Its certificate's SHA-256: {serving.fingerprint}"
    if not has_keys:
        yield "No key exists yet, so nobody can use it."
    yield "A program shows a key of its own. Make one: desktop-llm keys create NAME"
    yield f'Try: curl {options}{address}/v1/models -H "Authorization: Bearer KEY"'
    yield "Ctrl+C ends it."


@contextmanager
def _end_asked() -> Iterator[threading.Event]:
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
