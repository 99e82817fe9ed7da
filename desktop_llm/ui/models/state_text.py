"""What is known of a model's files, in words: whether they are as they were recorded, and what looking again found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.library.records import FileState, state_of
from desktop_llm.models.library.removing import Removal
from desktop_llm.models.library.update_check import Freshness, Update
from desktop_llm.models.library.verifying import Finding, Verification
from desktop_llm.ui.widgets.error_text import CONTEXT
from desktop_llm.ui.widgets.hub_text import short
from desktop_llm.ui.widgets.number_text import size, whole
from desktop_llm.ui.widgets.parts import breakable

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with its icon and the icon's colour, a field of Theme."""

    words: str
    icon: str = "info"
    colour: str = "text_muted"


def state_said(entry: ModelEntry) -> Said | None:
    """What is to be minded of a model's files; None where they are as they should be. Looks at the disk."""
    if not entry.is_whole:
        words = translate("state_text", "A part of it is missing, so it cannot be used. Fetch or import it again.")
        return Said(words, "warning", "warning")
    record = entry.record
    if record is None:
        return None
    if entry.state is FileState.MISSING:
        lost = next((file.path for file in (*record.files, *record.helpers) if not file.path.exists()), entry.path)
        words = translate("state_text", "A file that belongs to it is missing: {name}.")
        return Said(words.format(name=lost.name), "warning", "warning")
    if entry.state is FileState.CHANGED:
        words = translate(
            "state_text",
            "The file was written to since it was recorded. Before it is loaded, it is read and compared.",
        )
        return Said(words, "warning", "warning")
    if record.verdict is not None and not record.verdict.is_good:
        reason = translate(CONTEXT, record.verdict.reason)
        words = translate("state_text", "It failed its trial: {reason} It is tried again when it is loaded.")
        return Said(words.format(reason=reason), "warning", "warning")
    return None


def proof_words(entry: ModelEntry) -> str:
    """When it was verified, where it comes from, its licence; "" where nothing is recorded."""
    record = entry.record
    if record is None:
        return ""
    parts = []
    if entry.state is FileState.READY:
        parts.append(
            translate("state_text", "verified on {day}").format(day=day_words(record.verified_at))
            if record.verified_at is not None and record.sha256
            else translate("state_text", "not verified yet")
        )
    if record.source is not None:
        parts.append(translate("state_text", "from {repo}").format(repo=short(record.source.repo)))
    if entry.licence:
        parts.append(translate("state_text", "licence {name}").format(name=short(entry.licence)))
    if record.params:
        parts.append(translate("state_text", "loaded in a way of its own"))
    words = " · ".join(parts)
    return words[:1].upper() + words[1:]


def verified_said(found: Verification, size_bytes: int) -> Said:
    """What verifying found."""
    bad = next((file for file in found.files if file.finding not in (Finding.GOOD, Finding.NEW)), None)
    if bad is None:
        is_new = any(file.finding is Finding.NEW for file in found.files)
        words = (
            translate("state_text", "All {size} were read for the first time. A later change to them will be noticed.")
            if is_new
            else translate("state_text", "Verified: all {size} were read, and they are what was recorded.")
        )
        return Said(words.format(size=size(size_bytes)), "check", "success")
    words = {
        Finding.WRONG: translate(
            "state_text", "{name} has other content than was recorded, so it is not loaded. {advice}"
        ),
        Finding.MISSING: translate("state_text", "{name} is missing. {advice}"),
    }.get(bad.finding, translate("state_text", "{name} could not be read: the disk or its rights are at fault."))
    advice = translate("state_text", "Fetch or import it again, or remove it.")
    return Said(words.format(name=bad.path.name, advice=advice), "error", "danger")


def update_said(update: Update, name: str, *, takes_place: bool) -> Said:
    """What looking for a newer version found. `takes_place`: fetched, it would lie where the model lies."""
    repo = short(update.repo)
    match update.freshness:
        case Freshness.CURRENT:
            words = translate("state_text", "This is the newest version: {repo} offers the same file.")
            return Said(words.format(repo=repo), "check", "success")
        case Freshness.NEWER:
            words = translate("state_text", "{repo} offers a newer version, {size}. It takes the place of this one.")
            if not takes_place:
                words = translate(
                    "state_text",
                    "{repo} offers a newer version, {size}. It is fetched into the models folder, and this one stays.",
                )
            return Said(words.format(repo=repo, size=size(update.size_bytes or 0)), "download", "accent")
        case Freshness.UNKNOWN:
            words = translate(
                "state_text", "{repo} has changed since. Whether this file has, is known once it was verified."
            )
            return Said(words.format(repo=repo))
        case _:
            words = translate("state_text", "{repo} does not offer {name} any more. The file here can still be used.")
            return Said(words.format(repo=repo, name=name))


def removal_words(removal: Removal) -> str:
    """What removing a model deletes, frees and leaves, in sentences."""
    sentences = []
    if removal.deletes:
        words = translate("state_text", "Its files are deleted from the disk ({n}, {size} in all).")
        if len(removal.files) == 1:
            words = translate("state_text", "Its file is deleted from the disk ({size}).")
        sentences.append(words.format(n=whole(len(removal.files)), size=size(removal.size_bytes)))
        if removal.freed_bytes >= removal.size_bytes:
            words = translate("state_text", "That frees {size}. It cannot be undone.")
            sentences.append(words.format(size=size(removal.freed_bytes)))
        else:
            words = translate(
                "state_text",
                "That frees {size}: the rest has a second name elsewhere (hard link) and stays there.",
            )
            sentences.append(words.format(size=size(removal.freed_bytes)))
    else:
        sentences.append(translate("state_text", "Nothing is deleted, and nothing is freed."))
    if removal.kept:
        words = translate("state_text", "What is not the app's own stays where it is: {paths}")
        sentences.append(words.format(paths=_paths(removal.kept)))
    if removal.shared:
        words = translate("state_text", "What another model uses too stays: {paths}")
        sentences.append(words.format(paths=_paths(removal.shared)))
    return " ".join(sentences)


def day_words(at: float | None) -> str:
    """A day, from seconds since 1970."""
    moment = QDateTime.fromSecsSinceEpoch(int(at or 0))
    return QLocale().toString(moment.date(), translate("hub_text", "d MMMM yyyy"))


def is_read(entry: ModelEntry) -> bool:
    """Whether every file of it is there, so that it can be verified. Looks at the disk."""
    record = entry.record
    if entry.is_builtin or not entry.is_whole:
        return False
    files = () if record is None else (*record.files, *record.helpers)
    return all(state_of(file) is not FileState.MISSING for file in files)


def _paths(paths: tuple[Path, ...]) -> str:
    return breakable(", ".join(str(path) for path in paths[:3])) + (" …" if len(paths) > 3 else "")
