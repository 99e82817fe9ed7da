"""A changed file is never loaded unverified; what was tried once is not tried again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop_llm.engine.model import LoadParams, ModelFacts, PrefixCut
from desktop_llm.engine.ticket import LoadTicket
from desktop_llm.errors import ChangedModelError, LoadCancelledError, ModelLoadError
from desktop_llm.models.fit.plan import estimate_plan
from desktop_llm.models.fit.planning import advise
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.library.proofs import Proofs
from desktop_llm.models.library.records import FileState, Record, Records, Verdict, file_facts
from desktop_llm.models.loading import LoadSteps, ModelLoading
from desktop_llm.models.planner import Price
from tests.machines import GIB, SHAPE_3B

_TIMEOUT_S = 10.0
_DATA = b"model" * 100_000


class _Engine:
    """Loads at once."""

    def load(self, path: Path, params: LoadParams) -> LoadTicket:
        del params
        ticket = LoadTicket()
        cut = PrefixCut.ANYWHERE
        ticket.succeed(
            ModelFacts(path, "tiny", "", 1, 1, 64, 64, 1, 32, 10, 1, cut, None, "", "", adds_bos=False, metadata=())
        )
        return ticket


class _House:
    """Everything between a file and an engine, with a trial that counts; each `run` is a new run of the program."""

    def __init__(self, folder: Path) -> None:
        self.records = Records(folder / "records")
        self.path = folder / "model.gguf"
        self.path.write_bytes(_DATA)
        self.n_trials = 0
        self.problem: Exception | None = None
        self.version = "1/1"
        self.on_header: Callable[[], object] = lambda: None
        self._running: list[ModelLoading] = []

    def run(self) -> ModelLoading:
        steps = LoadSteps(lambda path: self.on_header(), self._plan, self._try, lambda price, facts: None)
        loading = ModelLoading(_Engine(), steps, Proofs(self.records, lambda: self.version))
        self._running.append(loading)
        return loading

    def load(self, path: Path | None = None) -> LoadTicket:
        ticket = self.run().load(path or self.path, LoadParams())
        ticket.result(_TIMEOUT_S)
        return ticket

    def close(self) -> None:
        for loading in self._running:
            loading.close()

    def _plan(self, path: Path, params: LoadParams, is_proven: bool) -> Price:
        del path, is_proven
        room = Room(DeviceRoom(RAM, 8 * GIB, 16 * GIB))
        return Price(room, advise(estimate_plan(SHAPE_3B, room, params), SHAPE_3B, room), None, SHAPE_3B, None)

    def _try(self, path: Path, params: LoadParams, is_cancelled: Callable[[], bool]) -> None:
        del path, params, is_cancelled
        self.n_trials += 1
        if self.problem is not None:
            raise self.problem


@pytest.fixture
def house(tmp_path: Path) -> Iterator[_House]:
    built = _House(tmp_path)
    yield built
    built.close()


def _sha256(data: bytes = _DATA) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_model_is_recorded_at_its_first_load_and_never_tried_again(house: _House) -> None:
    house.load()
    record = house.records.find(house.path)
    assert record is not None
    assert (record.verdict, record.sha256) == (Verdict(is_good=True, version="1/1"), ())
    house.load()
    assert house.n_trials == 1


def test_another_version_tries_again(house: _House) -> None:
    house.load()
    house.version = "1/2"
    house.load()
    record = house.records.find(house.path)
    assert house.n_trials == 2
    assert record is not None and record.verdict == Verdict(is_good=True, version="1/2")


def test_a_failed_trial_is_kept_and_tried_again_when_asked(house: _House) -> None:
    house.load()
    house.version, house.problem = "2/1", ModelLoadError("It crashes.")
    for _ in range(2):
        with pytest.raises(ModelLoadError, match="crashes"):
            house.load()
    record = house.records.find(house.path)
    assert record is not None and record.verdict == Verdict(is_good=False, version="2/1", reason="It crashes.")
    assert house.n_trials == 3


def test_a_trial_holds_for_the_same_bytes_elsewhere_once_both_were_read(house: _House, tmp_path: Path) -> None:
    good = Verdict(is_good=True, version="1/1")
    house.records.put(Record((file_facts(house.path, _sha256()),), 1.0, verdict=good, verified_at=1.0))
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(_DATA)
    house.records.put(Record((file_facts(copy, _sha256()),), 1.0, verified_at=1.0))
    house.load(copy)
    assert house.n_trials == 0
    claimed = tmp_path / "claimed.gguf"
    claimed.write_bytes(b"other")
    house.records.put(Record((file_facts(claimed, _sha256()),), 1.0))
    house.load(claimed)
    assert house.n_trials == 1


def test_a_file_that_only_looks_changed_is_read_and_loaded(house: _House) -> None:
    house.records.put(Record((file_facts(house.path, _sha256()),), 1.0, title="T"))
    os.utime(house.path, ns=(1, 1))
    house.load()
    record = house.records.find(house.path)
    assert record is not None and (record.state, record.title) == (FileState.READY, "T")


@pytest.mark.parametrize("data", [_DATA[:-1] + b"L", _DATA + b"x", b""])
def test_a_file_with_other_content_is_not_loaded(house: _House, data: bytes) -> None:
    house.records.put(Record((file_facts(house.path, _sha256()),), 1.0))
    house.path.write_bytes(data)
    os.utime(house.path, ns=(1, 1))
    for _ in range(2):
        with pytest.raises(ChangedModelError, match=r"model\.gguf has other content"):
            house.load()
    assert house.n_trials == 0


def test_a_changed_part_of_a_split_model_is_found(house: _House, tmp_path: Path) -> None:
    parts = [tmp_path / f"m-0000{number}-of-00002.gguf" for number in (1, 2)]
    for part in parts:
        part.write_bytes(_DATA)
    house.records.put(Record(tuple(file_facts(part, _sha256()) for part in parts), 1.0))
    house.load(parts[0])
    parts[1].write_bytes(b"other")
    with pytest.raises(ChangedModelError, match="00002-of"):
        house.load(parts[0])


def test_a_changed_file_that_was_never_read_is_tried_as_a_new_one(house: _House) -> None:
    house.load()
    house.path.write_bytes(b"another")
    house.load()
    record = house.records.find(house.path)
    assert house.n_trials == 2
    assert record is not None and record.state is FileState.READY


def test_a_file_that_changes_while_it_is_checked_is_not_loaded(house: _House) -> None:
    house.on_header = lambda: house.path.write_bytes(b"swapped")
    with pytest.raises(ModelLoadError, match="was changed while"):
        house.load()


def test_comparing_can_be_cancelled(house: _House) -> None:
    house.records.put(Record((file_facts(house.path, _sha256()),), 1.0))
    os.utime(house.path, ns=(1, 1))
    proofs = Proofs(house.records, lambda: "1/1")
    with pytest.raises(LoadCancelledError):
        proofs.compare(house.path, lambda fraction: False)
    seen: list[float] = []

    def follow(fraction: float) -> bool:
        seen.append(fraction)
        return True

    proofs.compare(house.path, follow)
    assert seen[-1] == 1.0
