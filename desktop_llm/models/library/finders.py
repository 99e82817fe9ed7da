"""Find the models that other programs keep on this computer, when the user asks for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop_llm.models.library.finders_apps import gpt4all, hugging_face, jan, lm_studio, ollama
from desktop_llm.models.library.finders_walk import App, FoundModel, OverBudgetError, Surroundings, Walker
from desktop_llm.models.library.importing import Way, Wish, projector_beside
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.library.model_files import stem_of

_Finder = Callable[[Surroundings, Walker], Iterator[FoundModel]]
_FINDERS: Final[dict[App, _Finder]] = {
    App.LM_STUDIO: lm_studio,
    App.OLLAMA: ollama,
    App.JAN: jan,
    App.GPT4ALL: gpt4all,
    App.HUGGING_FACE: hugging_face,
}


#: A projector in a model's folder is of that model, in all its quantizations.
_ONE_REPOSITORY_A_FOLDER: Final = frozenset({App.LM_STUDIO, App.HUGGING_FACE})


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found. `is_complete`: nothing was left out for want of time; `unreadable` folders were."""

    models: tuple[FoundModel, ...]
    is_complete: bool
    unreadable: tuple[Path, ...]


def surroundings() -> Surroundings:
    """This computer's, and this user's."""
    return Surroundings(Path.home(), dict(os.environ), sys.platform)


def find_models(around: Surroundings, make_walker: Callable[[], Walker] = Walker) -> Findings:
    """Look where the programs keep their models; each gets a walker, with its own bounds. Waits; no window's thread."""
    found: dict[str, FoundModel] = {}
    is_complete = True
    unreadable: list[Path] = []
    for finder in _FINDERS.values():
        walker = make_walker()
        try:
            for model in finder(around, walker):
                found.setdefault(_identity(model.files[0]), model)
        except OverBudgetError:
            is_complete = False
        unreadable += walker.unreadable
    ordered = sorted(found.values(), key=lambda model: (list(App).index(model.app), model.name.casefold()))
    return Findings(tuple(ordered), is_complete, tuple(unreadable))


def not_known(models: Iterable[FoundModel], entries: Iterable[ModelEntry]) -> tuple[FoundModel, ...]:
    """Those that the library does not list yet."""
    known = {_identity(path) for entry in entries for path in entry.files}
    return tuple(model for model in models if _identity(model.files[0]) not in known)


def wish_for(model: FoundModel, way: Way = Way.REFERENCE) -> Wish:
    """How to take it into the library: under its program's name for it where its file has none."""
    title = "" if model.name.rpartition("/")[2] == stem_of(model.files[0]) else model.name
    helpers = model.helpers
    if not helpers and model.app in _ONE_REPOSITORY_A_FOLDER:
        projector = projector_beside(model.files[0])
        helpers = () if projector is None else (projector,)
    return Wish(model.files[0], way, title, model.sha256, helpers, model.source)


def _identity(path: Path) -> str:
    try:
        return os.path.realpath(path)
    except OSError:
        return str(path)
