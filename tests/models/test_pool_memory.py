"""Which models make room for another, device by device."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.engine.memory import DeviceMemory
from desktop_llm.engine.model import ModelFacts
from desktop_llm.models.pool.memory import footprint, given_back, victims
from tests.fakes import scripted_facts


def facts(*memory: DeviceMemory, size_bytes: int = 100) -> ModelFacts:
    return replace(scripted_facts(), path=Path("m.gguf"), size_bytes=size_bytes, memory=memory)


ON_CPU = facts(DeviceMemory("CPU_Mapped", 0, 0, 0, 0, 100), DeviceMemory("CPU", 20, 0, 5, 1))
#: Its weights lie on the GPU; the whole file is mapped, although little of it is used.
ON_GPU = facts(
    DeviceMemory("CPU_Mapped", 0, 0, 0, 0, 90),
    DeviceMemory("CUDA0", 20, 0, 5, 0, 95),
    DeviceMemory("CUDA_Host", 0, 0, 3, 0),
)


def test_a_model_needs_its_mapped_weights_where_they_are_used() -> None:
    assert footprint(ON_CPU) == {"RAM": 126}
    assert footprint(ON_GPU) == {"RAM": 8, "CUDA0": 120}


def test_what_stays_is_taken_off_what_the_system_calls_free() -> None:
    assert given_back([ON_CPU], []) == {"RAM": 26}
    assert given_back([], [ON_CPU]) == {"RAM": -100}
    assert given_back([ON_GPU], [ON_CPU]) == {"RAM": 3 - 100, "CUDA0": 120}


@pytest.mark.parametrize(
    ("spare", "idle", "chosen"),
    [
        ({"RAM": 5}, [{"RAM": 9}], []),
        ({"RAM": -5}, [{"RAM": 3}, {"RAM": 3}, {"RAM": 3}], [0, 1]),
        ({"RAM": 0, "CUDA0": -5}, [{"RAM": 9}, {"CUDA0": 9}], [1]),
        ({"RAM": -1, "CUDA0": -5}, [{"CUDA0": 9}, {"RAM": 9}], [0, 1]),
        ({"RAM": -10}, [{"RAM": 1}, {"RAM": 10}], [1]),
        ({"RAM": -10}, [{"RAM": 10}, {"RAM": 10}], [0]),
        ({"RAM": -10}, [{"RAM": 3}, {"RAM": 3}], None),
        ({"RAM": -1}, [], None),
        ({"CUDA0": -1}, [{"RAM": 9}], None),
    ],
)
def test_as_few_go_as_are_needed_the_first_in_line_first(
    spare: dict[str, int], idle: list[dict[str, int]], chosen: list[int] | None
) -> None:
    assert victims(spare, idle) == chosen
