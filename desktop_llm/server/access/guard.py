"""Guard: what is refused before anything is routed. Pure ASGI, the same in every way of listening.

In this order: the address asked for (Host), the page that asks (Origin), the size of the headers, the key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from desktop_llm.server.access.keys import ApiKeys
from desktop_llm.server.access.names import allowed_hosts, own_address
from desktop_llm.server.config import Limits, ServerConfig
from desktop_llm.server.errors import ApiError, QueueFullError
from desktop_llm.server.http.replies import send_empty
from desktop_llm.server.use.clients import current

_ALLOWED_HEADERS = "authorization, content-type, x-api-key, anthropic-version, anthropic-beta, accept"
_ALLOWED_METHODS = "GET, POST, DELETE"
_PREFLIGHT = [
    (b"access-control-allow-methods", _ALLOWED_METHODS.encode()),
    (b"access-control-allow-headers", _ALLOWED_HEADERS.encode()),
    (b"access-control-max-age", b"600"),
]
_EXPOSED_HEADERS = "x-ignored-parameters, x-request-id, retry-after"


class Guard:
    """Raises ApiError for what is refused; whoever stands outside answers it."""

    def __init__(self, app: ASGIApp, config: ServerConfig, keys: ApiKeys, open_paths: Iterable[str] = ()) -> None:
        self._app = app
        self._config = config
        self._keys = keys
        self._open_paths = frozenset(open_paths)
        self._hosts = allowed_hosts(config)
        self._origins = frozenset(config.origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or raise ApiError."""
        if scope["type"] != "http":
            raise ApiError("Only HTTP is spoken here.", status=400)
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        self._check_host(scope, _all(headers, b"host"))
        origin = self._check_origin(_all(headers, b"origin"))
        _check_size(scope, self._config.limits)
        if origin is not None:
            scope["state"]["headers"] += _cors(origin)  # on errors, too
            if scope["method"] == "OPTIONS" and _all(headers, b"access-control-request-method"):
                await send_empty(send, 204, _PREFLIGHT)
                return
        if scope["path"] not in self._open_paths:
            await self._check_key(headers)
            if not scope["state"]["connection"].prove():
                raise QueueFullError
        await self._app(scope, receive, send)

    def _check_host(self, scope: Scope, hosts: list[bytes]) -> None:
        host = hosts[0].decode("latin-1").lower() if len(hosts) == 1 else ""
        if host not in self._hosts and host != own_address(scope):
            raise ApiError("This address is not served under the name that was asked for.", status=403, code="bad_host")
        if not scope["path"].startswith("/"):
            raise ApiError("Ask for a path that begins with /.", status=400, code="bad_target")

    def _check_origin(self, origins: list[bytes]) -> str | None:
        if not origins:
            return None
        origin = origins[0].decode("latin-1")
        if len(origins) > 1 or origin not in self._origins:
            raise ApiError("This web page may not use the API.", status=403, code="bad_origin")
        return origin

    async def _check_key(self, headers: list[tuple[bytes, bytes]]) -> None:
        secrets = {*_bearers(headers), *_all(headers, b"x-api-key")}
        if not secrets:
            raise ApiError("A key is needed: send Authorization: Bearer KEY.", status=401, code="missing_api_key")
        if self._keys.is_stale:
            await asyncio.to_thread(self._keys.look_again)
        keys = [self._keys.find(secret) for secret in secrets]
        if len(keys) > 1 or keys[0] is None:
            raise ApiError("This key is not known, or was revoked.", status=401, code="invalid_api_key")
        live = current()
        if live is not None:
            live.client = keys[0].name


def _check_size(scope: Scope, limits: Limits) -> None:
    headers = scope["headers"]
    size = sum(len(name) + len(value) + 4 for name, value in headers) + len(scope["raw_path"])
    if len(headers) > limits.n_headers or size + len(scope["query_string"]) > limits.header_bytes:
        raise ApiError("The request's headers are too large.", status=431, code="headers_too_large")


def _all(headers: list[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    return [value for key, value in headers if key == name]


def _bearers(headers: list[tuple[bytes, bytes]]) -> list[bytes]:
    words = [value.split(None, 1) for value in _all(headers, b"authorization")]
    return [word[1].strip() if len(word) == 2 and word[0].lower() == b"bearer" else b"" for word in words]


def _cors(origin: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", _EXPOSED_HEADERS.encode()),
        (b"vary", b"Origin"),
    ]
