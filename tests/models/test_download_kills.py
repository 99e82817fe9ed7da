"""kill -9 at random moments: never a file that counts as ready and is wrong, and little is fetched twice."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from desktop_llm.models.download.part_file import Content, PartFile
from desktop_llm.models.download.part_record import ranges_of, read_record
from desktop_llm.models.download.ranges import Ranges
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.library.records import FileState, Records
from tests.hub import File, Hub, Noise, repository

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

REPO, NAME = "acme/big-GGUF", "big.gguf"
MIB = 1024 * 1024
BLOCK_BYTES = 4096
#: So many of the kills.
_POWER_CUTS = 0.3


@dataclass
class Toll:
    """What the kills did."""

    kills: int = 0
    power_cuts: int = 0
    most_lost_bytes: int = 0
    most_at_risk_bytes: int = 0
    finished: int = 0


class Zygote:
    """Starts children that fetch."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.models.download_zygote"]
        root = Path(__file__).parents[2]
        self._process = subprocess.Popen(
            command, cwd=root, text=True, bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def start(self, root: Path, connections: int, file: RemoteFile) -> None:
        assert self._process.stdin is not None
        wish = {"root": str(root), "connections": connections, "file": asdict(file)}
        self._process.stdin.write(json.dumps(wish) + "\n")

    def end(self, order: str) -> list[str]:
        """Kill the child, or let it come to its end; what it said, and how it ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        said = [self._line()]
        while said[-1] not in {"killed", "ended"}:
            said.append(self._line())
        return said

    def close(self) -> None:
        self._process.communicate()
        assert self._process.returncode == 0

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert line, "the zygote died"
        return line


@contextmanager
def _zygote() -> Iterator[Zygote]:
    zygote = Zygote()
    try:
        yield zygote
    finally:
        zygote.close()


class Campaign:
    """Fetches one file again and again, and kills who fetches it."""

    def __init__(self, hub: Hub, root: Path, content: Noise, seed: int) -> None:
        self.hub = hub
        self.root = root
        self.content = content
        self.chance = random.Random(seed)
        url = f"{hub.endpoint}/{REPO}/resolve/main/{NAME}"
        self.file = RemoteFile(REPO, "main", NAME, url, content.size, content.sha256)
        self.target = self.file.place(root / "models")
        self.truth = content.read()
        self.toll = Toll()

    def kill_one(self, zygote: Zygote) -> None:
        """Start a child, and kill it when so many bytes more were sent; now and then a little later."""
        before = self.hub.journal.bytes_sent(NAME)
        zygote.start(self.root, self.chance.choice([1, 1, 4]), self.file)
        wanted = before + self.chance.randint(0, self.content.size)
        with suppress(TimeoutError):  # it may have fewer to fetch, or be slow to begin
            self.hub.journal.wait_for(lambda _: self.hub.journal.bytes_sent(NAME) >= wanted, self.chance.random())
        said = zygote.end("kill")
        self.toll.kills += said[-1] == "killed"
        self.check()

    def check(self) -> None:
        """What the disk says after a kill."""
        for record in Records(self.root / "records").all():
            assert record.state is FileState.READY
            assert hashlib.sha256(record.path.read_bytes()).hexdigest() == record.files[0].sha256
        if self.target.exists():
            assert self.target.read_bytes() == self.truth
            self.start_anew()
            return
        part = self.target.with_name(NAME + ".part")
        if part.exists():
            raw = part.read_bytes()
            there = self._right_blocks(raw)
            file = self.file
            kept, _ = PartFile(self.target, Content(file.url, file.commit, file.size_bytes, file.sha256))._recorded()
            assert all(raw[start:end] == self.truth[start:end] for start, end in kept)
            self.toll.most_lost_bytes = max(self.toll.most_lost_bytes, there.total_bytes - kept.total_bytes)
            at_risk_bytes = there.total_bytes - _synced(part).total_bytes
            self.toll.most_at_risk_bytes = max(self.toll.most_at_risk_bytes, at_risk_bytes)
            if self.chance.random() < _POWER_CUTS:
                self.cut_power(part, bytearray(raw))

    def cut_power(self, part: Path, raw: bytearray) -> None:
        """As if the computer itself had died: what was not recorded as synced is lost, and it was started again."""
        self.toll.power_cuts += 1
        for start, end in _synced(part).gaps(len(raw)):
            raw[start:end] = bytes(end - start)
        part.write_bytes(raw)
        live = part.with_name(NAME + ".part.live")
        live.write_text(json.dumps({**read_record(live), "boot": "another one"}))

    def _right_blocks(self, raw: bytes) -> Ranges:
        return Ranges(
            (start, min(start + BLOCK_BYTES, len(raw)))
            for start in range(0, len(raw), BLOCK_BYTES)
            if raw[start : start + BLOCK_BYTES] == self.truth[start : start + BLOCK_BYTES]
        )

    def start_anew(self) -> None:
        """Forget the finished file, so that the next child has something to do."""
        self.toll.finished += 1
        self.target.unlink()
        for record in (self.root / "records").glob("*.json"):
            record.unlink()

    def finish(self, zygote: Zygote) -> None:
        """Let a last child come to its end."""
        zygote.start(self.root, 4, self.file)
        assert zygote.end("wait") == ["ready", "ended"]
        assert self.target.read_bytes() == self.truth
        assert [record.path for record in Records(self.root / "records").all()] == [self.target]
        assert sorted(path.name for path in self.target.parent.iterdir()) == [NAME]


def _synced(part: Path) -> Ranges:
    """What of a part survives a power cut."""
    return ranges_of(read_record(part.with_name(NAME + ".part.json")))


def _run(root: Path, n_kills: int, seed: int) -> Toll:
    content = Noise(24 * MIB + 5, seed=seed)
    with Hub(repository(REPO, File(NAME, content))) as hub, _zygote() as zygote:
        campaign = Campaign(hub, root, content, seed)
        while campaign.toll.kills < n_kills:
            campaign.kill_one(zygote)
            hub.journal.clear()
        campaign.finish(zygote)
    return campaign.toll


def test_twenty_kills_leave_nothing_wrong_and_lose_little(tmp_path: Path) -> None:
    toll = _run(tmp_path, 20, seed=1)
    assert max(toll.most_lost_bytes, toll.most_at_risk_bytes) <= 8 * MIB


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_hundred_kills_leave_nothing_wrong_and_lose_little(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    toll = _run(tmp_path, 200, seed=2)
    record_property("count", toll.kills)
    print(f"\n{toll}")
    assert max(toll.most_lost_bytes, toll.most_at_risk_bytes) <= 8 * MIB
