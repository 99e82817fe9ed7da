"""The limit on downloads: all of them share it, and it holds from the moment that it is set."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.models.download.downloads import Downloads
from desktop_llm.models.download.entry import DownloadState
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.download.run import DownloadSteps
from desktop_llm.models.download.transfer import TransferOptions
from desktop_llm.models.download.transfer_pace import Bandwidth
from desktop_llm.models.download.wish import DownloadWish
from tests.hub import File, Hub, Noise, repository
from tests.models.test_transfer import client, options
from tests.models.test_transfer_parts import WaitingClock

REPO = "acme/models-GGUF"
CONTENTS = {f"m{number}.gguf": Noise(3_000_000 + number, seed=number) for number in range(2)}
LIMIT = 1_000_000


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub(repository(REPO, *(File(name, content) for name, content in CONTENTS.items()))) as hub:
        yield hub


def _queue(root: Path, bandwidth: Bandwidth) -> Downloads:
    wishes: TransferOptions = options()
    limited = replace(wishes, crew=replace(wishes.crew, bandwidth=bandwidth))
    steps = DownloadSteps(client, lambda *_: None, lambda *_: None, limited)
    return Downloads(root / "downloads.json", lambda: root / "models", steps)


def _wish(hub: Hub, name: str) -> DownloadWish:
    url = f"{hub.endpoint}/{REPO}/resolve/main/{name}"
    return DownloadWish(name, (RemoteFile(REPO, "main", name, url, CONTENTS[name].size, CONTENTS[name].sha256),))


def test_two_downloads_together_stay_below_the_limit(hub: Hub, tmp_path: Path) -> None:
    clock = WaitingClock()
    downloads = _queue(tmp_path, Bandwidth(LIMIT, clock))
    downloads.start()
    ids = [downloads.add(_wish(hub, name)) for name in CONTENTS]
    found = [downloads.wait(each, 60.0) for each in ids]
    downloads.close()
    assert [each.state for each in found if each] == [DownloadState.READY] * 2
    total_bytes = sum(content.size for content in CONTENTS.values())
    assert total_bytes / LIMIT <= clock.now() < 1.2 * total_bytes / LIMIT


def test_a_limit_that_is_set_while_it_runs_holds_at_once_and_one_that_is_lifted_does_not(
    hub: Hub, tmp_path: Path
) -> None:
    downloads = _queue(tmp_path, Bandwidth(1))
    downloads.start()
    download_id = downloads.add(_wish(hub, "m0.gguf"))
    came = threading.Event()
    downloads.on_change(came.set)
    while not downloads.snapshots()[0].received_bytes:
        assert came.wait(20.0)
        came.clear()
    assert downloads.snapshots()[0].received_bytes < CONTENTS["m0.gguf"].size
    downloads.limit_bytes_per_s = None
    found = downloads.wait(download_id, 60.0)
    downloads.close()
    assert found is not None
    assert found.state is DownloadState.READY


def test_a_stop_ends_the_wait_for_the_limit(hub: Hub, tmp_path: Path) -> None:
    downloads = _queue(tmp_path, Bandwidth(1))
    downloads.start()
    download_id = downloads.add(_wish(hub, "m0.gguf"))
    hub.journal.wait_for(bool)
    downloads.pause(download_id)
    found = downloads.wait(download_id, 20.0)
    downloads.close()
    assert found is not None
    assert found.state is DownloadState.PAUSED
