"""Does a bundle work on a machine that knows nothing of it? Copied away, with an empty home and a bare environment.

Usage: python -m tools.selftest_package [folder of the bundle]
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.steps import ROOT
from tools.xvfb import x_server

_TIMEOUT_S = 300
_QUESTION = "Name the capital of France."


class CheckFailedError(Exception):
    """What the bundle should have done, and what it did."""


class Bundle:
    """A copy of the bundle in a folder of its own, and how its program is called there."""

    def __init__(self, bundle: Path, folder: Path) -> None:
        self.folder = folder
        self._program = folder / "app" / ("desktop-llm.exe" if sys.platform == "win32" else "desktop-llm")
        shutil.copytree(bundle, self._program.parent, symlinks=True)
        self._home = folder / "home"
        self._home.mkdir()

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Call it with nothing in the environment but a home, a path and what is given."""
        return subprocess.run(
            [self._program, *arguments],
            cwd=self._home,
            env={**_bare_environment(self._home), **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_TIMEOUT_S,
            check=False,
        )


def self_test(bundle: Path) -> int:
    """Returns the exit status; prints one line a check and the sum."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="desktop-llm-package-") as folder:
        copy = Bundle(bundle, Path(folder))
        for name, check in _CHECKS.items():
            try:
                check(copy)
            except (CheckFailedError, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"FAILED: {name}: {error}", flush=True)
            else:
                print(f"ok: {name}", flush=True)
    print(f"{len(_CHECKS) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _answers_in_the_terminal(bundle: Bundle) -> None:
    done = bundle.run("chat", _QUESTION, "--json", "--temperature", "0", "--max-tokens", "24")
    _expect_status(done, 0)
    reply = json.loads(done.stdout)
    if not reply["text"].strip() or reply["usage"]["completion_tokens"] < 1:
        raise CheckFailedError(f"it answered {reply}")


def _refuses_a_broken_model(bundle: Bundle) -> None:
    broken = bundle.folder / "broken.gguf"
    broken.write_bytes(b"GGUF\x03\x00\x00\x00" + b"\xff" * 4096)
    done = bundle.run("chat", _QUESTION, "--model", str(broken))
    _expect_status(done, 1)
    if done.stdout or done.stderr.count("\n") != 1 or "Traceback" in done.stderr:
        raise CheckFailedError(f"it said {done.stdout!r} and {done.stderr!r}, not one sentence")


def _goes_on_answering(bundle: Bundle) -> None:
    """The verb loads, asks, tries broken files in a throw-away child, and asks again."""
    _expect_status(bundle.run("self-test"), 0)


def _opens_offscreen(bundle: Bundle) -> None:
    _expect_status(bundle.run("self-test", "--window", QT_QPA_PLATFORM="offscreen"), 0)


def _opens_on_an_x_server(bundle: Bundle) -> None:
    with x_server() as display:
        _expect_status(bundle.run("self-test", "--window", DISPLAY=display), 0)


_CHECKS: dict[str, Callable[[Bundle], None]] = {
    "the terminal answers a question": _answers_in_the_terminal,
    "a broken model is refused in one sentence": _refuses_a_broken_model,
    "broken models are refused while the loaded one goes on answering": _goes_on_answering,
    "the window opens offscreen and answers": _opens_offscreen,
}
if sys.platform.startswith("linux"):
    _CHECKS["the window opens on an X server and answers"] = _opens_on_an_x_server


def _expect_status(done: subprocess.CompletedProcess[str], status: int) -> None:
    if done.returncode != status:
        raise CheckFailedError(
            f"it ended with {done.returncode} and not {status}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        )


def _bare_environment(home: Path) -> Mapping[str, str]:
    if sys.platform == "win32":
        import os

        return {"SYSTEMROOT": os.environ["SYSTEMROOT"], "USERPROFILE": str(home), "LOCALAPPDATA": str(home)}
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


if __name__ == "__main__":
    sys.exit(self_test(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist" / "desktop-llm"))
