"""The files that can be loaded beside a model, read from their headers and checked against the model's.

A vision projector (mmproj), a draft model, LoRA adapters. A file that is something else, or belongs
to another model, is a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop_llm.errors import ModelFormatError, ModelNotFoundError
from desktop_llm.models.fit.planning import whole_header
from desktop_llm.models.fit.shape import Adapter, Draft, Extra, Projector, shape_of_header
from desktop_llm.models.gguf.info import read_chat_model_info
from desktop_llm.models.gguf.reader import TOKENS_KEY, Header, StringArray, Tensor, read_header

_F32: Final = 4
#: Tokens by which a draft model's vocabulary may differ (llama.cpp, common/speculative.cpp).
_MAX_VOCABULARY_DIFFERENCE: Final = 128
#: The image for which a projector's buffers are made when its size is not fixed: output tokens a side,
#: and patches a side that become one of them (clip.cpp, load_hparams).
_WARM_UP: Final = {
    "qwen2vl_merger": (46, 2),
    "qwen2.5vl_merger": (46, 2),
    "qwen3vl_merger": (46, 2),
    "ling3vl": (46, 2),
    "mimovl": (46, 2),
    "glm4v": (46, 2),
    "glm5v": (46, 2),
    "exaone4_5": (46, 2),
    "dots_ocr": (46, 1),
    "dots3note_v": (46, 1),
    "gemma4v": (16, 3),
    "gemma4uv": (16, 1),
    "pixtral": (16, 1),
    "lightonocr": (16, 1),
    "phi4": (16, 1),
    "kimivl": (16, 1),
    "deepseek4v": (16, 1),
    "minimax_m3": (16, 2),
    "youtuvl": (16, 2),
    "paddleocr": (28, 2),
    "hunyuanvl": (32, 2),
    "muse-glimmer": (32, 2),
}
#: Of these, the width that comes out stands in this tensor's dimension.
_WIDTH_TENSORS: Final = {
    "gemma3": ("mm.input_projection.weight", 0),
    "idefics3": ("mm.model.fc.weight", 1),
    "mlp": ("mm.2.bias", 0),
    "qwen2vl_merger": ("mm.2.bias", 0),
    "qwen2.5vl_merger": ("mm.2.bias", 0),
}
_AUDIO_TOKENS: Final = 1500  # 30 seconds, after the first convolution's step of two


@dataclass(frozen=True, slots=True)
class ExtraFiles:
    """The files to load beside a model."""

    projector: Path | None = None
    draft: Path | None = None
    loras: tuple[Path, ...] = ()


def read_extras(files: ExtraFiles, model: Path) -> tuple[Extra, ...]:
    """What these files take beside a model. Raises ModelError or OSError, also when one does not belong to it."""
    if files == ExtraFiles():
        return ()
    base = _Base(model, whole_header(model))
    extras: list[Extra] = []
    if files.projector is not None:
        extras.append(_projector(files.projector, base))
    if files.draft is not None:
        extras.append(_draft(files.draft, base))
    extras += [_adapter(path, base) for path in files.loras]
    return tuple(extras)


@dataclass(frozen=True, slots=True)
class _Base:
    """The model that the extras are for."""

    path: Path
    header: Header

    @property
    def architecture(self) -> str:
        """As its file says it."""
        return _text(self.header, "general.architecture")


def _projector(path: Path, base: _Base) -> Projector:
    header = _header_of(path)
    if _text(header, "general.architecture") != "clip":
        raise ModelFormatError(
            "{name} is no vision projector. Choose the file that its publisher calls mmproj.", name=path.name
        )
    kind = _text(header, "clip.projector_type") or _text(header, "clip.vision.projector_type")
    width, wanted = _width(header, kind), _number(base.header, f"{base.architecture}.embedding_length")
    if width and width != wanted:
        raise ModelFormatError(
            "The vision projector {name} belongs to another model: it gives {width} numbers for each piece of a "
            "picture, and {model} takes {wanted}. Choose the one of this model.",
            name=path.name,
            width=width,
            model=base.path.name,
            wanted=wanted,
        )
    return Projector(path.name, sum(tensor.size_bytes for tensor in header.tensors), _projector_step(header, kind))


def _projector_step(header: Header, kind: str) -> int:
    """The compute buffer that clip.cpp reserves when it loads: the widest step of one layer, over all patches.

    The layer's input, its norm and a third row beside the wide rows of the feed-forward part, or
    the rows of attention; for the older projectors the two rows of their output.
    """
    rows = 0
    if n_embd := _number(header, "clip.vision.embedding_length"):
        wide = _widest(header.tensors, "v.blk.", n_embd)
        rows = max(rows, _patches(header, kind) * max(wide + 3 * n_embd, 6 * n_embd))
        if kind in {"mlp", "ldp", "ldpv2"}:
            out = _width(header, "mlp")
            side = _number(header, "clip.vision.image_size")
            rows = max(rows, _patches(header, kind) * 2 * (out + n_embd) + 3 * side * side)
    if n_embd := _number(header, "clip.audio.embedding_length"):
        rows = max(rows, _AUDIO_TOKENS * (_widest(header.tensors, "a.blk.", n_embd) + 3 * n_embd))
    return rows * _F32


def _patches(header: Header, kind: str) -> int:
    """How many patches the picture has for which the buffers are made."""
    patch = max(1, _number(header, "clip.vision.patch_size"))
    side = _number(header, "clip.vision.image_size") // patch
    if kind in _WARM_UP:
        tokens, merge = _WARM_UP[kind]
        keys = ("clip.vision.spatial_merge_size", "clip.vision.projector.scale_factor")
        side = tokens * next((number for key in keys if (number := _number(header, key))), merge)
    return side * side + any(tensor.name == "v.class_embd" for tensor in header.tensors)


def _widest(tensors: tuple[Tensor, ...], start: str, n_embd: int) -> int:
    """The numbers that the feed-forward part of a layer holds for each row; twice as many where it has a gate."""
    layers = [tensor for tensor in tensors if tensor.name.startswith(start) and ".ffn_" in tensor.name]
    wide = max((max(tensor.shape) for tensor in layers), default=4 * n_embd)
    return wide * (2 if any(".ffn_gate" in tensor.name for tensor in layers) else 1)


def _width(header: Header, kind: str) -> int:
    """The numbers that come out for each piece of a picture; 0 where it is not known."""
    name, dimension = _WIDTH_TENSORS.get(kind, ("", 0))
    shape = next((tensor.shape for tensor in header.tensors if tensor.name == name), ())
    return shape[dimension] if dimension < len(shape) else 0


def _draft(path: Path, base: _Base) -> Draft:
    info = read_chat_model_info(path)
    tokens = base.header.metadata.get(TOKENS_KEY)
    n_vocab = tokens.count if isinstance(tokens, StringArray) else 0
    if abs(info.n_vocab - n_vocab) > _MAX_VOCABULARY_DIFFERENCE:
        raise ModelFormatError(
            "{name} cannot draft for {model}: their vocabularies differ. Choose a small model of the same family.",
            name=path.name,
            model=base.path.name,
        )
    return Draft(path.name, shape_of_header(whole_header(path)))


def _adapter(path: Path, base: _Base) -> Adapter:
    header = _header_of(path)
    if _text(header, "general.type") != "adapter" or _text(header, "adapter.type") != "lora":
        raise ModelFormatError("{name} is no LoRA adapter.", name=path.name)
    architecture = _text(header, "general.architecture")
    if architecture != base.architecture:
        raise ModelFormatError(
            "The adapter {name} is for models of the architecture {architecture}, and {model} is of {other}.",
            name=path.name,
            architecture=architecture[:64],
            model=base.path.name,
            other=base.architecture,
        )
    layers: dict[int, int] = {}
    others = {"token_embd": 0, "output": 0}
    widest = 0
    for target, first, second in _pairs(path, header, base):
        size = first.size_bytes + second.size_bytes
        parts = target.split(".", 2)
        if parts[0] == "blk":
            layers[int(parts[1])] = layers.get(int(parts[1]), 0) + size
        else:
            others["token_embd" if parts[0] == "token_embd" else "output"] += size
        widest = max(widest, second.shape[1])
    shape = shape_of_header(base.header)
    return Adapter(
        path.name,
        tuple(layers.get(index, 0) for index in range(len(shape.layers))),
        others["token_embd"],
        others["output"],
        min(widest, shape.ff_used if shape.is_lean else shape.n_embd),
    )


def _pairs(path: Path, header: Header, base: _Base) -> Iterator[tuple[str, Tensor, Tensor]]:
    """The two matrices of each tensor that is changed, checked as llama.cpp checks them (llama-adapter.cpp)."""
    targets = {tensor.name: tensor.shape for tensor in base.header.tensors}
    parts = {tensor.name: tensor for tensor in header.tensors if not tensor.name.endswith("_norm.weight")}
    for name, first in parts.items():
        target = name.removesuffix(".lora_a")
        second = parts.get(f"{target}.lora_b")
        if name.endswith(".lora_b") and f"{name.removesuffix('.lora_b')}.lora_a" in parts:
            continue
        if target == name or second is None or not _fits(target, targets.get(target, ()), first, second):
            raise ModelFormatError(
                "The adapter {name} belongs to another model than {model}: its part {tensor} does not fit. "
                "Choose one that was made for this model.",
                name=path.name,
                model=base.path.name,
                tensor=target,
            )
        yield target, first, second


def _fits(target: str, shape: tuple[int, ...], first: Tensor, second: Tensor) -> bool:
    if len(shape) < 2 or len(first.shape) < 2 or len(second.shape) < 2:
        return False
    if target == "token_embd.weight":
        return shape[0] == second.shape[1] and shape[1] == first.shape[1]
    return shape[0] == first.shape[0] and shape[1] == second.shape[1] and first.shape[1] == second.shape[0]


def _header_of(path: Path) -> Header:
    if not path.is_file():
        raise ModelNotFoundError("There is no file {path}.", path=path)
    with path.open("rb") as file:
        return read_header(file, path.stat().st_size, path.name)


def _text(header: Header, key: str) -> str:
    value = header.metadata.get(key)
    return value if isinstance(value, str) else ""


def _number(header: Header, key: str) -> int:
    value = header.metadata.get(key)
    return value if isinstance(value, int) and 0 < value < math.inf else 0
