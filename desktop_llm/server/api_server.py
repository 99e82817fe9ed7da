"""ApiServer: the local API, switched on and off. Nothing listens before `start`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desktop_llm.engine.listeners import Listeners
from desktop_llm.models.pool import ModelPool
from desktop_llm.server.clients import LiveRequests
from desktop_llm.server.config import ServerConfig
from desktop_llm.server.keys import ApiKeys
from desktop_llm.server.listening import bind, tls_context

if TYPE_CHECKING:
    from desktop_llm.server.http_thread import HttpThread


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that runs: where it is reached, and its certificate's SHA-256, "" without TLS."""

    config: ServerConfig
    address: str
    fingerprint: str = ""


class ApiServer:
    """One server at most. Any thread; `start` and `stop` wait for a moment."""

    def __init__(self, pool: ModelPool, n_at_once: Callable[[], int]) -> None:
        self._pool = pool
        self._n_at_once = n_at_once
        self._lock = threading.Lock()
        self._thread: HttpThread | None = None
        self._serving: Serving | None = None
        self._changed: Listeners[[]] = Listeners()
        self.live = LiveRequests()

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
        from desktop_llm.server.http_thread import HttpThread, Listening
        from desktop_llm.server.parts import Parts
        from desktop_llm.server.waiting import WaitingRoom

        self.stop()
        with self._lock:
            listener = bind(config)
            try:
                if config.socket_path is None:
                    config = replace(config, port=listener.getsockname()[1])
                tls, fingerprint = tls_context(config)
                waiting = WaitingRoom(self._n_at_once(), config.limits.n_queue)
                app = build_app(Parts(self._pool, config, keys, self.live, waiting))
                thread = HttpThread(app, Listening(listener, config.limits, tls))
                thread.start()
            except BaseException:
                listener.close()
                raise
            self._thread = thread
            self._serving = serving = Serving(config, address_of(config), fingerprint)
        self._changed()
        return serving

    def stop(self) -> None:
        """Listen no more; requests under way end."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._serving = None
        if thread is not None:
            thread.stop()
            self._changed()


def address_of(config: ServerConfig) -> str:
    """What clients are told: the URL's beginning, without a path."""
    from desktop_llm.server.names import bracketed

    if config.socket_path is not None:
        return f"unix:{config.socket_path}"
    scheme = "https" if config.tls is not None else "http"
    return f"{scheme}://{bracketed(config.host)}:{config.port}"
