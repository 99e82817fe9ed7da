"""`desktop-llm models bundle`: from one computer to another."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from desktop_llm.cli.arguments import parse
from desktop_llm.cli.commands import run_command
from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import BundleError, UsageError
from desktop_llm.paths import Paths, find_paths
from desktop_llm.services import build_services
from tests.hub.samples import tiny
from tests.models.forge_bad import STRING


def _type(home: Path, *arguments: str) -> str:
    out = io.StringIO()
    paths = Paths(home / "models", home / "settings.toml", find_paths().resources)
    with build_services(paths, offline=True) as services:
        assert run_command(services, parse(["models", *arguments]), Terminal(out, io.StringIO())) == 0
    return out.getvalue()


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A signed bundle of one model."""
    forged = tiny()
    forged.set("general.license", "mit", STRING)
    model = forged.write(tmp_path / "Tiny-Q8_0.gguf")
    home, key = tmp_path / "one", str(tmp_path / "office.key")
    _type(home, "import", str(model), "--title", "Our model")
    assert "the public key" in _type(home, "bundle", "keygen", "--out", key)
    said = _type(home, "bundle", "create", "Our model", "--out", str(tmp_path / "stick"), "--sign", key)
    assert said == f"Our model, mit\n{tmp_path}/stick: 1 model, 1 file, 0 MiB, signed.\n"
    return tmp_path / "stick"


def test_a_model_crosses_the_gap(bundle: Path, tmp_path: Path) -> None:
    trust = ["--trust", str(tmp_path / "office.key.pub")]
    home = tmp_path / "two"
    assert "all good" in _type(home, "bundle", "verify", str(bundle), *trust)
    assert _type(home, "bundle", "open", str(bundle), *trust) == "Our model, mit: imported.\n"
    assert _type(home, "bundle", "open", str(bundle), *trust) == "Our model, mit: in the library already.\n"
    assert "Tiny-Q8_0  0 MiB, Our model, verified" in _type(home, "list")
    said = json.loads(_type(home, "bundle", "verify", str(bundle), *trust, "--json"))
    assert set(said) == {"folder", "created_at", "program", "size_bytes", "models"}
    assert set(said["models"][0]) == {"name", "title", "licence", "source", "catalog_id", "files"}


def test_a_flipped_byte_is_refused_with_the_files_name(bundle: Path, tmp_path: Path) -> None:
    path = bundle / "1" / "Tiny-Q8_0.gguf"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    home = tmp_path / "two"
    with pytest.raises(BundleError, match=r"1/Tiny-Q8_0\.gguf was changed"):
        _type(home, "bundle", "open", str(bundle), "--trust", str(tmp_path / "office.key.pub"))
    assert not (home / "models").exists()
    assert not (home / "records").exists()


def test_opening_needs_somebody_to_trust(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--trust"):
        _type(tmp_path / "two", "bundle", "open", str(bundle))
    with pytest.raises(BundleError, match="no public key"):
        _type(tmp_path / "two", "bundle", "open", str(bundle), "--trust", str(tmp_path / "office.key"))
