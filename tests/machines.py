"""Machines and shapes of models that are only imagined: hardware is a value, so these are values."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from desktop_llm.engine.memory import MemoryEstimate
from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import ModelLoadError
from desktop_llm.hardware.machine import Cpu, Device, Disk, Hardware, Memory, Power, PowerSource
from desktop_llm.hardware.measure import Watch
from desktop_llm.hardware.measured import Measured
from desktop_llm.models.catalog.catalog import read_catalog
from desktop_llm.models.fit.shape import LayerShape, MemoryShape
from desktop_llm.models.planner import Planner

GIB: Final = 1024**3
MIB: Final = 1024**2
ROOT: Final = Path(__file__).parents[1]

#: About a Llama 3.2 3B in Q4_K_M: 1.9 GiB of weights, 112 KiB of cache a token.
SHAPE_3B: Final = MemoryShape(
    n_embd=3072,
    n_head=24,
    n_vocab=128_256,
    n_ctx_train=131_072,
    ff_used=8192,
    n_expert_used=0,
    window=0,
    layers=(LayerShape(k_numbers=1024, v_numbers=1024, weight_bytes=60 * MIB),) * 28,
    input_bytes=220 * MIB,
    output_bytes=0,
    output_is_shared=True,
)


def machine(
    ram_bytes: int, free_bytes: int, devices: tuple[Device, ...] = (), measured: Measured | None = None
) -> Hardware:
    """A machine with this much memory and these graphics devices."""
    return Hardware(
        cpu=Cpu("Some CPU", 4, 8, 4, 0, ("AVX2", "FMA")),
        memory=Memory(ram_bytes, free_bytes),
        devices=devices,
        disk=Disk(Path("/"), 200 * GIB),
        power=Power(PowerSource.MAINS),
        measured=measured,
        engine="0.3.36",
    )


def planner_on(hardware: Hardware) -> Planner:
    """A planner for an imagined machine: its plans are estimates, and measuring it changes nothing."""
    return Planner(
        look=lambda known: known or hardware,
        measure=_measure,
        dry_run=_no_dry_run,
        held=dict,
        read_catalog=lambda: read_catalog(ROOT / "resources" / "catalog.json"),
    )


def _measure(hardware: Hardware, watch: Watch) -> Hardware:
    watch.progress(1.0)
    return hardware


def _no_dry_run(path: Path, params: LoadParams) -> MemoryEstimate:
    raise ModelLoadError("An imagined machine has no engine.")
