"""Documents that are counted: plain texts in UTF-8."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from desktop_llm.errors import DocumentError

LARGEST_BYTES: Final = 64 * 1024 * 1024


def read_document(path: Path) -> str:
    """A file's text, without the mark of its encoding. Waits for the disk. Raises DocumentError."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise DocumentError("{path} is too large: at most {most} MB are read.", path=path, most=64)
        content = path.read_bytes()
    except OSError as error:
        raise DocumentError(
            "{path} cannot be read: {reason}.", path=path, reason=error.strerror or str(error)
        ) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError("{path} is not a text in UTF-8.", path=path) from error
