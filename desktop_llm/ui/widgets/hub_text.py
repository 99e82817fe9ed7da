"""The hub in words: what a repository is, how old and how much used, and what one of its files is."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from desktop_llm.models.hub.files import HubHit, HubRepo, HubWeights
from desktop_llm.ui.widgets.number_text import THIN_SPACE, real, size, whole

translate = QCoreApplication.translate

_DAY_S = 86_400
_SHORT_COMMIT = 8
_MOST_SHOWN = 60


def hit_name(hit: HubHit) -> str:
    """A repository's name without its publisher, and without the format's name that all of them carry."""
    name = hit.id.rpartition("/")[2]
    for ending in ("-GGUF", "-gguf", "_GGUF", ".GGUF"):
        name = name.removesuffix(ending)
    return name.replace("-", " ").replace("_", " ").strip() or hit.id


def hit_line(hit: HubHit) -> str:
    """What the hub tells of the model: parameters, architecture, context, licence."""
    parts = []
    if hit.n_params:
        parts.append(params_words(hit.n_params))
    if hit.architecture:
        parts.append(short(hit.architecture))
    if hit.n_ctx_train:
        parts.append(translate("hub_text", "{n} tokens of context").format(n=whole(hit.n_ctx_train)))
    parts.append(licence_words(hit))
    return " · ".join(parts)


def use_line(hit: HubHit, now: datetime | None = None) -> str:
    """How much it is used, and how old its newest state is."""
    parts = []
    if hit.downloads is not None:
        parts.append(translate("hub_text", "{n} downloads in a month").format(n=counted(hit.downloads)))
    if hit.updated_at is not None:
        parts.append(translate("hub_text", "changed {age}").format(age=age_words(hit.updated_at, now)))
    return " · ".join(parts)


def licence_words(hit: HubHit) -> str:
    """Its licence, as the publisher names it."""
    if not hit.licence:
        return translate("hub_text", "licence not named")
    return translate("hub_text", "licence {name}").format(name=short(hit.licence))


def params_words(n_params: int) -> str:
    """How many parameters a model has; the field's own letters, as its name has them too."""
    for step, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
        if n_params >= step * 0.9995:
            value = n_params / step
            words = real(value, 1) if value < 9.95 and round(value * 10) % 10 else whole(round(value))
            return translate("hub_text", "{n} parameters").format(n=f"{words}{THIN_SPACE}{letter}")
    return translate("hub_text", "{n} parameters").format(n=whole(n_params))


def counted(number: int) -> str:
    """A large count, rounded as people say it."""
    if number < 10_000:
        return whole(number)
    if number < 999_500:
        return translate("hub_text", "{n} thousand").format(n=whole(round(number / 1000)))
    return translate("hub_text", "{n} million").format(n=real(number / 1e6, 1))


def age_words(at: datetime, now: datetime | None = None) -> str:
    """How long ago something was, roughly."""
    moment = now or datetime.now(UTC)
    days = int(max(0.0, (moment - (at if at.tzinfo else at.replace(tzinfo=UTC))).total_seconds()) // _DAY_S)
    if days < 1:
        return translate("hub_text", "today")
    if days < 2:
        return translate("hub_text", "yesterday")
    if days < 60:
        return translate("hub_text", "{n} days ago").format(n=whole(days))
    if days < 730:
        return translate("hub_text", "{n} months ago").format(n=whole(days // 30))
    return translate("hub_text", "{n} years ago").format(n=whole(days // 365))


def repo_rows(repo: HubRepo) -> tuple[tuple[str, str], ...]:
    """What is to be known of a repository before something is fetched from it: (what, its value)."""
    hit = repo.hit
    licence = short(hit.licence) if hit.licence else translate("hub_text", "not named by the publisher")
    if repo.licence_file is not None:
        text = translate("hub_text", "{licence} (its text is in the file {file})")
        licence = text.format(licence=licence, file=short(repo.licence_file.path))
    rows = [
        (translate("hub_text", "Publisher"), short(hit.publisher) or "–"),
        (translate("hub_text", "Model"), hit_line(hit).rpartition(" · ")[0] or "–"),
        (translate("hub_text", "Licence"), licence),
        (translate("hub_text", "Version"), _version(repo)),
    ]
    if use := use_line(hit):
        rows.append((translate("hub_text", "Use"), use))
    return tuple(rows)


def weights_line(weights: HubWeights) -> str:
    """One model of a repository: its file, its parts."""
    parts = [short(weights.name), size(weights.size_bytes)]
    if len(weights.files) > 1:
        parts.append(translate("hub_text", "{n} files").format(n=whole(len(weights.files))))
    return " · ".join(parts)


def short(text: str) -> str:
    """A word that others wrote, on one line and not without end."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= _MOST_SHOWN else plain[: _MOST_SHOWN - 1] + "…"


def _version(repo: HubRepo) -> str:
    commit = translate("hub_text", "commit {commit}").format(commit=repo.commit[:_SHORT_COMMIT])
    if repo.hit.updated_at is None:
        return commit
    at = repo.hit.updated_at
    day = QLocale().toString(QDate(at.year, at.month, at.day), translate("hub_text", "d MMMM yyyy"))
    return translate("hub_text", "{commit} of {day}").format(commit=commit, day=day)
