"""What is loaded beside a model: its bytes in a plan, and files that do not belong to the model."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import ModelError, ModelFormatError, ModelNotFoundError
from desktop_llm.models.fit.choice import choose_params
from desktop_llm.models.fit.estimate import estimate
from desktop_llm.models.fit.extra_files import ExtraFiles, read_extras
from desktop_llm.models.fit.plan import add_extras, estimate_plan, extra_sizes, revise_plan
from desktop_llm.models.fit.planning import shape_of_file
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.fit.shape import Adapter, Draft, MemoryShape, Projector
from desktop_llm.models.fit.step_down import StepKind, step_down
from tests.forge_extras import ProjectorShape, write_lora, write_projector
from tests.measure_extras import Loaded
from tests.models.forge_bad import valid
from tests.true_shapes import TrueShape, write_hollow

_GIB = 1024**3
_ROOT = Path(__file__).parents[2]
_MODEL = TrueShape("llama", 4, 256, 768, 4, 2, 64, 1024)
_PROJECTOR = ProjectorShape("gemma3", 224, 14, 3, 192, 768, 4, 256, scale=4)
_WISH = LoadParams(n_ctx=4096, n_seq_max=1, n_threads=1, n_gpu_layers=0)
_LAPTOP = Room(DeviceRoom(RAM, 8 * _GIB, 16 * _GIB))
_GPU = Room(_LAPTOP.ram, (DeviceRoom("CUDA0", 8 * _GIB, 8 * _GIB, is_gpu=True),))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A model, and beside it a projector, a draft model and an adapter that belong to it."""
    paths = {name: tmp_path / f"{name}.gguf" for name in ("model", "projector", "draft", "lora")}
    write_hollow(paths["model"], _MODEL, "Q8_0")
    write_hollow(paths["draft"], replace(_MODEL, n_layer=1), "Q8_0")
    write_projector(paths["projector"], _PROJECTOR)
    write_lora(paths["lora"], _MODEL, 8)
    return paths


def _shape(files: dict[str, Path]) -> MemoryShape:
    extras = read_extras(ExtraFiles(files["projector"], files["draft"], (files["lora"],)), files["model"])
    return replace(shape_of_file(files["model"]), extras=extras)


def test_extras_are_read_from_their_headers(files: dict[str, Path]) -> None:
    projector, draft, adapter = _shape(files).extras
    assert isinstance(projector, Projector)
    assert isinstance(draft, Draft)
    assert isinstance(adapter, Adapter)
    assert 0 <= files["projector"].stat().st_size - projector.weights_bytes < 8192
    assert 0 <= files["lora"].stat().st_size - sum(adapter.layer_bytes) < 16_384
    assert len(set(adapter.layer_bytes)) == 1
    assert len(draft.shape.layers) == 1


def test_without_files_there_are_no_extras(files: dict[str, Path]) -> None:
    assert read_extras(ExtraFiles(), files["model"]) == ()


def test_a_plan_counts_its_extras(files: dict[str, Path]) -> None:
    shape = _shape(files)
    plain = estimate_plan(replace(shape, extras=()), _LAPTOP, _WISH)
    whole = estimate_plan(shape, _LAPTOP, _WISH)
    sizes = [size for _, size in extra_sizes(shape, _LAPTOP, _WISH)]
    assert whole.total_bytes - plain.total_bytes == sum(sizes) == whole.device(RAM).figures.extras_bytes
    assert add_extras(plain, shape, _LAPTOP) == whole
    draft = shape.extras[1]
    assert isinstance(draft, Draft)
    assert sizes[1] == estimate(draft.shape, _WISH).total_bytes


def test_extras_lie_where_the_engine_puts_them(files: dict[str, Path]) -> None:
    """The projector on the first GPU, the adapter beside its layers, the draft model whole on the GPU."""
    shape = _shape(files)
    half = replace(_WISH, n_gpu_layers=3, n_ubatch=1, n_batch=1)
    projector, _, adapter = shape.extras
    assert isinstance(projector, Projector)
    assert isinstance(adapter, Adapter)

    def beside(extra: Projector | Adapter, params: LoadParams) -> tuple[int, int]:
        plan = estimate_plan(replace(shape, extras=(extra,)), _GPU, params)
        return plan.device(RAM).figures.extras_bytes, plan.device("CUDA0").figures.extras_bytes

    size = projector.weights_bytes + projector.compute_bytes
    assert beside(projector, half) == (0, size)
    assert beside(projector, _WISH) == (size, 0)
    step = adapter.step_numbers * 4
    assert beside(adapter, half) == (2 * adapter.layer_bytes[0] + step, 2 * adapter.layer_bytes[0] + step)


def test_a_longer_context_is_the_draft_models_too(files: dict[str, Path]) -> None:
    shape = _shape(files)
    plan = estimate_plan(shape, _LAPTOP, _WISH)
    longer = revise_plan(plan, shape, _LAPTOP, replace(_WISH, n_ctx=8192))
    assert longer.device(RAM).figures.extras_bytes - plan.device(RAM).figures.extras_bytes >= 4096 * 2 * 128 * 2
    assert longer == estimate_plan(shape, _LAPTOP, replace(_WISH, n_ctx=8192))


def test_what_is_chosen_leaves_room_for_the_extras(files: dict[str, Path]) -> None:
    heavy = replace(_shape(files), extras=(Projector("p", _GIB, 0),))
    tight = Room(DeviceRoom(RAM, _GIB + 140_000_000, 2 * _GIB))
    wish = replace(_WISH, n_ctx=0)
    chosen = choose_params(heavy, tight, wish)
    assert estimate_plan(heavy, tight, chosen).fits
    assert choose_params(replace(heavy, extras=()), tight, wish).n_ctx > chosen.n_ctx


def test_what_does_not_fit_can_go_without_its_extras(files: dict[str, Path]) -> None:
    shape = _shape(files)
    draft = next(extra for extra in shape.extras if isinstance(extra, Draft))
    large = replace(shape, extras=(Projector("p", _GIB, 0), draft))
    plan = estimate_plan(large, Room(DeviceRoom(RAM, _GIB, _GIB)), _WISH)
    assert not plan.fits
    steps = {step.kind: step for step in step_down(plan, large, Room(DeviceRoom(RAM, _GIB, _GIB)))}
    assert steps[StepKind.WITHOUT_PROJECTOR].saves_bytes == _GIB
    assert steps[StepKind.WITHOUT_PROJECTOR].fits
    assert not steps[StepKind.WITHOUT_DRAFT].fits
    assert steps[StepKind.WITHOUT_DRAFT].saves_bytes > 0


def _refused(files: ExtraFiles, model: Path, words: str) -> None:
    with pytest.raises(ModelError, match=words) as caught:
        read_extras(files, model)
    assert str(caught.value).endswith(".")


def test_a_chat_model_is_no_projector(files: dict[str, Path]) -> None:
    _refused(ExtraFiles(projector=files["draft"]), files["model"], "draft.gguf is no vision projector")


def test_a_projector_of_another_width_is_refused(files: dict[str, Path]) -> None:
    write_projector(files["projector"], replace(_PROJECTOR, n_embd_out=512))
    _refused(ExtraFiles(projector=files["projector"]), files["model"], "gives 512 numbers .* takes 256")


def test_a_draft_model_speaks_the_same_tokens(files: dict[str, Path]) -> None:
    write_hollow(files["draft"], replace(_MODEL, n_vocab=2048), "Q8_0")
    _refused(ExtraFiles(draft=files["draft"]), files["model"], "their vocabularies differ")
    _refused(ExtraFiles(draft=files["projector"]), files["model"], "vision part of another model")


def test_an_adapter_must_be_one_and_be_for_this_model(files: dict[str, Path]) -> None:
    _refused(ExtraFiles(loras=(files["draft"],)), files["model"], "is no LoRA adapter")
    write_lora(files["lora"], replace(_MODEL, architecture="qwen2"), 8)
    _refused(ExtraFiles(loras=(files["lora"],)), files["model"], "architecture qwen2, and model.gguf is of llama")
    for other in (replace(_MODEL, n_embd=512), replace(_MODEL, n_layer=5)):
        write_lora(files["lora"], other, 8)
        _refused(ExtraFiles(loras=(files["lora"],)), files["model"], "belongs to another model .* does not fit")


def test_half_a_pair_of_an_adapter_is_refused(files: dict[str, Path]) -> None:
    raw = files["lora"].read_bytes()
    files["lora"].write_bytes(raw.replace(b"blk.3.ffn_up.weight.lora_b", b"blk.3.ffn_up.weight.lora_c"))
    _refused(ExtraFiles(loras=(files["lora"],)), files["model"], "does not fit")


def test_files_that_are_missing_or_broken_are_sentences(files: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        read_extras(ExtraFiles(projector=tmp_path / "none.gguf"), files["model"])
    broken = valid().write(tmp_path / "broken.gguf")
    broken.write_bytes(broken.read_bytes()[:300])
    with pytest.raises(ModelFormatError):
        read_extras(ExtraFiles(loras=(broken,)), files["model"])


# with llama.cpp


def _load(files: dict[str, Path], what: str) -> Loaded:
    command = [sys.executable, "-m", "tests.measure_extras", what, str(files["model"]), str(files[what])]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=60, check=True)
    return Loaded(**json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.model
def test_an_adapter_takes_what_the_plan_says(files: dict[str, Path]) -> None:
    adapter = _shape(files).extras[2]
    assert isinstance(adapter, Adapter)
    loaded = _load(files, "lora")
    assert loaded.weights_bytes == pytest.approx(sum(adapter.layer_bytes), abs=20_000)  # the log's precision
    assert loaded.compute_bytes <= adapter.step_numbers * 512 * 4


@pytest.mark.model
def test_a_projector_takes_what_the_plan_says(files: dict[str, Path]) -> None:
    projector = _shape(files).extras[0]
    assert isinstance(projector, Projector)
    loaded = _load(files, "projector")
    assert loaded.weights_bytes == pytest.approx(projector.weights_bytes, abs=20_000)
    assert loaded.compute_bytes == pytest.approx(projector.compute_bytes, rel=0.01)
