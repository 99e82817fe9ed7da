"""Downloads in words: how much has come, how fast, how long it still takes, what it waits for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop_llm.errors import OfflineError
from desktop_llm.models.download.entry import DownloadSnapshot, DownloadState
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.number_text import percent, size, whole

translate = QCoreApplication.translate

_MINUTE_S = 60
_HOUR_S = 3600


def state_words(snapshot: DownloadSnapshot) -> str:
    """How a download stands, in one line."""
    come = translate("download_text", "{come} of {all}").format(
        come=size(snapshot.received_bytes), all=size(snapshot.size_bytes)
    )
    match snapshot.state:
        case DownloadState.RUNNING:
            return " · ".join([come, *_pace_parts(snapshot)])
        case DownloadState.VERIFYING:
            return translate("download_text", "All bytes are here; they are being proven and tried")
        case DownloadState.PAUSED:
            return translate("download_text", "{come} · paused").format(come=come)
        case DownloadState.READY:
            return translate("download_text", "{size} · proven and ready").format(size=size(snapshot.size_bytes))
        case DownloadState.FAILED:
            return translate("download_text", "{come} · not finished").format(come=come)
        case _:
            return f"{come} · {_waits_words(snapshot)}"


def problem_words(snapshot: DownloadSnapshot) -> str:
    """What went wrong, or ""; offline mode is no error, and said beside the bytes."""
    if snapshot.problem is None or isinstance(snapshot.problem, OfflineError):
        return ""
    words = translate_error(snapshot.problem)
    if snapshot.state is DownloadState.QUEUED:
        again = translate("download_text", "It is tried again by itself.")
        return f"{words} {again}"
    if snapshot.set_aside is not None:
        kept = translate("download_text", "The file was put aside and is not used: {place}")
        return f"{words} {kept.format(place=snapshot.set_aside)}"
    return words


def time_words(seconds: float) -> str:
    """A time that is left, rounded as people say it."""
    if seconds < _MINUTE_S:
        return translate("download_text", "less than a minute left")
    if seconds < 1.5 * _HOUR_S:
        minutes = round(seconds / _MINUTE_S)
        text = translate("download_text", "about {n} minutes left")
        return text.format(n=whole(minutes)) if minutes > 1 else translate("download_text", "about a minute left")
    if seconds < 48 * _HOUR_S:
        return translate("download_text", "about {n} hours left").format(n=whole(round(seconds / _HOUR_S)))
    return translate("download_text", "days left")


def total_fraction(snapshots: Sequence[DownloadSnapshot]) -> float:
    """How far all of them are together, 0 to 1."""
    whole_bytes = sum(each.size_bytes for each in snapshots)
    return sum(each.received_bytes for each in snapshots) / whole_bytes if whole_bytes else 0.0


def total_words(snapshots: Sequence[DownloadSnapshot]) -> str:
    """The unfinished ones in a few words."""
    share = percent(total_fraction(snapshots))
    if all(each.state is DownloadState.PAUSED for each in snapshots):
        return translate("download_text", "Paused · {share}").format(share=share)
    if any(isinstance(each.problem, OfflineError) for each in snapshots):
        return translate("download_text", "Offline · {share}").format(share=share)
    if len(snapshots) == 1:
        return translate("download_text", "Download · {share}").format(share=share)
    return translate("download_text", "{n} downloads · {share}").format(n=whole(len(snapshots)), share=share)


def _pace_parts(snapshot: DownloadSnapshot) -> list[str]:
    if snapshot.bytes_per_s < 1:
        return [translate("download_text", "connecting")]
    parts = [translate("download_text", "{size}/s").format(size=size(round(snapshot.bytes_per_s)))]
    if snapshot.seconds_left is not None:
        parts.append(time_words(snapshot.seconds_left))
    return parts


def _waits_words(snapshot: DownloadSnapshot) -> str:
    if isinstance(snapshot.problem, OfflineError):
        return translate("download_text", "waiting: offline mode is on")
    if snapshot.problem is not None:
        return translate("download_text", "waiting to try again")
    return translate("download_text", "waiting for its turn")
