"""What `make` calls: sets up what is missing, then runs what was asked for.

Usage: python -m tools.setup run [arguments of the app]
       python -m tools.setup test | test-gpu | nightly | lint | coverage | package | screenshots | bench | lock
       python -m tools.setup prepare
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from tools import gpu
from tools.checks import LINTERS, TESTS, run_checks, run_nightly
from tools.environment import PYTHON, Environment, PackagesMissingError
from tools.lock import lock
from tools.steps import LOG, ROOT, StepFailedError

#: Arguments from `make run ARGS=…`, as one text; make hands it over unread.
ARGUMENTS_VARIABLE = "DESKTOP_LLM_ARGS"

_INTERRUPTED = 130
_NO_DISPLAY = """There is no display to open the window on; ask in the terminal instead: make run ARGS='chat "…"'"""


def main(arguments: Sequence[str]) -> int:
    """Returns the exit status."""
    verb, *rest = arguments or [""]
    try:
        if verb == "run":
            return _run_app(rest or _typed_arguments())
        if verb not in _VERBS:
            print(__doc__)
            return 2
        return _VERBS[verb]()
    except KeyboardInterrupt:
        print("\nInterrupted; the next call goes on from here.", file=sys.stderr)
        return _INTERRUPTED


def needs_display(arguments: Sequence[str], environment: Mapping[str, str], platform: str) -> bool:
    """Whether these arguments open the window where none can be opened."""
    opens_window = not arguments or arguments[0] == "window"
    has_display = any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    return opens_window and platform.startswith("linux") and not has_display


def _typed_arguments() -> list[str]:
    return shlex.split(os.environ.get(ARGUMENTS_VARIABLE, ""))


def _prepare(lock_name: str) -> bool:
    """Set up; says what went wrong. Returns whether all is there."""
    environment = Environment(lock_name)
    try:
        environment.prepare()
    except PackagesMissingError as error:
        print(error)
        return False
    except StepFailedError as error:
        environment.show_log()
        print(f"The set-up failed: {error}. Its log, shown above, is in {LOG}.", file=sys.stderr)
        return False
    return True


def _run_app(arguments: Sequence[str]) -> int:
    if needs_display(arguments, os.environ, sys.platform):
        print(_NO_DISPLAY, file=sys.stderr)
        return 1
    if not _prepare("run"):
        return 1
    command = [str(PYTHON), "-m", "desktop_llm", *arguments]
    if sys.platform == "win32":
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    os.chdir(ROOT)
    # The program takes this one's place, and gets its signals.
    return os.execv(PYTHON, command)  # noqa: S606


def _test() -> int:
    return run_checks(LINTERS + TESTS) if _prepare("test") else 1


def _test_gpu() -> int:
    return gpu.run_tests(_typed_arguments()) if _prepare("test") else 1


def _nightly() -> int:
    return run_nightly() if _prepare("test") else 1


def _lint() -> int:
    return run_checks(LINTERS) if _prepare("test") else 1


def _script(*arguments: str) -> Callable[[], int]:
    def run() -> int:
        if not _prepare("test"):
            return 1
        return subprocess.run([PYTHON, *arguments], cwd=ROOT, check=False).returncode

    return run


def _coverage() -> int:
    steps = (("run", "-m", "pytest"), ("combine",), ("report",))
    return next((status for step in steps if (status := _script("-m", "coverage", *step)())), 0)


def _lock() -> int:
    return lock() if _prepare("run") else 1


_VERBS: dict[str, Callable[[], int]] = {
    "test": _test,
    "test-gpu": _test_gpu,
    "nightly": _nightly,
    "lint": _lint,
    "coverage": _coverage,
    "package": _script("-m", "tools.package"),
    "screenshots": _script("-m", "tools.screenshots"),
    "bench": _script("-m", "benchmarks"),
    "lock": _lock,
    "prepare": lambda: 0 if _prepare("test") else 1,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
