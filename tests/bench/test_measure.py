"""Measuring on the real engine's thread, with a scripted model in the place of llama.cpp."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.bench.measure import Measuring
from desktop_llm.bench.plan import BenchPlan, Case
from desktop_llm.bench.probe import Probe, others_share, surroundings
from desktop_llm.bench.progress import BenchWatch
from desktop_llm.bench.results import Disturbance
from desktop_llm.engine.engine import Engine
from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import BenchStoppedError
from desktop_llm.hardware.machine import Power, PowerSource
from desktop_llm.hardware.monitor.engine_meter import EngineMeter
from desktop_llm.hardware.monitor.gpu_sensors import GpuSensors
from desktop_llm.hardware.monitor.sample import CpuSample, GpuSample, MemorySample, ResourceSample, Throttle
from desktop_llm.hardware.monitor.sensors import Sensors
from desktop_llm.hardware.monitor.system_sensors import SystemSensors
from tests.fakes import PlainTemplate, ScriptedModel, opens, scripted_facts

_WAIT_S = 10.0
_PLAN = BenchPlan((32, 64), (1, 4), repeats=2, n_generate=8)


def _sensors() -> Sensors:
    return Sensors(SystemSensors(Path), GpuSensors(tuple), lambda: (), EngineMeter())


def _sample(app: float = 1.0, busy: float = 0.5, **changes: object) -> ResourceSample:
    sample = ResourceSample(0.0, CpuSample((busy, busy), app=app), MemorySample(16, 8, app_bytes=4))
    return replace(sample, **changes)  # type: ignore[arg-type]


@contextmanager
def _measuring(model: ScriptedModel, watch: BenchWatch | None = None) -> Iterator[Measuring]:
    with (
        Engine(opens(model), make_template=lambda _: PlainTemplate()) as engine,
        Probe(_sensors(), lambda: False) as probe,
    ):
        engine.load(Path("scripted.gguf"), LoadParams()).result(_WAIT_S)
        yield Measuring(engine, _PLAN, probe, watch or BenchWatch())


def _model() -> ScriptedModel:
    return ScriptedModel(scripted_facts(n_ctx=4096, n_batch=512))


def test_every_repeat_computes_its_prompt_whole() -> None:
    model = _model()
    with _measuring(model) as measuring:
        prompts = measuring.prompts(Case(64, 8), 0)
        repeats = [measuring.run(Case(64, 8), prompts) for _ in range(2)]
    assert sum(len(batch) for batch in model.batches if len(batch) > 1) == 128
    assert all(each.n_cached == 0 < each.prompt_tokens_per_s for each in repeats)


def test_replies_at_once_have_prompts_of_their_own_and_share_steps() -> None:
    model = _model()
    with _measuring(model) as measuring:
        case = Case(32, 8, n_streams=4)
        prompts = measuring.prompts(case, 1)
        repeat = measuring.run(case, prompts)
    assert len(set(prompts)) == 4
    assert {len(ids) for ids in prompts} == {32}
    assert repeat.n_cached == 0
    assert max(len({row.sequence for row in batch}) for batch in model.batches) == 4


def test_the_same_seed_asks_for_the_same_tokens() -> None:
    with _measuring(_model()) as one, _measuring(_model()) as other:
        assert one.prompts(Case(64, 8, 2), 1) == other.prompts(Case(64, 8, 2), 1)
        assert one.prompts(Case(64, 8, 2), 1) != one.prompts(Case(64, 8, 2), 0)


def test_it_stops_at_once_and_the_engine_is_free_again() -> None:
    model, stop, decodes = _model(), threading.Event(), iter(range(1_000_000))
    model.on_decode = lambda: stop.set() if next(decodes) == 3 else None
    with _measuring(model, BenchWatch(is_cancelled=stop.is_set)) as measuring:
        case = Case(32, 4000)
        with pytest.raises(BenchStoppedError):
            measuring.run(case, measuring.prompts(case, 0))
        assert measuring.engine.tokenize("x").result(_WAIT_S) == [120]
        assert measuring.engine.stats().n_running == 0


def test_what_others_take_of_the_processor_is_what_is_left_of_the_busy_part() -> None:
    assert others_share(_sample(app=1.0, busy=0.5)) == 0.0
    assert others_share(_sample(app=1.0, busy=0.9)) == pytest.approx(0.4)
    assert others_share(_sample(app=3.0, busy=0.9)) == 0.0


@pytest.mark.parametrize(
    ("samples", "others", "disturbance"),
    [
        ([_sample()], 0.3, Disturbance.OTHER_PROGRAMS),
        ([_sample(memory=MemorySample(16, 8, swap_bytes_per_s=5e6))], 0.0, Disturbance.SWAPPING),
        ([_sample(gpus=(GpuSample("Some GPU", throttles=(Throttle.HEAT,)),))], 0.0, Disturbance.HEAT),
        ([_sample(), _sample(power=Power(PowerSource.BATTERY, 0.5))], 0.0, Disturbance.BATTERY),
    ],
)
def test_what_disturbs_is_named(samples: list[ResourceSample], others: float, disturbance: Disturbance) -> None:
    assert surroundings(samples, others, were_shared=False).disturbances == (disturbance,)


def test_calm_surroundings_disturb_nothing() -> None:
    around = surroundings([_sample(), _sample(gpus=(GpuSample("G", temperature_c=60.0),))], 0.05, were_shared=False)
    assert (around.disturbances, around.gpu_temperature_c, around.cpu_temperature_c) == ((), 60.0, None)


def test_another_reply_of_this_program_disturbs() -> None:
    with Probe(_sensors(), lambda: True) as probe:
        probe.begin()
        assert Disturbance.OTHER_REPLIES in probe.end().disturbances
