"""By which names models are asked for, as other programs know them: never by a path. Pure, but for the library."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop_llm.errors import ModelNotFoundError
from desktop_llm.models.hub.files import quantization_of
from desktop_llm.models.library.library import ModelEntry, ModelGroup
from desktop_llm.models.library.model_files import stem_of
from desktop_llm.models.pool.values import Offered

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class PoolNames:
    """The library's models under all their names; `aliases` are (alias, name)."""

    groups: tuple[ModelGroup, ...]
    aliases: tuple[tuple[str, str], ...] = ()

    def find(self, name: str, loaded: Collection[Path] = ()) -> ModelEntry:
        """The model of a name; of several quantizations one that is loaded, or else the largest.

        Upper and lower case count only where they decide between two. Raises ModelNotFoundError.
        """
        return self.choices(name, loaded)[0]

    def choices(self, name: str, loaded: Collection[Path] = ()) -> tuple[ModelEntry, ...]:
        """The model of a name; where it means several quantizations, each may stand for it, the best choice first.

        One that is loaded is the only one. Raises ModelNotFoundError.
        """
        wanted = dict(self.aliases).get(name, name)
        for names in (_own, _with_quantization, _titles):
            found = self._matching(wanted, names)
            if len(found) > 1:
                listed = ", ".join(entry.name for entry in found)
                raise ModelNotFoundError(
                    "Several models are called {name}; name one of: {names}.", name=wanted, names=listed
                )
            if found:
                return (found[0],)
        for group in self.groups:
            whole = [entry for entry in group.entries if entry.is_whole]
            if whole and group.name.casefold() == wanted.casefold():
                there = tuple(entry for entry in whole if entry.path in loaded)
                return there[:1] or tuple(reversed(whole))
        raise self._not_found(name)

    def offered(self, is_loaded: Callable[[Path], bool], is_embedder: Callable[[Path], bool]) -> tuple[Offered, ...]:
        """Every model that is whole, with all its names."""
        found = []
        for group in self.groups:
            for entry in group.entries:
                if entry.is_whole and (created := _created(entry.path)) is not None:
                    also = tuple(self._further_names(group, entry))
                    path = entry.path
                    found.append(Offered(entry.name, entry, created, is_loaded(path), is_embedder(path), also))
        # Some programs take the first of the list to chat with.
        order = sorted(found, key=lambda each: (each.is_embedder, not each.entry.is_builtin, each.name.casefold()))
        return tuple(order)

    def _further_names(self, group: ModelGroup, entry: ModelEntry) -> Iterator[str]:
        yield from _with_quantization(group, entry)
        if len(group.entries) == 1 and group.name != entry.name:
            yield group.name
        for alias, name in self.aliases:
            try:
                if self.find(name) == entry:
                    yield alias
            except ModelNotFoundError:
                continue

    def _matching(self, wanted: str, names: Callable[[ModelGroup, ModelEntry], Iterator[str]]) -> list[ModelEntry]:
        entries = [(group, entry) for group in self.groups for entry in group.entries if entry.is_whole]
        exact = [entry for group, entry in entries if wanted in names(group, entry)]
        folded = wanted.casefold()
        return exact or [e for group, e in entries if folded in (name.casefold() for name in names(group, e))]

    def _not_found(self, name: str) -> ModelNotFoundError:
        known = [entry.name for group in self.groups for entry in group.entries if entry.is_whole]
        more = ", …" if len(known) > _MOST_NAMED else ""
        return ModelNotFoundError(
            "There is no model named {name}; known models: {known}.",
            name=name[:200],
            known=(", ".join(known[:_MOST_NAMED]) + more) or "none",
        )


def _own(group: ModelGroup, entry: ModelEntry) -> Iterator[str]:
    yield entry.name


def _with_quantization(group: ModelGroup, entry: ModelEntry) -> Iterator[str]:
    quantization = quantization_of(stem_of(entry.path))
    if quantization:
        yield f"{group.name}@{quantization}"


def _titles(group: ModelGroup, entry: ModelEntry) -> Iterator[str]:
    yield entry.title
    yield stem_of(entry.path)


def _created(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None
