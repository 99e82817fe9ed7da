"""JsonPrefix: a JSON object as it is being written, cut where it stops being one. Pure."""

from __future__ import annotations

import re
from typing import Any

import pydantic_core

#: A piece is looked at up to each of these: with one of them the object may be whole.
_PIECES = re.compile(r"[^}]*}|[^}]+")


class JsonPrefix:
    """Takes a model's arguments piece by piece, and hands on what still may become a JSON object.

    A model that no grammar holds may write anything; a client that parses what it is sent must not fail over it.
    """

    def __init__(self) -> None:
        self._text = ""
        self._is_over = False  # whole, or broken

    def take(self, piece: str) -> str:
        """What of the next piece may be handed on: nothing more once the object is whole, or has a fault."""
        return "".join(self._take(part) for part in _PIECES.findall(piece))

    def value(self) -> dict[str, Any]:
        """The object, as far as it was written."""
        return _read(self._text) or {}

    def _take(self, part: str) -> str:
        if self._is_over:
            return ""
        text = self._text + part
        if _read(text) is None:
            self._is_over = True
            return ""
        self._text = text
        self._is_over = part.endswith("}") and _is_whole(text)
        return part


def _read(text: str) -> dict[str, Any] | None:
    """None for what is no object, nor the beginning of one."""
    if not text.strip():
        return {}
    try:
        value = pydantic_core.from_json(text, allow_partial=True, allow_inf_nan=False)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _is_whole(text: str) -> bool:
    try:
        pydantic_core.from_json(text)
    except ValueError:
        return False
    return True
