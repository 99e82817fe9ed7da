"""ApiServer: the local API, switched on and off. Nothing listens before `start`."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_llm.engine.listeners import Listeners
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.models.pool.pool import ModelPool
from desktop_llm.server.access.keys import ApiKeys
from desktop_llm.server.config import ServerConfig
from desktop_llm.server.http.listening import bind, release, tls_context
from desktop_llm.server.use.audit import AuditLog
from desktop_llm.server.use.clients import LiveRequests

if TYPE_CHECKING:
    from desktop_llm.server.http.http_thread import HttpThread
    from desktop_llm.server.use.counts import Metrics


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that runs: where it is reached, and its certificate's SHA-256, "" without TLS."""

    config: ServerConfig
    address: str
    fingerprint: str = ""


class ApiServer:
    """One server at most. Any thread; `start` and `stop` wait for a moment."""

    def __init__(
        self,
        pool: ModelPool,
        n_at_once: Callable[[], int],
        requests_file: Path,
        defaults: Callable[[], SamplingParams] = SamplingParams,
    ) -> None:
        """`n_at_once` is how many replies a model writes at once; `requests_file` gets a line for every request.

        `defaults` say how tokens are chosen where a request does not.
        """
        self._pool = pool
        self._defaults = defaults
        self._n_at_once = n_at_once
        self._lock = threading.Lock()
        self._thread: HttpThread | None = None
        self._metrics: Metrics | None = None
        self._serving: Serving | None = None
        self._changed: Listeners[[]] = Listeners()
        self._heard_keys: ApiKeys | None = None
        self.live = LiveRequests()
        self.live.on_end(AuditLog(requests_file).write)

    @property
    def serving(self) -> Serving | None:
        """What runs now; None while it is off."""
        return self._serving

    def on_change(self, bell: Callable[[], None]) -> None:
        """Ring this when it was switched on or off, on whatever thread did it."""
        self._changed.add(bell)

    def start(self, config: ServerConfig, keys: ApiKeys) -> Serving:
        """Listen from now on, in place of what was before. Raises ServerError: PortInUseError …"""
        from desktop_llm.server.app import build_app  # the window opens without Starlette and pydantic
        from desktop_llm.server.http.http_thread import HttpThread, Listening
        from desktop_llm.server.parts import Parts
        from desktop_llm.server.use.waiting import WaitingRoom

        self.stop()
        keys.read_anew()
        with self._lock:
            listener = bind(config)
            try:
                if config.socket_path is None:
                    config = replace(config, port=listener.getsockname()[1])
                tls, fingerprint = tls_context(config)
                waiting = WaitingRoom(self._n_at_once(), config.limits.n_queue)
                parts = Parts(self._pool, config, keys, self.live, waiting, self._counted(), self._defaults)
                app = build_app(parts)
                self._hear(keys)
                thread = HttpThread(app, Listening(listener, config.limits, tls, keys.look_again))
                thread.start()
            except BaseException:
                release(listener, config)
                raise
            self._thread = thread
            self._serving = serving = Serving(config, address_of(config), fingerprint)
        self._changed()
        return serving

    def _counted(self) -> Metrics:
        """The counts, which go on when the server is switched off and on again. Under the lock."""
        from desktop_llm.server.use.counts import Metrics

        if self._metrics is None:
            self._metrics = Metrics(self._pool, self.live)
        return self._metrics

    def stop(self) -> None:
        """Listen no more; requests under way end."""
        with self._lock:
            thread, self._thread = self._thread, None
            serving, self._serving = self._serving, None
            if thread is not None and serving is not None:
                thread.stop()
                release(None, serving.config)
        if thread is not None:
            self._changed()

    def _hear(self, keys: ApiKeys) -> None:
        """What a revoked key is used for ends with it."""
        if keys is not self._heard_keys:
            self._heard_keys = keys
            keys.on_revoke(self._end_client)

    def _end_client(self, client: str) -> None:
        self.live.disconnect_client(client)


def address_of(config: ServerConfig) -> str:
    """What clients are told: the URL's beginning, without a path."""
    from desktop_llm.server.access.names import bracketed, is_any

    if config.socket_path is not None:
        return f"unix:{config.socket_path}"
    host = socket.gethostname() if is_any(config.host) else bracketed(config.host)
    scheme = "https" if config.tls is not None else "http"
    return f"{scheme}://{host}:{config.port}"
