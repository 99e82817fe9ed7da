"""What hardware/ asks of llama.cpp, in a throw-away child: a broken driver, or a forged model, may end the process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from desktop_llm.engine.child_process import (
    Answer,
    ChildDiedError,
    ChildLimits,
    Request,
    run_child,
    serve_once,
)
from desktop_llm.engine.pace import FilledPace, Pace
from desktop_llm.hardware.devices import EngineDevice
from desktop_llm.hardware.machine import DeviceKind
from desktop_llm.hardware.measured import FewerThreads, Overheads, TypeSpeed
from desktop_llm.hardware.speed_order import SpeedOrder
from desktop_llm.hardware.speed_sums import DevicePaces, TypePace, sum_up, sum_up_fewer

#: The hidden verb that reaches `child_main`.
VERB = "_hardware"
_MIB = 1024**2
_LIST_LIMITS = ChildLimits(timeout_s=30.0, memory_bytes=2048 * _MIB)
_SPARE_S = 20.0
_SPEED_MEMORY_BYTES = 4096 * _MIB


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What llama.cpp says of itself: its devices, its line on the processor, its release. All empty if it died."""

    devices: tuple[EngineDevice, ...] = ()
    system_info: str = ""
    version: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DeviceSpeeds:
    """What a child measured, and the share of the processor that other programs used meanwhile (0 to 1)."""

    types: tuple[TypeSpeed, ...]
    overheads: Overheads
    others_fraction: float
    fewer: tuple[FewerThreads, ...] = ()


def ask_engine() -> EngineFacts:
    """List llama.cpp's devices. Any thread; it waits about half a second."""
    try:
        answer = run_child({"task": "devices"}, _LIST_LIMITS, verb=VERB)
        return EngineFacts(
            devices=tuple(_device(each) for each in answer["devices"]),
            system_info=str(answer["system_info"]),
            version=str(answer["version"]),
        )
    except (ChildDiedError, OSError, LookupError, TypeError, ValueError):
        return EngineFacts(problem="The engine cannot list this machine's devices: a graphics driver may be broken.")


def measure_types(order: SpeedOrder, is_cancelled: Callable[[], bool]) -> DeviceSpeeds:
    """Measure one device in a child. Raises ChildDiedError, ChildCancelledError or OSError."""
    request = {
        "task": "speed",
        "folder": str(order.folder),
        "device": order.device,
        "model_bytes": order.model_bytes,
        "budget_s": order.budget_s,
        "fewer_threads": order.fewer_threads,
    }
    limits = ChildLimits(timeout_s=order.budget_s + _SPARE_S, memory_bytes=_SPEED_MEMORY_BYTES, gives_way=False)
    answer = run_child(request, limits, is_cancelled, verb=VERB)
    try:
        paces = _paces(answer["paces"])
        types, overheads = sum_up(paces, order.device)
        fewer = sum_up_fewer(paces, order.device)
        return DeviceSpeeds(types, overheads, float(answer["others_fraction"]), fewer)
    except (LookupError, TypeError, ValueError, StopIteration, ZeroDivisionError) as error:
        raise ChildDiedError from error


def _paces(values: dict[str, Any]) -> DevicePaces:
    wide, experts, short = (
        tuple(TypePace(each["name"], each["n_layer"], Pace(**each["pace"])) for each in values[kind])
        for kind in ("wide", "experts", "short")
    )
    narrow, n_layer = FilledPace(**values["narrow"]), values["n_narrow_layer"]
    return DevicePaces(wide, experts, narrow, n_layer, values["fewer_threads"], short)


def child_main() -> int:
    """What the hidden verb does: read one request, answer it, end. Returns the exit status."""
    return serve_once(_perform)


def _perform(request: Request) -> Answer:
    from desktop_llm.hardware import child_tasks  # llama.cpp is loaded here, in a child only

    return child_tasks.perform(request)


def _device(values: dict[str, Any]) -> EngineDevice:
    return EngineDevice(
        name=str(values["name"]),
        description=str(values["description"]),
        backend=str(values["backend"]),
        kind=DeviceKind(values["kind"]),
        free_bytes=int(values["free_bytes"]),
        total_bytes=int(values["total_bytes"]),
        pci_id=str(values["pci_id"]),
    )
