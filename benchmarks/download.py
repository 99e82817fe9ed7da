"""How fast a file is fetched, hashed and proven, beside curl, which only fetches; and how much memory that takes.

    python -m benchmarks.download [MiB [FOLDER]]

A local server sends a file of that size (1024) with sendfile, so that the server costs little. Where there
is a folder in memory (/dev/shm), and no other is named, the files go there: the comparison is of programs, not of
the disk, which ours waits for and curl does not. Runs
alternate; *best* compares the best of each, *median* neighbours. The goal: with one connection at
least 0.9 of curl's rate.
Memory is what a process's peak grows by while it fetches 256 MiB, and 4 GiB, to the disk.
"""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import Any, Final

import httpx2
import psutil

from desktop_llm.models.download.part_file import Disk
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.download.transfer import Transfer, TransferOptions
from desktop_llm.models.download.transfer_crew import CrewOptions
from desktop_llm.models.hub.gate import NO_PROXY, Gate, NetworkRules, Why
from desktop_llm.models.hub.ledger import Ledger

ROOT = Path(__file__).resolve().parents[1]
MIB: Final = 2**20
GOAL: Final = 0.9
_REPEATS: Final = 7
_MEMORY_SIZES: Final = (256 * MIB, 4096 * MIB)
_TABLE = "{:44} {:>9} {:>9} {:>9} {:>9}"
_PIECE = bytes(range(256)) * 4096


def main(size_bytes: int, where: Path | None = None) -> dict[str, Any]:
    """Fetch the same file by turns; print what it took."""
    in_memory = Path("/dev/shm") if where is None and os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=where or in_memory) as folder:
        source = Path(folder, "source.gguf")
        file = _write_source(source, size_bytes)
        with _serving(Path(folder)) as address:
            rates = _compare(Path(folder), _addressed(file, address))
    found: dict[str, Any] = {
        "benchmark": "download",
        "in_memory": in_memory is not None,
        "size_mib": size_bytes // MIB,
        **_ratios(rates),
        "grown_mib": {size // MIB: round(_memory(size), 1) for size in _MEMORY_SIZES},
    }
    print(json.dumps(found))
    return found


def _compare(folder: Path, file: RemoteFile) -> dict[str, list[float]]:
    """Seconds of each way, by turns."""
    target = folder / "target.gguf"
    ways: dict[str, Callable[[], None]] = {
        "curl": lambda: _curl(file, target),
        "curl, then sha256": lambda: _curl_and_hash(file, target),
        "one connection": lambda: _ours(file, target, CrewOptions(connections=1)),
        "as it chooses": lambda: _ours(file, target, CrewOptions()),
        "four connections": lambda: _ours(file, target, CrewOptions(alone_from_bytes_per_s=inf)),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(_REPEATS):
        for name, way in ways.items():
            started = time.monotonic()
            way()
            taken[name].append(time.monotonic() - started)
            target.unlink()
    return {name: [file.size_bytes / each / 1e6 for each in seconds] for name, seconds in taken.items()}


def _ratios(rates: dict[str, list[float]]) -> dict[str, Any]:
    curl = rates["curl"]
    print(_TABLE.format("way", "best MB/s", "median", "best/curl", "median"))
    rows = {}
    for name, found in rates.items():
        ratios = [ours / theirs for ours, theirs in zip(found, curl, strict=True)]
        rows[name] = {
            "best_mb_per_s": round(max(found)),
            "median_mb_per_s": round(statistics.median(found)),
            "best_ratio": round(max(found) / max(curl), 3),
            "median_ratio": round(statistics.median(ratios), 3),
        }
        print(_TABLE.format(name, *rows[name].values()), flush=True)
    return {"ways": rows, "goal": GOAL}


def _curl(file: RemoteFile, target: Path) -> None:
    subprocess.run(["curl", "--silent", "--fail", "--output", target, file.url], check=True)


def _curl_and_hash(file: RemoteFile, target: Path) -> None:
    _curl(file, target)
    with target.open("rb") as whole:
        assert hashlib.file_digest(whole, "sha256").hexdigest() == file.sha256


def _ours(file: RemoteFile, target: Path, crew: CrewOptions) -> None:
    # The disk of a benchmark may be small: no reserve is asked for.
    options = TransferOptions(crew, Disk(lambda _: (0, file.size_bytes)))
    ledger = Ledger(target.with_name("ledger.jsonl"))
    gate = Gate(lambda: NetworkRules(endpoint=file.url, proxy=NO_PROXY), ledger)
    Transfer(file, target, lambda: gate.client(Why.DOWNLOAD), options).run()


def _memory(size_bytes: int) -> float:
    """MiB by which the peak of a process grows that fetches a file of zeros, which takes no room at its source."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source.gguf")
        with source.open("wb") as empty:
            empty.truncate(size_bytes)
        with _serving(Path(folder)) as address:
            command = [sys.executable, "-m", "benchmarks.download", "--child", address, str(size_bytes), folder]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    grown = float(done.stdout) / MIB
    print(f"{size_bytes // MIB} MiB grow the process by {grown:.1f} MiB", flush=True)
    return grown


def _child(address: str, size_bytes: int, folder: Path) -> None:
    digest = hashlib.sha256()
    for _ in range(size_bytes // MIB):
        digest.update(bytes(MIB))
    file = RemoteFile("a/b", "main", "source.gguf", "", size_bytes, digest.hexdigest())
    httpx2.Client().close()  # what the library itself takes
    before = psutil.Process().memory_info().rss
    _ours(_addressed(file, address), folder / "target.gguf", CrewOptions(alone_from_bytes_per_s=inf))
    print(_peak_bytes() - before)


def _peak_bytes() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return int(psutil.Process().memory_info().rss)
    return 1024 * int(re.findall(r"VmHWM:\s+(\d+)", status.read_text())[0])


def _write_source(path: Path, size_bytes: int) -> RemoteFile:
    digest = hashlib.sha256()
    with path.open("wb") as out:
        for _ in range(size_bytes // len(_PIECE)):
            out.write(_PIECE)
            digest.update(_PIECE)
    return RemoteFile("a/b", "main", path.name, "", path.stat().st_size, digest.hexdigest())


def _addressed(file: RemoteFile, address: str) -> RemoteFile:
    return RemoteFile(file.repo, file.commit, file.path, f"{address}/{file.path}", file.size_bytes, file.sha256)


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    """A server in a process of its own; its address."""
    command = [sys.executable, "-m", "benchmarks.download", "--serve", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


class _Handler(http.server.BaseHTTPRequestHandler):
    """Sends files, or ranges of them."""

    protocol_version = "HTTP/1.1"
    folder = Path()

    def do_GET(self) -> None:
        with (self.folder / self.path.lstrip("/")).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            found = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            start, end = (int(found[1]), int(found[2]) + 1) if found else (0, size)
            self.send_response(206 if found else 200)
            self.send_header("Content-Length", str(end - start))
            self.send_header("ETag", '"source"')
            if found:
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
            self.end_headers()
            self.wfile.flush()
            while start < end and (sent := os.sendfile(self.connection.fileno(), file.fileno(), start, end - start)):
                start += sent

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _serve(folder: Path) -> None:
    _Handler.folder = folder
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--serve", served]:
            _serve(Path(served))
        case ["--child", server_address, bytes_text, child_folder]:
            _child(server_address, int(bytes_text), Path(child_folder))
        case _ if not hasattr(os, "sendfile") or shutil.which("curl") is None:
            print("curl or sendfile is missing here: nothing to compare with")
        case arguments:
            place = Path(arguments[1]) if len(arguments) > 1 else None
            results = main(int(arguments[0]) * MIB if arguments else 1024 * MIB, place)
            sys.exit(results["ways"]["one connection"]["best_ratio"] < GOAL)
