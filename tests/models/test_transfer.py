"""One file over real HTTP from the test hub: whole and proven, or a typed error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from desktop_llm.models.part_file import Disk
from desktop_llm.models.remote_file import RemoteFile
from desktop_llm.models.transfer import Stage, Transfer, TransferOptions
from desktop_llm.models.transfer_crew import CrewOptions
from desktop_llm.models.transfer_pace import Patience
from tests.hub import File, Hub, Noise, repository

REPO, NAME = "acme/tiny-GGUF", "tiny.gguf"
MIB = 1024 * 1024
#: Long enough for a busy machine where nothing is expected to end; short where the end is what is tested.
QUICK = Patience(connect_s=5.0, stall_s=2.0, most_tries=4, first_wait_s=0.001, longest_wait_s=0.01)


def options(connections: int = 1, patience: Patience = QUICK, disk: Disk | None = None) -> TransferOptions:
    crew = CrewOptions(connections, parallel_from_bytes=2 * MIB, piece_bytes=512 * 1024, patience=patience)
    return TransferOptions(crew, disk or Disk())


def client() -> httpx2.Client:
    return httpx2.Client(trust_env=False)


class Site:
    """A hub with one file, and a folder to fetch it to."""

    def __init__(self, hub: Hub, folder: Path, content: Noise) -> None:
        self.hub = hub
        self.content = content
        self.target = folder / NAME
        url = f"{hub.endpoint}/{REPO}/resolve/main/{NAME}"
        self.file = RemoteFile(REPO, "main", NAME, url, content.size, content.sha256)

    def transfer(self, **wishes: object) -> Transfer:
        return Transfer(self.file, self.target, client, options(**wishes))  # type: ignore[arg-type]

    def left(self) -> list[str]:
        return sorted(path.name for path in self.target.parent.iterdir())

    def assert_ready(self) -> None:
        assert self.target.read_bytes() == self.content.read()
        assert self.left() == [NAME]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    content = Noise(5 * MIB + 7)
    with Hub(repository(REPO, File(NAME, content))) as hub:
        yield Site(hub, tmp_path / "models", content)


@pytest.mark.parametrize("connections", [1, 4])
def test_a_file_arrives_whole_and_leaves_nothing_beside_it(site: Site, connections: int) -> None:
    transfer = site.transfer(connections=connections)
    transfer.run()
    site.assert_ready()
    assert transfer.progress.stage is Stage.READY
    assert site.hub.journal.bytes_sent(NAME) <= site.content.size + 1024
