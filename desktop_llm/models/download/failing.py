"""Failing: downloads that failed while this program ran; what an earlier run left is no news."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from desktop_llm.models.download.entry import DownloadSnapshot, DownloadState


class Failing:
    """Remembers what was under way. One thread."""

    def __init__(self) -> None:
        self._begun: set[str] = set()

    def count(self, snapshots: Callable[[], Iterable[DownloadSnapshot]]) -> int:
        """How many have failed by now, of those that were seen under way."""
        now = {each.id: each.state for each in snapshots()}
        self._begun = {each for each in now if each in self._begun or now[each] is not DownloadState.FAILED}
        return sum(now[each] is DownloadState.FAILED for each in self._begun)
