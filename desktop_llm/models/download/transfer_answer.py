"""What a server's answer to a request for a range means: bytes, another try, a start from nothing, or an end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from desktop_llm.errors import DownloadError, GatedError, HubError, HubNotFoundError, NetworkError, WrongContentError
from desktop_llm.models.download.ranges import Span
from desktop_llm.models.download.remote_file import RemoteFile

_CONTENT_RANGE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
#: Statuses that may be better a moment later.
_PASSING: Final = frozenset({408, 416, 421, 425, 429})
_LONGEST_WAIT_S: Final = 3600.0


class TryAgainError(Exception):
    """This request brought nothing; another one may. `error` is raised when patience ends.

    `wait_s` is as the server asked. `is_doubtful`: it looks as if it would not pass, and patience is short.
    """

    def __init__(self, error: NetworkError, wait_s: float | None = None, *, is_doubtful: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_s = wait_s
        self.is_doubtful = is_doubtful


class StartAgainError(Exception):
    """The server sends the file from its start: what is there is of no use, or cannot be continued."""

    def __init__(self, error: NetworkError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for the bytes of a span; `etag` is the version that the bytes before came from."""

    file: RemoteFile
    span: Span
    etag: str | None = None

    def headers(self) -> dict[str, str]:
        """What the request says."""
        start, end = self.span
        said = {"Accept-Encoding": "identity", "Range": f"bytes={start}-{end - 1}"}
        if self.etag is not None:
            said["If-Range"] = self.etag
        return said


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes will come: those of `span`. `is_whole`: the server knows no ranges, or the version has changed."""

    span: Span
    etag: str | None
    is_whole: bool


def read_answer(asked: Asked, status: int, headers: Mapping[str, str]) -> Answer:
    """Judge a status and its headers. Raises TryAgainError, NetworkError."""
    if status not in (200, 206):
        raise _refusal(asked.file, status, headers)
    _check_is_file(asked.file, headers)
    etag = strong_etag(headers.get("etag"))
    length = _length(headers)
    if status == 200:
        return _whole(asked, length, etag)
    span = _content_range(asked, headers)
    if length is not None and length != span[1] - span[0]:
        raise TryAgainError(_nonsense(asked.file, "Content-Length"), is_doubtful=True)
    if asked.etag is not None and etag is not None and etag != asked.etag:
        raise StartAgainError(_changed(asked.file))
    return Answer(span, etag, is_whole=False)


def check_announced(file: RemoteFile, etag: str | None) -> None:
    """The hub tells the sha256 before it sends one elsewhere for the bytes. Raises TryAgainError for another one."""
    told = (etag or "").strip('"')
    if _SHA256.fullmatch(told) and told != file.sha256:
        raise TryAgainError(
            WrongContentError(
                "The hub now has other content under the name {name} than it promised. Look it up there again.",
                name=file.name,
            ),
            is_doubtful=True,
        )


def strong_etag(etag: str | None) -> str | None:
    """An ETag that holds for bytes; a weak one does not, and cannot stand in If-Range."""
    if etag is None or not re.fullmatch(r'"[\x21\x23-\x7e]{1,256}"', etag):
        return None
    return etag


def retry_after_s(value: str | None, now: datetime | None = None) -> float | None:
    """The seconds that a Retry-After header asks for: a number, or a date."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), _LONGEST_WAIT_S)
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    then = then if then.tzinfo is not None else then.replace(tzinfo=UTC)
    return min(max(0.0, (then - (now or datetime.now(UTC))).total_seconds()), _LONGEST_WAIT_S)


def _told_time(value: str | None) -> datetime | None:
    """What time it is where the answer comes from: this computer's own clock may be set wrong."""
    try:
        told = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)


def _whole(asked: Asked, length: int | None, etag: str | None) -> Answer:
    size_bytes = asked.file.size_bytes
    if length is not None and length != size_bytes:
        raise TryAgainError(wrong_size(asked.file, length), is_doubtful=True)
    return Answer((0, size_bytes), etag, is_whole=True)


def _content_range(asked: Asked, headers: Mapping[str, str]) -> Span:
    found = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
    if found is None:
        raise TryAgainError(_nonsense(asked.file, "Content-Range"), is_doubtful=True)
    start, end = int(found[1]), int(found[2]) + 1
    if found[3] not in ("*", str(asked.file.size_bytes)):
        raise TryAgainError(wrong_size(asked.file, int(found[3])), is_doubtful=True)
    if start != asked.span[0] or not start < end <= asked.span[1]:
        raise TryAgainError(_nonsense(asked.file, "Content-Range"), is_doubtful=True)
    return start, end


def _check_is_file(file: RemoteFile, headers: Mapping[str, str]) -> None:
    if headers.get("content-type", "").strip().lower().startswith(("text/html", "application/xhtml")):
        raise TryAgainError(
            DownloadError(
                "A web page came in the place of {name}. Where this network asks to sign in, do so in a web browser; "
                "then try again.",
                name=file.name,
            ),
            is_doubtful=True,
        )
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise TryAgainError(_nonsense(file, "Content-Encoding"), is_doubtful=True)


def _length(headers: Mapping[str, str]) -> int | None:
    text = headers.get("content-length", "")
    return int(text[:18]) if text.isascii() and text.isdecimal() else None


def _refusal(file: RemoteFile, status: int, headers: Mapping[str, str]) -> Exception:
    """401, 403 and 404 will not go away by themselves; most others may."""
    match status:
        case 401 | 403:
            return GatedError(
                "The hub does not give out {name} without permission: accept the licence of {repo} on its web page, "
                "and store an access token in the settings.",
                name=file.name,
                repo=file.repo,
            )
        case 404 | 410:
            return HubNotFoundError("The hub no longer has {name} of {repo}.", name=file.name, repo=file.repo)
    error = HubError(
        "The hub refused to send {name} (status {status}). Try again later.", name=file.name, status=status
    )
    if status in _PASSING or status >= 500:
        return TryAgainError(error, retry_after_s(headers.get("retry-after"), _told_time(headers.get("date"))))
    return error


def wrong_size(file: RemoteFile, size_bytes: int) -> WrongContentError:
    """The server has, or sends, another number of bytes than the hub promised."""
    return WrongContentError(
        "The server sends {name} with {found} bytes where the hub promises {size}; it was not kept. Try again later.",
        name=file.name,
        found=size_bytes,
        size=file.size_bytes,
    )


def _changed(file: RemoteFile) -> DownloadError:
    return DownloadError("{name} keeps changing on the server while it is fetched. Try again later.", name=file.name)


def _nonsense(file: RemoteFile, header: str) -> DownloadError:
    return DownloadError(
        "The server sends {name} in a way that makes no sense ({header}). Try again later, or over another network.",
        name=file.name,
        header=header,
    )
