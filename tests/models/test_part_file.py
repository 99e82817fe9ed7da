"""What of a part survives a power cut: never more than a little is at risk, however fast the bytes come."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from desktop_llm.errors import NoSpaceError
from desktop_llm.models.download.part_file import MOST_AT_RISK_BYTES, SIDECAR, Content, Disk, PartFile, PartWriter
from desktop_llm.models.download.part_record import ranges_of, read_record

MIB = 1024 * 1024
PIECE = bytes(MIB)
ROOMY = (0, 2**50)


class SlowDisk:
    """A disk whose syncs wait, from when it is asked to."""

    def __init__(self) -> None:
        self.is_asked = threading.Event()
        self.may_sync = threading.Event()
        self.may_sync.set()

    def sync(self, path: Path) -> None:
        assert path.exists()
        self.is_asked.set()
        assert self.may_sync.wait(20.0)


def _part(folder: Path, disk: Disk) -> PartFile:
    return PartFile(folder / "x.gguf", Content("http://hub", "main", 64 * MIB, "0" * 64), disk)


def _recorded_bytes(folder: Path) -> int:
    return ranges_of(read_record(folder / f"x.gguf{SIDECAR}")).total_bytes


@pytest.mark.parametrize("n_writers", [1, 4])
def test_who_writes_faster_than_the_disk_waits_for_it(tmp_path: Path, n_writers: int) -> None:
    disk = SlowDisk()
    part = _part(tmp_path, Disk(lambda _: ROOMY, sync=disk.sync))
    part.open()
    disk.may_sync.clear()
    disk.is_asked.clear()
    seen: list[int] = []

    def write(start: int) -> None:
        with PartWriter(part, start) as writer:
            for _ in range(64 // n_writers):
                writer.write(PIECE)
                seen.append(part.received_bytes - _recorded_bytes(tmp_path))

    threads = [threading.Thread(target=write, args=(place * (64 // n_writers) * MIB,)) for place in range(n_writers)]
    for thread in threads:
        thread.start()
    assert disk.is_asked.wait(20.0)
    assert _recorded_bytes(tmp_path) == 0
    assert part.received_bytes <= MOST_AT_RISK_BYTES
    disk.may_sync.set()
    for thread in threads:
        thread.join(20.0)
    assert part.received_bytes == 64 * MIB
    assert max(seen) <= MOST_AT_RISK_BYTES
    part.close()
    assert _recorded_bytes(tmp_path) == 64 * MIB


def test_a_disk_that_refuses_to_sync_is_told_to_who_writes(tmp_path: Path) -> None:
    is_full = False

    def sync(_: Path) -> None:
        if is_full:
            raise OSError(errno.ENOSPC, "no space left")

    part = _part(tmp_path, Disk(lambda _: ROOMY, sync=sync))
    part.open()
    is_full = True
    with PartWriter(part, 0) as writer:
        for _ in range(MOST_AT_RISK_BYTES // MIB):
            writer.write(PIECE)
        with pytest.raises(NoSpaceError):
            writer.write(PIECE)
    assert part.received_bytes == MOST_AT_RISK_BYTES
    is_full = False
    part.close()
    assert _recorded_bytes(tmp_path) == MOST_AT_RISK_BYTES
