"""Looking through other programs' folders, within bounds of time and entries; and what is found there, as values."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from desktop_llm.models.library.model_files import ENDING
from desktop_llm.models.library.records import Source

_MOST_DEPTH: Final = 8
_MOST_TEXT_BYTES: Final = 1024 * 1024


class App(StrEnum):
    """A program that keeps models, by the name it has for people."""

    LM_STUDIO = "LM Studio"
    OLLAMA = "Ollama"
    JAN = "Jan"
    GPT4ALL = "GPT4All"
    HUGGING_FACE = "Hugging Face"


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model of another program: its file or all parts that are there, first part first.

    `sha256`: as the program's own names claim it, of each file; None where they do not.
    """

    app: App
    name: str
    files: tuple[Path, ...]
    size_bytes: int
    sha256: tuple[str | None, ...]
    helpers: tuple[Path, ...] = ()
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where to look from: this user's home, the environment's variables, the system's name and its root."""

    home: Path
    environ: Mapping[str, str]
    platform: str
    root: Path = Path("/")

    def variable(self, name: str) -> Path | None:
        """A folder that a variable names; None where it names none."""
        value = self.environ.get(name, "").strip()
        if not value:
            return None
        return self.home / value[2:] if value.startswith("~/") else Path(value)

    def data(self, name: str) -> Path:
        """Where a program of this name keeps its data."""
        match self.platform:
            case "win32":
                return (self.variable("LOCALAPPDATA") or self.home / "AppData" / "Local") / name
            case "darwin":
                return self.home / "Library" / "Application Support" / name
            case _:
                return (self.variable("XDG_DATA_HOME") or self.home / ".local" / "share") / name

    def settings(self, name: str) -> Path:
        """Where a program of this name keeps its settings."""
        match self.platform:
            case "win32":
                return (self.variable("APPDATA") or self.home / "AppData" / "Roaming") / name
            case "darwin":
                return self.home / "Library" / "Application Support" / name
            case _:
                return (self.variable("XDG_CONFIG_HOME") or self.home / ".config") / name


class OverBudgetError(Exception):
    """So much was looked at, or for so long, that looking stops."""


@dataclass(slots=True)
class Walker:
    """Looks at folders; what cannot be read is noted in `unreadable`. One thread."""

    most_entries: int = 50_000
    most_s: float = 10.0
    clock: Callable[[], float] = time.monotonic
    unreadable: list[Path] = field(default_factory=list)
    _began: float | None = None

    def entries(self, folder: Path) -> list[Path]:
        """What is in a folder, by name; nothing where there is none. Raises OverBudgetError."""
        found: list[Path] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._count()
                    found.append(Path(entry.path))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError:
            self.unreadable.append(folder)
        return sorted(found)

    def files(self, folder: Path, ending: str = "", depth: int = _MOST_DEPTH) -> Iterator[Path]:
        """All files below a folder; linked folders are not followed. Raises OverBudgetError."""
        for path in self.entries(folder):
            if _is_folder(path):
                if depth > 0:
                    yield from self.files(path, ending, depth - 1)
            elif path.name.lower().endswith(ending) and size_of(path) is not None:
                yield path

    def models(self, folder: Path) -> Iterator[Path]:
        """All GGUF files below a folder."""
        return self.files(folder, ENDING)

    def text(self, path: Path) -> str:
        """A small text file; "" where there is none that can be read."""
        self._count()
        try:
            if not path.is_file() or path.stat().st_size > _MOST_TEXT_BYTES:
                return ""
            return path.read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""

    def _count(self) -> None:
        if self._began is None:
            self._began = self.clock()
        self.most_entries -= 1
        if self.most_entries < 0 or self.clock() - self._began > self.most_s:
            raise OverBudgetError


def size_of(path: Path) -> int | None:
    """The length of a file; None where there is none, or a link leads nowhere."""
    try:
        return path.stat().st_size if path.is_file() else None
    except (OSError, ValueError):
        return None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir() and not path.is_symlink()
    except OSError:
        return False
