"""The tiles of a graphics card."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_llm.hardware.monitor.sample import GpuSample, ResourceSample, Sensor
from desktop_llm.ui.monitor.finding_text import throttle_words
from desktop_llm.ui.monitor.sensor_text import why_missing
from desktop_llm.ui.monitor.tile import TileLine, TileSpec
from desktop_llm.ui.widgets.number_text import memory_part
from desktop_llm.ui.widgets.units import clock, power, share, temperature

translate = QCoreApplication.translate

_HOT_C = 100.0


def gpu_tiles(index: int) -> tuple[TileSpec, ...]:
    """Those of the card with this place in a sample."""
    figure = f"gpu{index}.{{}}".format
    busy = TileSpec(
        heading=translate("gpu_tiles", "Busy"),
        lines=(TileLine("", figure("utilisation"), is_filled=True),),
        label=share,
        high=lambda _sample: 1.0,
        empty=why_missing(Sensor.GPU_UTILISATION),
        detail=partial(_slowed, index),
    )
    heat = TileSpec(
        heading=translate("gpu_tiles", "Temperature"),
        lines=(TileLine("", figure("temperature_c"), "series_2", is_filled=True),),
        label=temperature,
        high=lambda _sample: _HOT_C,
        empty=why_missing(Sensor.GPU_TEMPERATURE),
    )
    watts = TileSpec(
        heading=translate("gpu_tiles", "Power"),
        lines=(TileLine("", figure("power_w"), "series_3", is_filled=True),),
        label=power,
        high=lambda sample: _card(sample, index).power_limit_w,
        least_high=10.0,
        empty=why_missing(Sensor.GPU_POWER),
        detail=partial(_power_limit, index),
    )
    hertz = TileSpec(
        heading=translate("gpu_tiles", "Clock"),
        lines=(TileLine("", figure("clock_hz"), "series_4", is_filled=True),),
        label=clock,
        high=lambda sample: _card(sample, index).max_clock_hz,
        empty=why_missing(Sensor.GPU_CLOCK),
        detail=partial(_highest_clock, index),
    )
    return busy, _memory_tile(index), heat, watts, hertz


def _memory_tile(index: int) -> TileSpec:
    figure = f"gpu{index}.{{}}".format
    lines = (
        TileLine(translate("gpu_tiles", "Model"), figure("vram_weights_bytes"), "memory_weights"),
        TileLine(translate("gpu_tiles", "Conversation"), figure("vram_cache_bytes"), "memory_cache"),
        TileLine(translate("gpu_tiles", "Computing"), figure("vram_compute_bytes"), "memory_compute"),
        TileLine(translate("gpu_tiles", "Others"), figure("vram_other_bytes"), "memory_others"),
    )
    return TileSpec(
        heading=translate("gpu_tiles", "Memory"),
        lines=lines,
        label=lambda size_bytes: memory_part(max(0, round(size_bytes))),
        high=partial(_vram_bytes, index),
        is_stacked=True,
        empty=why_missing(Sensor.GPU_MEMORY),
        detail=partial(_vram_detail, index),
    )


def _card(sample: ResourceSample, index: int) -> GpuSample:
    return sample.gpus[index] if index < len(sample.gpus) else GpuSample("")


def _vram_bytes(index: int, sample: ResourceSample) -> float | None:
    vram = _card(sample, index).vram
    return None if vram is None else float(vram.total_bytes)


def _vram_detail(index: int, sample: ResourceSample) -> str:
    vram = _card(sample, index).vram
    if vram is None:
        return ""
    total = memory_part(vram.total_bytes)
    if vram.free_bytes is None:
        return translate("gpu_tiles", "of {total}; what others use is not told").format(total=total)
    return translate("gpu_tiles", "{free} free of {total}").format(free=memory_part(vram.free_bytes), total=total)


def _slowed(index: int, sample: ResourceSample) -> str:
    throttles = _card(sample, index).throttles
    if not throttles:
        return ""
    return translate("gpu_tiles", "held back by {reasons}").format(reasons=", ".join(map(throttle_words, throttles)))


def _power_limit(index: int, sample: ResourceSample) -> str:
    limit = _card(sample, index).power_limit_w
    return "" if limit is None else translate("gpu_tiles", "limit {power}").format(power=power(limit))


def _highest_clock(index: int, sample: ResourceSample) -> str:
    highest = _card(sample, index).max_clock_hz
    return "" if highest is None else translate("gpu_tiles", "at most {clock}").format(clock=clock(highest))
