"""`desktop-llm serve`: the local API without a window, until Ctrl+C or SIGTERM."""

from __future__ import annotations

import shlex
import signal
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

from desktop_llm.cli.keys import keys_of
from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import UsageError
from desktop_llm.models.pool.pool import ModelPool
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.access.key_file import KeyFile
from desktop_llm.server.access.keys import ApiKey
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
    for name in arguments.model:
        services.pool.find(name)
    with _end_asked() as end:
        serving = services.server.start(config, keys)
        for line in _greeting(serving, keys.keys(), arguments.key_file, services.paths.requests_file):
            terminal.note(line)
        _Residents(services.pool, terminal).follow(partial(_load_all, services.pool, arguments.model, terminal), end)
        terminal.note("The local API has ended.")
    services.server.stop()
    return 0


def _said(arguments: Namespace) -> dict[str, Value]:
    """What the command line says in place of the settings. Raises UsageError."""
    certificate = arguments.certificate
    wants_port = arguments.host is not None or arguments.port is not None
    if arguments.socket and (wants_port or arguments.tls or certificate):
        raise UsageError("A Unix socket has no address, port or certificate; leave --socket out, or the others.")
    if arguments.certificate_key is not None and certificate is None:
        raise UsageError("A --certificate-key belongs to a --certificate; name that, too.")
    said: dict[str, Value | None] = {
        "server_host": arguments.host,
        "server_port": arguments.port,
        "server_socket": "" if wants_port and not arguments.socket else arguments.socket,
        "server_tls": True if arguments.tls or certificate else None,
        "server_certificate": certificate,
        "server_certificate_key": arguments.certificate_key,
    }
    return {name: value for name, value in said.items() if value is not None}


def _load_all(pool: ModelPool, names: Sequence[str], terminal: Terminal, end: threading.Event) -> None:
    for name in names:
        _load(pool.acquire(name, keep_alive_s=_STAY), name, terminal, end)


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
    lease.release()


class _Residents:
    """Says which models come and go while it is served."""

    def __init__(self, pool: ModelPool, terminal: Terminal) -> None:
        self._pool, self._terminal = pool, terminal
        self._said: set[str] = set()
        self._may_differ = threading.Event()
        pool.on_change(self._may_differ.set)

    def follow(self, begin: Callable[[threading.Event], None], end: threading.Event) -> None:
        """Until the end; `begin` is what is done first. Raises ModelError."""
        begin(end)
        self._say()
        while not end.wait(_LOOK_EVERY_S):
            if self._may_differ.is_set():
                self._may_differ.clear()
                self._say()

    def _say(self) -> None:
        names = {resident.name for resident in self._pool.residents()}
        for name in sorted(names - self._said):
            self._terminal.note(f"{name} is loaded.")
        for name in sorted(self._said - names):
            self._terminal.note(f"{name} is unloaded.")
        self._said = names


def _greeting(serving: Serving, keys: tuple[ApiKey, ...], key_file: Path | None, requests_file: Path) -> Iterator[str]:
    where = serving.config.socket_path
    address = serving.address if where is None else "http://localhost"
    options = f"--unix-socket {shlex.quote(str(where))} " if where is not None else ""
    options += "-k " if serving.fingerprint else ""
    yield f"The local API listens on {serving.address}"
    if serving.fingerprint:
        yield f"Its certificate's SHA-256: {serving.fingerprint}"
    names = ", ".join(key.name for key in keys)
    yield f"It is for those who hold a key: {names}" if names else "No key exists yet, so nobody can use it."
    of_file = f" --key-file {shlex.quote(str(key_file))}" if key_file is not None else ""
    yield f"A further key: desktop-llm keys create NAME{of_file}"
    yield f'Try: curl {options}{address}/v1/models -H "Authorization: Bearer KEY"'
    yield f"Requests are noted, without what was written, in {requests_file}"
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
