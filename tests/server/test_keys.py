"""Keys: made once, known by their hash, revoked at once, also in the middle of a reply and by another program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from desktop_llm.errors import KeychainError, KeyNameError, ServerError
from desktop_llm.keychain import Keychain
from desktop_llm.server.access.key_file import KeyFile
from desktop_llm.server.access.key_ring import KeyRing
from desktop_llm.server.access.keys import ApiKeys, KeyShelf
from desktop_llm.server.config import ServerConfig
from tests.server.another import another_server, endless_reply, n_running, wait_until
from tests.server.conftest import Api

posix = pytest.mark.skipif(sys.platform == "win32", reason="rights of files as POSIX has them")


class Safe(Keychain):
    """A keychain in memory, which several programs share as they share the system's."""

    def __init__(self, secrets: dict[str, str]) -> None:
        super().__init__()
        self.secrets = secrets

    def read(self, name: str, *, again: bool = False) -> str | None:
        return self.secrets.get(name)

    def write(self, name: str, secret: str) -> None:
        if secret:
            self.secrets[name] = secret
        else:
            self.secrets.pop(name, None)


@pytest.fixture(params=["keychain", "file"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> KeyShelf:
    return KeyRing(Safe({}), tmp_path / "keys.json") if request.param == "keychain" else KeyFile(tmp_path / "keys")


def test_a_key_opens_until_it_is_revoked(shelf: KeyShelf) -> None:
    keys = ApiKeys(shelf)
    secret, other = keys.create("editor"), keys.create("script")
    assert secret != other
    assert names(keys) == ["editor", "script"]
    found = keys.find(secret.encode())
    assert found is not None and found.name == "editor"
    keys.revoke("editor")
    assert keys.find(secret.encode()) is None
    assert keys.find(other.encode()) is not None


def test_a_key_of_another_program_is_noticed_and_its_end_too(shelf: KeyShelf) -> None:
    here, there = ApiKeys(shelf), ApiKeys(shelf)
    gone: list[str] = []
    here.on_revoke(gone.append)
    assert here.keys() == ()
    secret = there.create("editor")
    assert here.is_stale
    here.look_again()
    assert here.find(secret.encode()) is not None
    there.revoke("editor")
    assert here.is_stale
    here.look_again()
    assert here.find(secret.encode()) is None
    assert gone == ["editor"]


@pytest.mark.parametrize("name", ["", "a b", "../x", "ñ", "-x", "x" * 41, "a\nb", "a#"])
def test_a_name_that_cannot_be_is_refused(shelf: KeyShelf, name: str) -> None:
    with pytest.raises(KeyNameError):
        ApiKeys(shelf).create(name)


def test_a_name_is_given_once_and_an_unknown_one_cannot_be_revoked(shelf: KeyShelf) -> None:
    keys = ApiKeys(shelf)
    keys.create("editor")
    with pytest.raises(KeyNameError, match="already"):
        keys.create("editor")
    with pytest.raises(KeyNameError, match="no key named"):
        keys.revoke("script")


def test_the_key_itself_is_kept_nowhere(tmp_path: Path) -> None:
    safe = Safe({})
    in_safe = ApiKeys(KeyRing(safe, tmp_path / "list.json")).create("editor")
    in_file = ApiKeys(KeyFile(tmp_path / "keys")).create("editor")
    kept = json.dumps(safe.secrets) + (tmp_path / "list.json").read_text() + (tmp_path / "keys").read_text()
    assert in_safe not in kept
    assert in_file not in kept
    assert len(safe.secrets) == 1


def test_a_name_in_the_list_without_a_hash_in_the_keychain_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text('{"keys": [{"id": "1", "name": "planted", "created_at": 0}]}')
    keys = ApiKeys(KeyRing(Safe({}), tmp_path / "list.json"))
    assert keys.keys() == ()
    assert keys.find(b"") is None


def test_a_keychain_that_was_locked_is_asked_again_when_the_server_starts(tmp_path: Path) -> None:
    safe = Safe({})
    secret = ApiKeys(KeyRing(safe, tmp_path / "list.json")).create("editor")
    locked, safe.secrets = safe.secrets, {}
    keys = ApiKeys(KeyRing(safe, tmp_path / "list.json"))
    assert keys.keys() == ()
    safe.secrets = locked
    keys.read_anew()
    assert keys.find(secret.encode()) is not None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"keys": 3}', '{"keys": [{"id": 1}]}', "\0\0"])
def test_a_broken_list_is_a_list_without_keys(tmp_path: Path, content: str) -> None:
    (tmp_path / "list.json").write_text(content)
    assert ApiKeys(KeyRing(Safe({}), tmp_path / "list.json")).keys() == ()


def test_no_keychain_is_said_and_leaves_no_name(tmp_path: Path) -> None:
    keys = ApiKeys(KeyRing(Keychain(), tmp_path / "list.json"))
    with pytest.raises(KeychainError):
        keys.create("editor")
    assert keys.keys() == ()


def test_a_file_written_by_hand_holds_names_keys_hashes_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    made = ApiKeys(KeyFile(path)).create("made")
    path.write_text(f"# office\n\neditor dllm-by-hand\nbare\n{path.read_text()}broken sha256:zz\n")
    keys = ApiKeys(KeyFile(path))
    assert names(keys) == ["editor", "key-4", "made"]
    assert all(keys.find(secret.encode()) for secret in ("dllm-by-hand", "bare", made))
    keys.revoke("key-4")
    assert names(keys) == ["editor", "made"]


@posix
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    with pytest.raises(ServerError, match="no key file"):
        KeyFile(path).require()
    ApiKeys(KeyFile(path)).create("editor")
    KeyFile(path).require()
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(ServerError, match="Others can read"):
        KeyFile(path).require()
    path.chmod(0o600)
    path.write_text("# none\n")
    with pytest.raises(ServerError, match="holds no key"):
        KeyFile(path).require()


def names(keys: ApiKeys) -> list[str]:
    return [key.name for key in keys.keys()]  # noqa: SIM118 (no dictionary)


@pytest.mark.model
@pytest.mark.parametrize("by", ["this program", "another program"])
def test_a_revoked_key_ends_the_reply_it_was_used_for(api: Api, tmp_path: Path, by: str) -> None:
    file = tmp_path / "keys"
    keys = ApiKeys(KeyFile(file))
    secret, other = keys.create("editor"), keys.create("other")
    with another_server(api, ServerConfig(port=0), keys) as (server, serving), httpx2.Client(timeout=30) as client:
        with endless_reply(client, serving.address, secret) as answer:
            lines = answer.iter_lines()
            next(lines)
            assert [each.client for each in server.live.requests()] == ["editor"]
            _revoke(keys, file, by)
            with pytest.raises(httpx2.RemoteProtocolError):
                list(lines)
        wait_until(lambda: n_running(api) == 0 and not server.live.requests())
        models = f"{serving.address}/v1/models"
        assert client.get(models, headers={"x-api-key": secret}).status_code == 401
        assert client.get(models, headers={"x-api-key": other}).status_code == 200


def _revoke(keys: ApiKeys, file: Path, by: str) -> None:
    if by == "this program":
        keys.revoke("editor")
        return
    command = [sys.executable, "-m", "desktop_llm", "keys", "revoke", "editor", "--key-file", str(file)]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
