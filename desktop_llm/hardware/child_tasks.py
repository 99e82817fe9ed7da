"""The tasks of the throw-away child. Never import this in the app itself: drivers may end the process here."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

import psutil

from desktop_llm.engine.child_process import Answer, Request
from desktop_llm.engine.llama import DeviceKind, devices, engine_version, system_info
from desktop_llm.engine.llama.pace import measure_filled_pace, measure_pace
from desktop_llm.engine.pace import FilledPace, best_of, mean_of
from desktop_llm.hardware.forge import forge_model
from desktop_llm.hardware.forged_shapes import (
    EXPERTS,
    MIDDLE,
    NARROW,
    QUANTIZATIONS,
    WIDE,
    ForgedShape,
    Quantization,
    layers_for,
    quantization,
)
from desktop_llm.hardware.speed_order import SpeedOrder
from desktop_llm.hardware.speed_sums import DevicePaces, TypePace

_Result = TypeVar("_Result")

#: Of the time for one model, what is decoding; the rest is for forging, loading and unloading.
_SHARE_FOR_DECODING = 0.65
_MIN_DECODING_S = 0.2
#: The narrow model's weights.
_NARROW_BYTES = 20_000_000
_N_EXPERT_LAYERS = 4
#: How many types are measured a second time.
_N_TWICE = 4
#: After which type short rows of which type are timed: one each of those that llama.cpp multiplies in a like way.
_SHORT_AFTER = {"Q6_K": "Q4_K", "F16": "Q8_0", "Q5_0": "Q4_0"}
#: After which type experts of which type are timed: those that files of experts are made of.
_EXPERTS_AFTER = {"Q6_K": "Q4_K", "F16": "Q8_0", "IQ4_XS": "Q6_K", "IQ4_NL": "MXFP4"}


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
                fewer_threads=tuple(map(int, request["fewer_threads"])),
            )
            others = _Others()
            paces = asdict(_measure(order))
            return {"paces": paces, "others_fraction": others.fraction()}
        case unknown:
            raise ValueError(f"unknown task {unknown!r}")


def _list_devices() -> Answer:
    found = [asdict(device) for device in devices() if device.kind is not DeviceKind.META]
    return {"devices": found, "system_info": system_info(), "version": engine_version()}


def _measure(order: SpeedOrder) -> DevicePaces:
    """One forged model after the other until the time is over; the slowest machine gets the first three only.

    What most depends on comes a second time at the end, and the better of both counts: what
    disturbed the one for a second has seldom disturbed the other.
    """
    first = QUANTIZATIONS[0]
    n_narrow = layers_for(NARROW, first, _NARROW_BYTES)
    n_models = 1 + len(QUANTIZATIONS) + len(_SHORT_AFTER) + len(_EXPERTS_AFTER) + 1 + _N_TWICE
    shares = _Shares(order, time.monotonic() + order.budget_s, n_models)

    def narrow_pace(budget_s: float) -> FilledPace:
        return _timed(order, (NARROW, first, n_narrow), budget_s, measure_filled_pace)

    wide = {kind: shares.spend(functools.partial(_wide, order, kind)) for kind in QUANTIZATIONS[:2]}
    narrow = shares.spend(narrow_pace)
    experts: list[TypePace] = []
    short: list[TypePace] = []
    for kind in QUANTIZATIONS[2:]:
        if shares.are_over:
            break
        wide[kind] = shares.spend(functools.partial(_wide, order, kind))
        if kind.name in _SHORT_AFTER and not shares.are_over:
            short.append(shares.spend(functools.partial(_short, order, quantization(_SHORT_AFTER[kind.name]))))
        if kind.name in _EXPERTS_AFTER and not shares.are_over:
            experts.append(shares.spend(functools.partial(_expert, order, quantization(_EXPERTS_AFTER[kind.name]))))
    if not shares.are_over:
        narrow = mean_of(narrow, shares.spend(narrow_pace))
    for kind in QUANTIZATIONS[:_N_TWICE]:
        if not shares.are_over:
            again = shares.spend(functools.partial(_wide, order, kind))
            wide[kind] = replace(again, pace=best_of(again.pace, wide[kind].pace))
    return DevicePaces(tuple(wide.values()), tuple(experts), narrow, n_narrow, order.fewer_threads, tuple(short))


class _Shares:
    """The time, given out model by model: what one leaves over, the next ones share."""

    def __init__(self, order: SpeedOrder, deadline: float, n_models: int) -> None:
        self._order = order
        self._deadline = deadline
        self._n_models = n_models
        self._done = 0
        self._longest_s = 0.0

    @property
    def are_over(self) -> bool:
        """Whether another model would take too long."""
        return time.monotonic() + self._longest_s > self._deadline

    def spend(self, timed: Callable[[float], _Result]) -> _Result:
        """Time one model with its share for decoding, and say how far all is."""
        begun = time.monotonic()
        share_s = (self._deadline - begun) / max(1, self._n_models - self._done)
        result = timed(max(_MIN_DECODING_S, share_s * _SHARE_FOR_DECODING))
        self._longest_s = max(self._longest_s, time.monotonic() - begun)
        self._done += 1
        self._order.progress_file.write_bytes(b"." * (100 * self._done // self._n_models))
        return result


def _wide(order: SpeedOrder, kind: Quantization, budget_s: float) -> TypePace:
    n_layer = layers_for(WIDE, kind, order.model_bytes)
    return TypePace(kind.name, n_layer, _timed(order, (WIDE, kind, n_layer), budget_s, measure_pace))


def _short(order: SpeedOrder, kind: Quantization, budget_s: float) -> TypePace:
    n_layer = layers_for(MIDDLE, kind, order.model_bytes // 2)
    return TypePace(kind.name, n_layer, _timed(order, (MIDDLE, kind, n_layer), budget_s, measure_pace))


def _expert(order: SpeedOrder, kind: Quantization, budget_s: float) -> TypePace:
    pace = _timed(order, (EXPERTS, kind, _N_EXPERT_LAYERS), budget_s, measure_pace)
    return TypePace(kind.name, _N_EXPERT_LAYERS, pace)


def _timed(
    order: SpeedOrder,
    model: tuple[ForgedShape, Quantization, int],
    budget_s: float,
    measured: Callable[[Path, str, float, Sequence[int]], _Result],
) -> _Result:
    path = order.folder / "forged.gguf"
    forge_model(path, *model)
    try:
        return measured(path, order.device, budget_s, order.fewer_threads)
    finally:
        path.unlink(missing_ok=True)


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
