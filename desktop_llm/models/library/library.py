"""ModelLibrary: the models found on this computer, with what is recorded of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import ModelNotFoundError
from desktop_llm.models.library.model_files import ENDING, base_name, find_model_files, parts_of, stem_of
from desktop_llm.models.library.records import FileState, Record, Records, Source, absolute

#: The built-in models' names, here and on the command line: one to chat with, one that makes embeddings.
STARTER = "starter"
EMBEDDER = "embedder"
_BUILTIN = {STARTER: "SmolLM2-135M-Instruct.Q4_1.gguf", EMBEDDER: "all-MiniLM-L6-v2.F16.gguf"}


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model: a file, or all parts of a split one. `name` is what the user types or picks.

    `path` is the file that is loaded, `files` are all that are there, `size_bytes` is theirs
    together. `state` is None for a model that nothing is recorded of. `is_whole`: no part is missing.
    `is_embedder`: the built-in one that is never offered for chat; of other files only their header tells.
    """

    name: str
    path: Path
    size_bytes: int
    is_builtin: bool = False
    is_embedder: bool = False
    given_title: str = ""
    files: tuple[Path, ...] = field(default=(), compare=False)
    is_whole: bool = field(default=True, compare=False)
    record: Record | None = field(default=None, compare=False)
    state: FileState | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """What a person reads: the user's title, or else the file's name without its ending."""
        return self.given_title or stem_of(self.path)

    @property
    def sha256(self) -> tuple[str | None, ...]:
        """Of each file; None where nobody has computed it yet."""
        return tuple(file.sha256 for file in self.record.files) if self.record else ()

    @property
    def source(self) -> Source | None:
        """Where it comes from, where that is known."""
        return self.record.source if self.record else None

    @property
    def licence(self) -> str:
        """As its source named it, or ""."""
        return self.source.licence if self.source else ""

    @property
    def notes(self) -> str:
        """The user's."""
        return self.record.notes if self.record else ""

    def load_params(self, params: LoadParams) -> LoadParams:
        """Params as the user wants this model to be loaded; what is not said of it stays as given."""
        try:
            return replace(params, **dict(self.record.params)) if self.record else params  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return params  # of a newer version


@dataclass(frozen=True, slots=True)
class ModelGroup:
    """All quantizations of one model, smallest first."""

    name: str
    entries: tuple[ModelEntry, ...]


class ModelLibrary:
    """Looks into the built-in models, the user's models folder and the records each time it is asked. Any thread."""

    def __init__(self, builtin_folder: Path, models_folder: Path, records: Records | None = None) -> None:
        self._builtin_folder = builtin_folder
        self._models_folder = absolute(models_folder)
        self._records = records
        self._opened: dict[Path, None] = {}

    @property
    def folder(self) -> Path:
        """Where the user's models live."""
        return self._models_folder

    def models(self) -> tuple[ModelEntry, ...]:
        """Every model: the built-in ones first, then by name the folder's, the recorded and the opened ones."""
        records = self._recorded()
        builtin = self._builtin()
        known_files = {_real(entry.path) for entry in builtin}
        known_files |= {_real(file.path) for record in records.values() for file in record.helpers}
        own: list[ModelEntry] = []
        names = set(_BUILTIN)
        for path in (*find_model_files(self._models_folder), *records, *self._opened):
            real = _real(path)
            if real in known_files:
                continue
            entry = self._entry(path, records, names)
            if entry is not None:
                known_files |= {real, *map(_real, entry.files)}
                own.append(entry)
        ordered = sorted(own, key=lambda entry: entry.name.casefold())
        return builtin + tuple(ordered)

    def chat_models(self) -> tuple[ModelEntry, ...]:
        """The same without the built-in embedding model: what a window offers."""
        return tuple(entry for entry in self.models() if not entry.is_embedder)

    def groups(self) -> tuple[ModelGroup, ...]:
        """The same, all quantizations of one model together, by the names of their files."""
        groups: dict[str, list[ModelEntry]] = {}
        names: dict[str, str] = {}
        for entry in self.models():
            name = base_name(stem_of(entry.path))
            key = name.casefold().replace("_", "-").replace(" ", "-").replace(".", "-")
            names.setdefault(key, name)
            groups.setdefault(key, []).append(entry)
        return tuple(
            ModelGroup(names[key], tuple(sorted(entries, key=lambda entry: entry.size_bytes)))
            for key, entries in groups.items()
        )

    def missing(self) -> tuple[Record, ...]:
        """Models that are recorded and whose file is gone: deleted, or on a disk that is not there now."""
        return tuple(record for path, record in self._recorded().items() if not _asks(path, Path.is_file))

    def find(self, name: str) -> ModelEntry:
        """A model by name, title or path. Raises ModelNotFoundError."""
        known = self.models()
        exact = [entry for entry in known if name == entry.name]
        titled = exact or [entry for entry in known if name in (entry.title, stem_of(entry.path))]
        if len(titled) > 1:
            names = ", ".join(entry.name for entry in titled)
            raise ModelNotFoundError("Several models are called {name}; name one of: {names}.", name=name, names=names)
        if titled:
            return titled[0]
        if not name.strip():
            raise ModelNotFoundError("The model's name is empty; give a name or a file.")
        path = _from_home(name)
        if _asks(path, Path.is_dir):
            raise ModelNotFoundError("{path} is a folder, not a model file.", path=path)
        if _asks(path, Path.is_file):
            return self.open(path)
        if path.suffix.lower() == ENDING or len(path.parts) > 1:
            raise ModelNotFoundError("There is no file {path}.", path=path)
        names = ", ".join(entry.name for entry in known) or "none"
        raise ModelNotFoundError("There is no model named {name}; known models: {known}.", name=name, known=names)

    def open(self, path: Path) -> ModelEntry:
        """The entry of a file from anywhere; not listed yet. Raises ModelNotFoundError."""
        place = absolute(path)
        real = _real(place)
        for known in self.models():
            if real in {_real(known.path), *map(_real, known.files)}:
                return known
        entry = self._entry(_first_part(place), {}, set())
        if entry is None:
            raise ModelNotFoundError("There is no file {path}.", path=path)
        return entry

    def remember(self, entry: ModelEntry) -> None:
        """Keep a file that proved to be a model in the list for the rest of this run."""
        if entry.path not in [known.path for known in self.models()]:
            self._opened[entry.path] = None

    def forget(self, path: Path) -> None:
        """Take it from the list; its files stay."""
        self._opened.pop(path, None)
        if self._records is not None:
            self._records.remove(path)

    def _recorded(self) -> dict[Path, Record]:
        records = self._records.all() if self._records is not None else ()
        return {absolute(record.path): record for record in records}

    def _builtin(self) -> tuple[ModelEntry, ...]:
        found = []
        for name, file in _BUILTIN.items():
            path = absolute(self._builtin_folder / file)
            size_bytes = _size(path)
            if size_bytes is not None:
                entry = ModelEntry(name, path, size_bytes, is_builtin=True, is_embedder=name == EMBEDDER, files=(path,))
                found.append(entry)
        return tuple(found)

    def _entry(self, path: Path, records: dict[Path, Record], taken: set[str]) -> ModelEntry | None:
        """An entry, or None when the file is gone or unreadable."""
        wanted = parts_of(path)
        sizes = {part: _size(part) for part in wanted}
        there = tuple(part for part in wanted if sizes[part] is not None)
        if not there:
            return None
        record = records.get(there[0])
        return ModelEntry(
            name=self._name(there[0], record, taken),
            path=there[0],
            size_bytes=sum(sizes[part] or 0 for part in there),
            given_title=record.title if record else "",
            files=there,
            is_whole=len(there) == len(wanted),
            record=record,
            state=record.state if record else None,
        )

    def _name(self, path: Path, record: Record | None, taken: set[str]) -> str:
        """Unique: the file's, with its folder's where two files have the same; a hash is no name."""
        is_named = path.suffix.lower() == ENDING or record is None or not record.title
        stem = stem_of(path) if is_named or record is None else record.title
        if path.is_relative_to(self._models_folder):
            stem = path.relative_to(self._models_folder).with_name(stem).as_posix()
        numbered = (f"{stem} ({n})" for n in range(2, 10_000))
        names = chain((stem, f"{path.parent.name}/{stem}"), numbered)
        name = next((name for name in names if name.casefold() not in taken), stem)
        taken.add(name.casefold())
        return name


def _first_part(path: Path) -> Path:
    """The part that is loaded, where it is there."""
    first = parts_of(path)[0]
    return first if _asks(first, Path.is_file) else path


def _real(path: Path) -> str:
    try:
        return os.path.realpath(path)
    except OSError:
        return str(path)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
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
