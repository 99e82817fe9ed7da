"""The tasks of the throw-away child. Never import this in the app itself: drivers may end the process here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import psutil

from desktop_llm.engine.child_process import Answer, Request
from desktop_llm.engine.llama import DeviceKind, devices, engine_version, system_info
from desktop_llm.engine.llama.pace import measure_pace
from desktop_llm.hardware.forge import QUANTIZATIONS, Quantization, forge_model
from desktop_llm.hardware.measured import TypeSpeed
from desktop_llm.hardware.speed_order import SpeedOrder

#: Of the time for one type, what is decoding; the rest is for forging, loading and unloading.
_SHARE_FOR_DECODING = 0.65
_MIN_DECODING_S = 0.2


def perform(request: Request) -> Answer:
    """Do what the request names. Whatever goes wrong ends the child without an answer."""
    match request["task"]:
        case "devices":
            return _list_devices()
        case "speed":
            order = SpeedOrder(
                folder=Path(request["folder"]),
                device=str(request["device"]),
                model_bytes=int(request["model_bytes"]),
                budget_s=float(request["budget_s"]),
            )
            others = _Others()
            types = [asdict(each) for each in _measure(order)]
            return {"types": types, "others_fraction": others.fraction()}
        case unknown:
            raise ValueError(f"unknown task {unknown!r}")


def _list_devices() -> Answer:
    found = [asdict(device) for device in devices() if device.kind is not DeviceKind.META]
    return {"devices": found, "system_info": system_info(), "version": engine_version()}


def _measure(order: SpeedOrder) -> Iterator[TypeSpeed]:
    """One type after the other until the time is over; the slowest machine gets the first ones only."""
    deadline = time.monotonic() + order.budget_s
    longest_s = 0.0
    for done, quantization in enumerate(QUANTIZATIONS):
        begun = time.monotonic()
        if begun + longest_s > deadline:
            break
        share_s = (deadline - begun) / (len(QUANTIZATIONS) - done)
        yield _measure_type(order, quantization, max(_MIN_DECODING_S, share_s * _SHARE_FOR_DECODING))
        longest_s = max(longest_s, time.monotonic() - begun)
        order.progress_file.write_bytes(b"." * (100 * (done + 1) // len(QUANTIZATIONS)))


def _measure_type(order: SpeedOrder, quantization: Quantization, decoding_s: float) -> TypeSpeed:
    path = order.folder / f"{quantization.name}.gguf"
    forged = forge_model(path, quantization, order.model_bytes)
    try:
        pace = measure_pace(path, order.device, decoding_s)
    finally:
        path.unlink(missing_ok=True)
    return TypeSpeed(
        name=quantization.name,
        generation_bytes_per_s=forged.size_bytes / pace.token_s,
        prompt_flops_per_s=2 * forged.n_weights / pace.prompt_token_s,
        device=order.device,
    )


class _Others:
    """How much of the processor other programs use, from now on."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._used_s = self._now()

    def fraction(self) -> float:
        """0 to 1, of all logical CPUs."""
        available_s = (time.monotonic() - self._begun) * (psutil.cpu_count() or 1)
        return max(0.0, min(1.0, (self._now() - self._used_s) / max(available_s, 1e-9)))

    @staticmethod
    def _now() -> float:
        """Seconds that all but this process have computed."""
        times = psutil.cpu_times()
        idle_s = times.idle + getattr(times, "iowait", 0.0)
        guests_s = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)  # counted in user and nice, too
        return float(sum(times) - idle_s - guests_s - time.process_time())
