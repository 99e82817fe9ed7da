"""Resolve every dependency anew and write requirements/*.lock: exact versions and hashes for every system."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tools.environment import PYTHON, REQUIREMENTS
from tools.steps import ROOT

#: What is resolved into which file; a later file keeps to the versions of those before it.
_LOCKS = {
    "run": ["pyproject.toml"],
    "test": ["pyproject.toml", "--group", "test", "--group", "package"],
    "setup": ["--group", "pyproject.toml:setup"],
    "lock": ["--group", "pyproject.toml:lock"],
}
_OPTIONS = "--universal --python-version 3.11 --generate-hashes --no-header --no-annotate".split()
_HEADER = "# Made by `make lock` from pyproject.toml; do not edit.\n"


def lock() -> int:
    """Returns the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        pip: list[str | Path] = [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--target",
            folder,
            "--no-deps",
            "--require-hashes",
        ]
        subprocess.run([*pip, "--requirement", REQUIREMENTS / "lock.lock"], check=True)
        uv = Path(folder, "bin", "uv")
        done: list[str] = []
        for name, sources in _LOCKS.items():
            target = REQUIREMENTS / f"{name}.lock"
            target.write_text(_HEADER + _compile(uv, sources, done), encoding="utf-8")
            done += ["--constraint", str(target)]
            print(f"wrote {target.relative_to(ROOT)}")
    return 0


def _compile(uv: Path, sources: list[str], constraints: list[str]) -> str:
    """The text of a lock file, without the name of an index or of this machine's folders."""
    command: list[str | Path] = [uv, "pip", "compile", "--upgrade", *_OPTIONS, *sources, *constraints]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
