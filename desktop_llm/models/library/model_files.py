"""Names of model files: which of them are one model, and which belong to another. Pure, but for `find_model_files`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from desktop_llm.models.hub.files import quantization_of

ENDING: Final = ".gguf"
_PART: Final = re.compile(r"^(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})$")
_MOST_PARTS: Final = 1000
#: Files that belong to a model: what lets it see, and what it was quantized with.
_HELPERS: Final = ("mmproj", "imatrix")


def parts_of(path: Path) -> tuple[Path, ...]:
    """All files of the model that a file belongs to, by its name, whether they are there or not; first part first."""
    found = _PART.match(path.stem)
    count = int(found["count"]) if found else 1
    if found is None or not 1 <= count <= _MOST_PARTS:
        return (path,)
    return tuple(
        path.with_name(f"{found['stem']}-{number:05}-of-{count:05}{path.suffix}") for number in range(1, count + 1)
    )


def stem_of(path: Path) -> str:
    """A model's name: its file's, without the ending and without which part it is."""
    stem = path.name[: -len(ENDING)] if path.name.lower().endswith(ENDING) else path.name
    found = _PART.match(stem)
    return found["stem"] if found else stem


def base_name(stem: str) -> str:
    """What all quantizations of a model share: the name without the quantization."""
    quantization = quantization_of(stem)
    place = stem.upper().rfind(quantization) if quantization else -1
    if place <= 0:
        return stem
    rest = stem[place + len(quantization) :]
    return stem[:place].rstrip("-._ ") + rest


def is_helper(name: str) -> bool:
    """Whether a file is no model of its own but belongs to one."""
    return any(word in name.lower() for word in _HELPERS)


def find_model_files(folder: Path, most: int = 100_000) -> Iterator[Path]:
    """The model files below a folder, without helpers and hidden folders; at most so many names are looked at."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            most -= 1
            if most < 0:
                return
            path = Path(here, name)
            if name.lower().endswith(ENDING) and not is_helper(name) and path.is_file():
                yield path
