"""The processor as Windows tells of it: its name from the registry, its cores from the scheduler's CPU sets."""

from __future__ import annotations

import ctypes
import struct
import sys

#: SYSTEM_CPU_SET_INFORMATION (winnt.h) up to the efficiency class: size, type, id, group, logical index, core index,
#: last-level cache, NUMA node, efficiency class.
_CPU_SET = struct.Struct("<IIIHBBBBB")
_KEY = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"


def count_cores(cpu_sets: bytes) -> tuple[int, int]:
    """Cores for performance and for efficiency, of GetSystemCpuSetInformation's answer; 0, 0 where all are alike.

    Windows gives stronger cores the higher class.
    """
    classes: dict[tuple[int, int], int] = {}
    start = 0
    while start + _CPU_SET.size <= len(cpu_sets):
        size, _, _, group, _, core, _, _, efficiency_class = _CPU_SET.unpack_from(cpu_sets, start)
        classes[group, core] = efficiency_class
        start += max(size, _CPU_SET.size)
    if len(set(classes.values())) < 2:
        return 0, 0
    n_efficiency = sum(each == min(classes.values()) for each in classes.values())
    return len(classes) - n_efficiency, n_efficiency


def read_cpu_sets() -> bytes:
    """What Windows answers; b"" elsewhere, and where it refuses."""
    if sys.platform != "win32":
        return b""
    ask = ctypes.windll.kernel32.GetSystemCpuSetInformation
    length = ctypes.c_ulong(0)
    ask(None, 0, ctypes.byref(length), None, 0)
    buffer = ctypes.create_string_buffer(length.value)
    return buffer.raw if ask(buffer, length, ctypes.byref(length), None, 0) else b""


def read_model() -> str:
    """The processor's name; "" elsewhere, and where it is not written."""
    if sys.platform != "win32":
        return ""
    import winreg  # exists on Windows only

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _KEY) as key:
            return str(winreg.QueryValueEx(key, "ProcessorNameString")[0]).strip()
    except OSError:
        return ""
