"""Crew: the connections of one transfer, each fetching the next piece that is missing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from desktop_llm.errors import AppError, DownloadError, GatedError, HubNotFoundError, NetworkError
from desktop_llm.models.download.part_file import PartFile, PartWriter
from desktop_llm.models.download.ranges import Span
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.download.transfer_answer import (
    Answer,
    Asked,
    StartAgainError,
    TryAgainError,
    check_announced,
    read_answer,
    wrong_size,
)
from desktop_llm.models.download.transfer_board import Board
from desktop_llm.models.download.transfer_line import Line, body_of
from desktop_llm.models.download.transfer_pace import Bandwidth, Patience, Tries
from desktop_llm.models.hub.gate import in_plain_words

if TYPE_CHECKING:
    import httpx2

_log = logging.getLogger(__name__)

#: A connection shows its speed in this part of a piece, or in this time.
_SHOWN: Final = 0.25
_SHOWN_S: Final = 1.0
#: A request that brought so many bytes was worth it, however it ended.
_WORTHWHILE_BYTES: Final = 64 * 1024
#: Slower than this for the time of a stall, and another connection is tried.
_LEAST_BYTES_PER_S: Final = 512
#: Further connections that a server refuses so often are given up; the first one goes on.
_MOST_TRIES_OF_EXTRAS: Final = 2


@dataclass(frozen=True, slots=True)
class CrewOptions:
    """How the pieces are fetched. One connection alone fetches all of a file in one request.

    Others join it for large files, and where it does not reach a speed by itself that leaves nothing to wish for.
    """

    connections: int = 4
    parallel_from_bytes: int = 64 * 1024 * 1024
    piece_bytes: int = 32 * 1024 * 1024
    alone_from_bytes_per_s: float = 100e6
    patience: Patience = field(default_factory=Patience)
    bandwidth: Bandwidth = field(default_factory=Bandwidth)


class Crew:
    """Fetches what is missing of a part. `fetch` on one thread, once; `stopped` may be set by any."""

    def __init__(
        self, file: RemoteFile, part: PartFile, line: Line, options: CrewOptions, stopped: threading.Event
    ) -> None:
        self._file = file
        self._part = part
        self._line = line
        self._options = options
        self._stopped = stopped
        missing_bytes = file.size_bytes - part.received_bytes
        #: Whether more connections are to be opened is not decided yet.
        self._is_open = options.connections > 1 and missing_bytes >= options.parallel_from_bytes
        self._board = Board(part, options.piece_bytes if self._is_open else None)
        self._url = file.url
        self._lock = threading.Lock()
        self._extras: list[threading.Thread] = []
        self._failure: BaseException | None = None
        self._has_got_on = False
        #: Why the last request failed, until one brings bytes again. Read by any thread.
        self.trouble: NetworkError | None = None

    def fetch(self) -> None:
        """Until nothing is missing, or `stopped`. Raises NetworkError; StartAgainError when all of it has changed."""
        try:
            self._work(Tries(self._options.patience), is_first=True)
        finally:
            self._board.end()
            if self._failure is not None:
                self._line.cut()
            for thread in self._extras:
                thread.join()
        if self._failure is not None and not self._stopped.is_set():
            raise self._failure

    def end(self) -> None:
        """Nothing more is begun. Any thread."""
        self._board.end()

    def _work(self, tries: Tries, *, is_first: bool) -> None:
        """One connection: piece after piece."""
        while (span := self._board.take(waits=is_first)) is not None:
            wait_s: float | None = 0.0
            try:
                self._fetch(span, tries)
            except TryAgainError as problem:
                self.trouble = problem.error
                wait_s = tries.next_wait_s(problem.wait_s, is_doubtful=problem.is_doubtful or not self._has_got_on)
                if not is_first and tries.n_failures >= _MOST_TRIES_OF_EXTRAS:
                    return  # the server does not want that many at once
                if wait_s is None:
                    self._fail(problem.error)
                _log.debug("a request failed and is tried again: %s", problem)
            except (AppError, StartAgainError) as problem:
                self._fail(problem)
            finally:
                self._board.release(span)
            self._stopped.wait(wait_s or 0.0)

    def _extra(self) -> None:
        try:
            self._work(Tries(self._options.patience), is_first=False)
        except Exception as bug:  # noqa: BLE001  the first connection's thread raises it
            self._fail(bug)

    def _fail(self, failure: BaseException) -> None:
        with self._lock:
            if self._failure is None:
                self._failure = failure
        self._board.end()
        if not isinstance(failure, TryAgainError):
            self._line.cut()

    def _fetch(self, span: Span, tries: Tries) -> None:
        """One request. Raises TryAgainError, StartAgainError, AppError."""
        import httpx2

        try:
            self._ask(span, tries)
        except TryAgainError:
            self._url = self._file.url
            raise
        except (httpx2.TransportError, httpx2.TooManyRedirects) as error:
            self._url = self._file.url
            if self._stopped.is_set():
                return
            said = in_plain_words(error)
            if _is_final(error):
                raise said from error
            raise TryAgainError(said) from error
        except httpx2.InvalidURL as error:
            raise TryAgainError(
                DownloadError("The hub gives an address for {name} that cannot be used.", name=self._file.name),
                is_doubtful=True,
            ) from error

    def _ask(self, span: Span, tries: Tries) -> None:
        asked, url = Asked(self._file, span, self._part.etag), self._url
        with self._line.ask(url, asked.headers()) as response:
            for each in response.history:
                check_announced(self._file, each.headers.get("X-Linked-ETag"))
            is_hub = url == self._file.url and _is_same_host(response.url, url)
            try:
                answer = read_answer(asked, response.status_code, response.headers)
            except (GatedError, HubNotFoundError) as error:
                if is_hub:
                    raise
                raise TryAgainError(error, is_doubtful=True) from error  # addresses that the hub gives out expire
            self._accept(answer)
            if not is_hub:
                self._url = str(response.url)
            self._receive(response, answer, tries)

    def _accept(self, answer: Answer) -> None:
        if answer.is_whole and (self._part.received_bytes > 0 or self._extras):
            raise StartAgainError(
                DownloadError(
                    "The server cannot go on in the middle of {name}, and the connection does not hold. "
                    "Try again later.",
                    name=self._file.name,
                )
            )
        if self._part.etag is None and self._part.received_bytes == 0:
            self._part.etag = answer.etag

    def _consider_extras(self, n_bytes: int, taken_s: float) -> None:
        """The server knows ranges, and has shown how fast it is: is one connection enough?"""
        if n_bytes < self._options.piece_bytes * _SHOWN and taken_s < _SHOWN_S:
            return
        self._is_open = False
        if n_bytes >= self._options.alone_from_bytes_per_s * taken_s or self._options.bandwidth.limit_bytes_per_s:
            self._board.widen()
        else:
            self._call_extras()

    def _call_extras(self) -> None:
        with self._lock:
            if self._failure is not None:
                return
            self._extras = [
                threading.Thread(target=self._extra, name=f"transfer-{number}", daemon=True)
                for number in range(2, self._options.connections + 1)
            ]
        for thread in self._extras:
            thread.start()

    def _receive(self, response: httpx2.Response, answer: Answer, tries: Tries) -> None:
        (start, end), began = answer.span, time.monotonic()
        watch = _Watch(self._options.patience.stall_s, self._options.bandwidth)
        with PartWriter(self._part, start) as writer:
            for raw in body_of(response, self._options.patience.stall_s, self._options.bandwidth):
                if self._stopped.is_set() or self._failure is not None:
                    return
                room_bytes = end - writer.position
                if len(raw) > room_bytes:
                    raise TryAgainError(wrong_size(self._file, self._file.size_bytes + len(raw) - room_bytes))
                writer.write(raw)
                if writer.position - start >= _WORTHWHILE_BYTES or writer.position == end:
                    tries.got_on()
                    self._has_got_on, self.trouble = True, None
                if self._is_open and not answer.is_whole:
                    self._consider_extras(writer.position - start, time.monotonic() - began)
                self._options.bandwidth.take(len(raw), self._stopped)
                if watch.is_too_slow(len(raw)):
                    raise TryAgainError(_broken(self._file))
            if writer.position < end and not self._stopped.is_set():
                raise TryAgainError(_broken(self._file))


class _Watch:
    """Says when bytes only trickle."""

    def __init__(self, stall_s: float, bandwidth: Bandwidth) -> None:
        self._stall_s = stall_s
        self._bandwidth = bandwidth
        self._since = time.monotonic()
        self._bytes = 0

    def is_too_slow(self, n_bytes: int) -> bool:
        self._bytes += n_bytes
        passed_s = time.monotonic() - self._since
        if passed_s < self._stall_s:
            return False
        is_slow = self._bytes < _LEAST_BYTES_PER_S * passed_s and self._bandwidth.limit_bytes_per_s is None
        self._since, self._bytes = time.monotonic(), 0
        return is_slow


def _broken(file: RemoteFile) -> NetworkError:
    return DownloadError("The connection broke while {name} was fetched. What has come is kept.", name=file.name)


def _is_same_host(url: httpx2.URL, text: str) -> bool:
    import httpx2

    other = httpx2.URL(text)
    return (url.scheme, url.netloc) == (other.scheme, other.netloc)


def _is_final(error: Exception) -> bool:
    """What no other try will mend: a certificate that is not trusted, an address of an unknown kind."""
    import httpx2

    return isinstance(error, httpx2.UnsupportedProtocol) or "CERTIFICATE_VERIFY_FAILED" in str(error)


#: Builds the client of one transfer; the gate's.
OpenClient = Callable[[], "httpx2.Client"]
