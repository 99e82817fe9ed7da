"""A text file as it is read to be counted: every character stays, the mark of its encoding too."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final

from desktop_llm.errors import AppError, ByteCount

#: About a million tokens: more than fits into any context.
LARGEST_BYTES: Final = 4 * 1024 * 1024
_UTF16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def read_text_file(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 with its mark. Waits for the disk. Raises AppError."""
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise AppError(
                "{name} is too large: {size}, and {most} at most are counted here.",
                name=path.name,
                size=ByteCount(size),
                most=ByteCount(LARGEST_BYTES),
            )
        content = path.read_bytes()
    except OSError as error:
        raise AppError("{path} cannot be read: {reason}.", path=path, reason=error.strerror or str(error)) from error
    return text_of(content, path.name)


def text_of(content: bytes, name: str) -> str:
    """The text that bytes are. Raises AppError when they are none."""
    try:
        text = content.decode(_UTF16.get(content[:2], "utf-8"))
    except UnicodeDecodeError as error:
        raise _no_text(name) from error
    if "\0" in text:
        raise _no_text(name)
    return text


def _no_text(name: str) -> AppError:
    return AppError("{name} is not a text: only files in UTF-8 or UTF-16 can be counted.", name=name)
