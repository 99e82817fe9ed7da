"""What the window must not import before it is painted, and before it takes keys: every module is time to wait."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]

_OPEN = """
import json, os, sys
from contextlib import ExitStack
import desktop_llm.app
from desktop_llm.paths import find_paths
from desktop_llm.ui.run import Opening, make_application

application = make_application()
seen = []
with ExitStack() as stack:
    opening = Opening(application, find_paths(), stack)
    opening.frame.first_painted.connect(lambda: seen.append(sorted(sys.modules)))

    def fill():
        seen.append(sorted(sys.modules))
        print(json.dumps(seen), flush=True)
        os._exit(0)

    opening.filled.connect(fill)
    application.exec()
"""

#: Only the frame, the settings and the table of colours are needed for the first picture.
_PAINTED = {
    "desktop_llm",
    "desktop_llm.app",
    "desktop_llm.cli",
    "desktop_llm.cli.display",
    "desktop_llm.cli.terminal",
    "desktop_llm.durable",
    "desktop_llm.errors",
    "desktop_llm.paths",
    "desktop_llm.settings",
    "desktop_llm.ui",
    "desktop_llm.ui.frame",
    "desktop_llm.ui.run",
    "desktop_llm.ui.widgets",
    "desktop_llm.ui.widgets.theme",
}

#: Rooms and libraries that a window with nothing in it does without: they come when they are asked for.
_NOT_TO_OPEN = (
    "asyncio",
    "ctypes",
    "csv",
    "email",
    "fractions",
    "httpx2",
    "huggingface_hub",
    "jinja2",
    "jsonschema",
    "keyring",
    "llama_cpp",
    "numpy",
    "psutil",
    "pydantic",
    "pygments",
    "pynvml",
    "ssl",
    "starlette",
    "statistics",
    "subprocess",
    "tiktoken",
    "tomli_w",
    "uvicorn",
    "desktop_llm.bench",
    "desktop_llm.building.downloads",
    "desktop_llm.building.monitor",
    "desktop_llm.building.planner",
    "desktop_llm.building.pool",
    "desktop_llm.building.serving",
    "desktop_llm.building.tokenizers",
    "desktop_llm.engine.child_process",
    "desktop_llm.engine.grammars",
    "desktop_llm.engine.llama",
    "desktop_llm.engine.prompt",
    "desktop_llm.engine.replies.parser",
    "desktop_llm.engine.trial",
    "desktop_llm.hardware",
    "desktop_llm.models.accuracy",
    "desktop_llm.models.catalog",
    "desktop_llm.models.download.downloads",
    "desktop_llm.models.fit",
    "desktop_llm.models.gguf",
    "desktop_llm.models.hub.hub",
    "desktop_llm.models.planner",
    "desktop_llm.models.pool.pool",
    "desktop_llm.models.recommend",
    "desktop_llm.models.speed",
    "desktop_llm.server",
    "desktop_llm.tokens",
    "desktop_llm.ui.api.api_page",
    "desktop_llm.ui.confidence",
    "desktop_llm.ui.models",
    "desktop_llm.ui.monitor",
    "desktop_llm.ui.settings_page",
    "desktop_llm.ui.tokens",
    "desktop_llm.ui.transcript",
)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """The modules there are at the window's first picture, and when it takes keys, in a process of its own."""
    home = tmp_path_factory.mktemp("home")
    (home / "settings.toml").write_text('theme = "light"\nload_at_start = false\n', encoding="utf-8")
    environment = os.environ | {"DESKTOP_LLM_HOME": str(home), "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", _OPEN], env=environment, stdout=subprocess.PIPE, timeout=60, check=True, cwd=_ROOT
    )
    painted, filled = json.loads(done.stdout)
    return set(painted), set(filled)


@pytest.mark.gui
def test_the_first_picture_needs_the_frame_and_the_settings_alone(imported: tuple[set[str], set[str]]) -> None:
    painted, _ = imported
    assert {name for name in painted if name.split(".")[0] == "desktop_llm"} == _PAINTED


@pytest.mark.gui
def test_the_window_takes_keys_without_the_rooms_that_it_does_not_show(imported: tuple[set[str], set[str]]) -> None:
    _, filled = imported
    assert [name for name in _NOT_TO_OPEN if name in filled] == []
