"""Ten minutes of imagined computers at work, second by second, for pictures of the monitor. Plausible, not measured."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from desktop_llm.engine.events import Timings, Usage
from desktop_llm.engine.stats import LastReply
from desktop_llm.hardware.machine import Power, PowerSource
from desktop_llm.hardware.monitor.sample import (
    CpuSample,
    DiskSample,
    EngineSample,
    Expected,
    GpuSample,
    MemorySample,
    ResourceSample,
    Sensor,
    Throttle,
    VramSample,
)

_GIB = 1024**3
_N = 600
#: 21 November 2026, in the afternoon.
_END = 1_795_273_800.0
#: A reply every so many seconds: its prompt is read first, then it is written, then there is a pause.
_ROUND_S, _PROMPT_S, _WRITING_S = 75, 12, 48
_CHAT = "Qwen3-8B-Q4_K_M"
_SMALL = "Llama-3.2-3B-Instruct-Q4_K_M"


@dataclass(frozen=True, slots=True)
class _Pace:
    """What a model does at a second: how much of a reply's work is prompt, writing, or none."""

    is_reading: bool
    is_writing: bool

    @property
    def is_busy(self) -> bool:
        return self.is_reading or self.is_writing


def laptop_without_gpu() -> Iterator[ResourceSample]:
    """An office laptop on its battery; a small model replies."""
    noise = random.Random(1)  # noqa: S311  a picture's noise
    for place in range(_N):
        pace = _pace(place)
        busy = 0.82 if pace.is_busy else 0.07
        yield ResourceSample(
            at=_END - _N + place,
            cpu=CpuSample(
                cores=_cores(8, busy, noise),
                app=busy * 7.2,
                frequency_hz=(2.6e9 if pace.is_busy else 1.4e9) + noise.uniform(-1e8, 1e8),
                temperature_c=62 + (20 if pace.is_busy else 0) * (1 - math.exp(-(place % _ROUND_S) / 20)),
            ),
            memory=_ram(7.7, app=2.9, other=3.1, noise=noise, swap=(2.0, 0.4, 0.0)),
            disk=_disk(61, noise),
            engines=(_engine(_SMALL, place, pace, (7.4, 41.0)),),
            power=Power(PowerSource.BATTERY, 0.63 - place / 20_000),
            missing=(Sensor.GPU,),
        )


def gpu_throttled() -> Iterator[ResourceSample]:
    """A workstation whose card grows hot and slows down, with another program in its memory."""
    noise = random.Random(2)  # noqa: S311
    for place in range(_N):
        heat = 1 - math.exp(-place / 160)
        degrees = 58 + 29 * heat
        is_hot = degrees > 83
        clock = (2520e6 if not is_hot else 2520e6 - (degrees - 83) * 400e6) + noise.uniform(-3e7, 3e7)
        speed = 96 * clock / 2520e6
        gpu = GpuSample(
            name="NVIDIA GeForce RTX 4090",
            engine_device="CUDA0",
            utilisation=0.93 + noise.uniform(-0.03, 0.03),
            vram=VramSample(int(23.5 * _GIB), int(22.1 * _GIB), int(12.9 * _GIB), int(2.5 * _GIB), int(0.5 * _GIB)),
            temperature_c=degrees,
            power_w=(405 if not is_hot else 250) + noise.uniform(-12, 12),
            power_limit_w=450.0,
            clock_hz=clock,
            max_clock_hz=2625e6,
            throttles=(Throttle.HEAT,) if is_hot else (),
        )
        engine = replace(
            _engine(
                "Qwen3-14B-Q6_K", place, _Pace(is_reading=False, is_writing=True), (speed, 2900.0), layers=(41, 38)
            ),
            n_running=3,
            n_sequences=6,
            n_batch=3,
            n_waiting=1 if 300 < place < 420 else 0,
        )
        yield _workstation(place, (gpu,), (engine,), noise)


def two_gpus() -> Iterator[ResourceSample]:
    """Two cards that share a large model; two models are loaded."""
    noise = random.Random(3)  # noqa: S311
    for place in range(_N):
        pace = _pace(place)
        cards = tuple(
            GpuSample(
                name="NVIDIA GeForce RTX 3060",
                engine_device=f"CUDA{index}",
                utilisation=(0.55 if pace.is_writing else 0.97 if pace.is_reading else 0.02) * noise.uniform(0.9, 1.0),
                vram=VramSample(
                    12 * _GIB, int((10.4 - index) * _GIB), int(7.6 * _GIB), int(1.2 * _GIB), int(0.3 * _GIB)
                ),
                temperature_c=52 + index * 4 + (14 if pace.is_busy else 0) + noise.uniform(-1, 1),
                power_w=(142 if pace.is_busy else 22) + noise.uniform(-6, 6),
                power_limit_w=170.0,
                clock_hz=(1850e6 if pace.is_busy else 420e6) + noise.uniform(-2e7, 2e7),
                max_clock_hz=2130e6,
                throttles=(),
            )
            for index in range(2)
        )
        engines = (
            _engine("Mistral-Small-24B-Q4_K_M", place, pace, (15.2, 410.0), layers=(41, 41)),
            _engine("nomic-embed-text-v1.5", place, _Pace(is_reading=False, is_writing=False), (0, 0), layers=(13, 13)),
        )
        yield _workstation(place, cards, engines, noise)


def sensors_missing() -> Iterator[ResourceSample]:
    """A virtual machine with a card whose driver tells nothing."""
    noise = random.Random(4)  # noqa: S311
    gpu = GpuSample("AMD Radeon RX 7800 XT", "Vulkan0", vram=VramSample(16 * _GIB, None, 5 * _GIB, _GIB, _GIB // 4))
    missing = (
        Sensor.CPU_TEMPERATURE,
        Sensor.CPU_FREQUENCY,
        Sensor.SWAP,
        Sensor.BATTERY,
        Sensor.GPU_UTILISATION,
        Sensor.GPU_TEMPERATURE,
        Sensor.GPU_POWER,
        Sensor.GPU_CLOCK,
        Sensor.GPU_THROTTLING,
        Sensor.GPU_MEMORY,
    )
    for place in range(_N):
        pace = _pace(place)
        yield ResourceSample(
            at=_END - _N + place,
            cpu=CpuSample(_cores(4, 0.2 if pace.is_busy else 0.05, noise), 0.5),
            memory=_ram(15.6, app=1.4, other=3.2, noise=noise),
            disk=_disk(120, noise),
            gpus=(gpu,),
            engines=(_engine(_CHAT, place, pace, (48.0, 900.0), layers=(37, 37)),),
            missing=missing,
        )


def swapping() -> Iterator[ResourceSample]:
    """A laptop whose memory fills until the system swaps, and the model is read from the disk again and again."""
    noise = random.Random(5)  # noqa: S311
    for place in range(_N):
        fill = min(1.0, place / 380)
        is_full = fill > 0.9
        pace = _Pace(is_reading=False, is_writing=True)
        memory = _ram(
            7.7, app=2.0 + 2.4 * fill, other=2.9 + 0.25 * fill, noise=noise, swap=(4.0, 3.4 * fill, 22e6 * is_full)
        )
        yield ResourceSample(
            at=_END - _N + place,
            cpu=CpuSample(_cores(8, 0.45 if is_full else 0.8, noise), 3.1, 2.2e9, 71.0),
            memory=memory,
            disk=_disk(58, noise, read=118e6 if is_full else 0.0),
            engines=(_engine(_CHAT, place, pace, (1.3 if is_full else 5.8, 20.0)),),
            missing=(Sensor.GPU,),
        )


#: Every imagined ten minutes by a short name.
IMAGINED: dict[str, Callable[[], Iterator[ResourceSample]]] = {
    "laptop": laptop_without_gpu,
    "throttled": gpu_throttled,
    "two-gpus": two_gpus,
    "missing": sensors_missing,
    "swapping": swapping,
}


def _pace(place: int) -> _Pace:
    moment = place % _ROUND_S
    return _Pace(moment < _PROMPT_S, _PROMPT_S <= moment < _PROMPT_S + _WRITING_S)


def _cores(n: int, busy: float, noise: random.Random) -> tuple[float, ...]:
    return tuple(min(1.0, max(0.0, busy + noise.uniform(-0.16, 0.16))) for _ in range(n))


def _ram(
    total: float, *, app: float, other: float, noise: random.Random, swap: tuple[float, float, float] | None = None
) -> MemorySample:
    """In GiB; `swap` is its size, what of it is used, and its traffic in bytes a second."""
    other += noise.uniform(-0.03, 0.03)
    return MemorySample(
        total_bytes=int(total * _GIB),
        available_bytes=int(max(0.2, total - app - other) * _GIB),
        app_bytes=int(app * _GIB),
        swap_total_bytes=None if swap is None else int(swap[0] * _GIB),
        swap_used_bytes=None if swap is None else int(swap[1] * _GIB),
        swap_bytes_per_s=None if swap is None else swap[2] * noise.uniform(0.7, 1.3),
    )


def _disk(free: float, noise: random.Random, read: float = 0.0) -> DiskSample:
    written = 6e6 * noise.random() if noise.random() < 0.12 else 2e5 * noise.random()
    return DiskSample(
        int(free * 1e9),
        2_000_000_000_000 if free > 256 else 256_000_000_000,
        read * noise.uniform(0.8, 1.2) + 3e5 * noise.random(),
        written,
    )


def _engine(
    name: str, place: int, pace: _Pace, speeds: tuple[float, float], layers: tuple[int, int] = (29, 0)
) -> EngineSample:
    written, read = speeds
    done = place // _ROUND_S
    first_s = 0.9 + 0.4 * math.sin(done * 2.1)
    timings = Timings(0.01, first_s, 728 / (read or 1), 512 / (written or 1), read, written)
    reply = LastReply(Usage(1240, 512, 512), timings)
    return EngineSample(
        name=name,
        prompt_tokens_per_s=read if pace.is_reading else 0.0,
        generation_tokens_per_s=written * (1 + 0.04 * math.sin(place / 3)) if pace.is_writing else 0.0,
        n_running=1 if pace.is_busy else 0,
        n_prefilling=1 if pace.is_reading else 0,
        n_batch=512 if pace.is_reading else 1 if pace.is_writing else 0,
        n_sequences=min(3, done + 1) if written else 0,
        n_cells_used=900 + done * 700 if written else 0,
        n_ctx=16_384,
        prompt_tokens=1240 * (done + 1) if written else 0,
        cached_tokens=int(1240 * done * 0.6),
        n_layers=layers[0],
        n_gpu_layers=layers[1],
        n_replies=done,
        last_reply=reply if done else None,
        expected=_expected(written, read) if written else None,
    )


def _expected(written: float, read: float) -> Expected:
    parts = (
        ("weights", int(4.68 * _GIB), int(4.68 * _GIB)),
        ("kv_cache", int(1.12 * _GIB), int(1.12 * _GIB)),
        ("compute", int(0.31 * _GIB), int(0.29 * _GIB)),
    )
    return Expected(
        predicted_bytes=sum(each[1] for each in parts),
        measured_bytes=sum(each[2] for each in parts),
        low=round(written * 0.85, 1),
        high=round(written * 1.1, 1),
        measured=round(written, 1),
        prompt_low=round(read * 0.8, 1),
        prompt_high=round(read * 1.15, 1),
        prompt_measured=round(read, 1),
        parts=parts,
    )


def _workstation(
    place: int, gpus: tuple[GpuSample, ...], engines: tuple[EngineSample, ...], noise: random.Random
) -> ResourceSample:
    return ResourceSample(
        at=_END - _N + place,
        cpu=CpuSample(_cores(24, 0.12, noise), 1.4, 4.9e9, 51 + noise.uniform(-1, 1)),
        memory=_ram(62.6, app=4.1, other=10.2, noise=noise, swap=(8.0, 0.0, 0.0)),
        disk=_disk(840, noise),
        gpus=gpus,
        engines=engines,
        missing=(Sensor.BATTERY,),
    )
