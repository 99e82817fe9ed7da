"""The monitor on this machine: its thread, its history, and what the sensors tell or do not."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from desktop_llm.engine.events import Timings, Usage
from desktop_llm.engine.stats import EngineStats, LastReply
from desktop_llm.hardware.monitor.alert_watch import AlertLimits, AlertWatch
from desktop_llm.hardware.monitor.engine_meter import EngineMeter, EngineReading
from desktop_llm.hardware.monitor.figures import figures
from desktop_llm.hardware.monitor.gpu_sensors import GpuSensors
from desktop_llm.hardware.monitor.history import History
from desktop_llm.hardware.monitor.monitor import Monitor
from desktop_llm.hardware.monitor.record import as_record
from desktop_llm.hardware.monitor.sample import CpuSample, MemorySample, ResourceSample, Sensor
from desktop_llm.hardware.monitor.sensors import Sensors
from desktop_llm.hardware.monitor.system_sensors import Rates, SystemSensors, hottest, share
from tests.fakes import scripted_facts

_WAIT_S = 10.0


def sensors(tmp_path: Path) -> Sensors:
    return Sensors(SystemSensors(lambda: tmp_path), GpuSensors(tuple), tuple, EngineMeter())


@contextmanager
def watching(monitor: Monitor) -> Iterator[queue.SimpleQueue[ResourceSample]]:
    samples: queue.SimpleQueue[ResourceSample] = queue.SimpleQueue()
    monitor.on_sample(samples.put)
    monitor.start(period_s=0.02)
    try:
        yield samples
    finally:
        monitor.close()


def sample_at(at: float, busy: float = 0.5) -> ResourceSample:
    return ResourceSample(at, CpuSample((busy, busy)), MemorySample(1000, 600, 300, 100))


def test_this_machine_is_sampled_until_the_monitor_is_closed(tmp_path: Path) -> None:
    monitor = Monitor(sensors(tmp_path), AlertWatch(AlertLimits))
    assert monitor.latest is None
    with watching(monitor) as samples:
        first, second = samples.get(timeout=_WAIT_S), samples.get(timeout=_WAIT_S)
    assert first.cpu.cores == ()  # nothing to compare with yet
    assert second.cpu.cores
    assert all(0 <= core <= 1 for core in second.cpu.cores)
    assert 0 < second.memory.app_bytes < second.memory.total_bytes
    assert second.disk.free_bytes
    assert monitor.seconds()[:2] == (first, second)
    assert monitor.thread_s > 0
    monitor.start()
    assert monitor.latest == monitor.seconds()[-1]


def test_a_sensor_is_none_and_named_or_told_and_not_named(tmp_path: Path) -> None:
    sample = sensors(tmp_path).read()
    assert (Sensor.CPU_TEMPERATURE in sample.missing) == (sample.cpu.temperature_c is None)
    assert (Sensor.SWAP in sample.missing) == (sample.memory.swap_total_bytes is None)
    assert (Sensor.BATTERY in sample.missing) == (sample.power.battery_fraction is None)
    assert (Sensor.GPU in sample.missing) == (not sample.gpus)


def test_the_parts_of_memory_add_up_and_mapped_files_are_not_free() -> None:
    memory = MemorySample(total_bytes=1000, available_bytes=600, app_bytes=300, mapped_bytes=100)
    assert (memory.free_bytes, memory.other_bytes) == (500, 200)
    assert memory.app_bytes + memory.other_bytes + memory.free_bytes == memory.total_bytes
    assert memory.used_fraction == pytest.approx(0.4)


def test_history_keeps_ten_minutes_by_second_and_a_day_by_minute() -> None:
    history = History(n_seconds=5, n_minutes=3)
    for second in range(60 * 6):
        history.add(sample_at(60.0 * 100 + second, busy=(second % 60) / 100))
    assert [each.at for each in history.seconds()] == [6355, 6356, 6357, 6358, 6359]
    minutes = history.minutes()
    assert [each.at for each in minutes] == [6120, 6180, 6240]
    assert {each.n_samples for each in minutes} == {60}
    spread = dict(minutes[0].figures)["cpu.total"]
    assert (spread.low, spread.high) == (0.0, 0.59)
    assert spread.mean == pytest.approx(0.295)


def test_what_is_missing_has_no_figure() -> None:
    names = {name for name, _ in figures(sample_at(0.0))}
    assert {"cpu.total", "cpu.app", "memory.app_bytes"} <= names
    assert not {"cpu.temperature_c", "memory.swap_used_bytes", "disk.free_bytes"} & names


def test_a_record_holds_what_follows_from_the_fields() -> None:
    record = as_record(sample_at(7.0))
    assert record["cpu"]["total"] == 0.5
    assert (record["memory"]["free_bytes"], record["memory"]["other_bytes"]) == (500, 200)


def test_speeds_are_the_growth_of_the_engines_own_counts() -> None:
    meter, facts = EngineMeter(), scripted_facts()
    reply = LastReply(Usage(100, 20, 30), Timings(0.0, 1.5, 1.5, 3.0, 53.0, 9.7))
    first = EngineStats(at=10.0, computed_prompt_tokens=100, generated_tokens=40)
    later = replace(first, at=12.0, computed_prompt_tokens=500, generated_tokens=60, last_reply=reply)
    meter.read([EngineReading("m", facts, first)])
    (sample,) = meter.read([EngineReading("m", facts, later)])
    assert (sample.prompt_tokens_per_s, sample.generation_tokens_per_s) == (200, 10)
    assert sample.time_to_first_token_s == 1.5
    (idle,) = meter.read([EngineReading("m", facts, later)])
    assert (idle.prompt_tokens_per_s, idle.generation_tokens_per_s) == (0, 0)


def test_a_model_that_was_loaded_anew_is_not_slower_than_nothing() -> None:
    meter, facts = EngineMeter(), scripted_facts()
    meter.read([EngineReading("m", facts, EngineStats(at=10.0, generated_tokens=400))])
    (sample,) = meter.read([EngineReading("m", facts, EngineStats(at=11.0, generated_tokens=4))])
    assert sample.generation_tokens_per_s == 0


def test_a_counter_that_began_anew_counts_for_nothing() -> None:
    rates = Rates()
    speeds = []
    for now, value in zip(count(step=2), (100, 300, 50, 70), strict=False):
        rates.begin(float(now))
        speeds.append(rates.of("read", value))
    assert speeds == [0, 100, 0, 10]


def test_the_processors_own_chip_tells_how_hot_it_is() -> None:
    assert hottest({"nvme": [70.0], "k10temp": [61.0, 64.5]}) == 64.5
    assert hottest({"nvme": [70.0]}) is None
    assert hottest({"coretemp": [0.0]}) is None


def test_a_cpu_is_busy_for_a_share_of_its_time() -> None:
    assert share((10.0, 100.0), (12.5, 110.0)) == 0.25
    assert share((10.0, 100.0), (10.0, 100.0)) == 0.0
