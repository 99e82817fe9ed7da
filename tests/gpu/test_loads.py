"""The engine on a real device: what it sees there, loads there, and does when the device is too small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Finish, Token
from desktop_llm.engine.messages import TextPrompt
from desktop_llm.engine.model import LoadParams, ModelFacts
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.hardware.machine import Device, DeviceKind, Hardware
from desktop_llm.hardware.measure import measure
from desktop_llm.models.fit.plan import PlanSource
from desktop_llm.models.fit.room import RAM, room_of
from desktop_llm.models.fit.step_down import StepKind
from desktop_llm.models.loading import ModelDoesNotFitError
from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services
from tests.gpu.comparing import MIB, Part
from tests.true_shapes import SHAPES, write_hollow

#: The software device compiles every shader when it is first needed.
pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]
_WAIT_S = 300.0
_PARAMS = LoadParams(n_ctx=512, n_seq_max=1, n_threads=1)
_QUESTION = TextPrompt("The capital of France is")
#: Measuring, and what a device is waited for that is too slow to be measured.
_MEASURING_S = 45.0


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as engine:
        yield engine


def _on_gpu(facts: ModelFacts, gpu: Device) -> int:
    return sum(each.weights_bytes for each in facts.memory if each.device == gpu.name)


def test_the_device_is_listed_with_its_memory(hardware: Hardware, gpu: Device) -> None:
    assert (gpu.name, gpu.backend, gpu.kind, gpu.problem) == ("Vulkan0", "Vulkan", DeviceKind.GPU, "")
    assert not gpu.is_unified
    assert 0 < gpu.free_bytes <= gpu.total_bytes
    assert gpu.total_bytes >= 1024 * MIB
    assert [device.kind for device in hardware.devices] == [DeviceKind.GPU, DeviceKind.CPU]


@pytest.mark.parametrize("n_gpu_layers", [-1, 12, 0], ids=["full", "partial", "none"])
def test_the_starter_model_answers_wherever_its_layers_are(
    n_gpu_layers: int, engine: Engine, starter_model: Path, gpu: Device
) -> None:
    facts = engine.load(starter_model, replace(_PARAMS, n_gpu_layers=n_gpu_layers)).result(_WAIT_S)
    share = _on_gpu(facts, gpu) / facts.size_bytes
    assert {-1: share > 0.9, 12: 0.3 < share < 0.7, 0: share == 0}[n_gpu_layers], share
    if n_gpu_layers == 0:
        assert {each.device for each in facts.memory} <= {"CPU", "CPU_Mapped", "CPU_REPACK"}
    stream = engine.submit(_QUESTION, SamplingParams(temperature=0, max_tokens=8))
    text = "".join(event.text for event in stream if isinstance(event, Token | Finish))
    assert "Paris" in text


# a model larger than the device


@pytest.fixture
def services(home: Path) -> Iterator[Services]:
    with build_services(find_paths(), offline=True) as services:
        yield services


@pytest.fixture
def large_model(home: Path) -> Path:
    path = find_paths().models / "large.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_hollow(path, SHAPES["SmolLM2-1.7B"], "F16")  # 3.2 GiB
    return path


def test_an_over_full_plan_says_so_and_steps_down(services: Services, large_model: Path, gpu: Device) -> None:
    wish = LoadParams(n_ctx=2048, n_seq_max=1, n_threads=1)
    price = services.planner.price(large_model, wish)
    assert price.plan.source is PlanSource.DRY_RUN
    assert not price.plan.fits
    assert [device.name for device in price.plan.devices if not device.fits] == [gpu.name]
    fewer = next(step for step in price.advice.steps if step.kind is StepKind.LESS_OFFLOAD)
    assert fewer.fits
    assert fewer.params.n_gpu_layers == services.planner.choose(price, wish).n_gpu_layers
    assert 0 < fewer.params.n_gpu_layers < 25


def test_what_was_chosen_for_a_small_device_loads_there(services: Services, large_model: Path, gpu: Device) -> None:
    entry = services.library.find(str(large_model))
    facts = services.load_model(entry, LoadParams(n_ctx=2048, n_seq_max=1, n_threads=1)).result(_WAIT_S)
    on_gpu = sum(
        each.weights_bytes + each.cache_bytes + each.compute_bytes for each in facts.memory if each.device == gpu.name
    )
    assert 0 < _on_gpu(facts, gpu) < facts.size_bytes
    assert gpu.total_bytes // 2 < on_gpu < gpu.total_bytes
    row = services.accuracy.rows()[0]
    assert (row.file, row.source) == (large_model.name, PlanSource.DRY_RUN)
    assert gpu.name in {part.device for part in row.parts}


def test_a_wish_that_does_not_fit_is_refused_with_the_devices_name(services: Services, large_model: Path) -> None:
    entry = services.library.find(str(large_model))
    with pytest.raises(ModelDoesNotFitError, match="missing on Vulkan0"):
        services.load_model(entry, LoadParams(n_ctx=2048, n_gpu_layers=25, n_threads=1)).result(_WAIT_S)


def test_a_load_that_ignores_the_plan_fails_with_a_sentence_and_the_app_lives(
    starter_model: Path, tmp_path: Path
) -> None:
    large = tmp_path / "large.gguf"
    write_hollow(large, SHAPES["Llama-3.2-1B"], "F16")
    outcome = json.loads(_run("tests.gpu.over_full", str(starter_model), str(large)))
    kind, sentence = outcome["error"]
    assert kind == "ModelTooLargeError"
    assert sentence.startswith("large.gguf does not fit into memory. Choose a smaller model")
    assert outcome["model"] == starter_model.name
    assert outcome["before"] == outcome["after"] != ""


# two devices


def test_layers_across_two_devices_are_planned_on_each(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    write_hollow(path, SHAPES["SmolLM2-360M"], "Q8_0")
    output = _run("tests.gpu.two_devices", str(path), "-1", "20", "1", "0", GGML_VK_VISIBLE_DEVICES="0,0")
    for n_gpu_layers, parts in zip((-1, 20, 1, 0), json.loads(output), strict=True):
        found = [Part(**part) for part in parts]
        for part in found:
            print(f"two devices, {n_gpu_layers} layers: {part}")
        assert {part.place for part in found} == {RAM, "Vulkan0", "Vulkan1"}
        # Where all layers are on GPUs, batches overlap in four copies; the dry run takes one device's for too many.
        most = {True: 0.2, False: 0.01}[n_gpu_layers == -1]
        assert [part for part in found if not -0.01 <= part.error <= (most if part.name == "compute" else 0.01)] == []
        weights = {part.place: part.real for part in found if part.name == "weights"}
        assert (weights["Vulkan1"] > 0) is (n_gpu_layers not in {0, 1})


# speed


def test_a_device_is_measured_or_left_out_where_it_is_too_slow(hardware: Hardware, gpu: Device, tmp_path: Path) -> None:
    """Mesa's software device takes a minute for its first prompt: it is left out, and the processor is not."""
    begun = time.monotonic()
    measured = measure(hardware, tmp_path / "speeds.json").measured
    assert time.monotonic() - begun < _MEASURING_S
    assert measured is not None
    assert {"CPU"} <= {each.device for each in measured.types} <= {"CPU", gpu.name}


def test_the_room_is_that_of_the_device(hardware: Hardware, gpu: Device) -> None:
    room = room_of(hardware)
    assert [(each.name, each.free_bytes, each.shares_ram) for each in room.gpus] == [(gpu.name, gpu.free_bytes, False)]


def _run(module: str, *arguments: str, **environment: str) -> str:
    """A module of these tests as a program of its own; its standard output."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=_WAIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
