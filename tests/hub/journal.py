"""What the test hub was asked and what it sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from fnmatch import fnmatch
from typing import Literal

from tests.hub.wire import Answer, Request

Kind = Literal["list", "info", "tree", "resolve", "blob", "other"]
"""`resolve`: the Hub's address of a file. `blob`: the bytes of an LFS file, at the content network or elsewhere."""


class Seen:
    """One request and how it went. Written by its connection's thread, read by any."""

    def __init__(self, journal: Journal, request: Request, door: str, kind: Kind, file: str) -> None:
        self._journal = journal
        self.request = request
        self.door = door
        self.kind = kind
        self.file = file
        self.status: int | None = None
        self.answer_headers: dict[str, str] = {}
        self.bytes_sent = 0
        self.fault: str | None = None
        self.is_held = False
        self.is_over = False

    def answered(self, answer: Answer) -> None:
        """The head is about to be sent."""
        self.status, self.answer_headers = answer.status, dict(answer.headers)
        self._journal.changed()

    def sent(self, n_bytes: int) -> None:
        """So many bytes more of the body; less than none where they could not be sent."""
        self.bytes_sent += n_bytes
        self._journal.changed()

    def held(self) -> None:
        """It waits."""
        self.is_held = True
        self._journal.changed()

    def over(self) -> None:
        """Nothing more will be sent."""
        self.is_over = True
        self._journal.changed()

    def as_json(self) -> dict[str, object]:
        """For another process. The token is not told, only whether there was one."""
        return {
            "method": self.request.method,
            "target": self.request.target,
            "door": self.door,
            "kind": self.kind,
            "file": self.file,
            "range": self.request.headers.get("range"),
            "authorized": "authorization" in self.request.headers,
            "status": self.status,
            "bytes_sent": self.bytes_sent,
            "fault": self.fault,
            "over": self.is_over,
        }

    def __repr__(self) -> str:
        asked = self.request.headers.get("range", "")
        return f"<{self.door} {self.request.method} {self.request.target} {asked} -> {self.status} {self.fault or ''}>"


class Journal:
    """All requests, oldest first. Any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._seen: list[Seen] = []

    def begin(self, request: Request, door: str, kind: Kind, file: str) -> Seen:
        """A request has come."""
        seen = Seen(self, request, door, kind, file)
        with self._changed:
            self._seen.append(seen)
            self._changed.notify_all()
        return seen

    def changed(self) -> None:
        """Something was sent, held or ended."""
        with self._changed:
            self._changed.notify_all()

    def seen(self, file: str = "*", kind: Kind | None = None, method: str | None = None) -> list[Seen]:
        """The requests for files that match (`*.gguf`), of one kind, of one method."""
        with self._changed:
            return [
                each
                for each in self._seen
                if (file == "*" or fnmatch(each.file, file))
                and kind in {None, each.kind}
                and method in {None, each.request.method}
            ]

    def bytes_sent(self, file: str = "*", kind: Kind | None = None) -> int:
        """Bytes of the files that match, all answers together; the texts of redirects and errors do not count."""
        return sum(each.bytes_sent for each in self.seen(file, kind) if each.status in {200, 206})

    def wait_for(self, condition: Callable[[list[Seen]], bool], timeout_s: float = 10.0) -> None:
        """Wait until the condition holds for all requests so far; raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: condition(list(self._seen)), timeout_s):
                raise TimeoutError(f"the hub saw only {self._seen}")

    def clear(self) -> None:
        """Forget what was seen."""
        with self._changed:
            self._seen.clear()
