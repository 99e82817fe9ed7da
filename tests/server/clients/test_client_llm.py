"""`llm`, the command, with our server as an OpenAI-compatible model (extra-openai-models.yaml)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.conftest import Api

pytestmark = pytest.mark.model


def _llm(home: Path, *arguments: str) -> str:
    environment = {**os.environ, "LLM_USER_PATH": str(home), "LLM_LOAD_PLUGINS": ""}
    done = subprocess.run(
        [sys.executable, "-m", "llm", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def home(tmp_path: Path, api: Api) -> Path:
    model = {
        "model_id": "desk",
        "model_name": "starter",
        "api_base": f"{api.url}/v1",
        "api_key_name": "desk",
        "supports_schema": True,
    }
    (tmp_path / "extra-openai-models.yaml").write_text(json.dumps([model]))  # JSON is YAML
    (tmp_path / "keys.json").write_text(json.dumps({"desk": api.key}))
    return tmp_path


def test_llm_gets_a_reply_streamed(home: Path) -> None:
    options = ("-m", "desk", "-o", "temperature", "0", "-o", "max_tokens", "6")
    assert _llm(home, "prompt", "Say hello.", *options).strip()


def test_llm_gets_a_value_of_a_schema_whole(home: Path) -> None:
    options = ("-m", "desk", "--no-stream", "-o", "temperature", "0", "-o", "max_tokens", "200")
    said = _llm(home, "prompt", "Is this good?", "--schema", "is_good bool, grade int", *options)
    assert set(json.loads(said)) == {"is_good", "grade"}
