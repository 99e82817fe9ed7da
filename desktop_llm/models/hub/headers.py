"""The header of a model that is not here, read by ranges: what its plan needs, and no weights. Kept by commit."""

from __future__ import annotations

import hashlib
import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from desktop_llm.errors import HubError, IncompleteHeaderError
from desktop_llm.models.gguf.reader import parse_header
from desktop_llm.models.hub.files import HubFile
from desktop_llm.models.hub.gate import Why
from desktop_llm.models.hub.hub import Hub

_log = logging.getLogger(__name__)

_MIB: Final = 1024 * 1024
#: Most headers of small vocabularies fit in; the others take one or two steps more.
_FIRST_BYTES: Final = _MIB
_MOST_BYTES: Final = 64 * _MIB
_MOST_KEPT_BYTES: Final = 256 * _MIB


class HubHeaders:
    """Reads headers and keeps them, since what a commit holds never changes. Any thread but a window's; it waits."""

    def __init__(self, hub: Hub, folder: Path) -> None:
        self._hub = hub
        self._folder = folder

    def read(self, file: HubFile) -> bytes:
        """The first bytes of a file, its whole header among them. Raises NetworkError or ModelError."""
        kept = self._folder / f"{hashlib.sha256(f'{file.repo}@{file.commit}/{file.path}'.encode()).hexdigest()}.header"
        with suppress(OSError):
            data = kept.read_bytes()
            os.utime(kept)
            return data
        data = self._fetch(file)
        self._keep(kept, data)
        return data

    def _fetch(self, file: HubFile) -> bytes:
        data, needed = b"", _FIRST_BYTES
        while True:
            data += self._hub.read(file, needed - len(data), Why.HEADER, start=len(data))
            try:
                parse_header(data, file.size_bytes, file.name)
            except IncompleteHeaderError as error:
                if len(data) < min(needed, file.size_bytes) or needed >= _MOST_BYTES:
                    raise HubError("The header of {name} did not arrive whole. Try again.", name=file.name) from error
                needed = min(_MOST_BYTES, max(error.needed_bytes, 3 * needed))
            else:
                return data

    def _keep(self, path: Path, data: bytes) -> None:
        """Write it, and let the oldest go. A disk that refuses costs only the time to fetch it again."""
        part = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
            kept = sorted(self._folder.glob("*.header"), key=lambda each: -each.stat().st_mtime)
            total = 0
            for each in kept:
                total += each.stat().st_size
                if total > _MOST_KEPT_BYTES:
                    each.unlink()
        except OSError:
            _log.debug("a header could not be kept")
