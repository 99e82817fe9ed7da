"""The `openai` package for Node against the real port."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop_llm.server.config import ServerConfig
from desktop_llm.ui.api.examples import MASK, example
from tests.server.another import another_server
from tests.server.conftest import Api

_SCRIPT = Path(__file__).parent / "node" / "openai_client.mjs"
_FOLDER = Path(sys.prefix) / "node"


@pytest.fixture(scope="module")
def node() -> str:
    """Node, with the package that is tested."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("Node is not installed: its client of the API is not tested.")
    if not all((_FOLDER / "node_modules" / name).is_dir() for name in ("openai", "undici")):
        pytest.skip("The packages for Node are not installed (the set-up does it where there is npm).")
    return found


@pytest.mark.model
def test_node_gets_models_chats_streams_calls_vectors_and_errors(api: Api, node: str) -> None:
    api.services.pool.acquire("embedder", keep_alive_s=-1).result(60).release()
    done = subprocess.run(
        [node, str(_SCRIPT), str(_FOLDER)],
        env={**os.environ, "API_URL": api.url, "API_KEY": api.key},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    api.services.pool.unload("embedder")
    assert done.returncode == 0, done.stderr
    got: dict[str, Any] = json.loads(done.stdout)
    assert {"starter", "embedder"} <= set(got["models"])
    assert got["whole"] and got["streamed"] == got["whole"]
    assert got["usage"]["completion_tokens"] > 0
    assert got["call"]["name"] == "add" and set(json.loads(got["call"]["arguments"])) == {"a", "b"}
    assert got["vectors"] == [384, 384]
    assert got["errors"] == [True, True, True] and got["param"] == "temperature"


@pytest.mark.model
@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
def test_the_windows_example_for_node_works_over_a_unix_socket(api: Api, node: str, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(_FOLDER / "node_modules")
    script = tmp_path / "over_socket.mjs"
    with another_server(api, ServerConfig(socket_path=tmp_path / "api.sock")) as (_, serving):
        text = example("Node (openai)", serving.config, "starter").replace(MASK, api.key)
        script.write_text(text.replace('model: "starter",', 'model: "starter", max_tokens: 8,'))
        done = subprocess.run([node, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
