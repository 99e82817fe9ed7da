"""How fast llama.cpp is on this machine: measured once, in a throw-away child, on forged weights, and kept."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from desktop_llm.engine.child_process import ChildCancelledError, ChildDiedError
from desktop_llm.engine.pace import fewer_threads
from desktop_llm.engine.threads import engine_threads
from desktop_llm.errors import HardwareError, MeasurementCancelledError
from desktop_llm.hardware.child import DeviceSpeeds, measure_types
from desktop_llm.hardware.cpu import read_cache_bytes
from desktop_llm.hardware.forged_shapes import largest_bytes
from desktop_llm.hardware.machine import Hardware
from desktop_llm.hardware.measured import Measured, save_measured
from desktop_llm.hardware.reading import machine_key
from desktop_llm.hardware.speed_order import SpeedOrder

_log = logging.getLogger(__name__)

_MIB = 1024**2
#: The weights of a forged model: several times the cache, so that they come from memory as a real model's do.
_CACHES = 4
_LEAST_BYTES = 128 * _MIB
_LEAST_BYTES_GPU = 256 * _MIB
_MOST_BYTES = 512 * _MIB
_SPARE = 1.1
_CPU = "CPU"
#: Seconds for measuring; starting and ending the children come on top.
BUDGET_S = 18.0


@dataclass(frozen=True, slots=True)
class Watch:
    """How a measurement is looked at: `progress` gets 0 to 1; both are called on the thread that measures."""

    progress: Callable[[float], None] = lambda fraction: None
    is_cancelled: Callable[[], bool] = lambda: False


def measure(hardware: Hardware, speeds_file: Path, watch: Watch = Watch(), budget_s: float = BUDGET_S) -> Hardware:
    """The same machine with its speeds, which are kept in `speeds_file`. Any thread; it waits at most 20 s.

    A graphics device that fails is left out. Raises MeasurementCancelledError or HardwareError.
    """
    devices = [_CPU, *(device.name for device in hardware.gpus)]
    share_s = budget_s / len(devices)
    speeds: list[DeviceSpeeds] = []
    for done, device in enumerate(devices):
        try:
            speeds.append(_measure_device(device, share_s, _part(watch, done, len(devices))))
        except HardwareError:
            if device == _CPU or watch.is_cancelled():
                raise
            _log.debug("the speed of %s could not be measured", device)
    key = machine_key(hardware.cpu, hardware.devices, hardware.engine)
    types = tuple(each for device in speeds for each in device.types)
    others = max(device.others_fraction for device in speeds)
    overheads = tuple(device.overheads for device in speeds)
    fewer = tuple(each for device in speeds for each in device.fewer)
    measured = Measured(types, engine_threads(), time.time(), key, others, overheads, fewer)
    save_measured(speeds_file, measured)
    return replace(hardware, measured=measured)


def model_bytes(device: str) -> int:
    """How large a forged model must be, that its weights come from memory and not from a cache."""
    least = _LEAST_BYTES if device == _CPU else _LEAST_BYTES_GPU
    return max(least, min(_MOST_BYTES, _CACHES * read_cache_bytes()))


def require_room(folder: Path, size_bytes: float) -> None:
    """Raises OSError when a file of this size does not fit there; the child could not say so."""
    if shutil.disk_usage(folder).free < size_bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _part(watch: Watch, done: int, n_parts: int) -> Watch:
    """One device's part of the whole."""
    return replace(watch, progress=lambda fraction: watch.progress((done + fraction) / n_parts))


def _measure_device(device: str, budget_s: float, watch: Watch) -> DeviceSpeeds:
    try:
        with tempfile.TemporaryDirectory(prefix="desktop-llm-", ignore_cleanup_errors=True) as folder:
            require_room(Path(folder), _SPARE * largest_bytes(model_bytes(device)))
            fewer = fewer_threads(engine_threads()) if device == _CPU else ()
            order = SpeedOrder(Path(folder), device, model_bytes(device), budget_s, fewer)
            return measure_types(order, _Polled(order.progress_file, watch))
    except ChildCancelledError as error:
        raise MeasurementCancelledError("Measuring this computer's speed was cancelled.") from error
    except ChildDiedError as error:
        raise HardwareError(
            "This computer's speed could not be measured: the engine failed on {device}.", device=device
        ) from error
    except OSError as error:
        raise HardwareError(
            "This computer's speed could not be measured: {reason}.", reason=error.strerror or error
        ) from error


class _Polled:
    """Asked by the parent every so often whether to stop: it passes the child's progress on meanwhile."""

    def __init__(self, file: Path, watch: Watch) -> None:
        self._file = file
        self._watch = watch
        self._shown = -1

    def __call__(self) -> bool:
        try:
            hundredths = self._file.stat().st_size
        except OSError:  # nothing is done yet
            hundredths = 0
        if hundredths != self._shown:
            self._shown = hundredths
            self._watch.progress(min(1.0, hundredths / 100))
        return self._watch.is_cancelled()
