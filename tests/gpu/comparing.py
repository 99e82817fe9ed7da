"""A plan beside what llama.cpp really allocated, part by part and device by device."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from desktop_llm.engine.llama import open_llama
from desktop_llm.engine.memory import DeviceMemory
from desktop_llm.engine.model import BatchToken, LanguageModel, LoadParams
from desktop_llm.engine.trial import dry_run
from desktop_llm.models.fit.plan import LoadPlan, PlanSource, place_of
from desktop_llm.models.fit.planning import plan_file, shape_of_file
from desktop_llm.models.fit.room import Room

MIB = 1024 * 1024
#: The log says each buffer to 0.01 MiB; below this a percentage says nothing.
ROUNDING_BYTES = 0.05 * MIB


@dataclass(frozen=True, slots=True)
class Part:
    """One part on one device: planned and real bytes."""

    place: str
    name: str
    planned: int
    real: int

    @property
    def error(self) -> float:
        """How far the plan is off, as a fraction of the real bytes; positive: it is too high."""
        difference = self.planned - self.real
        return 0.0 if abs(difference) <= ROUNDING_BYTES else difference / max(self.real, MIB)

    def __str__(self) -> str:
        return f"{self.name} on {self.place} {self.planned / MIB:.2f} {self.real / MIB:.2f} MiB {self.error:+.2%}"


def compare(path: Path, room: Room, wish: LoadParams, *, decodes: bool = False) -> tuple[LoadPlan, list[Part]]:
    """Plan by the dry run, then load for real on the calling thread; the model is gone when this returns."""
    plan = plan_file(path, shape_of_file(path), room, wish, dry_run)
    assert plan.source is PlanSource.DRY_RUN
    model = open_llama(path, wish, lambda fraction: True)
    try:
        if decodes:
            decode(model)
        real = by_place(model.facts.memory, room)
    finally:
        model.close()
    return plan, [
        Part(device.name, name, planned, real[device.name, name])
        for device in plan.devices
        for name, planned in (
            ("weights", device.figures.weights_bytes),
            ("cache", device.figures.kv_cache_bytes),
            ("compute", device.figures.compute_bytes),
            ("output", device.figures.output_bytes),
        )
    ]


def decode(model: LanguageModel, n_tokens: int = 8) -> None:
    """Compute one small batch."""
    model.decode([BatchToken(5, index, 0, index == n_tokens - 1) for index in range(n_tokens)])


def by_place(memory: tuple[DeviceMemory, ...], room: Room) -> dict[tuple[str, str], int]:
    """The real bytes by place and part."""
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for each in memory:
        place = place_of(each.device, room)
        totals[place, "weights"] += each.weights_bytes
        totals[place, "cache"] += each.cache_bytes + each.recurrent_bytes
        totals[place, "compute"] += each.compute_bytes
        totals[place, "output"] += each.output_bytes
    return totals
