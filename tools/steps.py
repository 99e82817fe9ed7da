"""Set-up in steps: each is done once, says in one line what it does, and leaves its details in a log."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / "build" / "setup.log"


class StepFailedError(Exception):
    """A command of a step failed; the log says how."""


class Log:
    """The file that every command of the set-up writes to; begun anew with each set-up that does something."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_begun = False

    def run(
        self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None, folder: Path = ROOT
    ) -> None:
        """Run one command in a folder. Raises StepFailedError when it fails."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab" if self._is_begun else "wb") as output:
            self._is_begun = True
            output.write(f"$ {' '.join(str(word) for word in command)}\n".encode())
            output.flush()
            try:
                done = subprocess.run(command, stdout=output, stderr=output, env=environment, cwd=folder, check=False)
            except OSError as error:
                raise StepFailedError(str(error)) from error
        if done.returncode != 0:
            raise StepFailedError(f"{command[0]} ended with status {done.returncode}")

    def print(self) -> None:
        """Show all of it on standard error."""
        if self.path.exists():
            sys.stderr.write(self.path.read_text(encoding="utf-8", errors="replace"))


class Stamps:
    """Which steps are done, and with which inputs: a file inside the environment that it describes.

    A step that was begun and not finished is remembered too, for a half-installed package looks installed to pip.
    """

    _UNFINISHED = "unfinished"

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_done(self, step: str, key: str) -> bool:
        """Whether the step was finished with exactly these inputs."""
        return self._read().get(step) == key

    def unfinished(self) -> str | None:
        """The step that was cut off, if one was."""
        return self._read().get(self._UNFINISHED)

    @contextmanager
    def doing(self, step: str, key: str) -> Iterator[None]:
        """The step is unfinished until the block ends well."""
        self._change(**{step: None, self._UNFINISHED: step})
        yield
        self._change(**{step: key, self._UNFINISHED: None})

    def note(self, step: str, key: str) -> None:
        """The step is done, by way of another one."""
        self._change(**{step: key})

    def _change(self, **entries: str | None) -> None:
        kept = {name: key for name, key in {**self._read(), **entries}.items() if key is not None}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        part.replace(self._path)

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def key_of(files: Iterable[Path], *words: str) -> str:
    """A digest of files and words: another key, another set-up."""
    digest = hashlib.sha256(json.dumps(words).encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def announced(sentence: str) -> Iterator[None]:
    """One line for a step: what happens, and at the end how long it took."""
    print(f"{sentence} ...", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - begun:.0f} s", flush=True)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Two set-ups of the same checkout wait for each other."""
    if fcntl is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up of this folder is running; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def core_count() -> int:
    """The cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
