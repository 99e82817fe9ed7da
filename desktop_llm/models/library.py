"""ModelLibrary: the models found on this computer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop_llm.errors import ModelNotFoundError

#: The built-in model's name, here and on the command line.
STARTER = "starter"
_STARTER_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model file. `name` is what the user types or picks."""

    name: str
    path: Path
    size_bytes: int
    is_builtin: bool = False

    @property
    def title(self) -> str:
        """What a person reads: the file's name without its ending."""
        return self.path.stem


class ModelLibrary:
    """Looks into the built-in models and the user's models folder each time it is asked."""

    def __init__(self, builtin_folder: Path, models_folder: Path) -> None:
        self._builtin_folder = builtin_folder
        self._models_folder = models_folder
        self._opened: dict[Path, None] = {}

    @property
    def folder(self) -> Path:
        """Where the user's models live."""
        return self._models_folder

    def models(self) -> tuple[ModelEntry, ...]:
        """Every model: the built-in one first, then the folder's and the opened ones by name."""
        builtin = _entry(self._builtin_folder / _STARTER_FILE, STARTER, is_builtin=True)
        found = [_entry(path, self._name(path)) for path in (*self._in_folder(), *self._opened)]
        own = sorted((entry for entry in found if entry is not None), key=lambda entry: entry.name.casefold())
        return ((builtin,) if builtin is not None else ()) + tuple(own)

    def find(self, name: str) -> ModelEntry:
        """A model by name, or by path. Raises ModelNotFoundError."""
        for entry in self.models():
            if name in (entry.name, entry.title):
                return entry
        if not name.strip():
            raise ModelNotFoundError("The model's name is empty; give a name or a file.")
        path = _from_home(name)
        if _asks(path, Path.is_dir):
            raise ModelNotFoundError("{path} is a folder, not a model file.", path=path)
        if _asks(path, Path.is_file):
            return self.open(path)
        if path.suffix.lower() == ".gguf" or len(path.parts) > 1:
            raise ModelNotFoundError("There is no file {path}.", path=path)
        known = ", ".join(entry.name for entry in self.models()) or "none"
        raise ModelNotFoundError("There is no model named {name}; known models: {known}.", name=name, known=known)

    def open(self, path: Path) -> ModelEntry:
        """List a file from anywhere for the rest of this run. Raises ModelNotFoundError."""
        resolved = path.resolve()
        for known in self.models():
            if known.path == resolved:
                return known
        entry = _entry(resolved, resolved.stem)
        if entry is None:
            raise ModelNotFoundError("There is no file {path}.", path=path)
        return entry

    def remember(self, entry: ModelEntry) -> None:
        """Keep a file that proved to be a model in the list for the rest of this run."""
        if entry.path not in [known.path for known in self.models()]:
            self._opened[entry.path] = None

    def _in_folder(self) -> list[Path]:
        try:
            return [path for path in self._models_folder.rglob("*.gguf") if path.is_file()]
        except OSError:
            return []

    def _name(self, path: Path) -> str:
        if path.is_relative_to(self._models_folder):
            return path.relative_to(self._models_folder).with_suffix("").as_posix()
        return path.stem


def _entry(path: Path, name: str, *, is_builtin: bool = False) -> ModelEntry | None:
    """An entry, or None when the file is gone or unreadable."""
    try:
        return ModelEntry(name, path.resolve(), path.stat().st_size, is_builtin)
    except OSError:
        return None


def _from_home(name: str) -> Path:
    """A typed path; `~` stands for the home folder, and stays as it is where there is none."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def _asks(path: Path, question: Callable[[Path], bool]) -> bool:
    """Ask the system about a path; no is the answer also for one that it cannot even look up."""
    try:
        return question(path)
    except OSError:
        return False
