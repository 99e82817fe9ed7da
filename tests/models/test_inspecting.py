"""What a model that has arrived must pass before it counts as ready."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_llm.errors import LoadCancelledError, ModelError
from desktop_llm.models.library.inspecting import inspect_model, trial_version
from tests.hub import samples


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.model
def test_a_good_model_gets_a_verdict_of_this_version(tmp_path: Path) -> None:
    verdict = inspect_model(_write(tmp_path / "tiny.gguf", samples.tiny().to_bytes()))
    assert verdict is not None
    assert (verdict.is_good, verdict.version) == (True, trial_version())


@pytest.mark.model
def test_all_parts_and_helpers_are_read(tmp_path: Path) -> None:
    parts = samples.split(samples.tiny(), 2)
    first, second = (
        _write(tmp_path / f"tiny-{number:05}-of-00002.gguf", part.to_bytes()) for number, part in enumerate(parts, 1)
    )
    projector = _write(tmp_path / "mmproj.gguf", samples.projector().to_bytes())
    assert inspect_model(first, helpers=[projector]) is not None
    projector.write_bytes(b"GGUF, but no projector")
    with pytest.raises(ModelError):
        inspect_model(first, helpers=[projector])
    second.write_bytes(second.read_bytes()[:-400])
    with pytest.raises(ModelError):
        inspect_model(first)


def test_a_broken_model_is_no_model(tmp_path: Path) -> None:
    data = samples.tiny().to_bytes()
    with pytest.raises(ModelError):
        inspect_model(_write(tmp_path / "cut.gguf", data[: len(data) // 2]))


@pytest.mark.model
def test_an_inspection_can_be_given_up(tmp_path: Path) -> None:
    path = _write(tmp_path / "tiny.gguf", samples.tiny().to_bytes())
    with pytest.raises(LoadCancelledError):
        inspect_model(path, is_cancelled=lambda: True)
