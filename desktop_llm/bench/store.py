"""BenchStore: the benchmarks that were run on this computer, one small file each."""

from __future__ import annotations

import json
import logging
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop_llm.durable import write_durably
from desktop_llm.errors import BenchError

if TYPE_CHECKING:
    from desktop_llm.bench.results import BenchRun

_log = logging.getLogger(__name__)

_SUFFIX: Final = ".json"
#: A file that is larger is none of ours.
_MOST_BYTES: Final = 8 * 1024 * 1024
_Identity = tuple[int, int]  # size, time of change


class BenchStore:
    """Any thread. What another program has put there is looked at each time; what cannot be read is left alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[_Identity, BenchRun | None]] = {}

    def runs(self) -> tuple[BenchRun, ...]:
        """Every run, newest first. Waits for the disk."""
        try:
            files = [file for file in self._folder.iterdir() if file.suffix == _SUFFIX and file.name[0] != "."]
        except OSError:
            return ()
        found = (self._look(file) for file in files)
        return tuple(sorted((run for run in found if run is not None), key=lambda run: -run.at))

    def put(self, run: BenchRun) -> None:
        """Keep a run. Waits for the disk. Raises BenchError."""
        from desktop_llm.bench.record import as_record

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_durably(self._file(run), json.dumps(as_record(run), ensure_ascii=False, indent=1).encode())
        except OSError as error:
            raise BenchError("The benchmark could not be kept: {reason}.", reason=error.strerror or error) from error

    def remove(self, run: BenchRun) -> None:
        """Forget a run; `put` brings it back. Raises BenchError."""
        try:
            self._file(run).unlink(missing_ok=True)
        except OSError as error:
            raise BenchError("The benchmark could not be deleted: {reason}.", reason=error.strerror or error) from error

    def _file(self, run: BenchRun) -> Path:
        return self._folder / f"{run.id}{_SUFFIX}"

    def _look(self, file: Path) -> BenchRun | None:
        with suppress(OSError):
            status = file.stat()
            identity = status.st_size, status.st_mtime_ns
            with self._lock:
                known = self._read.get(file)
            if known is not None and known[0] == identity:
                return known[1]
            run = _run_in(file) if status.st_size <= _MOST_BYTES else None
            with self._lock:
                self._read[file] = identity, run
            return run
        return None


def _run_in(file: Path) -> BenchRun | None:
    """None for what is none; a name that is not the run's own is none either, so that it can be deleted by it."""
    from desktop_llm.bench.record import read_record

    try:
        text = file.read_text(encoding="utf-8")
        run = read_record(json.loads(text, parse_constant=_no_number))
    except (ValueError, RecursionError):
        _log.debug("a kept benchmark could not be read")
        return None
    return run if file.stem == run.id else None


def _no_number(text: str) -> float:
    """NaN and the infinities, which Python would read."""
    raise ValueError(f"{text} is no number.")
