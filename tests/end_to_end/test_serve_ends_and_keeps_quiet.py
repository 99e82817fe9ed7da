"""`desktop-llm serve` under load: how it ends, how it begins again; and nothing of what passes through is kept."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from desktop_llm.server.access.key_file import KeyFile
from desktop_llm.server.access.keys import ApiKeys
from tests.end_to_end.served import TIMEOUT_S, serving

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl+C reaches all of a console"),
]

#: Half of them are replied to at once, the others wait.
N_STREAMS, N_AT_ONCE = 8, 4
LONG = {"model": "starter", "stream": True, "max_tokens": 8000, "ignore_eos": True}
LONG |= {"messages": [{"role": "user", "content": "Count."}]}


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@contextmanager
def streams(address: str, key: str, n: int = N_STREAMS) -> Iterator[list[str]]:
    """So many replies that go on for as long as the server does, or wait for the others; how each of them ended."""
    ends: list[str] = []
    begun = threading.Semaphore(0)

    def read(_: int) -> None:
        asked = httpx2.stream(
            "POST",
            f"{address}/v1/chat/completions",
            json=LONG,
            headers={"x-api-key": key},
            timeout=TIMEOUT_S,
            verify=False,
        )
        try:
            with asked as answer:
                begun.release()
                for _line in answer.iter_lines():
                    pass
        except httpx2.TransportError:
            ends.append("broken off")
        else:
            ends.append("whole")

    with ThreadPoolExecutor(n) as pool:
        reading = [pool.submit(read, number) for number in range(n)]
        for _ in range(min(n, N_AT_ONCE)):
            assert begun.acquire(timeout=TIMEOUT_S)
        yield ends
        for each in reading:
            each.result(TIMEOUT_S)


def test_sigterm_under_load_ends_it_in_seconds_without_a_fault(key_file: Path) -> None:
    key = ApiKeys(KeyFile(key_file)).create("editor")
    with serving("--port", "0", "--key-file", str(key_file), "--model", "starter") as (process, address):
        with streams(address, key) as ends:
            process.send_signal(signal.SIGTERM)
            since = time.monotonic()
            assert process.wait(TIMEOUT_S) == 0
            assert time.monotonic() - since < 10.0
        assert ends == ["broken off"] * N_STREAMS
        assert process.stderr is not None
        said = process.stderr.read()
    assert "has ended" in said
    assert not re.search("Traceback|Error|Exception|Warning", said)


def test_killed_under_load_it_starts_again_on_the_same_port(key_file: Path) -> None:
    key = ApiKeys(KeyFile(key_file)).create("editor")
    common = ("--key-file", str(key_file), "--model", "starter")
    with serving("--port", "0", *common) as (process, address), streams(address, key):
        process.kill()
        assert process.wait(TIMEOUT_S) == -signal.SIGKILL
    port = address.rpartition(":")[2]
    with serving("--port", port, *common) as (_, again):
        assert again == address
        assert httpx2.get(f"{again}/v1/models", headers={"x-api-key": key}).status_code == 200


PROMPT, TOOL, PATH, NAME, WRONG = "canaryprompt", "canarytool", "canarypath", "canaryname", "dllm-canarykey"
CANARIES = (PROMPT, TOOL, PATH, NAME, WRONG, "CANARYMETHOD")


def test_neither_keys_nor_words_are_kept_or_told(key_file: Path, tmp_path: Path) -> None:
    keys = ApiKeys(KeyFile(key_file))
    key, revoked = keys.create("editor"), keys.create("revoked")
    keys.revoke("revoked")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with serving("--port", "0", "--key-file", str(key_file), home=home) as (process, address):
        with httpx2.Client(base_url=address, timeout=TIMEOUT_S) as client:
            replies = list(_say_canaries(client, key))
            refusals = list(_be_refused(client, key, revoked))
            told = client.get("/metrics", headers={"x-api-key": key}).text
            told += client.get("/openapi.json", headers={"x-api-key": key}).text
        command = subprocess.run(["ps", "-o", "args=", "-p", str(process.pid)], capture_output=True, check=True)
        process.send_signal(signal.SIGTERM)
        out, said = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0
    kept = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert any(name.endswith(".jsonl") for name in kept), "the log of requests is among them"
    assert len(replies) > 1
    places = kept | {
        "output": f"{out}\n{said}".encode(),
        "metrics": told.encode(),
        "arguments": command.stdout,
    }
    said_back = "\n".join(refusals)
    assert not [each for each in (key, revoked, WRONG, PROMPT, *replies) if each in said_back]
    for place, content in places.items():
        for canary in (key, revoked, *CANARIES, *replies):
            assert canary.encode() not in content, f"{canary} in {place}"


def _say_canaries(client: httpx2.Client, key: str) -> Iterator[str]:
    """What was replied to prompts with a canary, on each API."""
    turns = [{"role": "user", "content": f"Say {PROMPT} often, and why."}]
    asks: dict[str, dict[str, Any]] = {
        "/v1/chat/completions": {"messages": turns, "max_tokens": 40, "user": NAME, "canary_extra": PROMPT},
        "/v1/completions": {"prompt": PROMPT, "max_tokens": 40},
        "/v1/messages": {"messages": turns, "max_tokens": 40, "system": TOOL},
        "/v1/responses": {"input": PROMPT, "max_output_tokens": 40, "metadata": {NAME: NAME}},
        "/api/chat": {"messages": turns, "options": {"num_predict": 40}, "stream": False},
        "/api/generate": {"prompt": PROMPT, "options": {"num_predict": 40}, "stream": False},
    }
    for path, body in asks.items():
        given = client.post(path, json={"model": "starter", "ignore_eos": True} | body, headers={"x-api-key": key})
        assert given.status_code == 200, given.text
        yield _text_in(given.json())[:40]


def _text_in(given: dict[str, Any]) -> str:
    match given:
        case {"choices": [{"message": {"content": str(text)}}]} | {"choices": [{"text": str(text)}]}:
            return text
        case {"content": [{"text": str(text)}, *_]} | {"output": [{"content": [{"text": str(text)}]}, *_]}:
            return text
        case {"message": {"content": str(text)}} | {"response": str(text)}:
            return text
    raise AssertionError(given)


def _be_refused(client: httpx2.Client, key: str, revoked: str) -> Iterator[str]:
    """What refusals say. Names come back (a tool's, a model's), but no key and no prompt."""
    own = {"x-api-key": key}
    turns = [{"role": "user", "content": PROMPT}]
    chat = "/v1/chat/completions"
    for headers in ({"x-api-key": revoked}, {"x-api-key": WRONG}, {"Authorization": f"Bearer {key}x"}, {}):
        yield client.get(f"/v1/models?api_key={key}", headers=headers).text
    for header in ({"Origin": f"https://{NAME}"}, {"Host": NAME}):
        yield client.get("/v1/models", headers=own | header).text
    for body in (
        {"messages": turns, "temperature": PROMPT},
        {"messages": turns, "top_p": 7},
        {"messages": [{"role": PROMPT, "content": PROMPT}]},
        {"messages": turns, "tools": [{"type": "function", "function": {"name": f"{TOOL} {TOOL}"}}]},
        {"messages": turns, "response_format": {"type": "json_schema", "json_schema": {"schema": {"type": TOOL}}}},
        {"messages": turns, "grammar": f"root ::= {PROMPT}"},
        {"messages": [{"role": "user", "content": f"{PROMPT} " * 20_000}]},
    ):
        given = client.post(chat, json={"model": "starter"} | body, headers=own)
        assert given.status_code == 400, str(body)[:200]
        yield given.text
    yield client.post(chat, content=f'{{"{PROMPT}"', headers=own | {"Content-Type": "application/json"}).text
    yield client.request("CANARYMETHOD", f"/{PATH}?{PATH}", headers=own).text
    yield client.get(f"/v1/responses/{PATH}", headers=own).text
    assert client.post(chat, json={"model": NAME, "messages": turns}, headers=own).status_code == 404
