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

from tests.server.conftest import Api

_SCRIPT = Path(__file__).parent / "node" / "openai_client.mjs"
_FOLDER = Path(sys.prefix) / "node"


@pytest.mark.model
def test_node_gets_models_chats_streams_calls_vectors_and_errors(api: Api) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: its client of the API is not tested.")
    if not (_FOLDER / "node_modules" / "openai").is_dir():
        pytest.skip("The openai package for Node is not installed (the set-up does it where there is npm).")
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
