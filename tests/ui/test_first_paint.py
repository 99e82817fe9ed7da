"""What must not be imported before the window's first picture, and what not before its content."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    "numpy", "llama_cpp", "huggingface_hub", "keyring", "httpx", "starlette", "jinja2", "pygments", "psutil",
    "markdown_it", "asyncio", "qasync", "multiprocessing",
}  # fmt: skip

_PROGRAM = """
import json, os, sys
from contextlib import ExitStack
import desktop_llm.app
from desktop_llm.paths import find_paths
from desktop_llm.ui.run import Opening, make_application

seen = {}
application = make_application()
with ExitStack() as stack:
    opening = Opening(application, find_paths(), stack)
    opening.frame.first_painted.connect(lambda: seen.update(painted=sorted(sys.modules)))
    opening.filled.connect(lambda: (seen.update(filled=sorted(sys.modules)), application.quit()))
    application.exec()
print(json.dumps(seen))
"""


@pytest.mark.gui
def test_nothing_heavy_is_imported_before_the_first_picture(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("load_at_start = false\n")
    environment = os.environ | {"DESKTOP_LLM_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    said = subprocess.run(
        [sys.executable, "-c", _PROGRAM], env=environment, cwd=tmp_path, capture_output=True, check=True, timeout=60
    )
    seen = json.loads(said.stdout)
    assert HEAVY & set(seen["painted"]) == set()
    assert {"desktop_llm.services", "desktop_llm.ui.content"} & set(seen["painted"]) == set()
    assert (HEAVY - {"psutil"}) & set(seen["filled"]) == set()
