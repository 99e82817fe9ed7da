"""Hollow files of what can be loaded beside a model: vision projectors and LoRA adapters of true shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.true_shapes import ARRAY, BOOL, F32, STRING, U32, TrueShape, tensor_shapes, write_file

#: What adapters usually change.
_ADAPTED: Final = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")


@dataclass(frozen=True, slots=True)
class ProjectorShape:
    """The sizes of a published vision projector; `kind` is clip.projector_type."""

    kind: str
    image_size: int
    patch_size: int
    n_layer: int
    n_embd: int
    n_ff: int
    n_head: int
    n_embd_out: int
    scale: int = 0


PROJECTORS: Final = {
    "Gemma-3-4B": ProjectorShape("gemma3", 896, 14, 27, 1152, 4304, 16, 2560, scale=4),
    "SmolVLM2-500M": ProjectorShape("idefics3", 512, 16, 12, 768, 3072, 12, 960, scale=4),
    "LLaVA-1.5-7B": ProjectorShape("mlp", 336, 14, 23, 1024, 4096, 16, 4096),
    "Qwen2-VL-2B": ProjectorShape("qwen2vl_merger", 560, 14, 32, 1280, 5120, 16, 1536),
}


def write_projector(path: Path, shape: ProjectorShape, matrix_type: str = "F16") -> int:
    """Write a vision projector of zeros; returns the header's length."""
    return write_file(path, list(_projector_keys(shape)), list(_projector_tensors(shape, matrix_type)))


def write_lora(path: Path, shape: TrueShape, rank: int, type_name: str = "F16") -> int:
    """Write a LoRA adapter for all matrices of a model's layers, of zeros; returns the header's length."""
    keys: list[tuple[str, int, Any]] = [
        ("general.architecture", STRING, shape.architecture),
        ("general.type", STRING, "adapter"),
        ("general.name", STRING, "hollow adapter"),
        ("adapter.type", STRING, "lora"),
        ("adapter.lora.alpha", F32, 2.0 * rank),
    ]
    tensors: list[tuple[str, tuple[int, ...], str]] = []
    for name, size in tensor_shapes(shape):
        if name.split(".")[-2] in _ADAPTED and name.endswith(".weight"):
            tensors += [(f"{name}.lora_a", (size[0], rank), type_name), (f"{name}.lora_b", (rank, size[1]), type_name)]
    return write_file(path, keys, tensors)


def _projector_keys(shape: ProjectorShape) -> Iterator[tuple[str, int, Any]]:
    yield "general.architecture", STRING, "clip"
    yield "general.type", STRING, "mmproj"
    yield "general.name", STRING, "hollow projector"
    yield "clip.has_vision_encoder", BOOL, True
    yield "clip.projector_type", STRING, shape.kind
    yield "clip.vision.image_size", U32, shape.image_size
    yield "clip.vision.patch_size", U32, shape.patch_size
    yield "clip.vision.embedding_length", U32, shape.n_embd
    yield "clip.vision.feed_forward_length", U32, shape.n_ff
    yield "clip.vision.block_count", U32, shape.n_layer
    yield "clip.vision.attention.head_count", U32, shape.n_head
    yield "clip.vision.projection_dim", U32, shape.n_embd_out
    yield "clip.vision.attention.layer_norm_epsilon", F32, 1e-6
    yield "clip.vision.image_mean", ARRAY, (F32, [0.5] * 3)
    yield "clip.vision.image_std", ARRAY, (F32, [0.5] * 3)
    yield "clip.use_gelu", BOOL, True
    if shape.scale:
        yield "clip.vision.projector.scale_factor", U32, shape.scale


def _projector_tensors(shape: ProjectorShape, matrix_type: str) -> Iterator[tuple[str, tuple[int, ...], str]]:
    n, out = shape.n_embd, shape.n_embd_out
    patches = (shape.image_size // shape.patch_size) ** 2
    yield "v.patch_embd.weight", (shape.patch_size, shape.patch_size, 3, n), "F16"
    if shape.kind == "qwen2vl_merger":
        yield "v.patch_embd.weight.1", (shape.patch_size, shape.patch_size, 3, n), "F16"
    else:
        yield "v.patch_embd.bias", (n,), "F32"
        yield "v.position_embd.weight", (n, patches + (shape.kind == "mlp")), "F32"
    if shape.kind == "mlp":
        yield "v.class_embd", (n,), "F32"
        yield from _norm("v.pre_ln", n)
    yield from _norm("v.post_ln", n)
    for layer in range(shape.n_layer):
        block = f"v.blk.{layer}"
        yield from _norm(f"{block}.ln1", n)
        yield from _norm(f"{block}.ln2", n)
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            yield f"{block}.{name}.weight", (n, n), matrix_type
            yield f"{block}.{name}.bias", (n,), "F32"
        yield f"{block}.ffn_up.weight", (n, shape.n_ff), matrix_type
        yield f"{block}.ffn_up.bias", (shape.n_ff,), "F32"
        yield f"{block}.ffn_down.weight", (shape.n_ff, n), matrix_type
        yield f"{block}.ffn_down.bias", (n,), "F32"
    match shape.kind:
        case "gemma3":
            yield "mm.input_projection.weight", (out, n), matrix_type
            yield "mm.soft_emb_norm.weight", (n,), "F32"
        case "idefics3":
            yield "mm.model.fc.weight", (n * shape.scale**2, out), matrix_type
        case _:
            wide = 4 * n if shape.kind == "qwen2vl_merger" else n
            hidden = wide if shape.kind == "qwen2vl_merger" else out
            yield "mm.0.weight", (wide, hidden), matrix_type
            yield "mm.0.bias", (hidden,), "F32"
            yield "mm.2.weight", (hidden, out), matrix_type
            yield "mm.2.bias", (out,), "F32"


def _norm(name: str, length: int) -> Iterator[tuple[str, tuple[int, ...], str]]:
    yield f"{name}.weight", (length,), "F32"
    yield f"{name}.bias", (length,), "F32"
