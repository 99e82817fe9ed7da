"""SpeedShape: the weights that one token passes, by quantization type and layer. Pure.

Of a mixture of experts only the share that is used counts; of the token embeddings one row is read,
which counts for nothing, unless they are the output matrix too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from desktop_llm.hardware.measured import layer_steps
from desktop_llm.models.catalog.architecture import Architecture
from desktop_llm.models.fit.shape import MemoryShape, shape_of_header
from desktop_llm.models.gguf.reader import Header, Tensor
from desktop_llm.models.gguf.tables import TENSOR_TYPES

#: What files of a mixed kind are made of: shares of the bytes, about (llama-quant.cpp's rules for a dense Llama).
_MIXTURES: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "Q5_K_M": (("Q5_K", 0.8), ("Q6_K", 0.2)),
    "Q4_K_M": (("Q4_K", 0.75), ("Q6_K", 0.25)),
    "Q3_K_L": (("Q3_K", 0.6), ("Q5_K", 0.4)),
    "Q3_K_M": (("Q3_K", 0.65), ("Q4_K", 0.35)),
    "Q2_K": (("Q2_K", 0.6), ("Q3_K", 0.4)),
}
#: Norms of a layer, where no header is at hand.
_USUAL_VECTORS: Final = 2
_TYPES: Final = {name: 8 * size_bytes / n for name, n, size_bytes in TENSOR_TYPES.values()}


@dataclass(frozen=True, slots=True)
class Touched:
    """Weights of one type that a token passes: how many bytes are read, how many weights multiplied.

    `n_numbers` go into and come out of these matrices. `idle_bytes`: of the experts that another
    token may choose; 0 where there are none.
    """

    type_name: str
    size_bytes: int
    n_weights: int
    n_numbers: int = 0
    idle_bytes: int = 0


@dataclass(frozen=True, slots=True)
class SpeedLayer:
    """What a token passes in one layer.

    `late`: weights that only the last token of a prompt passes. `n_steps`: operations, large or
    small (`hardware.measured.layer_steps`). `attention_numbers`: the numbers of all heads' keys and values
    that a token multiplies with for each token it looks at.
    """

    weights: tuple[Touched, ...]
    late: tuple[Touched, ...] = ()
    n_steps: int = 0
    attention_numbers: int = 0


@dataclass(frozen=True, slots=True)
class SpeedShape:
    """The weights of each layer and of the output, and the memory's shape for the cache.

    `is_estimate`: the types were taken from the file's kind, not read from a header.
    """

    memory: MemoryShape
    layers: tuple[SpeedLayer, ...]
    output: tuple[Touched, ...]
    is_estimate: bool = False


def speed_shape_of_header(header: Header) -> SpeedShape:
    """The shape of a file, from a header that `models.gguf.describe` has accepted."""
    memory = shape_of_header(header)
    layers: list[list[Tensor]] = [[] for _ in memory.layers]
    output: list[Tensor] = []
    for tensor in header.tensors:
        parts = tensor.name.split(".", 2)
        if parts[0] == "blk" and parts[1].isdecimal() and int(parts[1]) < len(layers):
            layers[int(parts[1])].append(tensor)
        elif tensor.name == ("token_embd.weight" if memory.output_is_shared else "output.weight"):
            output.append(tensor)
    n_used = memory.n_expert_used
    last = len(layers) - 1
    return SpeedShape(
        memory,
        tuple(_layer(tensors, n_used, is_last=index == last) for index, tensors in enumerate(layers)),
        _touched(map(_matrix, output), 0),
    )


def speed_shape_of_catalog(architecture: Architecture, weight_bytes: int, quantization: str) -> SpeedShape | None:
    """The shape of a file that is not here; None for a quantization whose type its name does not say."""
    mixture = mixture_of(quantization)
    if not mixture:
        return None
    memory = architecture.memory_shape(weight_bytes)
    layers = tuple(_layer_of_catalog(architecture, memory, index, mixture) for index in range(architecture.n_layer))
    size = architecture.vocabulary_bytes(weight_bytes) if memory.output_is_shared else memory.output_bytes
    numbers = memory.n_embd + memory.n_vocab
    return SpeedShape(memory, layers, _mixed(Touched("", size, 0, numbers), mixture), is_estimate=True)


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


def _mixed(whole: Touched, mixture: tuple[tuple[str, float], ...]) -> tuple[Touched, ...]:
    """So many bytes as the types of the mixture."""
    return tuple(
        Touched(
            name,
            int(whole.size_bytes * part),
            int(whole.size_bytes * part * 8 / bits_of(name)),
            int(whole.n_numbers * part),
            int(whole.idle_bytes * part),
        )
        for name, part in mixture
    )


def _layer_of_catalog(
    architecture: Architecture, memory: MemoryShape, index: int, mixture: tuple[tuple[str, float], ...]
) -> SpeedLayer:
    """A layer whose matrices all have the file's bytes for each weight."""
    matrices = list(architecture.matrices(index))
    size_of_weight = memory.layers[index].weight_bytes / max(1, sum(matrix.n_weights for matrix in matrices))
    parts: dict[bool, list[float]] = {False: [0.0, 0.0, 0.0], True: [0.0, 0.0, 0.0]}
    attention_numbers = 0
    for matrix in matrices:
        is_late = matrix.kind.startswith("ffn")
        n_expert, n_used = (architecture.n_expert, architecture.n_expert_used) if is_late else (0, 0)
        shared = architecture.n_embd * architecture.n_ff_shared if n_expert else 0
        used = (matrix.n_weights - shared) * n_used / n_expert + shared if n_expert else matrix.n_weights
        parts[is_late][0] += used * size_of_weight
        parts[is_late][1] += max(1, n_used) * matrix.width + used / matrix.width
        parts[is_late][2] += (matrix.n_weights - used) * size_of_weight
        attention_numbers += 2 * matrix.width if matrix.kind == "attn_output" else 0
    weights, feed_forward = (
        _mixed(Touched("", int(size), 0, int(numbers), int(idle)), mixture) for size, numbers, idle in parts.values()
    )
    is_last = index == architecture.n_layer - 1
    return SpeedLayer(
        weights if is_last else weights + feed_forward,
        feed_forward if is_last else (),
        layer_steps(len(matrices), _USUAL_VECTORS, architecture.n_expert_used if architecture.n_expert else 0),
        attention_numbers,
    )


def _layer(tensors: list[Tensor], n_used: int, *, is_last: bool) -> SpeedLayer:
    """Of the last layer, only the last token of a prompt passes the feed-forward part (llama.cpp, inp_out_ids)."""
    matrices = [tensor for tensor in tensors if len(tensor.shape) > 1]
    late = [tensor for tensor in matrices if is_last and ".ffn" in tensor.name]
    early = [tensor for tensor in matrices if tensor not in late]
    has_experts = any("_exps" in tensor.name for tensor in matrices)
    n_steps = layer_steps(len(matrices), len(tensors) - len(matrices), n_used if has_experts else 0)
    attention = sum(2 * tensor.shape[0] for tensor in matrices if tensor.name.endswith("attn_output.weight"))
    return SpeedLayer(_touched(map(_matrix, early), n_used), _touched(map(_matrix, late), n_used), n_steps, attention)


@dataclass(frozen=True, slots=True)
class _Matrix:
    """One matrix, or as many as there are experts."""

    type_name: str
    size_bytes: int
    n_in: int
    n_out: int
    n_expert: int


def _matrix(tensor: Tensor) -> _Matrix:
    n_expert = tensor.shape[2] if "_exps" in tensor.name and len(tensor.shape) > 2 else 0
    n_in = tensor.shape[0]
    return _Matrix(
        tensor.type_name, tensor.size_bytes, n_in, tensor.n_elements // max(1, n_in) // max(1, n_expert), n_expert
    )


def _touched(matrices: Iterable[_Matrix], n_used: int) -> tuple[Touched, ...]:
    """Added up by type, experts apart. Vectors (norms and the like) are so small that they are left out."""
    sums: dict[tuple[str, bool], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for matrix in matrices:
        times = min(n_used, matrix.n_expert) if matrix.n_expert else 1
        used_bytes = matrix.size_bytes * times // max(1, matrix.n_expert)
        row = sums[matrix.type_name, matrix.n_expert > times]
        row[0] += used_bytes
        row[1] += matrix.n_in * matrix.n_out * times
        row[2] += (matrix.n_in + matrix.n_out) * times
        row[3] += matrix.size_bytes - used_bytes
    return tuple(Touched(name, *row) for (name, _), row in sums.items())
