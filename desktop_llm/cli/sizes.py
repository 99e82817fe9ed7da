"""Sizes for people, in a terminal."""

from __future__ import annotations

_GIB = 1024**3
_MIB = 1024**2


def in_words(size_bytes: int) -> str:
    """A size in binary units, as memory is sold by."""
    return f"{size_bytes / _GIB:.2f} GiB" if size_bytes >= _GIB else f"{size_bytes / _MIB:.0f} MiB"
