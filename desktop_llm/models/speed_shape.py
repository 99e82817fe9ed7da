"""SpeedShape: the weights that one token passes, by quantization type and layer. Pure.

Of a mixture of experts only the share that is used counts; of the token embeddings one row is read,
which counts for nothing, unless they are the output matrix too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from desktop_llm.models.catalog import Architecture
from desktop_llm.models.fit_shape import MemoryShape, shape_of_header
from desktop_llm.models.gguf_reader import Header, Tensor
from desktop_llm.models.gguf_tables import TENSOR_TYPES

#: What files of a mixed kind are made of: shares of the bytes, about (llama-quant.cpp's rules for a dense Llama).
_MIXTURES: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "Q5_K_M": (("Q5_K", 0.8), ("Q6_K", 0.2)),
    "Q4_K_M": (("Q4_K", 0.75), ("Q6_K", 0.25)),
    "Q3_K_L": (("Q3_K", 0.6), ("Q5_K", 0.4)),
    "Q3_K_M": (("Q3_K", 0.65), ("Q4_K", 0.35)),
    "Q2_K": (("Q2_K", 0.6), ("Q3_K", 0.4)),
}
_TYPES: Final = {name: 8 * size_bytes / n for name, n, size_bytes in TENSOR_TYPES.values()}


@dataclass(frozen=True, slots=True)
class Touched:
    """Weights of one type that a token passes: how many bytes are read, how many weights multiplied."""

    type_name: str
    size_bytes: int
    n_weights: int


@dataclass(frozen=True, slots=True)
class SpeedShape:
    """The weights of each layer and of the output, and the memory's shape for the cache.

    `is_estimate`: the types were taken from the file's kind, not read from a header.
    """

    memory: MemoryShape
    layers: tuple[tuple[Touched, ...], ...]
    output: tuple[Touched, ...]
    is_estimate: bool = False


def speed_shape_of_header(header: Header) -> SpeedShape:
    """The shape of a file, from a header that `models.gguf.describe` has accepted."""
    memory = shape_of_header(header)
    architecture = header.metadata.get("general.architecture")
    n_expert = header.metadata.get(f"{architecture}.expert_count")
    share = memory.n_expert_used / n_expert if isinstance(n_expert, int) and n_expert > 0 else 1.0
    layers: list[list[Tensor]] = [[] for _ in memory.layers]
    output: list[Tensor] = []
    for tensor in header.tensors:
        parts = tensor.name.split(".", 2)
        if parts[0] == "blk" and parts[1].isdecimal() and int(parts[1]) < len(layers):
            layers[int(parts[1])].append(tensor)
        elif tensor.name == ("token_embd.weight" if memory.output_is_shared else "output.weight"):
            output.append(tensor)
    return SpeedShape(memory, tuple(_touched(each, share) for each in layers), _touched(output, 1.0))


def speed_shape_of_catalog(architecture: Architecture, weight_bytes: int, quantization: str) -> SpeedShape | None:
    """The shape of a file that is not here; None for a quantization whose type its name does not say."""
    mixture = mixture_of(quantization)
    if not mixture:
        return None
    memory = architecture.memory_shape(weight_bytes)
    matrix = architecture.n_embd * architecture.n_vocab
    n_matrices = 1 if architecture.shares_output else 2
    share = _active_share(architecture, architecture.n_params - n_matrices * matrix)
    layers = tuple(_mixed(int(layer.weight_bytes * share), mixture) for layer in memory.layers)
    output = _mixed(memory.input_bytes if memory.output_is_shared else memory.output_bytes, mixture)
    return SpeedShape(memory, layers, output, is_estimate=True)


def mixture_of(quantization: str) -> tuple[tuple[str, float], ...]:
    """The types in a file of this kind, with their shares of its bytes; () when the name does not say."""
    name = quantization.upper().removeprefix("UD-").replace("_XL", "_M")
    if name in _MIXTURES:
        return _MIXTURES[name]
    for end in ("", "_S", "_M", "_L"):
        kind = name.removesuffix(end) if end else name
        if kind in _TYPES:
            return ((kind, 1.0),)
    return ()


def bits_of(type_name: str) -> float:
    """Bits of a weight of this type; 0 for an unknown one."""
    return _TYPES.get(type_name, 0.0)


def active_fraction(architecture: Architecture) -> float:
    """The part of all parameters that one token passes: 1 where there are no experts."""
    return _active_share(architecture, architecture.n_params)


def _active_share(architecture: Architecture, n_params: int) -> float:
    if not architecture.n_expert:
        return 1.0
    idle = 1 - architecture.n_expert_used / architecture.n_expert
    experts = architecture.n_layer * 3 * architecture.n_ff * architecture.n_expert * architecture.n_embd
    return max(0.0, 1 - experts * idle / n_params)


def _mixed(size_bytes: int, mixture: tuple[tuple[str, float], ...]) -> tuple[Touched, ...]:
    return tuple(
        Touched(name, int(size_bytes * part), int(size_bytes * part * 8 / bits_of(name))) for name, part in mixture
    )


def _touched(tensors: Iterable[Tensor], share: float) -> tuple[Touched, ...]:
    """Added up by type. Vectors (norms and the like) are so small that they are left out."""
    sizes: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for tensor in tensors:
        if len(tensor.shape) < 2:
            continue
        used = share if "_exps" in tensor.name else 1.0
        sizes[tensor.type_name][0] += tensor.size_bytes * used
        sizes[tensor.type_name][1] += tensor.n_elements * used
    return tuple(Touched(name, int(size), int(count)) for name, (size, count) in sizes.items())
