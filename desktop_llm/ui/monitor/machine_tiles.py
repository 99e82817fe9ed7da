"""The tiles of the processor, the memory and the disk."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_llm.hardware.monitor.sample import ResourceSample, Sensor
from desktop_llm.ui.monitor.sensor_text import why_missing
from desktop_llm.ui.monitor.tile import TileLine, TileSpec
from desktop_llm.ui.widgets.number_text import memory_part, size
from desktop_llm.ui.widgets.parts import ElidedLabel
from desktop_llm.ui.widgets.units import byte_rate, frequency, share, temperature

translate = QCoreApplication.translate

_LEAST_RATE = 1e6
_HOT_C = 100.0


def machine_tiles() -> tuple[TileSpec, ...]:
    """In the order of the page."""
    return (*processor_tiles(), *memory_tiles(), disk_tile())


def processor_tiles() -> tuple[TileSpec, ...]:
    """How busy it is, and how hot."""
    busy = TileSpec(
        heading=translate("machine_tiles", "Processor"),
        lines=(
            TileLine(translate("machine_tiles", "All"), "cpu.total", is_filled=True),
            TileLine(translate("machine_tiles", "This program"), "cpu.app_share", "series_2", is_dashed=True),
        ),
        label=share,
        high=lambda _sample: 1.0,
        detail=_processor_detail,
    )
    heat = TileSpec(
        heading=translate("machine_tiles", "Temperature of the processor"),
        lines=(TileLine("", "cpu.temperature_c", "series_2", is_filled=True),),
        label=temperature,
        high=lambda _sample: _HOT_C,
        empty=why_missing(Sensor.CPU_TEMPERATURE),
    )
    return busy, heat


def memory_tiles() -> tuple[TileSpec, ...]:
    """RAM by who holds it, and swap."""
    ram = TileSpec(
        heading=translate("machine_tiles", "Memory (RAM)"),
        lines=(
            TileLine(translate("machine_tiles", "This program"), "memory.app_bytes", "memory_weights"),
            TileLine(translate("machine_tiles", "Others"), "memory.other_bytes", "memory_others"),
        ),
        label=_memory,
        high=lambda sample: float(sample.memory.total_bytes),
        is_stacked=True,
        detail=_memory_detail,
    )
    swap = TileSpec(
        heading=translate("machine_tiles", "Swap"),
        lines=(TileLine("", "memory.swap_used_bytes", "series_3", is_filled=True),),
        label=_memory,
        high=lambda sample: float(sample.memory.swap_total_bytes or 0) or None,
        empty=why_missing(Sensor.SWAP),
        detail=_swap_detail,
    )
    return ram, swap


def disk_tile() -> TileSpec:
    """Traffic of all disks; room on that of the models."""
    return TileSpec(
        heading=translate("machine_tiles", "Disks"),
        lines=(
            TileLine(translate("machine_tiles", "Read"), "disk.read_bytes_per_s", is_filled=True),
            TileLine(translate("machine_tiles", "Written"), "disk.written_bytes_per_s", "series_2", is_dashed=True),
        ),
        label=byte_rate,
        least_high=_LEAST_RATE,
        empty=why_missing(Sensor.DISK_TRAFFIC),
        detail=_disk_detail,
    )


def _processor_detail(sample: ResourceSample) -> str:
    return frequency(sample.cpu.frequency_hz) if sample.cpu.frequency_hz is not None else ""


def _memory_detail(sample: ResourceSample) -> str:
    words = translate("machine_tiles", "{free} free of {total}")
    memory = sample.memory
    return words.format(free=memory_part(memory.free_bytes), total=memory_part(memory.total_bytes))


def _swap_detail(sample: ResourceSample) -> str:
    traffic = sample.memory.swap_bytes_per_s
    return "" if traffic is None else translate("machine_tiles", "traffic {rate}").format(rate=byte_rate(traffic))


def _disk_detail(sample: ResourceSample) -> str:
    free, total = sample.disk.free_bytes, sample.disk.total_bytes
    if free is None or total is None:
        return ""
    words = translate("machine_tiles", "{free} free of {total}").format(free=size(free), total=size(total))
    return ElidedLabel.PART_SEPARATOR.join((words, translate("machine_tiles", "disk of the models")))


def _memory(size_bytes: float) -> str:
    return memory_part(max(0, round(size_bytes)))
