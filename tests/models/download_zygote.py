"""python -m tests.models.download_zygote: forks children that fetch, so that each can be killed without a slow start.

Reads one wish a line (JSON): the folder to work in, and the file to fetch there; then "kill" or "wait". Answers
with how the child ended, when it has.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from math import inf
from pathlib import Path
from typing import Any

import httpx2

from desktop_llm.models.download.downloads import Downloads
from desktop_llm.models.download.entry import DownloadState
from desktop_llm.models.download.part_file import Disk
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.download.run import DownloadSteps
from desktop_llm.models.download.transfer import TransferOptions
from desktop_llm.models.download.transfer_crew import CrewOptions
from desktop_llm.models.download.transfer_pace import Patience
from desktop_llm.models.download.wish import DownloadWish
from desktop_llm.models.library.records import Records

MIB = 1024 * 1024
_PATIENCE = Patience(stall_s=2.0, most_tries=4, first_wait_s=0.01, longest_wait_s=0.05)


def open_downloads(root: Path, connections: int) -> Downloads:
    """The queue of a folder, with its records in `records`."""
    records = Records(root / "records")
    crew = CrewOptions(
        connections, parallel_from_bytes=2 * MIB, piece_bytes=MIB, alone_from_bytes_per_s=inf, patience=_PATIENCE
    )
    steps = DownloadSteps(
        lambda: httpx2.Client(trust_env=False),
        lambda *_: None,
        lambda arrival, verdict: records.put(arrival.record(time.time(), verdict)),
        TransferOptions(crew, Disk(lambda _: (0, 2**50))),
    )
    return Downloads(root / "downloads.json", lambda: root / "models", steps)


def _fetch(wish: dict[str, Any]) -> str:
    downloads = open_downloads(Path(wish["root"]), wish["connections"])
    downloads.start()
    found = downloads.wait(downloads.add(DownloadWish("model", (RemoteFile(**wish["file"]),))))
    downloads.close()
    assert found is not None
    return "ready" if found.state is DownloadState.READY else type(found.problem).__name__


def main() -> None:
    """Until standard input ends."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            word = _fetch(json.loads(line))
            print(word, flush=True)
            os._exit(0)
        if sys.stdin.readline().strip() == "kill":
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else "ended", flush=True)


if __name__ == "__main__":
    main()
