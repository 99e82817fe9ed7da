"""The processor: its name and its cores, from what Linux, macOS and Windows each write down."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from desktop_llm.engine.cgroups import cpu_quota
from desktop_llm.engine.threads import physical_cores
from desktop_llm.hardware import cpu_windows
from desktop_llm.hardware.machine import Cpu

_ROOT = Path("/")
_SYSCTL = "/usr/sbin/sysctl"
_SYSCTL_TIMEOUT_S = 5.0
#: Below this share of the strongest core's capacity a core is one for efficiency (Arm's big.LITTLE: 0.25 to 0.5).
_EFFICIENCY_SHARE = 0.7
#: Words of llama.cpp's line that name how it was built, not what the processor can do.
_BUILD_WORDS = frozenset(["LLAMAFILE", "OPENMP", "REPACK", "ACCELERATE", "KLEIDIAI", "LLAMAFILE_SGEMM"])


@dataclass(frozen=True, slots=True)
class CoreFacts:
    """What a system tells of its processor; the counts are physical cores, 0 where it does not tell."""

    model: str = ""
    n_performance: int = 0
    n_efficiency: int = 0


def read_cpu(system_info: str = "", root: Path = _ROOT) -> Cpu:
    """This machine's processor. `system_info` is llama.cpp's line, `root` holds proc/ and sys/."""
    facts = _facts(root)
    n_physical = facts.n_performance + facts.n_efficiency or physical_cores()
    return Cpu(
        model=facts.model or platform.processor() or platform.machine(),
        n_physical=n_physical,
        n_logical=psutil.cpu_count() or n_physical,
        n_performance=facts.n_performance or n_physical,
        n_efficiency=facts.n_efficiency,
        features=features(system_info),
        quota=cpu_quota(root),
    )


def read_cache_bytes(root: Path = _ROOT) -> int:
    """The processor's last-level caches together; 0 where the system does not tell."""
    caches: dict[str, int] = {}
    for folder in (root / "sys/devices/system/cpu").glob("cpu[0-9]*/cache/index3"):
        size = re.fullmatch(r"(\d+)K", _text(folder / "size"))
        if size:
            caches[_text(folder / "shared_cpu_list") or str(folder)] = int(size[1]) * 1024
    return sum(caches.values())


def features(system_info: str) -> tuple[str, ...]:
    """The instruction sets in llama.cpp's line, as `CPU : AVX2 = 1 | NEON = 0 | OPENMP = 1 |`."""
    own = system_info.partition("CPU :")[2]
    words: list[str] = []
    for part in own.split("|"):
        if ":" in part:
            break  # the next backend begins
        name, _, value = (each.strip() for each in part.partition("="))
        if value not in {"", "0"} and name not in _BUILD_WORDS:
            words.append(name)
    return tuple(words)


def _facts(root: Path) -> CoreFacts:
    if sys.platform == "darwin":
        return macos_cores(_sysctl())
    if sys.platform == "win32":
        return CoreFacts(cpu_windows.read_model(), *cpu_windows.count_cores(cpu_windows.read_cpu_sets()))
    return linux_cores(root)


def linux_cores(root: Path) -> CoreFacts:
    """From /proc/cpuinfo, and from how sysfs groups the cores."""
    system = root / "sys/devices/system/cpu"
    strong, weak = _kinds(root, system)
    return CoreFacts(_linux_model(root), _n_cores(system, strong), _n_cores(system, weak))


def _kinds(root: Path, system: Path) -> tuple[set[int], set[int]]:
    """Logical CPUs that are for performance, and those for efficiency; both empty where all are alike."""
    strong, weak = (cpu_list(_text(root / f"sys/devices/cpu_{kind}/cpus")) for kind in ("core", "atom"))
    if strong and weak:
        return strong, weak  # Intel's hybrids
    capacities = dict(_capacities(system))
    least = _EFFICIENCY_SHARE * max(capacities.values(), default=0)
    weak = {cpu for cpu, capacity in capacities.items() if capacity < least}
    return (set(capacities) - weak, weak) if weak else (set(), set())


def _capacities(system: Path) -> Iterator[tuple[int, int]]:
    for file in system.glob("cpu[0-9]*/cpu_capacity"):
        text = _text(file)
        if text.isdecimal():
            yield int(file.parent.name.removeprefix("cpu")), int(text)


def _n_cores(system: Path, cpus: Iterable[int]) -> int:
    """How many cores these logical CPUs are: siblings count once."""
    cores = set()
    for cpu in cpus:
        siblings = cpu_list(_text(system / f"cpu{cpu}/topology/thread_siblings_list"))
        cores.add(min(siblings, default=cpu))
    return len(cores)


def cpu_list(text: str) -> set[int]:
    """Linux's lists of CPUs, as `0-3,8`; what is none is skipped."""
    cpus: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", part.strip())
        if match:
            cpus.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return cpus


def _linux_model(root: Path) -> str:
    """The processor's name; boards with an Arm processor name only themselves."""
    lines = _text(root / "proc/cpuinfo").splitlines()
    values = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    board = _text(root / "proc/device-tree/model").strip("\0")
    return values.get("model name") or values.get("Model") or board or values.get("Hardware", "")


def macos_cores(sysctl: str) -> CoreFacts:
    """From sysctl's lines, as `hw.perflevel0.physicalcpu: 8`; level 0 is the strongest."""
    values = {name: value.strip() for name, _, value in (line.partition(":") for line in sysctl.splitlines())}
    counts = [values.get(f"hw.perflevel{level}.physicalcpu", "0") for level in (0, 1)]
    strong, weak = (int(count) if count.isdecimal() else 0 for count in counts)
    return CoreFacts(values.get("machdep.cpu.brand_string", ""), strong, weak)


def _sysctl() -> str:
    try:
        done = subprocess.run(
            [_SYSCTL, "machdep.cpu.brand_string", "hw"],
            capture_output=True,
            text=True,
            timeout=_SYSCTL_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
