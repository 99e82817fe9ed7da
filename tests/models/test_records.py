"""Records: a model is ready only by its record, and only while its files are those recorded."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from desktop_llm.durable import write_durably
from desktop_llm.errors import DownloadCancelledError
from desktop_llm.models.library.records import FileState, Record, Records, Source, Verdict, file_facts, hash_file

_DATA = b"model" * 1000


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "módel.gguf"
    path.write_bytes(_DATA)
    return path


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records")


def _record(path: Path, **about: object) -> Record:
    sha256 = hashlib.sha256(_DATA).hexdigest()
    return Record((file_facts(path, sha256),), 1.0, **about)  # type: ignore[arg-type]


def test_a_record_comes_back_as_it_was_put(records: Records, model: Path, tmp_path: Path) -> None:
    projector = tmp_path / "mmproj.gguf"
    projector.write_bytes(b"p")
    record = _record(
        model,
        helpers=(file_facts(projector),),
        source=Source("acme/Tiny", "c" * 40, "módel.gguf", "https://hub", "apache-2.0"),
        verdict=Verdict(is_good=False, version="1", reason="It crashes."),
        verified_at=2.5,
        title="Mi modelo",
        notes="línea 1\nlínea 2",
        params=(("n_ctx", 4096), ("cache_type_k", "q8_0")),
    )
    records.put(record)
    assert records.all() == (record,)
    assert records.find(model) == record
    assert record.state is FileState.READY


def test_a_file_that_was_changed_or_lost_is_not_ready(model: Path) -> None:
    record = _record(model)
    states = []
    os.utime(model, ns=(1, 1))
    states.append(record.state)
    model.write_bytes(_DATA + b"x")
    states.append(record.state)
    model.unlink()
    states.append(record.state)
    assert states == [FileState.CHANGED, FileState.CHANGED, FileState.MISSING]


def test_values_are_changed_and_records_forgotten(records: Records, model: Path) -> None:
    assert records.change(model, notes="x") is None
    records.put(_record(model))
    assert records.change(model, notes="x", title="T") == records.find(model)
    records.remove(model)
    records.remove(model)
    assert records.all() == ()
    assert model.exists()


def test_a_model_that_comes_anew_keeps_what_its_user_said(records: Records, model: Path) -> None:
    records.renew(_record(model))
    records.change(model, title="T", notes="n", params=(("n_ctx", 1),), verified_at=1.0)
    records.renew(_record(model))
    kept = records.find(model)
    assert kept == _record(model, title="T", notes="n", params=(("n_ctx", 1),))


def test_a_verdict_holds_for_the_same_bytes_and_the_same_version(records: Records, model: Path) -> None:
    good = Verdict(is_good=True, version="0.1/0.3.36")
    records.put(_record(model, verdict=good, verified_at=1.0))
    sha256 = hashlib.sha256(_DATA).hexdigest()
    assert records.verdict_of((sha256,), "0.1/0.3.36") == good
    assert records.verdict_of((sha256,), "0.2/0.3.36") is None
    assert records.verdict_of(("0" * 64,), "0.1/0.3.36") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": []}', "null", '{"files": [{"path": 1}]}'])
def test_a_broken_record_is_as_none(records: Records, model: Path, text: str) -> None:
    records.put(_record(model))
    (file,) = (model.parent / "records").glob("*.json")
    file.write_text(text, encoding="utf-8")
    assert records.all() == ()
    assert records.find(model) is None


def test_a_file_is_hashed_with_progress_and_can_be_stopped(model: Path) -> None:
    seen: list[int] = []
    assert hash_file(model, seen.append) == hashlib.sha256(_DATA).hexdigest()
    assert seen[-1] == len(_DATA)
    with pytest.raises(DownloadCancelledError):
        hash_file(model, is_cancelled=lambda: True)


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_durably(path, b"old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        write_durably(path, b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert path.read_bytes() == b"old"
