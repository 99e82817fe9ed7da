"""Which models are forged to measure speed: their sizes and quantization types. Their weights are made in forge.py."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from desktop_llm.hardware.measured import LONG_ROW, SHORT_ROW

_LEAST_LAYERS: Final = 2
_SCALE: Final = struct.pack("<e", 1e-4)


@dataclass(frozen=True, slots=True)
class Quantization:
    """A type of ggml: its number, bytes and weights a block, and where in a block its scales stand.

    From ggml-common.h; of F16, `scales` is empty: its weights are numbers themselves. `scale` is
    what is written there: a half float, or an exponent.
    """

    name: str
    number: int
    block_bytes: int
    block_weights: int
    scales: tuple[int, ...]
    scale: bytes = _SCALE


#: In the order of measuring: what people use most comes first, should the time not suffice. What is like another
#: on most machines comes last. The narrow model is of the first: random Q4_K gives keys and values that slow attention.
QUANTIZATIONS = (
    Quantization("Q8_0", 8, 34, 32, (0,)),
    Quantization("Q4_K", 12, 144, 256, (0, 2)),
    Quantization("Q6_K", 14, 210, 256, (208,)),
    Quantization("F16", 1, 2, 1, ()),
    Quantization("Q5_K", 13, 176, 256, (0, 2)),
    Quantization("Q4_0", 2, 18, 32, (0,)),
    Quantization("IQ4_XS", 23, 136, 256, (0,)),
    Quantization("Q5_0", 6, 22, 32, (0,)),
    Quantization("Q3_K", 11, 110, 256, (108,)),
    Quantization("Q2_K", 10, 84, 256, (80, 82)),
    Quantization("Q4_1", 3, 20, 32, (0, 2)),
    Quantization("IQ4_NL", 20, 18, 32, (0,)),
    Quantization("MXFP4", 39, 17, 32, (0,), scale=b"\x75"),
    Quantization("IQ3_S", 21, 110, 256, (0,)),
    Quantization("IQ2_XS", 17, 74, 256, (0,)),
    Quantization("IQ3_XXS", 18, 98, 256, (0,)),
    Quantization("Q5_1", 7, 24, 32, (0, 2)),
)


def quantization(name: str) -> Quantization:
    """The type of this name."""
    return next(each for each in QUANTIZATIONS if each.name == name)


@dataclass(frozen=True, slots=True)
class ForgedShape:
    """The sizes of a layer of a Llama. `n_expert` feed-forward parts, of which a token passes `n_expert_used`."""

    n_embd: int
    n_ff: int
    n_head: int
    n_head_kv: int
    head: int = 64
    n_expert: int = 0
    n_expert_used: int = 0

    def matrices(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """A layer's matrices: name, then inputs, outputs, and experts where there are some."""
        n_q, n_kv = self.n_head * self.head, self.n_head_kv * self.head
        yield "attn_q", (self.n_embd, n_q)
        yield "attn_k", (self.n_embd, n_kv)
        yield "attn_v", (self.n_embd, n_kv)
        yield "attn_output", (n_q, self.n_embd)
        if self.n_expert:
            yield "ffn_gate_inp", (self.n_embd, self.n_expert)
        end, experts = ("_exps", (self.n_expert,)) if self.n_expert else ("", ())
        yield f"ffn_gate{end}", (self.n_embd, self.n_ff, *experts)
        yield f"ffn_up{end}", (self.n_embd, self.n_ff, *experts)
        yield f"ffn_down{end}", (self.n_ff, self.n_embd, *experts)


#: Layers as wide as those of a model of 3 to 7 billion: few of them are many bytes. Rows of more than some 16,000
#: numbers would not fit into a core's first cache.
WIDE = ForgedShape(LONG_ROW, 10_240, 24, 8, head=128)
#: The layers of a small model: what each operation costs beside its weights, and attention. Not narrower: how long
#: a thread waits for another decides how deep its core sleeps meanwhile.
NARROW = ForgedShape(512, 1536, 16, 4)
#: The layers of a model of half a billion. Several replies at once multiply short rows slower than long ones: 1.3 to
#: 1.6 times on an EPYC, while one reply and prompts do not mind.
MIDDLE = ForgedShape(SHORT_ROW, 2560, 16, 4)
#: Layers of experts, as small as real ones are.
EXPERTS = ForgedShape(1024, 512, 16, 4, n_expert=32, n_expert_used=4)


def layers_for(shape: ForgedShape, kind: Quantization, least_bytes: int) -> int:
    """How many layers have at least so many bytes of weights; two at least: a prompt passes the last in part."""
    return max(_LEAST_LAYERS, -(-least_bytes // _layer_bytes(shape, kind)))


def largest_bytes(least_bytes: int) -> int:
    """The size of the largest wide model, about."""
    return max(layers_for(WIDE, kind, least_bytes) * _layer_bytes(WIDE, kind) for kind in QUANTIZATIONS)


def _layer_bytes(shape: ForgedShape, kind: Quantization) -> int:
    return sum(math.prod(sizes) for _, sizes in shape.matrices()) // kind.block_weights * kind.block_bytes
