"""The text of a model's licence, where it lies beside the model's file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from desktop_llm.durable import write_durably
from desktop_llm.models.library.model_files import stem_of

_NAMES: Final = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "LICENCE.md", "COPYING")
#: No licence is longer.
MOST_BYTES: Final = 1024 * 1024


def licence_place(path: Path) -> Path:
    """Where the licence of one model among others belongs: a name of its own beside the model's file."""
    return path.with_name(f"{stem_of(path)}.LICENSE.txt")


def keep_licence(path: Path, text: bytes) -> None:
    """Keep a licence's text beside the model's file, unless there is one. Raises OSError."""
    place = licence_place(path)
    if text and len(text) <= MOST_BYTES and not place.exists():
        write_durably(place, text)


def licence_beside(path: Path) -> Path | None:
    """The licence's text, of this very model or of its folder; None where there is none of a sensible length."""
    for place in (licence_place(path), *(path.with_name(name) for name in _NAMES)):
        try:
            if place.is_file() and 0 < place.stat().st_size <= MOST_BYTES:
                return place
        except OSError:
            continue
    return None
