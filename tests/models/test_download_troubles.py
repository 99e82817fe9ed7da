"""What a computer does to downloads: folders that vanish, a second program, clocks set wrong, names of all kinds."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from desktop_llm.errors import DownloadError, NetworkError, NoSpaceError
from desktop_llm.models.download.downloads import Downloads
from desktop_llm.models.download.entry import DownloadSnapshot, DownloadState
from desktop_llm.models.download.part_file import LIVE, PART, Disk
from desktop_llm.models.download.part_record import LiveRecord
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.download.run import DownloadSteps
from desktop_llm.models.download.sweep import sweep
from desktop_llm.models.download.transfer import Transfer
from desktop_llm.models.download.wish import DownloadWish
from tests.hub import File, Hub, Noise, Stall, Status, Truncate, repository
from tests.models.test_transfer import NAME, QUICK, REPO, Site, client, options

MIB = 1024 * 1024
CONTENT = Noise(MIB + 7)
STRANGE = ("Modèle ñ 模型 🙂.gguf", "e\u0301t\u00e9 #1 100% + (a&b) [c];d=e.gguf", f"{'ü' * 97}.gguf")


@pytest.fixture
def hub() -> Iterator[Hub]:
    files = (File(NAME, CONTENT), *(File(name, CONTENT) for name in STRANGE))
    with Hub(repository(REPO, *files)) as hub:
        yield hub


@pytest.fixture
def site(hub: Hub, tmp_path: Path) -> Site:
    return Site(hub, tmp_path / "models", CONTENT)


class Computer:
    """A program's queue of downloads; several may share a models folder."""

    def __init__(self, hub: Hub, home: Path, models: Path, disk: Disk | None = None) -> None:
        self.hub = hub
        self.models = models
        steps = DownloadSteps(client, lambda *_: None, lambda *_: None, options(disk=disk), retry_waits_s=(0.05,))
        self.downloads = Downloads(home / "downloads.json", lambda: models, steps)
        self.downloads.start()

    def fetch(self, name: str = NAME) -> str:
        file = self.hub_file(name)
        return self.downloads.add(DownloadWish(name, (file,)))

    def hub_file(self, name: str) -> RemoteFile:
        return RemoteFile(
            REPO, "main", name, f"{self.hub.endpoint}/{REPO}/resolve/main/{quote(name)}", CONTENT.size, CONTENT.sha256
        )

    def place(self, name: str = NAME) -> Path:
        return self.models.joinpath(*REPO.split("/"), name)

    def until(self, download_id: str, holds: Callable[[DownloadSnapshot], bool]) -> DownloadSnapshot:
        """Wait until a download is in a state, however often it is tried meanwhile."""
        changed = threading.Event()
        forget = self.downloads.on_change(changed.set)
        while (found := self.downloads.snapshot(download_id)) is None or not holds(found):
            assert changed.wait(20.0), found
            changed.clear()
        forget()
        return found

    def until_ready(self, download_id: str) -> None:
        self.until(download_id, lambda found: found.state is DownloadState.READY)


@pytest.fixture
def computer(hub: Hub, tmp_path: Path) -> Iterator[Computer]:
    computer = Computer(hub, tmp_path / "home", tmp_path / "models")
    yield computer
    computer.downloads.close()


@pytest.mark.parametrize("name", STRANGE)
def test_names_of_all_kinds_arrive_as_they_are(computer: Computer, name: str) -> None:
    computer.until_ready(computer.fetch(name))
    assert computer.place(name).read_bytes() == CONTENT.read()
    assert [path.name for path in computer.place(name).parent.iterdir()] == [name]


def test_a_name_of_255_bytes_is_refused_in_a_sentence_because_a_part_needs_a_longer_one(computer: Computer) -> None:
    with pytest.raises(DownloadError, match="not a name that can be kept here"):
        computer.fetch("x" * 250 + ".gguf")
    assert computer.downloads.snapshots() == ()


@pytest.mark.parametrize("is_recorded", [True, False])
def test_a_models_folder_that_vanishes_meanwhile_costs_bytes_and_nothing_else(
    hub: Hub, computer: Computer, *, is_recorded: bool
) -> None:
    hub.order(Stall("middle"), "blob")
    download_id = computer.fetch()
    hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
    computer.until(download_id, lambda found: found.received_bytes > 0)
    if is_recorded:
        shutil.rmtree(computer.models)
    else:
        computer.place().with_name(NAME + PART).unlink()
    hub.release()
    computer.until_ready(download_id)
    assert computer.place().read_bytes() == CONTENT.read()


def test_a_models_folder_that_cannot_be_written_is_told_and_tried_again(
    hub: Hub, computer: Computer, tmp_path: Path
) -> None:
    computer.models.write_text("a file stands in the way")
    download_id = computer.fetch()
    found = computer.until(download_id, lambda found: found.problem is not None)
    assert "could not be written" in str(found.problem)
    assert hub.journal.seen() == []
    computer.models.unlink()
    computer.until_ready(download_id)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_told(computer: Computer) -> None:
    computer.models.mkdir()
    computer.models.chmod(0o500)
    found = computer.until(computer.fetch(), lambda found: found.problem is not None)
    computer.models.chmod(0o700)
    assert "could not be written" in str(found.problem)


def test_a_disk_that_fills_up_meanwhile_stops_it_until_there_is_room(hub: Hub, tmp_path: Path) -> None:
    is_full = threading.Event()

    def sync(path: Path) -> None:
        if is_full.is_set():
            raise OSError(errno.ENOSPC, "no space left", str(path))

    computer = Computer(hub, tmp_path / "home", tmp_path / "models", Disk(lambda _: (0, 2**50), sync=sync))
    hub.order(Stall("middle"), "blob")
    download_id = computer.fetch()
    hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
    is_full.set()
    hub.release()
    found = computer.until(download_id, lambda found: found.state is DownloadState.FAILED)
    assert isinstance(found.problem, NoSpaceError)
    assert not computer.place().exists()
    sent = hub.journal.bytes_sent(NAME)
    is_full.clear()
    computer.downloads.resume(download_id)
    computer.until_ready(download_id)
    assert computer.place().read_bytes() == CONTENT.read()
    assert hub.journal.bytes_sent(NAME) - sent < MIB // 2
    computer.downloads.close()


def test_two_programs_with_one_models_folder_bring_each_file_once(hub: Hub, tmp_path: Path) -> None:
    programs = [Computer(hub, tmp_path / f"home {number}", tmp_path / "models") for number in range(2)]
    hub.order(Stall("middle"), "blob")
    first = programs[0].fetch()
    hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
    second = programs[1].fetch()
    found = programs[1].until(second, lambda found: found.problem is not None)
    assert "is being fetched already, in another window or terminal" in str(found.problem)
    hub.release()
    programs[0].until_ready(first)
    programs[1].until_ready(second)
    assert hub.journal.bytes_sent(NAME) < CONTENT.size + 4096
    assert [path.name for path in programs[0].place().parent.iterdir()] == [NAME]
    for each in programs:
        each.downloads.close()


def test_what_another_program_brought_in_the_last_moment_is_not_fetched_again(site: Site) -> None:
    class Late(Transfer):
        """Another program finishes between the first look and the taking hold."""

        def _new_part(self) -> object:  # type: ignore[override]
            site.target.parent.mkdir(exist_ok=True)
            site.target.write_bytes(site.content.read())
            return super()._new_part()

    assert not Late(site.file, site.target, client, options()).run()
    site.assert_ready()
    assert site.hub.journal.seen() == []


def test_a_lock_whose_file_was_removed_holds_nobody_off_and_nothing(tmp_path: Path) -> None:
    path = tmp_path / f"x.gguf{LIVE}"
    first, second, third = (LiveRecord(path, "boot") for _ in range(3))
    assert first.open()
    assert not second.open()
    first.remove()
    assert second.open()
    assert not third.open()
    second.close()
    assert third.open()
    third.remove()
    assert not path.exists()


def test_a_clock_that_is_set_wrong_does_not_lengthen_a_wait(site: Site) -> None:
    """The server says when to come again by its own clock, which is an hour ahead of ours."""
    there = datetime.now(UTC) + timedelta(hours=1)
    headers = {
        "Date": format_datetime(there, usegmt=True),
        "Retry-After": format_datetime(there + timedelta(seconds=1), usegmt=True),
    }
    site.hub.order(Status(429, headers=headers), "blob")
    site.transfer(patience=replace(QUICK, longest_asked_wait_s=5.0)).run()
    site.assert_ready()


@pytest.mark.parametrize("offset_days", [-3650, 0, 29])
def test_a_clock_that_is_set_back_keeps_what_was_fetched(site: Site, offset_days: int) -> None:
    site.hub.order(Truncate("middle"), "blob", times=None)
    with pytest.raises(NetworkError):
        site.transfer(patience=replace(QUICK, most_tries=1)).run()
    now = datetime.now(UTC).timestamp() + offset_days * 86400
    assert len(sweep(site.target.parent, set(), now, threading.Event())) == 1
    site.hub.cancel_orders()
    sent = site.hub.journal.bytes_sent(NAME)
    site.transfer().run()
    site.assert_ready()
    assert site.hub.journal.bytes_sent(NAME) - sent < MIB // 2 + 4096
