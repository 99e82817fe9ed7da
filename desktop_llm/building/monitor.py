"""The monitor: what it looks at, and what the user wants to hear of."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from desktop_llm.engine.engine import Engine
from desktop_llm.hardware.machine import Device
from desktop_llm.hardware.monitor.alert_watch import AlertLimits, AlertWatch
from desktop_llm.hardware.monitor.alerts import QuietHours, minute_of_day
from desktop_llm.hardware.monitor.engine_meter import EngineMeter, EngineReading
from desktop_llm.hardware.monitor.gpu_sensors import GpuSensors
from desktop_llm.hardware.monitor.monitor import Monitor
from desktop_llm.hardware.monitor.sample import Expected
from desktop_llm.hardware.monitor.sensors import Sensors
from desktop_llm.hardware.monitor.system_sensors import SystemSensors
from desktop_llm.models.accuracy import PARTS, AccuracyLog, Comparison
from desktop_llm.models.download.downloads import Downloads
from desktop_llm.models.download.failing import Failing
from desktop_llm.models.planner import Planner
from desktop_llm.models.pool.pool import ModelPool
from desktop_llm.settings import SettingsStore


def build_monitor(
    settings: SettingsStore,
    models_folder: Path,
    parts: tuple[Planner, ModelPool, AccuracyLog],
    downloads: Downloads,
    measured: Callable[[], Engine | None],
) -> Monitor:
    """It looks at nothing before it is started. `measured` is the engine of a benchmark that runs."""
    planner, pool, accuracy = parts
    alerts = AlertWatch(partial(alert_limits, settings), partial(Failing().count, downloads.snapshots))
    gpus = GpuSensors(partial(_known_gpus, planner))
    readings = partial(_engine_readings, pool, accuracy, measured)
    return Monitor(Sensors(SystemSensors(lambda: models_folder), gpus, readings, EngineMeter()), alerts)


def alert_limits(settings: SettingsStore) -> AlertLimits:
    """What the user wants to hear of; nothing where notifications are off. A time that is none is no quiet hour."""
    start, end = (minute_of_day(settings.text(name)) for name in ("quiet_from", "quiet_until"))
    quiet = QuietHours() if start is None or end is None else QuietHours(start, end)
    if not settings.flag("alerts_enabled"):
        return AlertLimits(0, 0, 0, 0, 0, 0, downloads=False)
    return AlertLimits(
        memory=settings.real("alert_memory"),
        gpu=settings.real("alert_gpu"),
        gpu_s=settings.real("alert_gpu_minutes") * 60,
        temperature_c=settings.real("alert_temperature_c"),
        tokens_per_s=settings.real("min_tokens_per_s") if settings.flag("alert_slow_replies") else 0.0,
        disk_bytes=round(settings.real("alert_disk_gb") * 1e9),
        downloads=settings.flag("alert_downloads"),
        quiet=quiet,
    )


def _known_gpus(planner: Planner) -> tuple[Device, ...]:
    """The graphics devices, once the machine was looked at."""
    hardware = planner.known_hardware()
    return () if hardware is None else hardware.gpus


def _engine_readings(
    pool: ModelPool, accuracy: AccuracyLog, measured: Callable[[], Engine | None]
) -> list[EngineReading]:
    named = list(pool.engines())
    if (engine := measured()) is not None and (facts := engine.facts) is not None:
        named.append((f"{facts.path.stem} (bench)", engine))
    engines = ((name, engine.facts, engine.stats()) for name, engine in named)
    return [
        EngineReading(name, facts, stats, _expected(accuracy.row_of(facts)))
        for name, facts, stats in engines
        if facts is not None
    ]


def _expected(row: Comparison | None) -> Expected | None:
    if row is None:
        return None
    return Expected(
        predicted_bytes=row.predicted_bytes,
        measured_bytes=row.measured_bytes,
        low=row.generation.low,
        high=row.generation.high,
        measured=row.generation.measured,
        prompt_low=row.prompt.low,
        prompt_high=row.prompt.high,
        prompt_measured=row.prompt.measured,
        parts=tuple((name, *row.part_bytes(name)) for name in PARTS),
    )
