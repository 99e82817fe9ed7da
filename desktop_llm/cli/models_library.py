"""`desktop-llm models list|verify|remove|rename|note|defaults|update-check`: the models on this computer."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from desktop_llm.cli.byte_progress import ByteProgress
from desktop_llm.cli.load_options import load_wish
from desktop_llm.cli.sizes import in_words
from desktop_llm.cli.terminal import Terminal
from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import LibraryError, UsageError
from desktop_llm.models.library.keeping import record_of
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.library.model_files import stem_of
from desktop_llm.models.library.records import FileState, Record
from desktop_llm.models.library.removing import plan_removal
from desktop_llm.models.library.removing import remove as remove_model
from desktop_llm.models.library.update_check import Freshness, check_update
from desktop_llm.models.library.verifying import Finding, Verification
from desktop_llm.models.library.verifying import verify as verify_model
from desktop_llm.services import Services

_FINDINGS = {
    Finding.GOOD: "good",
    Finding.NEW: "read for the first time; its content is known from now on",
    Finding.WRONG: "WRONG: its content is not what was recorded; it will not be loaded",
    Finding.MISSING: "MISSING: the file is gone",
    Finding.UNREADABLE: "UNREADABLE: the file could not be read",
}


def run(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Do what `arguments.models_verb` says; returns the exit status. Raises AppError."""
    verbs = {
        "list": list_models,
        "verify": verify,
        "remove": remove,
        "rename": rename,
        "note": note,
        "defaults": defaults,
        "update-check": update_check,
    }
    return verbs[arguments.models_verb](services, arguments, terminal)


def list_models(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print all models, quantizations of one model together."""
    if arguments.json:
        missing = [_record_report(record) for record in services.library.missing()]
        said = [entry_report(entry) for entry in services.library.models()]
        terminal.write(json.dumps(said + missing, ensure_ascii=False) + "\n")
    else:
        terminal.write("".join(f"{line}\n" for line in _list_lines(services)))
    return 0


def verify(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Read models and compare them; exit status 1 when one is wrong or missing. Raises ModelNotFoundError."""
    records = [_recorded(services, name) for name in arguments.names] or list(services.records.all())
    results: list[tuple[Record, Verification]] = []
    for record in records:
        size_bytes = sum(file.size_bytes for file in (*record.files, *record.helpers))
        progress = ByteProgress(terminal, f"Reading {_name(record)}", size_bytes)
        results.append((record, verify_model(services.records, record, progress)))
        terminal.clear_status()
        if not arguments.json:
            terminal.write("".join(f"{line}\n" for line in _verify_lines(*results[-1])))
    if arguments.json:
        said = [_verification_report(record, result) for record, result in results]
        terminal.write(json.dumps(said, ensure_ascii=False) + "\n")
    elif not results:
        terminal.write("No model is recorded yet. Name one to read it for the first time.\n")
    return 0 if all(result.is_good for _, result in results) else 1


def remove(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Take a model out. Raises UsageError where files would be deleted and nobody said yes."""
    lost = _missing(services, arguments.name)
    if lost is not None:
        services.library.forget(lost.path)
        _say(arguments, terminal, f"{_name(lost)} is forgotten; its file was gone.", deleted=[])
        return 0
    entry = services.library.find(arguments.name)
    plan = plan_removal(services.library, services.records, entry, with_files=arguments.delete_files or None)
    if entry.record is None and not plan.deletes:
        raise LibraryError("{name} is not in the library, so there is nothing to remove.", name=entry.name)
    if plan.deletes and not arguments.yes:
        raise UsageError(
            "This deletes {n} file(s) of {name}, {size}. Add --yes to do it.",
            n=len(plan.files),
            name=entry.name,
            size=in_words(plan.size_bytes),
        )
    remove_model(services.library, plan)
    what = f"deleted, {in_words(plan.size_bytes)}" if plan.deletes else "forgotten; its files stay where they are"
    _say(arguments, terminal, f"{entry.name} is {what}.", deleted=[str(path) for path in plan.files])
    return 0


def rename(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Give a model a title."""
    return _change(services, arguments, terminal, title=" ".join(str(arguments.title).split()))


def note(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Keep a note."""
    return _change(services, arguments, terminal, notes=str(arguments.text).strip())


def defaults(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Keep how a model is loaded."""
    wish = load_wish(LoadParams(), arguments)
    said = {
        "n_ctx": arguments.context,
        "n_seq_max": arguments.parallel,
        "n_gpu_layers": arguments.gpu_layers,
        "cache_type_k": arguments.kv_type,
        "cache_type_v": arguments.kv_type,
    }
    given = {name: getattr(wish, name) for name, value in said.items() if value is not None}
    if not given and not arguments.clear:
        raise UsageError("Say how to load it, with --context, --parallel, --kv-type or --gpu-layers; or --clear.")
    record = _recorded(services, arguments.name)
    kept = {} if arguments.clear else dict(record.params)
    params = tuple(sorted({**kept, **{name: _plain(value) for name, value in given.items()}}.items()))
    return _change(services, arguments, terminal, params=params)


def update_check(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Ask the hub about one model; exit status 0 whatever it says. Raises LibraryError or NetworkError."""
    entry = services.library.find(arguments.name)
    terminal.status(f"Asking {services.gate.rules.hub_host} …")
    update = check_update(services.hub, entry.record, entry.name)
    terminal.clear_status()
    if arguments.json:
        said = {"name": entry.name, "state": update.freshness.value, "repo": update.repo, "commit": update.commit}
        terminal.write(json.dumps(said | {"size_bytes": update.size_bytes}, ensure_ascii=False) + "\n")
        return 0
    words = {
        Freshness.CURRENT: f"{entry.name} is what {update.repo} holds now.",
        Freshness.NEWER: f"{update.repo} has another version of {entry.name}: commit {update.commit[:12]}, "
        f"{in_words(update.size_bytes or 0)}. Fetch it with: desktop-llm models pull {update.repo}",
        Freshness.UNKNOWN: f"{update.repo} has changed. Run: desktop-llm models verify {entry.name}; then ask again.",
        Freshness.GONE: f"{update.repo} does not offer {entry.name} any more.",
    }
    terminal.write(words[update.freshness] + "\n")
    return 0


def entry_report(entry: ModelEntry) -> dict[str, Any]:
    """An object of --json; its names are an interface that scripts rely on."""
    record = entry.record
    return {
        "name": entry.name,
        "title": entry.title,
        "builtin": entry.is_builtin,
        "state": entry.state.value if entry.state else "not recorded",
        "whole": entry.is_whole,
        "size_bytes": entry.size_bytes,
        "files": [str(path) for path in entry.files],
        "sha256": list(entry.sha256),
        **_about(record),
    }


def _about(record: Record | None) -> dict[str, Any]:
    source = record.source if record else None
    verdict = record.verdict if record else None
    return {
        "helpers": [str(file.path) for file in record.helpers] if record else [],
        "verified_at": record.verified_at if record else None,
        "source": {"repo": source.repo, "commit": source.commit, "path": source.path} if source else None,
        "licence": source.licence if source else "",
        "trial": {"good": verdict.is_good, "version": verdict.version, "reason": verdict.reason} if verdict else None,
        "notes": record.notes if record else "",
        "load_params": dict(record.params) if record else {},
    }


def _record_report(record: Record) -> dict[str, Any]:
    """Of a model whose file is gone."""
    return {
        "name": _name(record),
        "title": _name(record),
        "builtin": False,
        "state": FileState.MISSING.value,
        "whole": False,
        "size_bytes": record.size_bytes,
        "files": [str(file.path) for file in record.files],
        "sha256": [file.sha256 for file in record.files],
        **_about(record),
    }


def _list_lines(services: Services) -> Iterator[str]:
    for group in services.library.groups():
        several = len(group.entries) > 1
        if several:
            yield f"{group.name} ({len(group.entries)} versions)"
        for entry in group.entries:
            yield f"{'  ' if several else ''}{entry.name}  {in_words(entry.size_bytes)}{_remarks(entry)}"
            if entry.notes:
                yield f"{'  ' if several else ''}  {' '.join(entry.notes.split())}"
    for record in services.library.missing():
        yield f"{_name(record)}  {in_words(record.size_bytes)}, file is missing: {record.path}"


def _remarks(entry: ModelEntry) -> str:
    record = entry.record
    remarks = [
        entry.title if entry.given_title and entry.given_title != entry.name else "",
        "built-in, for embeddings" if entry.is_embedder else "built-in, for trying" if entry.is_builtin else "",
        f"{len(entry.files)} parts" if len(entry.files) > 1 else "",
        "" if entry.is_whole else "a part is missing",
        "CHANGED since it was recorded" if entry.state is FileState.CHANGED else "",
        "a file that belongs to it is missing" if entry.state is FileState.MISSING else "",
        f"verified {_day(record.verified_at)}" if record and record.verified_at else "",
        f"failed its trial: {record.verdict.reason}"
        if record and record.verdict and not record.verdict.is_good
        else "",
        entry.source.repo if entry.source else "",
        entry.licence,
    ]
    return "".join(f", {remark}" for remark in remarks if remark)


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def _verify_lines(record: Record, result: Verification) -> Iterator[str]:
    if len(result.files) == 1:
        yield f"{_name(record)}: {_FINDINGS[result.files[0].finding]}"
        return
    yield f"{_name(record)}:"
    for file in result.files:
        yield f"  {file.path.name}: {_FINDINGS[file.finding]}"


def _verification_report(record: Record, result: Verification) -> dict[str, Any]:
    files = [{"path": str(file.path), "finding": file.finding.value, "sha256": file.sha256} for file in result.files]
    return {"name": _name(record), "good": result.is_good, "files": files}


def _change(services: Services, arguments: Namespace, terminal: Terminal, **changes: Any) -> int:
    record = replace(_recorded(services, arguments.name), **changes)
    services.records.put(record)
    entry = services.library.find(str(record.path))
    if arguments.json:
        terminal.write(json.dumps(entry_report(entry), ensure_ascii=False) + "\n")
    return 0


def _recorded(services: Services, name: str) -> Record:
    """The record of a model; one is made for a file that has none. Raises ModelError."""
    lost = _missing(services, name)
    if lost is not None:
        return lost
    return record_of(services.records, services.library.find(name))


def _missing(services: Services, name: str) -> Record | None:
    """A recorded model whose file is gone, by title, name or path."""
    names = ((record, (record.title, stem_of(record.path), str(record.path))) for record in services.library.missing())
    return next((record for record, known in names if name and name in known), None)


def _name(record: Record) -> str:
    return record.title or stem_of(record.path)


def _plain(value: object) -> int | str:
    return value if isinstance(value, int) else str(value)


def _say(arguments: Namespace, terminal: Terminal, sentence: str, *, deleted: list[str]) -> None:
    terminal.write((json.dumps({"removed": True, "deleted": deleted}) if arguments.json else sentence) + "\n")
