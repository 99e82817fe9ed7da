"""The processor, from what five machines wrote down."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.hardware.cpu import CoreFacts, cpu_list, features, linux_cores, macos_cores, read_cache_bytes, read_cpu
from desktop_llm.hardware.cpu_windows import count_cores

CPU = "sys/devices/system/cpu"

MACOS = """\
machdep.cpu.brand_string: Apple M2 Pro
hw.ncpu: 12
hw.physicalcpu: 12
hw.nperflevels: 2
hw.perflevel0.physicalcpu: 8
hw.perflevel0.logicalcpu: 8
hw.perflevel0.name: Performance
hw.perflevel1.physicalcpu: 4
hw.perflevel1.logicalcpu: 4
hw.perflevel1.name: Efficiency
"""


def tree(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def hybrid_laptop(tmp_path: Path) -> Path:
    """An i7-1360P: four cores with two threads each, eight without."""
    files = {
        "proc/cpuinfo": "processor\t: 0\nmodel name\t: 13th Gen Intel(R) Core(TM) i7-1360P\nflags\t\t: fpu avx2\n\n",
        "sys/devices/cpu_core/cpus": "0-7\n",
        "sys/devices/cpu_atom/cpus": "8-15\n",
    }
    for cpu in range(16):
        siblings = f"{cpu - cpu % 2}-{cpu - cpu % 2 + 1}" if cpu < 8 else str(cpu)
        files[f"{CPU}/cpu{cpu}/topology/thread_siblings_list"] = siblings
    return tree(tmp_path, files)


def test_a_hybrid_laptops_kinds_of_cores_are_counted_without_their_second_threads(hybrid_laptop: Path) -> None:
    assert linux_cores(hybrid_laptop) == CoreFacts("13th Gen Intel(R) Core(TM) i7-1360P", 4, 8)


def test_a_processor_with_strong_and_weak_cores_is_told_by_their_capacity(tmp_path: Path) -> None:
    capacities = [250, 250, 250, 250, 871, 871, 871, 1024]
    files = {f"{CPU}/cpu{cpu}/cpu_capacity": f"{capacity}\n" for cpu, capacity in enumerate(capacities)}
    assert linux_cores(tree(tmp_path, files)) == CoreFacts("", 4, 4)


def test_a_raspberry_pi_names_its_board_and_has_one_kind_of_core(tmp_path: Path) -> None:
    files = {f"{CPU}/cpu{cpu}/cpu_capacity": "1024\n" for cpu in range(4)}
    files["proc/cpuinfo"] = "processor\t: 0\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd\n\nModel\t\t: Raspberry Pi 5\n"
    assert linux_cores(tree(tmp_path, files)) == CoreFacts("Raspberry Pi 5", 0, 0)


def test_an_arm_server_without_a_name_is_read_without_error(tmp_path: Path) -> None:
    assert linux_cores(tree(tmp_path, {"proc/cpuinfo": "processor\t: 0\nCPU implementer\t: 0x41\n"})) == CoreFacts()
    assert linux_cores(tmp_path / "nothing") == CoreFacts()


def test_a_mac_tells_its_levels_of_performance() -> None:
    assert macos_cores(MACOS) == CoreFacts("Apple M2 Pro", 8, 4)


def test_an_older_mac_has_no_levels() -> None:
    assert macos_cores("machdep.cpu.brand_string: Intel(R) Core(TM) i5-8259U\n") == CoreFacts(
        "Intel(R) Core(TM) i5-8259U"
    )
    assert macos_cores("") == CoreFacts()


def cpu_set(index: int, core: int, efficiency_class: int) -> bytes:
    """A SYSTEM_CPU_SET_INFORMATION as Windows 11 gives it: 32 bytes."""
    return struct.pack("<IIIHBBBBBBIQ", 32, 0, 256 + index, 0, index, core, 0, 0, efficiency_class, 0, 0, 0)


def test_windows_gives_stronger_cores_a_higher_class() -> None:
    strong = b"".join(cpu_set(index, index - index % 2, 1) for index in range(8))
    weak = b"".join(cpu_set(index, index, 0) for index in range(8, 16))
    assert count_cores(strong + weak) == (4, 8)
    assert count_cores(strong) == (0, 0)
    assert count_cores(b"") == (0, 0)


@given(st.binary(max_size=200))
def test_whatever_windows_answers_is_read(answer: bytes) -> None:
    n_performance, n_efficiency = count_cores(answer)
    assert n_performance >= 0 and n_efficiency >= 0


def test_the_instruction_sets_are_those_the_engine_uses() -> None:
    line = (
        "CUDA : ARCHS = 800,900 | USE_GRAPHS = 1 | CPU : SSE3 = 1 | AVX2 = 1 | SVE_CNT = 16 | NEON = 0 | "
        "LLAMAFILE = 1 | OPENMP = 1 | REPACK = 1 | "
    )
    assert features(line) == ("SSE3", "AVX2", "SVE_CNT")
    assert features("CPU : NEON = 1 | Vulkan : X = 1 | ") == ("NEON",)
    assert features("") == ()


@pytest.mark.parametrize(
    ("text", "expected"), [("0-3,8\n", {0, 1, 2, 3, 8}), ("", set()), ("x,2,-", {2}), ("5-4", set())]
)
def test_a_list_of_processors_is_read(text: str, expected: set[int]) -> None:
    assert cpu_list(text) == expected


def test_a_cache_that_several_cores_share_counts_once(tmp_path: Path) -> None:
    files = {}
    for cpu in range(8):
        files[f"{CPU}/cpu{cpu}/cache/index3/size"] = "32768K\n"
        files[f"{CPU}/cpu{cpu}/cache/index3/shared_cpu_list"] = "0-3\n" if cpu < 4 else "4-7\n"
    assert read_cache_bytes(tree(tmp_path, files)) == 2 * 32 * 1024**2
    assert read_cache_bytes(tmp_path / "nothing") == 0


def test_a_containers_quota_is_told(tmp_path: Path) -> None:
    assert read_cpu(root=tree(tmp_path, {"sys/fs/cgroup/cpu.max": "150000 100000\n"})).quota == 1.5


def test_this_machine_has_a_processor() -> None:
    cpu = read_cpu()
    assert cpu.model
    assert 1 <= cpu.n_physical <= cpu.n_logical
    assert cpu.n_performance + cpu.n_efficiency == cpu.n_physical
