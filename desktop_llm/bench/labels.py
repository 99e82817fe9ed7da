"""What a report says of a computer and a model: what kind they are, and nothing that tells whose they are. Pure.

Left out on purpose: names of computers, users and folders, serial numbers, PCI addresses, the user's own titles and
notes. A model's name is its file's, since that is what others can look up; who has put a name of a person or computer
into it does not find it in a report.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable
from typing import Final

from desktop_llm.bench.results import BenchedModel, BenchGpu, BenchMachine, BenchSettings, MemoryPart, MemoryUse
from desktop_llm.engine.model import LoadParams, ModelFacts
from desktop_llm.hardware.machine import Hardware, PowerSource
from desktop_llm.models.accuracy import compare
from desktop_llm.models.gguf.info import ModelInfo
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.library.model_files import stem_of
from desktop_llm.models.planner import Price

#: Shorter names stand in too many words.
_LEAST_PRIVATE: Final = 3
_HIDDEN: Final = "…"
_VERSION: Final = re.compile(r"\d+(?:\.\d+)*")


def machine_label(hardware: Hardware) -> BenchMachine:
    """What kind of computer this is."""
    gpus = (
        BenchGpu(
            name=device.description or device.name,
            backend=device.backend,
            driver=device.nvidia.driver if device.nvidia is not None else "",
            total_bytes=device.total_bytes,
        )
        for device in hardware.gpus
    )
    return BenchMachine(
        cpu=" ".join(hardware.cpu.model.split()),
        n_cores=hardware.cpu.n_physical,
        n_threads=hardware.cpu.n_logical,
        memory_bytes=hardware.memory.total_bytes,
        system=system_label(),
        gpus=tuple(gpus),
        cpu_quota=hardware.cpu.quota,
        is_on_battery=hardware.power.source is PowerSource.BATTERY,
    )


def system_label() -> str:
    """This operating system, its version and its kind of processor, as "Ubuntu 24.04 (Linux 6.8.0), x86_64"."""
    name = platform.system()
    text = platform.version() if name == "Windows" else platform.release()
    number = _VERSION.match(text)  # what stands behind it may name who has built it
    version = number[0] if number else ""
    if name == "Darwin":
        said = f"macOS {platform.mac_ver()[0]}"
    elif name == "Linux":
        said = f"{_distribution()} (Linux {version})"
    else:
        said = f"{name} {version}".strip()
    return f"{said}, {platform.machine()}"


def _distribution() -> str:
    try:
        found = platform.freedesktop_os_release()
    except OSError:
        return "Linux"
    return f"{found.get('NAME', 'Linux')} {found.get('VERSION_ID', '')}".strip()


def model_label(entry: ModelEntry, info: ModelInfo, private: Iterable[str] = ()) -> BenchedModel:
    """Which model this is. `private` are words that must not be told: the user's and the computer's names."""
    known = tuple(each for each in entry.sha256 if each is not None)
    return BenchedModel(
        name=without_names(stem_of(entry.path), private),
        quantization=info.quantization,
        architecture=info.architecture,
        n_params=info.n_params,
        size_bytes=entry.size_bytes,
        n_ctx_train=info.n_ctx_train,
        sha256=known if len(known) == len(entry.files or (entry.path,)) else (),
    )


def without_names(text: str, private: Iterable[str]) -> str:
    """A text in which some words are left out, in whatever case they stand."""
    for word in sorted(set(private), key=len, reverse=True):
        if len(word) >= _LEAST_PRIVATE:
            text = re.sub(re.escape(word), _HIDDEN, text, flags=re.IGNORECASE)
    return text


def settings_label(params: LoadParams, facts: ModelFacts) -> BenchSettings:
    """How a model was loaded, as it came out."""
    return BenchSettings(
        n_ctx=facts.n_ctx,
        n_seq_max=facts.n_seq_max,
        n_threads=facts.n_threads,
        n_threads_named=params.n_threads,
        n_layers=facts.n_layers,
        n_gpu_layers=facts.n_gpu_layers,
        kv_type=params.cache_type_k.value,
        flash_attention=params.flash_attention.value,
    )


def memory_label(price: Price, facts: ModelFacts) -> MemoryUse:
    """What the load was planned to take, and what it took."""
    parts = compare(price, facts, 0.0).parts
    return MemoryUse(tuple(MemoryPart(p.device, p.name, p.predicted_bytes, p.measured_bytes) for p in parts))
