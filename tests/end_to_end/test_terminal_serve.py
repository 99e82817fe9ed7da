"""`desktop-llm keys` and `serve` as an administrator runs them: processes of their own, real port, real model."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from desktop_llm.server.access.key_file import KeyFile
from desktop_llm.server.access.keys import ApiKeys
from tests.end_to_end.served import TIMEOUT_S, serving

pytestmark = pytest.mark.model

posix = pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl+C reaches all of a console")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "desktop_llm", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf8", timeout=TIMEOUT_S, check=False)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@posix
def test_a_key_is_made_used_and_revoked_from_the_terminal(key_file: Path) -> None:
    made = run("keys", "create", "editor", "--key-file", str(key_file))
    assert made.returncode == 0
    key = made.stdout.strip()
    assert re.fullmatch(r"dllm-[\w-]{43}", key)
    assert key not in made.stderr
    listed = run("keys", "list", "--json", "--key-file", str(key_file))
    assert json.loads(listed.stdout) == [{"name": "editor", "created_at": None}]
    with serving("--port", "0", "--key-file", str(key_file)) as (process, address), httpx2.Client(timeout=60) as client:
        client.headers = {"Authorization": f"Bearer {key}"}
        ask = {"model": "starter", "max_tokens": 3, "messages": [{"role": "user", "content": "Hello"}]}
        reply = client.post(f"{address}/v1/chat/completions", json=ask)  # loads the model
        assert reply.status_code == 200
        assert reply.json()["usage"]["completion_tokens"] == 3
        revoked = run("keys", "revoke", "editor", "--key-file", str(key_file))
        assert revoked.returncode == 0
        assert client.get(f"{address}/v1/models").status_code == 401
        process.send_signal(signal.SIGTERM)
        assert process.wait(TIMEOUT_S) == 0
        assert process.stderr is not None
        said = process.stderr.read()
    assert key not in said
    assert "Traceback" not in said
    assert run("keys", "list", "--key-file", str(key_file)).stdout.startswith("There are no keys.")


@posix
def test_ctrl_c_ends_it_in_the_middle_of_a_reply(key_file: Path) -> None:
    key = ApiKeys(KeyFile(key_file)).create("editor")
    arguments = ("--port", "0", "--key-file", str(key_file), "--model", "starter")
    with serving(*arguments) as (process, address), httpx2.Client(timeout=60) as client:
        ask = {"model": "starter", "stream": True, "max_tokens": 8000, "ignore_eos": True}
        ask |= {"messages": [{"role": "user", "content": "Hello"}]}
        stream = client.stream("POST", f"{address}/v1/chat/completions", json=ask, headers={"x-api-key": key})
        with stream as answer:
            lines = answer.iter_lines()
            next(lines)
            process.send_signal(signal.SIGINT)
            with pytest.raises(httpx2.RemoteProtocolError):
                list(lines)
        assert process.wait(TIMEOUT_S) == 0


def test_a_second_one_on_the_same_port_says_so_in_one_sentence(key_file: Path) -> None:
    ApiKeys(KeyFile(key_file)).create("editor")
    with serving("--port", "0", "--key-file", str(key_file)) as (_, address):
        second = run("serve", "--port", address.rpartition(":")[2], "--key-file", str(key_file))
        assert_one_sentence(second, 1, "is taken")


def test_the_terminal_says_for_whom_it_listens_and_which_models_come_and_go(key_file: Path) -> None:
    key = ApiKeys(KeyFile(key_file)).create("editor")
    with serving("--port", "0", "--key-file", str(key_file)) as (process, address), httpx2.Client(timeout=60) as client:
        client.headers = {"Authorization": f"Bearer {key}"}
        assert process.stderr is not None
        said = iter(process.stderr.readline, "")
        assert next(line for line in said if "hold a key" in line).endswith(" editor\n")
        assert f"keys create NAME --key-file {key_file}" in next(said)
        for verb in ("load", "unload"):
            assert client.post(f"{address}/v1/{verb}", json={"model": "starter"}).status_code == 200
            assert any(line == f"starter is {verb}ed.\n" for line in said)


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("serve", "--key-file", "{missing}"), 1, "There is no key file"),
        (("serve", "--key-file", "{keys}", "--host", "0.0.0.0"), 1, "over TLS only"),
        (("serve", "--key-file", "{keys}", "--host", "example.org", "--tls"), 1, "not an IP address"),
        (("serve", "--key-file", "{keys}", "--port", "99999"), 2, "from 0 to 65535"),
        (("serve", "--key-file", "{keys}", "--port", "0", "--certificate", "{keys}"), 1, "cannot be used"),
        (("serve", "--key-file", "{keys}", "--port", "0", "--model", "nowhere"), 1, "nowhere"),
        (("serve", "--key-file", "{keys}", "--port", "80x"), 2, "from 0 to 65535"),
        (("serve", "--key-file", "{keys}", "--host", "office"), 1, "not an IP address"),
        (("serve", "--key-file", "{keys}", "--socket", "s", "--port", "80"), 2, "--socket"),
        (("serve", "--key-file", "{keys}", "--port", "0", "--certificate-key", "{keys}"), 2, "--certificate-key"),
        (("serve", "--key", "x"), 2, "--key"),
        (("keys",), 2, "VERB"),
        (("keys", "create", "a b", "--key-file", "{keys}"), 1, "name"),
        (("keys", "revoke", "nobody", "--key-file", "{keys}"), 1, "no key named nobody"),
        (("keys", "create", "editor"), 1, "--key-file FILE"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    key_file: Path, tmp_path: Path, arguments: tuple[str, ...], status: int, says: str
) -> None:
    ApiKeys(KeyFile(key_file)).create("editor")
    words = {"missing": str(tmp_path / "missing"), "keys": str(key_file)}
    done = run(*(argument.format(**words) for argument in arguments))
    assert_one_sentence(done, status, says)


def assert_one_sentence(done: subprocess.CompletedProcess[str], status: int, says: str) -> None:
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
