"""Secrets in a real Secret Service (gnome-keyring on a bus of its own), and where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")

TIMEOUT_S = 60
_UNLOCKED = """
set -e
printf test | gnome-keyring-daemon --unlock --components=secrets --daemonize > /dev/null
exec "$0" -c "$1"
"""
_CODE = """
from desktop_llm.keychain import Keychain, Secret
chain = Keychain()
print(chain.read(Secret.HUB))
chain.write(Secret.HUB, "hf_ñ")
print(chain.read(Secret.HUB), Keychain().read(Secret.HUB), Keychain().read(Secret.PROXY))
chain.write(Secret.HUB, "")
chain.write(Secret.HUB, "")
print(Keychain().read(Secret.HUB))
"""
_API_KEYS = """
from pathlib import Path
from desktop_llm.keychain import Keychain
from desktop_llm.server.access.key_ring import KeyRing
from desktop_llm.server.access.keys import ApiKeys
list_file = Path.home() / "api-keys.json"
mine, others = (ApiKeys(KeyRing(Keychain(), list_file)) for _ in range(2))
secret = mine.create("editor")
others.look_again()
print(others.find(secret.encode()).name, secret in list_file.read_text())
others.revoke("editor")
mine.look_again()
print(mine.find(secret.encode()), mine.keys())
"""
_WITHOUT = """
from desktop_llm.errors import KeychainError
from desktop_llm.keychain import Keychain, Secret
print(Keychain().read(Secret.HUB))
try:
    Keychain().write(Secret.HUB, "x")
except KeychainError as error:
    print(error)
"""


def _home(tmp_path: Path) -> dict[str, str]:
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DBUS", "GNOME", "XDG"))}
    return {
        **kept,
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_RUNTIME_DIR": str(run),
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "PYTHONIOENCODING": "utf8",
    }


def _said(command: list[str], environment: dict[str, str]) -> list[str]:
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, encoding="utf8", timeout=TIMEOUT_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_secret_is_kept_read_and_forgotten_in_the_systems_own_safe(tmp_path: Path) -> None:
    command = ["dbus-run-session", "--", "sh", "-c", _UNLOCKED, sys.executable, _CODE]
    assert _said(command, _home(tmp_path)) == ["None", "hf_ñ hf_ñ None", "None"]
    kept = (tmp_path / "data" / "keyrings").rglob("*")
    assert not any(b"hf_" in path.read_bytes() for path in kept if path.is_file())


def test_a_key_of_the_api_is_kept_by_its_hash_and_another_program_sees_it_come_and_go(tmp_path: Path) -> None:
    command = ["dbus-run-session", "--", "sh", "-c", _UNLOCKED, sys.executable, _API_KEYS]
    assert _said(command, _home(tmp_path)) == ["editor False", "None ()"]


def test_without_a_safe_nothing_is_kept_and_a_sentence_says_so(tmp_path: Path) -> None:
    missing, sentence = _said([sys.executable, "-c", _WITHOUT], _home(tmp_path))
    assert missing == "None"
    assert "no keychain" in sentence
    assert not list((tmp_path).rglob("*keyring*.cfg"))
