"""What came whole and failed the checks: put aside where no list of models looks, with the reason beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop_llm.errors import AppError, DownloadError
from desktop_llm.models.download.part_file import disk_errors
from desktop_llm.models.download.part_record import sync_folder, write_durably
from desktop_llm.models.download.problem_record import problem_record, read_problem
from desktop_llm.models.library.removing import remove_empty

#: Below the models folder. The ending keeps what lies there out of every list of models.
ASIDE_FOLDER: Final = "set-aside"
ASIDE_ENDING: Final = ".set-aside"
_REASON_ENDING: Final = ".reason.json"


@dataclass(frozen=True, slots=True)
class AsideFile:
    """A file that is not used. `target` is where it would belong; `problem` is None where nobody knows why."""

    path: Path
    target: Path
    size_bytes: int
    problem: AppError | None = None


def put_aside(folder: Path, targets: Iterable[Path], problem: AppError) -> Path:
    """Move files of the models folder aside; returns where. Raises DownloadError when the disk refuses."""
    aside = folder / ASIDE_FOLDER
    for target in targets:
        relative = target.relative_to(folder)
        place = aside / relative.with_name(relative.name + ASIDE_ENDING)
        with disk_errors(target):
            place.parent.mkdir(parents=True, exist_ok=True)
            target.replace(place)
            sync_folder(place.parent)
            write_durably(_reason_of(place), json.dumps(problem_record(problem), indent=1))
    return aside


def files_aside(folder: Path) -> tuple[AsideFile, ...]:
    """All that lies aside of a models folder. Waits for the disk."""
    return tuple(sorted(_look(folder), key=lambda each: each.path))


def remove_aside(file: AsideFile, folder: Path) -> None:
    """Delete one of them, with its reason. Raises DownloadError."""
    with disk_errors(file.path):
        file.path.unlink(missing_ok=True)
    with suppress(OSError):
        _reason_of(file.path).unlink(missing_ok=True)
    remove_empty(file.path.parent, folder)


def _look(folder: Path) -> Iterator[AsideFile]:
    aside = folder / ASIDE_FOLDER
    found = (Path(here, name) for here, _, names in os.walk(aside) for name in names if name.endswith(ASIDE_ENDING))
    for path in found:
        target = folder / path.relative_to(aside).with_name(path.name.removesuffix(ASIDE_ENDING))
        with suppress(OSError):
            yield AsideFile(path, target, path.stat().st_size, _reason(path))


def _reason(path: Path) -> AppError | None:
    try:
        return read_problem(json.loads(_reason_of(path).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return DownloadError("The note of what is wrong with {name} cannot be read.", name=path.name)


def _reason_of(path: Path) -> Path:
    return path.with_name(path.name + _REASON_ENDING)
