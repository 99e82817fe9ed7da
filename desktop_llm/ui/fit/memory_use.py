"""MemoryUse: one place's memory by what takes it, as a bar shows it. No Qt in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from desktop_llm.models.fit.estimate import Figures
from desktop_llm.models.fit.plan import DevicePlan, LoadPlan
from desktop_llm.models.fit.room import RAM


class MemoryPart(StrEnum):
    """What takes memory, in the order of a bar. COMPUTE is all that a load needs beside weights and cache."""

    OTHERS = "others"
    WEIGHTS = "weights"
    CACHE = "cache"
    COMPUTE = "compute"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """One bar: a place, what it holds in all, and what of it is taken. Bytes.

    `name` is "" for the machine's own memory. `margin_bytes` is what a load should leave free.
    """

    name: str
    total_bytes: int
    others_bytes: int
    weights_bytes: int
    cache_bytes: int
    compute_bytes: int
    margin_bytes: int = 0

    @property
    def takes_bytes(self) -> int:
        """What the load takes here."""
        return self.weights_bytes + self.cache_bytes + self.compute_bytes

    @property
    def stays_free_bytes(self) -> int:
        """What is left after the load; negative where the parts are more than the whole."""
        return self.total_bytes - self.others_bytes - self.takes_bytes

    @property
    def missing_bytes(self) -> int:
        """What has to become free so that the load fits with its margin; 0 where it does, or takes nothing."""
        return max(0, self.margin_bytes - self.stays_free_bytes) if self.takes_bytes else 0

    @property
    def parts(self) -> tuple[tuple[MemoryPart, int], ...]:
        """The parts in order, those of no size left out."""
        sizes = (
            (MemoryPart.OTHERS, self.others_bytes),
            (MemoryPart.WEIGHTS, self.weights_bytes),
            (MemoryPart.CACHE, self.cache_bytes),
            (MemoryPart.COMPUTE, self.compute_bytes),
            (MemoryPart.FREE, self.stays_free_bytes),
        )
        return tuple((part, size) for part, size in sizes if size > 0)


def memory_uses(plan: LoadPlan, names: Mapping[str, str] | None = None) -> tuple[MemoryUse, ...]:
    """A plan's bars: the machine's memory, then every GPU that holds a part. `names` are what to call the GPUs.

    What a GPU inside the processor takes is in the machine's memory, and shown there; it has a bar
    of its own only where that part of the memory is too small for it.
    """
    called = names or {}
    gpus = [device for device in plan.devices if device.room.is_gpu and device.figures.total_bytes]
    sharing = [device for device in gpus if device.room.shares_ram]
    shown = [device for device in gpus if not device.room.shares_ram or not device.fits]
    ram = plan.device(RAM)
    figures = sum((device.figures for device in sharing), ram.figures)
    return (_use("", ram, figures), *(_use(called.get(each.name, each.name), each, each.figures) for each in shown))


def need_more(uses: tuple[MemoryUse, ...], missing_bytes: int) -> tuple[MemoryUse, ...]:
    """The same bars, where this much is missing in the one that lacks most: more may be wanted free than must be."""
    worst = max(uses, key=lambda use: use.missing_bytes)
    wanted = replace(worst, margin_bytes=worst.margin_bytes + missing_bytes - worst.missing_bytes)
    return tuple(wanted if use is worst else use for use in uses)


def _use(name: str, device: DevicePlan, figures: Figures) -> MemoryUse:
    return MemoryUse(
        name=name,
        total_bytes=device.room.total_bytes,
        others_bytes=device.room.others_bytes,
        weights_bytes=figures.weights_bytes,
        cache_bytes=figures.kv_cache_bytes,
        compute_bytes=figures.total_bytes - figures.weights_bytes - figures.kv_cache_bytes,
        margin_bytes=device.room.margin_bytes,
    )
