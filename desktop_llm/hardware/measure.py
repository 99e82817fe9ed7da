"""How fast llama.cpp is on this machine: measured once, in a throw-away child, on forged weights, and kept."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from desktop_llm.engine.child_process import ChildCancelledError, ChildDiedError
from desktop_llm.engine.threads import engine_threads
from desktop_llm.errors import HardwareError, MeasurementCancelledError
from desktop_llm.hardware.child import measure_types
from desktop_llm.hardware.cpu import read_cache_bytes
from desktop_llm.hardware.machine import Hardware
from desktop_llm.hardware.measured import Measured, save_measured
from desktop_llm.hardware.reading import machine_key
from desktop_llm.hardware.speed_order import SpeedOrder

_MIB = 1024**2
#: The weights of a forged model: several times the cache, so that they come from memory as a real model's do.
_CACHES = 4
_LEAST_BYTES = 128 * _MIB
_LEAST_BYTES_GPU = 256 * _MIB
_MOST_BYTES = 512 * _MIB
#: Seconds for measuring; starting and ending the child come on top.
BUDGET_S = 18.0


def measure(
    hardware: Hardware,
    speeds_file: Path,
    progress: Callable[[float], None] = lambda fraction: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    budget_s: float = BUDGET_S,
) -> Hardware:
    """The same machine with its speeds, which are kept in `speeds_file`. Any thread; it waits at most 20 s.

    `progress` gets 0 to 1, on the calling thread. Raises MeasurementCancelledError or HardwareError.
    """
    devices = ("CPU", *(device.name for device in hardware.gpus))
    try:
        with tempfile.TemporaryDirectory(prefix="desktop-llm-", ignore_cleanup_errors=True) as folder:
            order = SpeedOrder(Path(folder), devices, model_bytes(hardware), budget_s)
            types = measure_types(order, _Watch(order.progress_file, progress, is_cancelled))
    except ChildCancelledError as error:
        raise MeasurementCancelledError("Measuring this computer's speed was cancelled.") from error
    except ChildDiedError as error:
        raise HardwareError(
            "This computer's speed could not be measured: the engine failed or was too slow."
        ) from error
    except OSError as error:
        raise HardwareError(
            "This computer's speed could not be measured: {reason}.", reason=error.strerror or error
        ) from error
    key = machine_key(hardware.cpu, hardware.devices, hardware.engine)
    measured = Measured(types, engine_threads(), time.time(), key)
    save_measured(speeds_file, measured)
    return replace(hardware, measured=measured)


def model_bytes(hardware: Hardware) -> int:
    """How large a forged model must be, that its weights come from memory and not from a cache."""
    least = _LEAST_BYTES_GPU if hardware.gpus else _LEAST_BYTES
    return max(least, min(_MOST_BYTES, _CACHES * read_cache_bytes()))


class _Watch:
    """Asked by the parent every so often whether to stop: it passes the child's progress on meanwhile."""

    def __init__(self, file: Path, progress: Callable[[float], None], is_cancelled: Callable[[], bool]) -> None:
        self._file = file
        self._progress = progress
        self._is_cancelled = is_cancelled
        self._shown = -1

    def __call__(self) -> bool:
        try:
            hundredths = self._file.stat().st_size
        except OSError:  # nothing is done yet
            hundredths = 0
        if hundredths != self._shown:
            self._shown = hundredths
            self._progress(min(1.0, hundredths / 100))
        return self._is_cancelled()
