"""AuditLog: every request to the API, without a word of its content.

When, whose key, which route and model, how it ended, how many tokens, how long: one JSON object a line.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Final

from desktop_llm.durable import append_line
from desktop_llm.server.use.clients import LiveSnapshot

_log = logging.getLogger(__name__)

#: The file is then begun anew beside the old one.
_LARGEST_BYTES: Final = 4 * 1024 * 1024


class AuditLog:
    """Appends to a file. The server's thread; a disk that refuses costs the line, not the request."""

    def __init__(self, file: Path, largest_bytes: int = _LARGEST_BYTES) -> None:
        self._file = file
        self._largest_bytes = largest_bytes

    def write(self, request: LiveSnapshot) -> None:
        """A request has ended."""
        values = asdict(request)
        del values["id"]
        values |= {"started_at": round(request.started_at, 3), "duration_s": round(request.duration_s, 3)}
        try:
            append_line(self._file, json.dumps(values), self._largest_bytes)
        except OSError:
            _log.debug("the log of requests could not be written")
