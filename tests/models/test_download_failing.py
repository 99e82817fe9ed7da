"""Which failed downloads are news."""

from __future__ import annotations

from desktop_llm.models.download.entry import DownloadSnapshot, DownloadState
from desktop_llm.models.download.failing import Failing


def _in(state: DownloadState, name: str = "a") -> DownloadSnapshot:
    return DownloadSnapshot(name, "title", "repo", state, 0, 1, ())


def test_what_an_earlier_run_left_failed_is_no_news() -> None:
    failing = Failing()
    assert failing.count(lambda: [_in(DownloadState.FAILED)]) == 0
    assert failing.count(lambda: [_in(DownloadState.FAILED)]) == 0


def test_a_download_that_fails_is_counted_until_it_is_tried_again_or_taken_away() -> None:
    failing = Failing()
    assert failing.count(lambda: [_in(DownloadState.RUNNING), _in(DownloadState.QUEUED, "b")]) == 0
    assert failing.count(lambda: [_in(DownloadState.FAILED), _in(DownloadState.QUEUED, "b")]) == 1
    assert failing.count(lambda: [_in(DownloadState.RUNNING), _in(DownloadState.FAILED, "b")]) == 1
    assert failing.count(list) == 0
