"""What the pool's models hold, give back, and need: bytes by device. Pure.

The system counts weights that are mapped from a file as free, because it may drop and read them again. For a model
that goes they are; one that stays and replies needs them, so that they are taken off what is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from desktop_llm.engine.memory import DeviceMemory
from desktop_llm.engine.model import ModelFacts
from desktop_llm.models.accuracy import held_bytes
from desktop_llm.models.fit.plan import LoadPlan
from desktop_llm.models.fit.room import RAM

Held = dict[str, int]


def footprint(facts: ModelFacts) -> Held:
    """All that a loaded model needs, mapped weights included."""
    return added([held_bytes(facts.memory), {RAM: _mapped_bytes(facts)}])


def given_back(going: Iterable[ModelFacts], staying: Iterable[ModelFacts]) -> Held:
    """What is free once some models have gone, beside what the system says is free now; negative for what is not."""
    gives = [held_bytes(facts.memory) for facts in going]
    needs = [{RAM: -_mapped_bytes(facts)} for facts in staying]
    return added([*gives, *needs])


def added(several: Iterable[Held]) -> Held:
    """Sums by device."""
    total: Held = {}
    for each in several:
        for device, n_bytes in each.items():
            total[device] = total.get(device, 0) + n_bytes
    return total


def spare_bytes(plan: LoadPlan, base: Held) -> Held:
    """What a plan leaves above its margin on each device, when `base` comes true in place of what it counted on."""
    return {
        device.name: device.stays_free_bytes
        - device.room.margin_bytes
        - device.room.ours_bytes
        + base.get(device.name, 0)
        for device in plan.devices
    }


def victims(spare: Held, idle: Sequence[Held]) -> list[int] | None:
    """Which of the idle models, the one to go first in front, must go so that nothing is lacking; None: not enough.

    None goes that could stay: one that holds nothing where something is lacking, or one that others make up for.
    """
    chosen: list[int] = []
    for i, held in enumerate(idle):
        lacking = _left(spare, idle, chosen)
        if any(n_bytes < 0 and held.get(device, 0) > 0 for device, n_bytes in lacking.items()):
            chosen.append(i)
    if not _is_enough(spare, idle, chosen):
        return None
    for i in reversed(chosen.copy()):
        others = [j for j in chosen if j != i]
        if _is_enough(spare, idle, others):
            chosen = others
    return chosen


def _left(spare: Held, idle: Sequence[Held], chosen: Sequence[int]) -> Held:
    return {device: n_bytes + sum(idle[i].get(device, 0) for i in chosen) for device, n_bytes in spare.items()}


def _is_enough(spare: Held, idle: Sequence[Held], chosen: Sequence[int]) -> bool:
    return all(n_bytes >= 0 for n_bytes in _left(spare, idle, chosen).values())


def _mapped_bytes(facts: ModelFacts) -> int:
    """Weights in RAM that are mapped from the file; the stretch that is mapped may hold what lies on a GPU too."""
    mapped = sum(each.weights_bytes for each in facts.memory if _is_mapped(each))
    elsewhere = sum(each.weights_bytes for each in facts.memory if not _is_mapped(each))
    return min(mapped, max(0, facts.size_bytes - elsewhere))


def _is_mapped(memory: DeviceMemory) -> bool:
    return memory.device.endswith("_Mapped")
