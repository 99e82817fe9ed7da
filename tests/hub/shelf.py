"""What the test hub holds, who may read it, and the signed addresses that it gave out."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator, Set
from contextlib import contextmanager
from urllib.parse import urlencode

from tests.hub import resolve
from tests.hub.journal import Seen
from tests.hub.repository import Commit, File, Repository


class Shelf:
    """What there is and who may read it. Any thread."""

    def __init__(self, tokens: dict[str, Set[str]], hub_url: str, cdn_url: str, page_size: int) -> None:
        self.tokens = tokens
        self.hub_url = hub_url
        self.cdn_url = cdn_url
        self.page_size = page_size
        self.most_at_once: int | None = None
        self._lock = threading.Lock()
        self._repositories: dict[str, Repository] = {}
        self._blobs: dict[str, tuple[File, Commit]] = {}
        self._under_way: Counter[str] = Counter()
        self._epoch = 1

    def add(self, repo: Repository) -> None:
        """Publish it."""
        with self._lock:
            self._repositories[repo.id] = repo

    def remove(self, repo_id: str) -> None:
        """Take it away."""
        with self._lock:
            del self._repositories[repo_id]

    def may_read(self, repo: Repository, token: str | None) -> bool:
        """The token's owner has been let in to the gated or private repository."""
        return repo.id in self.tokens.get(token or "", set())

    def all(self) -> list[Repository]:
        """In the order of publication."""
        with self._lock:
            return list(self._repositories.values())

    def find(self, repo_id: str) -> Repository | None:
        """By its id, letter case aside."""
        return next((repo for repo in self.all() if repo.id.lower() == repo_id.lower()), None)

    def renamed(self, repo_id: str) -> Repository | None:
        """The one that once had this id."""
        return next((repo for repo in self.all() if repo_id in repo.old_ids), None)

    def sign(self, repo: Repository, commit: Commit, file: File) -> str:
        """An address of the content network that is good until `expire_links`."""
        name = f"{_digits(f'{repo.id} {file.path!r}')}/{file.xet_hash}"
        with self._lock:
            self._blobs[name] = (file, commit)
            query = {
                "response-content-disposition": resolve.disposition(file.path),
                "Expires": "1790000000",
                "Signature": str(self._epoch),
            }
        return f"{self.cdn_url}/xet-bridge-us/{name}?{urlencode(query)}"

    def signed(self, name: str) -> tuple[File, Commit] | None:
        """The file of a signed address."""
        with self._lock:
            return self._blobs.get(name)

    def is_good(self, signature: str | None) -> bool:
        """The signature is of a time that has not ended."""
        with self._lock:
            return signature == str(self._epoch)

    def expire_links(self) -> None:
        """End the time of all signatures."""
        with self._lock:
            self._epoch += 1

    @contextmanager
    def turn(self, seen: Seen) -> Iterator[bool]:
        """Count answers with one file's bytes that are under way; whether this one is one too many."""
        if seen.kind != "blob":
            yield False
            return
        with self._lock:
            self._under_way[seen.file] += 1
            n = self._under_way[seen.file]
        try:
            yield self.most_at_once is not None and n > self.most_at_once
        finally:
            with self._lock:
                self._under_way[seen.file] -= 1


def _digits(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
