"""`desktop-llm plan`: of the built-in model, of a model in the catalogue, and what cannot be planned."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop_llm.cli.arguments import parse
from desktop_llm.cli.plan import plan, report
from desktop_llm.cli.steps import _sentence
from desktop_llm.cli.terminal import Terminal
from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import ModelError, ModelNotFoundError, UsageError
from desktop_llm.hardware.measured import Measured, TypeSpeed, save_measured
from desktop_llm.hardware.reading import machine_key, read_hardware
from desktop_llm.models.catalog.catalog import read_catalog
from desktop_llm.models.fit.plan import estimate_plan
from desktop_llm.models.fit.planning import advise
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.fit.step_down import Step, StepKind
from desktop_llm.services import Services
from tests.forge_extras import ProjectorShape, write_lora, write_projector
from tests.true_shapes import TrueShape, write_hollow

_GIB = 1024**3
_CATALOG = Path(__file__).parents[2] / "resources" / "catalog.json"


def _said(services: Services, *arguments: str) -> str:
    out = io.StringIO()
    given: Namespace = parse(["plan", *arguments])
    assert plan(services, given, Terminal(out, io.StringIO())) == 0
    return out.getvalue()


@pytest.mark.model
def test_the_built_in_model_is_planned_by_the_engines_dry_run(services: Services) -> None:
    said: dict[str, Any] = json.loads(
        _said(services, "starter", "--json", "--context", "4096", "--parallel", "2", "--gpu-layers", "0")
    )
    assert (said["source"], said["n_ctx"], said["fits"], said["speed"]) == ("dry-run", 4096, True, None)
    device = said["devices"][0]
    parts = ("weights_bytes", "kv_cache_bytes", "compute_bytes", "output_bytes", "host_bytes")
    assert sum(device[part] for part in parts) == said["total_bytes"]
    assert device["kv_cache_bytes"] == 30 * 4096 * 2 * 3 * 64 * 2
    assert device["free_bytes"] - said["total_bytes"] == device["stays_free_bytes"]
    assert said["step_down"] == []


@pytest.mark.model
def test_speed_is_predicted_once_this_computer_was_measured(services: Services) -> None:
    asked = ("starter", "--context", "2048", "--gpu-layers", "0")
    assert "Speed      not known until this computer was measured: desktop-llm hardware --measure\n" in _said(
        services, *asked
    )
    machine = read_hardware(services.paths.models, services.paths.speeds_file)
    types = tuple(TypeSpeed(name, 20e9, 200e9) for name in ("Q8_0", "F16"))
    key = machine_key(machine.cpu, machine.devices, machine.engine)
    save_measured(services.paths.speeds_file, Measured(types, 2, 0.0, key))
    services.planner.look_again()
    for model in ("starter", "llama-3.2-1b-instruct:Q8_0"):
        speed = json.loads(_said(services, model, *asked[1:], "--json"))["speed"]
        for low, high in (speed["generation_tokens_per_s"], speed["prompt_tokens_per_s"]):
            assert 0 < low < high < 1.7 * low
    assert "tokens/s, first word of a 2,000-token prompt after" in _said(services, *asked)


@pytest.mark.model
def test_a_model_of_the_catalogue_is_an_estimate_with_its_licence(services: Services) -> None:
    said = _said(services, "llama-3.2-1b-instruct:Q8_0", "--context", "2048")
    assert said.startswith("Llama 3.2 1B Instruct, Q8_0 (1.23 GiB to download)\n")
    assert "Licence    Llama 3.2 Community License: " in said
    assert "an estimate, without the engine" in said


@pytest.mark.model
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["nothing-like-this"], ModelNotFoundError),
        (["granite-3.1-8b-instruct:Q1"], ModelNotFoundError),
        (["moondream-2-2025-04-14"], ModelError),
        (["starter", "--kv-type", "q9"], UsageError),
        (["starter", "--context", "-1"], UsageError),
    ],
)
def test_what_cannot_be_planned_is_a_sentence(arguments: list[str], error: type[Exception], services: Services) -> None:
    with pytest.raises(error):
        _said(services, *arguments)


def test_the_report_names_the_ways_down_with_their_flags() -> None:
    model, file = read_catalog(_CATALOG).find("granite-3.1-8b-instruct")
    assert model.architecture is not None
    assert file.size_bytes is not None
    shape = model.architecture.memory_shape(file.size_bytes)
    room = Room(DeviceRoom(RAM, 8 * _GIB, 8 * _GIB))
    found = estimate_plan(shape, room, LoadParams(n_ctx=32_768))
    said = report(advise(found, shape, room, model.smaller_than(file.size_bytes)))
    assert not said["fits"]
    ways = {step["kind"]: step for step in said["step_down"]}
    assert ways["kv-q8_0"]["kv_type"] == "q8_0"
    assert ways["shorter-context"]["n_ctx"] == 16_384
    assert ways["smaller-file"]["file"].endswith(".gguf")


def test_every_way_down_has_words() -> None:
    step = Step(StepKind.COMBINED, LoadParams(n_gpu_layers=7), 2048, _GIB, _GIB, fits=True, frees_bytes=5)
    words = [_sentence(replace(step, kind=kind)) for kind in StepKind]
    assert len(set(words)) == len(StepKind)
    assert _sentence(replace(step, kind=StepKind.CACHE_Q8_0, fits=False)).endswith("(not enough alone)")
    assert "--gpu-layers 7" in words[-1]


@pytest.mark.model
def test_what_is_loaded_beside_a_model_is_planned_with_it(services: Services, tmp_path: Path) -> None:
    model, projector, adapter = (tmp_path / name for name in ("model.gguf", "mmproj.gguf", "lora.gguf"))
    shape = TrueShape("llama", 4, 256, 768, 4, 2, 64, 1024)
    write_hollow(model, shape, "Q8_0")
    write_projector(projector, ProjectorShape("gemma3", 224, 14, 3, 192, 768, 4, 256, scale=4))
    write_lora(adapter, shape, 8)
    asked = (str(model), "--context", "2048", "--gpu-layers", "0")
    beside = ("--projector", str(projector), "--draft", str(model), "--lora", str(adapter), "--lora", str(adapter))
    alone, said = (json.loads(_said(services, *asked, *more, "--json")) for more in ((), beside))
    assert [extra["kind"] for extra in said["extras"]] == ["projector", "draft", "lora", "lora"]
    assert {extra["source"] for extra in said["extras"]} == {"estimate"}
    extras_bytes = said["devices"][0]["extras_bytes"]
    assert (alone["extras"], alone["devices"][0]["extras_bytes"]) == ([], 0)
    assert sum(extra["bytes"] for extra in said["extras"]) == extras_bytes
    assert said["total_bytes"] - alone["total_bytes"] == extras_bytes > 0
    text = _said(services, *asked, *beside)
    assert "\nProjector  mmproj.gguf " in text
    assert ", beside it " in text


@pytest.mark.model
@pytest.mark.parametrize(("option", "words"), [("--projector", "no vision projector"), ("--lora", "no LoRA adapter")])
def test_a_wrong_file_beside_a_model_is_a_sentence(option: str, words: str, services: Services, tmp_path: Path) -> None:
    chat = tmp_path / "chat.gguf"
    write_hollow(chat, TrueShape("llama", 1, 64, 128, 2, 1, 32, 512), "Q8_0")
    with pytest.raises(ModelError, match=words):
        _said(services, "starter", option, str(chat))
    with pytest.raises(UsageError, match="needs the model's own file"):
        _said(services, "llama-3.2-1b-instruct:Q8_0", option, str(chat))
