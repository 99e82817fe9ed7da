"""A file's address at the Hub, and its bytes: redirect, ETag, ranges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import format_datetime
from urllib.parse import quote

from tests.hub.repository import Commit, File, Repository
from tests.hub.wire import Answer, Request, plain

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def link_headers(repo: Repository, commit: Commit, file: File, hub_url: str) -> dict[str, str]:
    """What the Hub's own answer says of an LFS file. The content network's answer has none of these."""
    xet = f"{hub_url}/api/models/{repo.id}/xet-read-token/{commit.sha}"
    return {
        **commit_headers(commit),
        "X-Linked-Size": str(file.size),
        "X-Linked-ETag": f'"{file.sha256}"',
        "X-Xet-Hash": file.xet_hash,
        "Link": f'<{xet}>; rel="xet-auth"',
        "Accept-Ranges": "bytes",
    }


def commit_headers(commit: Commit) -> dict[str, str]:
    """Which commit a name stands for, and that this may be relied upon."""
    return {"X-Repo-Commit": commit.sha}


def disposition(path: str) -> str:
    """Under which name a browser keeps the file."""
    name = path.rpartition("/")[2]
    plain_name = "".join(each if each.isprintable() and each not in '"\\' else "_" for each in name)
    plain_name = plain_name.encode("ascii", "replace").decode()
    return f"inline; filename*=UTF-8''{quote(name, errors='replace')}; filename=\"{plain_name}\";"


def bytes_of(file: File, request: Request, etag: str, headers: Mapping[str, str]) -> Answer:
    """The file, or the range of it that was asked for and is still of the same bytes (If-Range)."""
    size = file.content.size
    about = {
        "Content-Type": "application/octet-stream" if file.is_lfs else "text/plain; charset=utf-8",
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Content-Disposition": disposition(file.path),
        **headers,
    }
    span = _span(request, etag, size)
    if span is None:
        return Answer(200, about, file.content, 0, size)
    if span[0] >= span[1]:
        return plain(416, headers={"Content-Range": f"bytes */{size}", "ETag": etag})
    about["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{size}"
    return Answer(206, about, file.content, *span)


def _span(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """Start and stop of the range to be answered, empty if there is no such; None: the whole file."""
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or found.groups() == ("", ""):
        return None
    condition = request.headers.get("if-range")
    if condition is not None and (condition != etag or condition.startswith("W/")):
        return None
    first, last = found.groups()
    if not first:
        return max(size - int(last), 0), size
    stop = min(int(last) + 1, size) if last else size
    return (int(first), stop) if int(first) < stop else (size, size)


def last_modified(commit: Commit) -> str:
    """As a header."""
    return format_datetime(commit.date, usegmt=True)
