"""The queue of downloads over real HTTP: what is added gets ready, whatever happens between."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from desktop_llm.errors import DownloadError, GatedError, ModelFormatError, NetworkError, OfflineError
from desktop_llm.models.download.aside import files_aside, remove_aside
from desktop_llm.models.download.downloads import Downloads
from desktop_llm.models.download.entry import DownloadSnapshot, DownloadState
from desktop_llm.models.download.leftovers import orphans_left, remove_orphan
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.download.run import DownloadSteps
from desktop_llm.models.download.wish import Arrival, DownloadWish, wish_of
from desktop_llm.models.hub.files import HubFile, HubHit, HubRepo, HubWeights, group_weights
from desktop_llm.models.library.records import FileState, Records, Verdict
from tests.hub import File, Hub, Noise, Stall, Status, Truncate, repository
from tests.models.test_transfer import client, options

REPO = "acme/models-GGUF"
MIB = 1024 * 1024
CONTENTS = {f"m{number}.gguf": Noise(MIB + number, seed=number) for number in range(4)}


class World:
    """A hub, a models folder, and a queue that can be closed and opened again."""

    def __init__(self, hub: Hub, root: Path) -> None:
        self.hub = hub
        self.models = root / "models"
        self.queue_file = root / "downloads.json"
        self.records = Records(root / "records")
        self.ready: list[Path] = []
        self.inspected: list[tuple[Path, ...]] = []
        self.bad: set[str] = set()
        self.is_offline = False
        self.opened: list[Downloads] = []

    def wish(self, *names: str, helper: str | None = None) -> DownloadWish:
        helpers = () if helper is None else (self.file(helper),)
        return DownloadWish(names[0].removesuffix(".gguf"), tuple(map(self.file, names)), helpers, licence="mit")

    def file(self, name: str) -> RemoteFile:
        url = f"{self.hub.endpoint}/{REPO}/resolve/main/{name}"
        return RemoteFile(REPO, "main", name, url, CONTENTS[name].size, CONTENTS[name].sha256)

    def open(self) -> Downloads:
        downloads = self.make()
        downloads.start()
        return downloads

    def make(self) -> Downloads:
        downloads = Downloads(
            self.queue_file,
            lambda: self.models,
            DownloadSteps(
                self.client, self.inspect, self.record, options(), retry_waits_s=(0.05,), is_proven=self.records.proves
            ),
            lambda: self.is_offline,
        )
        self.opened.append(downloads)
        return downloads

    def client(self) -> httpx2.Client:
        if self.is_offline:
            raise OfflineError("Offline mode is on.")
        return client()

    def record(self, arrival: Arrival, verdict: Verdict | None) -> None:
        self.records.put(arrival.record(1000.0, verdict))
        self.ready += arrival.files + arrival.helpers

    def inspect(self, arrival: Arrival, _: Callable[[], bool]) -> Verdict:
        self.inspected.append(arrival.files)
        for path in arrival.files:
            if path.name in self.bad:
                raise ModelFormatError("{name} is no model.", name=path.name)
        return Verdict(True, "1")

    def place(self, name: str) -> Path:
        return self.models.joinpath(*REPO.split("/"), name)

    def is_whole(self, name: str) -> bool:
        return self.place(name).read_bytes() == CONTENTS[name].read()

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.models.rglob("*.part*"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Hub(repository(REPO, *(File(name, content) for name, content in CONTENTS.items()))) as hub:
        world = World(hub, tmp_path)
        yield world
        for downloads in world.opened:
            downloads.close()


def ended(downloads: Downloads, download_id: str) -> DownloadSnapshot:
    found = downloads.wait(download_id, 20.0)
    assert found is not None
    return found


def wait_until(downloads: Downloads, condition: Callable[[], bool]) -> None:
    changed = threading.Event()
    forget = downloads.on_change(changed.set)
    while not condition():
        assert changed.wait(20.0)
        changed.clear()
    forget()


def test_a_model_is_fetched_then_inspected_then_recorded(world: World) -> None:
    downloads = world.open()
    found = ended(downloads, downloads.add(world.wish("m0.gguf")))
    assert (found.state, found.problem) == (DownloadState.READY, None)
    assert found.received_bytes == found.size_bytes == CONTENTS["m0.gguf"].size
    assert world.is_whole("m0.gguf")
    assert world.inspected == [(world.place("m0.gguf"),)]
    assert world.ready == [world.place("m0.gguf")]


def test_its_record_tells_where_it_comes_from_and_what_it_is(world: World) -> None:
    downloads = world.open()
    ended(downloads, downloads.add(world.wish("m0.gguf", "m1.gguf", helper="m2.gguf")))
    record = world.records.find(world.place("m0.gguf"))
    assert record is not None
    assert record.state is FileState.READY
    assert [each.sha256 for each in record.files] == [CONTENTS[name].sha256 for name in ("m0.gguf", "m1.gguf")]
    assert [each.path for each in record.helpers] == [world.place("m2.gguf")]
    assert record.source is not None
    assert (record.source.repo, record.source.path, record.source.licence) == (REPO, "m0.gguf", "mit")
    assert (record.verified_at, record.verdict) == (1000.0, Verdict(True, "1"))


def test_a_model_of_several_files_is_ready_when_all_are(world: World) -> None:
    world.hub.order(Status(404), "resolve", file="m1.gguf")
    downloads = world.open()
    wish = world.wish("m0.gguf", "m1.gguf", "m2.gguf")
    first = ended(downloads, downloads.add(wish))
    assert first.state is DownloadState.FAILED
    assert world.ready == []
    second = ended(downloads, downloads.add(wish))
    assert (second.id, second.state) == (first.id, DownloadState.READY)
    assert [path.name for path in world.ready] == ["m0.gguf", "m1.gguf", "m2.gguf"]
    assert len(world.hub.journal.seen("m0.gguf", "blob")) == 1


def test_two_are_fetched_at_a_time_and_the_others_wait(world: World) -> None:
    stall = Stall("middle")
    world.hub.order(stall, "blob", times=2)
    downloads = world.open()
    ids = [downloads.add(world.wish(name)) for name in CONTENTS]
    world.hub.journal.wait_for(lambda seen: sum(each.is_held for each in seen) == 2)
    states = [each.state for each in downloads.snapshots()]
    assert states == [DownloadState.RUNNING] * 2 + [DownloadState.QUEUED] * 2
    world.hub.release()
    assert [ended(downloads, each).state for each in ids] == [DownloadState.READY] * 4


def test_a_pause_keeps_what_has_come_and_resume_goes_on_there(world: World) -> None:
    world.hub.order(Stall("middle"), "blob")
    downloads = world.open()
    download_id = downloads.add(world.wish("m0.gguf"))
    world.hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
    half = CONTENTS["m0.gguf"].size // 2
    wait_until(downloads, lambda: downloads.snapshots()[0].received_bytes == half)
    downloads.pause(download_id)
    paused = ended(downloads, download_id)
    assert (paused.state, paused.received_bytes) == (DownloadState.PAUSED, half)
    downloads.resume(download_id)
    assert ended(downloads, download_id).state is DownloadState.READY
    assert world.hub.journal.seen("m0.gguf", "blob")[-1].request.headers["range"] == f"bytes={half}-{half * 2 - 1}"


def test_cancel_removes_what_has_come(world: World) -> None:
    world.hub.order(Stall("middle"), "blob", file="m1.gguf")
    downloads = world.open()
    download_id = downloads.add(world.wish("m0.gguf", "m1.gguf"))
    world.hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
    downloads.cancel(download_id)
    assert ended(downloads, download_id).state is DownloadState.CANCELLED
    assert [path for path in world.models.rglob("*") if path.is_file()] == []
    downloads.forget(download_id)
    assert downloads.snapshots() == ()


def test_the_queue_knows_which_files_it_brought_while_others_are_on_their_way(world: World) -> None:
    world.hub.order(Stall("middle"), "blob", file="m1.gguf")
    downloads = world.open()
    downloads.add(world.wish("m0.gguf", "m1.gguf"))

    def fetched() -> list[str]:
        return list(json.loads(world.queue_file.read_text())["downloads"][0]["fetched"])

    wait_until(downloads, lambda: fetched() == [str(world.place("m0.gguf"))])


def test_a_file_that_fails_the_checks_is_set_aside_and_never_ready(
    world: World, expect_log: Callable[[str], None]
) -> None:
    expect_log("desktop_llm.models.download.run")
    world.bad.add("m0.gguf")
    downloads = world.open()
    found = ended(downloads, downloads.add(world.wish("m0.gguf")))
    assert found.state is DownloadState.FAILED
    assert isinstance(found.problem, ModelFormatError)
    assert found.set_aside == world.models / "set-aside"
    (aside,) = files_aside(world.models)
    assert (aside.path.name, aside.target) == ("m0.gguf.set-aside", world.place("m0.gguf"))
    assert aside.size_bytes == CONTENTS["m0.gguf"].size
    assert str(aside.problem) == "m0.gguf is no model."
    assert type(aside.problem) is ModelFormatError
    assert list(world.models.rglob("*.gguf")) == []
    assert world.ready == []
    remove_aside(aside, world.models)
    assert files_aside(world.models) == ()
    assert not (world.models / "set-aside").exists()


@pytest.mark.parametrize("text", ["", "[]", '{"kind": "nothing"}', '{"kind": 1, "template": 2, "values": 3}'])
def test_what_is_aside_is_told_also_where_its_reason_is_lost(world: World, text: str) -> None:
    place = world.models / "set-aside" / "a" / "b" / "m0.gguf.set-aside"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"x")
    assert files_aside(world.models)[0].problem is None
    place.with_name("m0.gguf.set-aside.reason.json").write_text(text)
    (aside,) = files_aside(world.models)
    assert "cannot be read" in str(aside.problem)
    assert aside.target == world.models / "a" / "b" / "m0.gguf"


def test_what_was_under_way_goes_on_after_the_program_was_closed(world: World) -> None:
    world.hub.order(Stall("middle"), "blob")
    before = world.open()
    download_id = before.add(world.wish("m0.gguf"))
    world.hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
    wait_until(before, lambda: before.snapshots()[0].received_bytes > 0)
    before.close()
    after = world.open()
    assert ended(after, download_id).state is DownloadState.READY
    assert world.hub.journal.bytes_sent("m0.gguf") < CONTENTS["m0.gguf"].size + 4096
    assert world.leftovers() == []


def test_what_was_paused_stays_paused_and_says_how_far_it_is(world: World) -> None:
    world.hub.order(Stall("middle"), "blob")
    before = world.open()
    download_id = before.add(world.wish("m0.gguf"))
    wait_until(before, lambda: before.snapshots()[0].received_bytes > 0)
    before.pause(download_id)
    ended(before, download_id)
    before.close()
    after = world.open()
    found = ended(after, download_id)
    assert (found.state, found.received_bytes) == (DownloadState.PAUSED, CONTENTS["m0.gguf"].size // 2)


def test_a_failure_is_told_again_after_the_program_was_closed(world: World) -> None:
    world.hub.order(Status(403), "resolve", times=None)
    before = world.open()
    download_id = before.add(world.wish("m0.gguf"))
    problem = ended(before, download_id).problem
    before.close()
    found = ended(world.open(), download_id)
    assert isinstance(found.problem, GatedError)
    assert str(found.problem) == str(problem)


def test_offline_nothing_is_tried_until_the_mode_ends(world: World) -> None:
    world.is_offline = True
    downloads = world.open()
    download_id = downloads.add(world.wish("m0.gguf"))
    found = ended(downloads, download_id)
    assert (found.state, type(found.problem)) == (DownloadState.QUEUED, OfflineError)
    assert world.hub.journal.seen() == []
    world.is_offline = False
    downloads.network_changed()
    assert ended(downloads, download_id).state is DownloadState.READY


def test_a_file_that_is_there_already_is_only_verified(world: World) -> None:
    place = world.place("m0.gguf")
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENTS["m0.gguf"].read())
    downloads = world.open()
    assert ended(downloads, downloads.add(world.wish("m0.gguf"))).state is DownloadState.READY
    assert world.hub.journal.seen() == []


def test_a_file_that_is_there_and_was_proven_is_not_read_again(world: World) -> None:
    downloads = world.open()
    ended(downloads, downloads.add(world.wish("m0.gguf", helper="m1.gguf")))
    record = world.records.find(world.place("m0.gguf"))
    assert record is not None
    for name in ("m0.gguf", "m1.gguf"):
        assert world.records.proves(world.place(name), CONTENTS[name].sha256)
        assert not world.records.proves(world.place(name), "0" * 64)
    downloads.close()
    world.queue_file.unlink()
    asked = len(world.hub.journal.seen())
    _rot(world.place("m0.gguf"))  # same size, same time: only who reads it can know
    again = world.open()
    assert ended(again, again.add(world.wish("m0.gguf", helper="m1.gguf"))).state is DownloadState.READY
    assert len(world.hub.journal.seen()) == asked
    assert not world.is_whole("m0.gguf")


def test_a_file_that_was_written_to_since_it_was_proven_is_read_and_fetched_again(world: World) -> None:
    downloads = world.open()
    download_id = downloads.add(world.wish("m0.gguf"))
    ended(downloads, download_id)
    _rot(world.place("m0.gguf"))
    os.utime(world.place("m0.gguf"))
    assert not world.records.proves(world.place("m0.gguf"), CONTENTS["m0.gguf"].sha256)
    downloads.resume(download_id)
    assert ended(downloads, download_id).state is DownloadState.READY
    assert world.is_whole("m0.gguf")


def _rot(path: Path) -> None:
    """Flip a byte and leave the time of change as it was."""
    times = path.stat()
    with path.open("rb+") as file:
        byte = file.read(1)[0]
        file.seek(0)
        file.write(bytes([byte ^ 1]))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_the_same_wish_twice_is_one_download(world: World) -> None:
    downloads = world.open()
    assert downloads.add(world.wish("m0.gguf")) == downloads.add(world.wish("m0.gguf"))
    ended(downloads, downloads.snapshots()[0].id)


def test_a_start_that_resumes_nothing_runs_only_what_is_asked_for(world: World) -> None:
    world.hub.order(Stall("middle"), "blob")
    before = world.open()
    first = before.add(world.wish("m0.gguf"))
    world.hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
    before.close()
    after = world.make()
    after.start(resumes=False)
    second = after.add(world.wish("m1.gguf"))
    assert ended(after, second).state is DownloadState.READY
    assert [each.state for each in after.snapshots()] == [DownloadState.QUEUED, DownloadState.READY]
    after.resume(first)
    assert ended(after, first).state is DownloadState.READY


def test_why_nothing_comes_is_told_while_it_runs(world: World) -> None:
    world.hub.order(Truncate("middle"), "blob")
    world.hub.order(Stall("start"), "blob", resumed=True)
    downloads = world.open()
    download_id = downloads.add(world.wish("m0.gguf"))
    wait_until(downloads, lambda: downloads.snapshots()[0].problem is not None)
    assert downloads.snapshots()[0].state is DownloadState.RUNNING
    world.hub.release()
    assert ended(downloads, download_id).problem is None


def test_a_second_program_keeps_its_hands_off_the_queue(world: World) -> None:
    first, second = world.open(), world.open()
    ended(second, second.add(world.wish("m0.gguf")))
    ended(first, first.add(world.wish("m1.gguf")))
    first.close()
    second.close()
    assert [each.title for each in world.open().snapshots()] == ["m1"]


@pytest.mark.parametrize("text", ["", "{", '{"downloads": 3}', '{"downloads": [{"id": 1}, 7]}', "[" * 100_000])
def test_a_broken_queue_file_is_survived(world: World, text: str, expect_log: Callable[[str], None]) -> None:
    expect_log("desktop_llm.models.download.queue")
    world.queue_file.write_text(text)
    assert world.open().snapshots() == ()


def test_a_part_that_nobody_remembers_is_told_and_goes_in_time(world: World) -> None:
    world.hub.order(Stall("middle"), "blob")
    before = world.open()
    download_id = before.add(world.wish("m0.gguf"))
    wait_until(before, lambda: before.snapshots()[0].received_bytes > 0)
    before.pause(download_id)
    ended(before, download_id)
    before.close()
    world.queue_file.unlink()
    (world.models / "browser.part").touch()
    after = world.open()
    wait_until(after, lambda: bool(after.orphans()))
    assert [(each.target, each.commit) for each in after.orphans()] == [(world.place("m0.gguf"), "main")]
    after.close()
    from desktop_llm.models.download.sweep import sweep

    assert sweep(world.models, set(), after.orphans()[0].modified_at + 31 * 86400, threading.Event()) == ()
    assert world.leftovers() == ["browser.part"]


def test_a_part_that_nobody_remembers_is_gone_on_with_or_removed(world: World) -> None:
    world.hub.order(Stall("middle"), "blob", times=2)
    before = world.open()
    ids = [before.add(world.wish(name)) for name in ("m0.gguf", "m1.gguf")]
    wait_until(before, lambda: all(each.received_bytes > 0 for each in before.snapshots()))
    before.close()
    assert len(ids) == 2
    world.queue_file.unlink()
    after = world.open()
    wait_until(after, lambda: len(after.orphans()) == 2)
    first, second = after.orphans()
    download_id = after.add(world.wish("m0.gguf"))
    assert orphans_left(after) == (second,)
    assert ended(after, download_id).state is DownloadState.READY
    remove_orphan(after, second, world.models)
    assert orphans_left(after) == ()
    remove_orphan(after, first, world.models)  # it is a model by now, and stays
    assert world.leftovers() == []
    assert world.is_whole("m0.gguf")


def test_a_broken_connection_is_tried_again_by_itself(world: World) -> None:
    world.hub.go_away()
    downloads = world.open()
    download_id = downloads.add(world.wish("m0.gguf"))
    found = ended(downloads, download_id)
    assert (found.state, type(found.problem)) == (DownloadState.QUEUED, NetworkError)
    world.hub.come_back()
    wait_until(downloads, lambda: downloads.snapshots()[0].state is DownloadState.READY)


def test_switching_to_offline_stops_what_runs_and_back_goes_on(world: World) -> None:
    world.hub.order(Stall("middle"), "blob")
    downloads = world.open()
    download_id = downloads.add(world.wish("m0.gguf"))
    world.hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
    world.is_offline = True
    downloads.network_changed()
    found = ended(downloads, download_id)
    assert (found.state, type(found.problem)) == (DownloadState.QUEUED, OfflineError)
    world.is_offline = False
    downloads.network_changed()
    assert ended(downloads, download_id).state is DownloadState.READY


def test_a_wish_is_made_of_what_the_hub_offers(world: World) -> None:
    files = [HubFile(REPO, "main", name, 5, "ab" * 32, "https://hub") for name in ("x-Q4_0.gguf", "mmproj-x.gguf")]
    weights = group_weights(files)
    repo = HubRepo(HubHit(REPO, licence="mit"), "main", None, weights, (files[1],), None, None)
    wish = wish_of(repo, weights[0], "https://hub", files[1])
    assert [file.path for file in wish.every_file] == ["x-Q4_0.gguf", "mmproj-x.gguf"]
    assert (wish.title, wish.licence, wish.size_bytes) == ("x-Q4_0", "mit", 10)
    with pytest.raises(DownloadError, match="part of x-Q4_0 is missing"):
        wish_of(repo, replace(weights[0], is_whole=False), "")
    with pytest.raises(DownloadError, match="which bytes"):
        wish_of(repo, HubWeights("x", "", (replace(files[0], sha256=None),)), "")


def test_two_files_of_one_name_are_refused(world: World) -> None:
    wish = world.wish("m0.gguf")
    with pytest.raises(DownloadError, match="same name"):
        world.open().add(replace(wish, helpers=(replace(wish.files[0], path="M0.gguf"),)))


def test_a_hostile_name_is_refused_before_anything_is_queued(world: World) -> None:
    downloads = world.open()
    wish = world.wish("m0.gguf")
    with pytest.raises(DownloadError, match="not a name that can be kept"):
        downloads.add(DownloadWish("x", (replace(wish.files[0], path="../../evil.gguf"),)))
    assert downloads.snapshots() == ()
