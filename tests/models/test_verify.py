"""Verifying: every wrong file is found and kept from being loaded; the background reads slowly, and not at start."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_llm.errors import DownloadCancelledError
from desktop_llm.models.library.records import FileState, Record, Records, file_facts
from desktop_llm.models.library.verifying import Finding, Pace, Verifier, verify

_DATA = b"model" * 1000
_SHA256 = hashlib.sha256(_DATA).hexdigest()
_AT_ONCE = Pace(bytes_per_s=1e12, first_s=0.0, look_s=0.01)
_TIMEOUT_S = 10.0


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(_DATA)
    return path


def _put(records: Records, path: Path, sha256: str | None = _SHA256) -> Record:
    record = Record((file_facts(path, sha256),), 1.0)
    records.put(record)
    return record


def _found(records: Records, path: Path) -> Record:
    record = records.find(path)
    assert record is not None
    return record


def test_a_good_file_is_said_to_be_good_and_when(records: Records, model: Path) -> None:
    seen: list[int] = []
    result = verify(records, _put(records, model), seen.append)
    assert [file.finding for file in result.files] == [Finding.GOOD]
    assert result.is_good
    assert seen[-1] == len(_DATA)
    assert (_found(records, model).verified_at or 0) > time.time() - 60


def test_a_file_nobody_has_read_yet_is_read_for_the_first_time(records: Records, model: Path) -> None:
    result = verify(records, _put(records, model, None))
    assert [file.finding for file in result.files] == [Finding.NEW]
    assert _found(records, model).proven_sha256 == (_SHA256,)


def test_rotten_bytes_behind_the_same_size_and_time_are_found_and_not_loaded(records: Records, model: Path) -> None:
    status = model.stat()
    record = _put(records, model)
    model.write_bytes(_DATA[:-1] + b"L")
    os.utime(model, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert _found(records, model).state is FileState.READY
    result = verify(records, record)
    assert ([file.finding for file in result.files], result.is_good) == ([Finding.WRONG], False)
    assert _found(records, model).state is FileState.CHANGED
    model.write_bytes(_DATA)
    assert verify(records, _found(records, model)).is_good
    assert _found(records, model).state is FileState.READY


def test_another_size_and_a_missing_file_are_found(records: Records, model: Path, tmp_path: Path) -> None:
    other = tmp_path / "mmproj.gguf"
    other.write_bytes(b"1")
    record = Record((file_facts(model, _SHA256),), 1.0, helpers=(file_facts(other),))
    records.put(record)
    model.write_bytes(b"short")
    other.unlink()
    assert [file.finding for file in verify(records, record).files] == [Finding.WRONG, Finding.MISSING]


def test_verifying_can_be_cancelled_and_changes_nothing_then(records: Records, model: Path) -> None:
    record = _put(records, model, None)
    with pytest.raises(DownloadCancelledError):
        verify(records, record, is_cancelled=lambda: True)
    assert _found(records, model) == record


def test_a_title_given_meanwhile_is_kept(records: Records, model: Path) -> None:
    record = _put(records, model, None)
    verify(records, record, lambda n_bytes: records.put(Record(record.files, 1.0, title="T")))
    assert (_found(records, model).title, _found(records, model).sha256) == ("T", (_SHA256,))


def _wait(is_so: Callable[[], bool]) -> None:
    done = threading.Event()
    end = time.monotonic() + _TIMEOUT_S
    while not is_so() and time.monotonic() < end:
        done.wait(0.01)
    assert is_so()


def test_the_background_reads_what_is_unknown_or_old_each_once(
    records: Records, model: Path, tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("desktop_llm.models.library.verifying")
    rotten, fresh = tmp_path / "rotten.gguf", tmp_path / "fresh.gguf"
    for path in (rotten, fresh):
        path.write_bytes(_DATA)
    _put(records, model, None)
    _put(records, rotten, "0" * 64)
    records.put(Record((file_facts(fresh, "0" * 64),), 1.0, verified_at=time.time()))
    verifier = Verifier(records, lambda: False, _AT_ONCE)
    verifier.start()
    _wait(lambda: _found(records, model).verified_at is not None and _found(records, rotten).state is FileState.CHANGED)
    verifier.close()
    assert _found(records, fresh).state is FileState.READY


def test_the_background_waits_while_the_engine_is_busy_and_ends_at_once(records: Records, model: Path) -> None:
    _put(records, model, None)
    asked = threading.Event()

    def is_busy() -> bool:
        asked.set()
        return True

    verifier = Verifier(records, is_busy, _AT_ONCE)
    verifier.start()
    assert asked.wait(_TIMEOUT_S)
    verifier.close()
    assert _found(records, model).sha256 == ()


def test_the_background_does_nothing_at_first(records: Records, model: Path) -> None:
    _put(records, model, None)
    verifier = Verifier(records, lambda: False)
    verifier.start()
    verifier.close()
    Verifier(records, lambda: False).close()
    assert _found(records, model).sha256 == ()


def test_the_background_keeps_its_pace(records: Records, tmp_path: Path) -> None:
    path = tmp_path / "large.gguf"
    path.write_bytes(bytes(8 * 1024 * 1024))
    _put(records, path, None)
    began = time.monotonic()
    verifier = Verifier(records, lambda: False, Pace(bytes_per_s=40e6, first_s=0.0, look_s=60.0))
    verifier.start()
    _wait(lambda: _found(records, path).verified_at is not None)
    verifier.close()
    assert time.monotonic() - began >= 8 * 1024 * 1024 / 40e6
