"""Packages for Node that tests of the local API run; where there is no Node, or no network, those tests are skipped."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tools.steps import ROOT, Log, Stamps, StepFailedError, announced, key_of

SOURCE = ROOT / "tests" / "server" / "clients" / "node"
_FILES = ("package.json", "package-lock.json")
_STEP = "node"


def node_folder(venv: Path) -> Path:
    """Where they are installed: inside the environment, and gone with it."""
    return venv / "node"


def install_node_packages(venv: Path, stamps: Stamps, log: Log) -> None:
    """Install what the lock file pins, unless it is there already. What fails is said in one line, and no failure."""
    npm = shutil.which("npm")
    key = node_key()
    if npm is None or stamps.is_done(_STEP, key):
        return
    folder = node_folder(venv)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in _FILES:
        shutil.copyfile(SOURCE / name, folder / name)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries", "1", "--fetch-timeout", "30000"]
    try:
        with announced("Installing a package for Node (a few seconds)"):
            log.run([npm, "ci", *options], {**os.environ, "NO_UPDATE_NOTIFIER": "1"}, folder)
    except StepFailedError:
        shutil.rmtree(folder)
        print("The package for Node could not be installed: its tests will be skipped.", flush=True)
    stamps.note(_STEP, key)


def node_key() -> str:
    """What the step depends on."""
    return key_of([SOURCE / name for name in _FILES], str(shutil.which("npm")))
