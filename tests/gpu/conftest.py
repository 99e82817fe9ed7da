"""Tests on a real device of a real Vulkan engine. Only `make test-gpu` collects them: it builds that engine first."""

from __future__ import annotations

import os

import pytest

from desktop_llm.hardware.machine import Device, Hardware
from desktop_llm.hardware.reading import read_hardware

collect_ignore_glob = [] if os.environ.get("DESKTOP_LLM_TEST_GPU") else ["test_*.py"]


@pytest.fixture(scope="session")
def hardware(tmp_path_factory: pytest.TempPathFactory) -> Hardware:
    """This machine, as the Vulkan engine sees it."""
    folder = tmp_path_factory.mktemp("hardware")
    return read_hardware(folder, folder / "speeds.json")


@pytest.fixture(scope="session")
def gpu(hardware: Hardware) -> Device:
    """The first graphics device."""
    assert hardware.gpus, f"the engine sees no graphics device: {hardware.devices}"
    return hardware.gpus[0]
