"""Predicted beside measured, and what of it is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.engine.events import Finish, FinishReason, Timings, Usage
from desktop_llm.engine.memory import DeviceMemory
from desktop_llm.engine.model import LoadParams, ModelFacts
from desktop_llm.models.accuracy import AccuracyLog, SpeedTruth, compare, held_bytes
from desktop_llm.models.fit.plan import estimate_plan
from desktop_llm.models.fit.planning import Advice
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.planner import Price
from desktop_llm.models.speed.prediction import Speed, SpeedRange, Use
from tests.fakes import scripted_facts
from tests.machines import GIB, MIB, SHAPE_3B

_ROOM = Room(DeviceRoom(RAM, 12 * GIB, 16 * GIB), (DeviceRoom("CUDA0", 7 * GIB, 8 * GIB, is_gpu=True),))
_MEMORY = (
    DeviceMemory("CPU_Mapped", 0, 0, 0, 0, 900 * MIB),
    DeviceMemory("CPU", 30 * MIB, 0, 5 * MIB, 1 * MIB),
    DeviceMemory("CUDA0", 200 * MIB, 10 * MIB, 300 * MIB, 0, 1000 * MIB),
    DeviceMemory("CUDA_Host", 0, 0, 8 * MIB, 0),
)


def _price(speed: Speed | None = None) -> Price:
    plan = estimate_plan(SHAPE_3B, _ROOM, LoadParams(n_ctx=4096, n_gpu_layers=14))
    return Price(_ROOM, Advice(plan, ()), speed, SHAPE_3B, None)


def _facts(name: str = "tiny.gguf") -> ModelFacts:
    facts = scripted_facts(n_ctx=4096, n_batch=512)
    return replace(facts, path=Path(name), size_bytes=2 * GIB, memory=_MEMORY)


def _finish(
    generation: float, prompt: float = 100.0, n_generated: int = 40, *, n_prompt: int = 200, was_alone: bool = True
) -> Finish:
    timings = Timings(0.0, 1.0, 1.0, 1.0, prompt, generation, was_alone)
    return Finish("", FinishReason.STOP, Usage(n_prompt, 0, n_generated), timings, 240, 4096)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "accuracy.json"


def test_what_llama_cpp_allocated_is_put_beside_the_plan_device_by_device() -> None:
    row = compare(_price(), _facts(), at=0.0)
    measured = {(part.device, part.name): part.measured_bytes // MIB for part in row.parts}
    assert measured == {
        (RAM, "weights"): 900,
        (RAM, "kv_cache"): 30,
        (RAM, "compute"): 14,
        ("CUDA0", "weights"): 1000,
        ("CUDA0", "kv_cache"): 210,
        ("CUDA0", "compute"): 300,
    }
    assert row.predicted_bytes == sum(part.predicted_bytes for part in row.parts) > 0


def test_mapped_weights_do_not_come_back_when_a_model_goes() -> None:
    assert held_bytes(_MEMORY) == {RAM: 44 * MIB, "CUDA0": 1510 * MIB}


def test_loads_are_kept_newest_first_across_runs(file: Path) -> None:
    log = AccuracyLog(file)
    log.loaded(_price(), _facts("first.gguf"))
    log.loaded(_price(), _facts("second.gguf"))
    assert [row.file for row in AccuracyLog(file).rows()] == ["second.gguf", "first.gguf"]
    assert AccuracyLog(file).rows() == log.rows()


def test_a_second_load_of_the_same_kind_takes_the_place_of_the_first_and_keeps_its_speed(file: Path) -> None:
    log = AccuracyLog(file)
    log.loaded(_price(), _facts())
    log.replied(_finish(30.0))
    log.loaded(_price(), _facts())
    (row,) = log.rows()
    assert row.generation.measured == 30.0


def test_two_programs_lose_nothing_of_each_other(file: Path) -> None:
    window, terminal = AccuracyLog(file), AccuracyLog(file)
    assert (window.rows(), terminal.rows()) == ((), ())
    window.loaded(_price(), _facts("window.gguf"))
    terminal.loaded(_price(), _facts("terminal.gguf"))
    assert {row.file for row in AccuracyLog(file).rows()} == {"window.gguf", "terminal.gguf"}


def test_the_newest_reply_that_had_the_engine_for_itself_is_the_truth(file: Path) -> None:
    asked: list[Use] = []

    def predict(price: Price, use: Use) -> Speed:
        asked.append(use)
        return Speed(SpeedRange(28, 32), SpeedRange(90, 120), use.prompt_tokens)

    log = AccuracyLog(file, predict)
    log.loaded(_price(), _facts())
    for finish in (_finish(25.0), _finish(30.0, 130.0), _finish(99.0, was_alone=False)):
        log.replied(finish)
    log.replied(_finish(99.0, 999.0, n_generated=3, n_prompt=5))
    (row,) = log.rows()
    assert row.generation == SpeedTruth(28, 32, 30.0)
    assert (row.prompt.measured, row.generation.is_in_range, row.prompt.is_in_range) == (130.0, True, False)
    assert asked == [Use(200, 220), Use(200, 220)]
    assert SpeedTruth(28, 32).is_in_range is None
    log.save()
    assert AccuracyLog(file).rows() == log.rows()


def test_earlier_replies_are_there_to_learn_from(file: Path) -> None:
    log = AccuracyLog(file)
    log.loaded(_price(), _facts())
    for rate in range(1, 12):
        log.replied(_finish(float(rate)))
    size = log.rows()[0].size_bytes
    past = log.past("tiny.gguf", size)
    assert [run.generation_tokens_per_s for run in past] == [11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0]
    assert past[0].params == LoadParams(n_ctx=4096, n_seq_max=past[0].params.n_seq_max, n_gpu_layers=14)
    assert log.past("tiny.gguf", 1) == log.past("other.gguf", size) == ()


def test_a_reply_before_any_load_is_nothing(file: Path) -> None:
    log = AccuracyLog(file)
    log.replied(_finish(30.0))
    log.save()
    assert not file.exists()


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"at": 1}]', "null"])
def test_a_broken_file_is_begun_anew(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    log = AccuracyLog(file)
    assert log.rows() == ()
    log.loaded(_price(), _facts())
    assert len(json.loads(file.read_text(encoding="utf-8"))) == 1


def test_a_disk_that_refuses_costs_only_the_file(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file, not a folder", encoding="utf-8")
    log = AccuracyLog(tmp_path / "blocked" / "accuracy.json")
    log.loaded(_price(), _facts())
    assert len(log.rows()) == 1
