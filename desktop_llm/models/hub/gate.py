"""Gate: the one door to the outside. Whoever wants to reach another computer gets an HTTP client here.

In offline mode it refuses before a socket exists. Every attempt stands in the ledger. The access
token goes to the hub's own host only. Plain HTTP is for a hub that the user named so, and for its host.
"""

from __future__ import annotations

import ipaddress
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from desktop_llm.errors import HubError, NetworkError, OfflineError
from desktop_llm.models.hub.ledger import Attempt, Ledger

if TYPE_CHECKING:
    import ssl

    import httpx2

DEFAULT_ENDPOINT: Final = "https://huggingface.co"
#: No proxy at all, whatever the system says.
NO_PROXY: Final = "none"
_USER_AGENT: Final = "desktop-llm"
_PORTS: Final = {"https": 443, "http": 80}


class Why(StrEnum):
    """What a connection is for."""

    SEARCH = "search"
    REPOSITORY = "repository"
    HEADER = "header"
    DOWNLOAD = "download"
    UPDATE_CHECK = "update-check"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class NetworkRules:
    """What the settings say. `proxy`: "" as the system says, NO_PROXY, or a URL, which may hold credentials.

    `direct_hosts` are reached without that proxy. `ca_file` is trusted beside the system's authorities.
    """

    is_offline: bool = False
    endpoint: str = DEFAULT_ENDPOINT
    proxy: str = ""
    direct_hosts: tuple[str, ...] = ()
    ca_file: Path | None = None

    @property
    def hub_host(self) -> str:
        """The hub's host, with its port where that is not the usual one."""
        return urlsplit(self.endpoint).netloc.rpartition("@")[2].lower()


class Gate:
    """Gives HTTP clients that keep its rules. Any thread; the clients are for any thread too."""

    def __init__(
        self, rules: Callable[[], NetworkRules], ledger: Ledger, token: Callable[[], str | None] = lambda: None
    ) -> None:
        """`rules` are asked at each request, so that going offline holds at once; `token` is the hub's."""
        self._rules = rules
        self._token = token
        self.ledger = ledger
        self._why: ContextVar[Why | None] = ContextVar("why", default=None)

    @property
    def rules(self) -> NetworkRules:
        """The rules as they are now."""
        return self._rules()

    def check_online(self, why: Why | None = None) -> None:
        """Raises OfflineError in offline mode; the ledger is told where it says `why` it was asked."""
        rules = self.rules
        if rules.is_offline:
            if why is not None:
                host = urlsplit(rules.endpoint).hostname or ""
                refused = Attempt(uuid.uuid4().hex, time.time(), why.value, host, is_allowed=False)
                self.ledger.note(replace(refused, problem=OfflineError.__name__))
            raise OfflineError("Offline mode is on, so nothing was fetched. Switch it off in the settings to go on.")

    @contextmanager
    def purpose(self, why: Why) -> Iterator[None]:
        """Requests of a shared client are for this, within the `with`."""
        mark = self._why.set(why)
        try:
            yield
        finally:
            self._why.reset(mark)

    def client(self, why: Why, timeout_s: float = 30.0, *, fails_plainly: bool = False) -> httpx2.Client:
        """A new client, to be closed by the caller; it follows redirects. Raises OfflineError or NetworkError.

        Its requests may raise OfflineError, NetworkError, or what httpx2 raises; with `fails_plainly` only
        NetworkErrors, also for an answer that says the server is broken or busy.
        """
        import httpx2  # slow to import, and not needed by who stays offline

        rules = self.rules
        self.check_online(why)
        visits = _Visits(self, why)
        proxy = rules.proxy if rules.proxy not in ("", NO_PROXY) else None
        direct: dict[str, Any] = {f"all://{host}": None for host in rules.direct_hosts} if proxy else {}
        kind = _plain_client() if fails_plainly else httpx2.Client
        return kind(
            follow_redirects=True,
            timeout=timeout_s,
            headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"},
            verify=_trust(rules.ca_file),
            proxy=proxy,
            mounts=direct,
            trust_env=not rules.proxy,
            event_hooks={"request": [visits.asked], "response": [visits.answered]},
        )

    def admit(self, request: httpx2.Request, why: Why) -> Attempt:
        """Let a request through, with the token where it belongs, or refuse it. For this module."""
        rules = self.rules
        why = self._why.get() or why
        attempt = Attempt(uuid.uuid4().hex, time.time(), why.value, request.url.host, is_allowed=True)
        problem = _refusal(rules, request)
        if problem is not None:
            self.ledger.note(replace(attempt, is_allowed=False, problem=type(problem).__name__))
            raise problem
        token = self._token() if _origin(request.url) == _origin_of(rules.endpoint) else None
        request.headers["User-Agent"] = _USER_AGENT  # huggingface_hub's tells of the machine
        request.headers.pop("Authorization", None)
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        self.ledger.note(attempt)
        return attempt


class _Visits:
    """The hooks of one client."""

    def __init__(self, gate: Gate, why: Why) -> None:
        self._gate = gate
        self._why = why

    def asked(self, request: httpx2.Request) -> None:
        """Before a request, and before each one that follows a redirect."""
        request.extensions["attempt"] = self._gate.admit(request, self._why)

    def answered(self, response: httpx2.Response) -> None:
        """Before a body is read: count its bytes, and stop when offline mode is switched on."""
        attempt: Attempt = replace(response.request.extensions["attempt"], status=response.status_code)
        response.stream = body = _watched(response.stream, self._gate, attempt)
        if "network_stream" in response.extensions:
            response.extensions["network_stream"] = _Below(response.extensions["network_stream"], body.count)


class _Below:
    """The connection below a body: who reads past the body is counted, and stopped, all the same."""

    def __init__(self, stream: Any, count: Callable[[int], None]) -> None:
        self._stream = stream
        self._count = count

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        raw: bytes = self._stream.read(max_bytes, timeout)
        self._count(len(raw))
        return raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _watched(stream: Any, gate: Gate, attempt: Attempt) -> Any:
    import httpx2

    class Watched(httpx2.SyncByteStream):
        """A body that counts itself."""

        received = 0
        is_noted = False

        def __iter__(self) -> Iterator[bytes]:
            for chunk in stream:
                self.count(len(chunk))
                yield chunk

        def count(self, n_bytes: int) -> None:
            """So many bytes have come. Raises OfflineError when offline mode is on meanwhile."""
            self.received += n_bytes
            gate.check_online()

        def close(self) -> None:
            stream.close()
            if not self.is_noted:
                self.is_noted = True
                gate.ledger.note(replace(attempt, received_bytes=self.received))

    return Watched()


def _refusal(rules: NetworkRules, request: httpx2.Request) -> NetworkError | None:
    url, endpoint = request.url, urlsplit(rules.endpoint)
    if rules.is_offline:
        return OfflineError("Offline mode is on, so nothing was fetched. Switch it off in the settings to go on.")
    named = endpoint.hostname or ""
    is_named = url.host == named or (_is_loopback(url.host) and _is_loopback(named))
    if url.scheme == "https" or (url.scheme == endpoint.scheme == "http" and is_named):
        return None
    return NetworkError("The connection to {host} was refused, because it is not encrypted.", host=url.host)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)


def _origin_of(endpoint: str) -> tuple[str, str, int | None]:
    parts = urlsplit(endpoint)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    """The system's own authorities, and one more where the user has named it. Raises NetworkError."""
    import ssl

    import truststore

    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file is None:
        return context
    try:
        context.load_verify_locations(cafile=ca_file)
    except ssl.SSLError as error:
        raise NetworkError("The file {path} holds no certificates (PEM) to trust.", path=ca_file) from error
    except OSError as error:
        raise NetworkError(
            "The file of trusted certificates {path} could not be read: {reason}.", path=ca_file, reason=error.strerror
        ) from error
    return context


def _plain_client() -> type[httpx2.Client]:
    """A client whose failures are final: huggingface_hub would try again for half a minute, and log it."""
    import httpx2

    class PlainClient(httpx2.Client):
        """Raises NetworkErrors."""

        def send(self, *args: Any, **kwargs: Any) -> httpx2.Response:
            """Send a request."""
            try:
                response = super().send(*args, **kwargs)
            except (httpx2.TransportError, httpx2.TooManyRedirects) as error:
                raise in_plain_words(error) from error
            if response.status_code in _BROKEN_OR_BUSY:
                response.close()
                raise broken_or_busy(response)
            return response

    return PlainClient


_BROKEN_OR_BUSY: Final = frozenset({429, 500, 502, 503, 504})


def broken_or_busy(response: httpx2.Response) -> HubError:
    """An answer that another try, later, may not give."""
    host, status = response.request.url.host, response.status_code
    if status == 429:
        return HubError("{host} gets too many requests from this network. Try again in some minutes.", host=host)
    return HubError("{host} answered with error {status}. Try again later.", host=host, status=status)


def in_plain_words(error: httpx2.TransportError | httpx2.TooManyRedirects) -> NetworkError:
    """A connection's failure as a sentence for the user."""
    import ssl

    import httpx2

    host = error.request.url.host if error._request is not None else "?"  # noqa: SLF001 (`request` would raise)
    if isinstance(error, httpx2.ProxyError):
        return NetworkError("The proxy refused the connection to {host}. Check the proxy in the settings.", host=host)
    if "CERTIFICATE_VERIFY_FAILED" in str(error) or isinstance(error.__cause__, ssl.SSLError):
        return NetworkError(
            "The certificate of {host} is not trusted. Where a company inspects connections, its certificate file can "
            "be named in the settings.",
            host=host,
        )
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return NetworkError("{host} could not be reached. Check the network connection.", host=host)
    if isinstance(error, httpx2.TimeoutException):
        return NetworkError("{host} stopped answering. Try again later.", host=host)
    if isinstance(error, httpx2.TooManyRedirects):
        return NetworkError("{host} sends the request in a circle. Try again later.", host=host)
    return NetworkError("The connection to {host} broke. Try again.", host=host)
