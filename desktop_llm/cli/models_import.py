"""`desktop-llm models import` and `find`: take models of this computer into the library."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from desktop_llm.cli.byte_progress import ByteProgress
from desktop_llm.cli.sizes import in_words
from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import AppError, LibraryError, ModelNotFoundError, UsageError
from desktop_llm.models.library.finders import Findings, find_models, not_known, surroundings, wish_for
from desktop_llm.models.library.finders_walk import FoundModel
from desktop_llm.models.library.importing import Importer, Way, Wish, models_in, projector_beside
from desktop_llm.models.library.model_files import parts_of, stem_of
from desktop_llm.models.library.records import Record
from desktop_llm.services import Services


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of one import, as the object of --json."""

    path: Path
    status: str
    name: str = ""
    like: str | None = None
    problem: str | None = None

    def report(self) -> dict[str, Any]:
        """Its names are an interface that scripts rely on."""
        return {
            "path": str(self.path),
            "status": self.status,
            "name": self.name,
            "like": self.like,
            "problem": self.problem,
        }


def import_models(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Take files and folders; exit status 1 when one could not be taken. Raises UsageError or ModelNotFoundError."""
    paths = [path for given in arguments.paths for path in _models(given)]
    if arguments.title and len(paths) != 1:
        raise UsageError("--title is for one model; {n} were named.", n=len(paths))
    way = Way(arguments.way)
    wishes = [Wish(path, way, arguments.title, helpers=_helpers(path)) for path in paths]
    return _take_all(services, wishes, arguments, terminal)


def find(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print what other programs have, or take it; exit status 1 when that is nothing, or something failed."""
    terminal.status("Looking for the models of other programs …")
    findings = find_models(surroundings())
    terminal.clear_status()
    new = set(not_known(findings.models, services.library.models()))
    wanted = arguments.text.casefold()
    models = [model for model in findings.models if wanted in f"{model.app} {model.name}".casefold()]
    if arguments.take:
        wishes = [wish_for(model, Way(arguments.way)) for model in models if model in new]
        return _take_all(services, wishes, arguments, terminal)
    if arguments.json:
        said = {
            "models": [_found_report(model, is_known=model not in new) for model in models],
            "complete": findings.is_complete,
            "unreadable": [str(path) for path in findings.unreadable],
        }
        terminal.write(json.dumps(said, ensure_ascii=False) + "\n")
    else:
        for model in models:
            known = "" if model in new else ", in the library already"
            terminal.write(f"{model.app}: {model.name}  {in_words(model.size_bytes)}{known}\n")
        _say_what_is_not_known(findings, models, terminal)
    return 0 if models else 1


def _say_what_is_not_known(findings: Findings, models: list[FoundModel], terminal: Terminal) -> None:
    if not models:
        terminal.write("No models of other programs were found.\n")
    if not findings.is_complete:
        terminal.note("The search was ended after some time; there may be more.")
    for path in findings.unreadable:
        terminal.note(f"{path} must not be read by this user.")


def _found_report(model: FoundModel, *, is_known: bool) -> dict[str, Any]:
    return {
        "app": model.app.value,
        "name": model.name,
        "size_bytes": model.size_bytes,
        "files": [str(path) for path in model.files],
        "helpers": [str(path) for path in model.helpers],
        "in_library": is_known,
    }


def _models(path: Path) -> tuple[Path, ...]:
    path = path.expanduser()
    if path.is_dir():
        found = models_in(path)
        if not found:
            raise ModelNotFoundError("There is no GGUF model in the folder {path}.", path=path)
        return found
    return (path,)


def _helpers(path: Path) -> tuple[Path, ...]:
    """The projector beside a model that has a folder for itself."""
    projector = projector_beside(path)
    alone = len({parts_of(each)[0] for each in models_in(path.parent)}) == 1 if projector else False
    return (projector,) if projector is not None and alone else ()


def _take_all(services: Services, wishes: Iterable[Wish], arguments: Namespace, terminal: Terminal) -> int:
    importer = Importer(services.records, services.library.folder)
    outcomes = []
    for wish in wishes:
        outcomes.append(_take(importer, wish, terminal))
        if not arguments.json:
            _say(outcomes[-1], terminal)
    if arguments.json:
        terminal.write(json.dumps([outcome.report() for outcome in outcomes], ensure_ascii=False) + "\n")
    elif not outcomes:
        terminal.write("There is nothing new to import.\n")
    return 1 if any(outcome.status == "failed" for outcome in outcomes) else 0


def _take(importer: Importer, wish: Wish, terminal: Terminal) -> _Outcome:
    name = wish.title or stem_of(wish.path)
    terminal.status(f"Importing {name} …")
    try:
        watch = ByteProgress(terminal, f"Importing {name}", _size(wish)).watch
        imported = importer.take(replace(wish, path=wish.path.expanduser()), watch)
    except AppError as error:
        return _Outcome(wish.path, "failed", name, problem=str(error))
    except OSError as error:
        problem = LibraryError("{path} could not be recorded: {reason}.", path=wish.path, reason=error.strerror)
        return _Outcome(wish.path, "failed", name, problem=str(problem))
    finally:
        terminal.clear_status()
    if imported.known_as is not None:
        return _Outcome(wish.path, "known", _name(imported.known_as))
    like = _name(imported.like) if imported.like is not None else None
    return _Outcome(imported.record.path, "imported", _name(imported.record), like)


def _say(outcome: _Outcome, terminal: Terminal) -> None:
    match outcome.status:
        case "failed":
            terminal.fail(outcome.problem or "")
        case "known":
            terminal.write(f"{outcome.name}: in the library already.\n")
        case _:
            like = f" It has the size of {outcome.like} and may be the same." if outcome.like else ""
            terminal.write(f"{outcome.name}: imported.{like}\n")


def _size(wish: Wish) -> int:
    return sum(path.stat().st_size for path in (*parts_of(wish.path), *wish.helpers) if path.is_file())


def _name(record: Record) -> str:
    return record.title or stem_of(record.path)
