"""A tiny valid GGUF model, and ways to break its meaning while it still looks like a model.

Written without the `gguf` package, which refuses to write much of what is wanted here.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

U32, I32, F32, BOOL, STRING, ARRAY, U64 = 4, 5, 6, 7, 8, 9, 10
_FORMS = {0: "B", 1: "b", 2: "H", 3: "h", U32: "I", I32: "i", F32: "f", BOOL: "B", U64: "Q", 11: "q", 12: "d"}

N_EMBD, N_HEAD, N_FF, N_LAYER = 32, 2, 48, 2


@dataclass
class Tensor:
    """A row of the tensor table. `data` may have any length; `offset` None is where it belongs."""

    name: str
    shape: tuple[int, ...]
    data: bytes
    type: int = 0
    offset: int | None = None


@dataclass
class Gguf:
    """A GGUF file that can be bent: (key, type, value) and tensors."""

    keys: list[tuple[str, int, Any]]
    tensors: list[Tensor]
    magic: bytes = b"GGUF"
    version: int = 3
    alignment: int = 32
    n_keys: int | None = None
    n_tensors: int | None = None
    cut: int = 0  #: bytes missing at the end
    extra: bytes = field(default=b"")

    def set(self, key: str, value: Any, kind: int | None = None) -> None:
        """Change a key, or add it."""
        for index, (name, old, _) in enumerate(self.keys):
            if name == key:
                self.keys[index] = (key, old if kind is None else kind, value)
                return
        self.keys.append((key, U32 if kind is None else kind, value))

    def get(self, key: str) -> Any:
        """A key's value."""
        return next(value for name, _, value in self.keys if name == key)

    def drop(self, key: str) -> None:
        """Leave a key out."""
        self.keys = [entry for entry in self.keys if entry[0] != key]

    def tensor(self, name: str) -> Tensor:
        """A tensor by name."""
        return next(tensor for tensor in self.tensors if tensor.name == name)

    def to_bytes(self) -> bytes:
        """The whole file."""
        n_tensors = len(self.tensors) if self.n_tensors is None else self.n_tensors
        n_keys = len(self.keys) if self.n_keys is None else self.n_keys
        head = self.magic + struct.pack("<IQQ", self.version, n_tensors, n_keys)
        head += b"".join(_text(name) + struct.pack("<I", kind) + _value(kind, value) for name, kind, value in self.keys)
        body = b""
        for tensor in self.tensors:
            offset = len(body) if tensor.offset is None else tensor.offset
            shape = struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape)
            head += _text(tensor.name) + shape + struct.pack("<IQ", tensor.type, offset)
            body += tensor.data + b"\0" * (-len(tensor.data) % self.alignment)
        head += b"\0" * (-len(head) % self.alignment)
        whole = head + self.extra + body
        return whole[: len(whole) - self.cut]

    def write(self, path: Path) -> Path:
        """Write the whole file; returns its path."""
        path.write_bytes(self.to_bytes())
        return path


def _text(text: str | bytes) -> bytes:
    raw = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(raw)) + raw


def _value(kind: int, value: Any) -> bytes:
    if kind == STRING:
        return _text(value)
    if kind == ARRAY and isinstance(value, bytes):
        return value
    if kind == ARRAY:
        inner, values = value
        packed = b"".join(_value(inner, item) for item in values)
        return struct.pack("<IQ", inner, len(values)) + packed
    if kind not in _FORMS:
        return bytes(value)
    return struct.pack(f"<{_FORMS[kind]}", value)


def valid() -> Gguf:
    """A llama of two layers with a SentencePiece vocabulary: byte tokens and the letters."""
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{i:02X}>" for i in range(256)), "▁", *"abcdefghijklmnopqrstuvwxyzHT"]
    types = [2, 3, 3, *[6] * 256, *[1] * 29]
    dice = random.Random(3)
    n_vocab = len(tokens)

    def weights(name: str, *shape: int) -> Tensor:
        n = shape[0] * (shape[1] if len(shape) > 1 else 1)
        values = [1.0] * n if len(shape) == 1 else [dice.gauss(0, 0.2) for _ in range(n)]
        return Tensor(name, shape, struct.pack(f"<{n}f", *values))

    tensors = [weights("token_embd.weight", N_EMBD, n_vocab), weights("output_norm.weight", N_EMBD)]
    for i in range(N_LAYER):
        block = f"blk.{i}"
        tensors.append(weights(f"{block}.attn_norm.weight", N_EMBD))
        tensors.extend(weights(f"{block}.attn_{x}.weight", N_EMBD, N_EMBD) for x in ("q", "k", "v", "output"))
        tensors.append(weights(f"{block}.ffn_norm.weight", N_EMBD))
        tensors.append(weights(f"{block}.ffn_gate.weight", N_EMBD, N_FF))
        tensors.append(weights(f"{block}.ffn_up.weight", N_EMBD, N_FF))
        tensors.append(weights(f"{block}.ffn_down.weight", N_FF, N_EMBD))
    return Gguf(
        keys=[
            ("general.architecture", STRING, "llama"),
            ("general.name", STRING, "tiny"),
            ("general.alignment", U32, 32),
            ("general.file_type", U32, 0),
            ("llama.block_count", U32, N_LAYER),
            ("llama.context_length", U32, 512),
            ("llama.embedding_length", U32, N_EMBD),
            ("llama.feed_forward_length", U32, N_FF),
            ("llama.attention.head_count", U32, N_HEAD),
            ("llama.attention.head_count_kv", U32, N_HEAD),
            ("llama.attention.layer_norm_rms_epsilon", F32, 1e-5),
            ("llama.rope.dimension_count", U32, N_EMBD // N_HEAD),
            ("llama.rope.freq_base", F32, 10000.0),
            ("llama.vocab_size", U32, n_vocab),
            ("tokenizer.ggml.model", STRING, "llama"),
            ("tokenizer.ggml.tokens", ARRAY, (STRING, tokens)),
            ("tokenizer.ggml.scores", ARRAY, (F32, [-float(i) for i in range(n_vocab)])),
            ("tokenizer.ggml.token_type", ARRAY, (I32, types)),
            ("tokenizer.ggml.bos_token_id", U32, 1),
            ("tokenizer.ggml.eos_token_id", U32, 2),
            ("tokenizer.ggml.unknown_token_id", U32, 0),
            ("tokenizer.ggml.add_bos_token", BOOL, 1),
        ],
        tensors=tensors,
    )


Bend = Callable[[Gguf], None]


def _set(key: str, value: Any, kind: int | None = None) -> Bend:
    return lambda file: file.set(key, value, kind)


def _drop(key: str) -> Bend:
    return lambda file: file.drop(key)


def _attribute(name: str, value: Any) -> Bend:
    return lambda file: setattr(file, name, value)


def _tensor(name: str, **values: Any) -> Bend:
    def bend(file: Gguf) -> None:
        for attribute, value in values.items():
            setattr(file.tensor(name), attribute, value)

    return bend


def _duplicate_token(file: Gguf) -> None:
    file.get("tokenizer.ggml.tokens")[1][-1] = "a"


def _alignment_1(file: Gguf) -> None:
    file.set("general.alignment", 1)
    file.alignment = 1
    file.set("general.name", "odd", STRING)


def _key_twice(file: Gguf) -> None:
    file.keys.append(("llama.block_count", U32, N_LAYER))


def _tensor_twice(file: Gguf) -> None:
    file.tensors.append(file.tensors[-1])


def _tensor_missing(file: Gguf) -> None:
    file.tensors.pop()


def _second_part(file: Gguf) -> None:
    file.set("split.count", 2)
    file.set("split.no", 1)


def _fewer_tokens(file: Gguf) -> None:
    for key in ("tokens", "scores", "token_type"):
        file.get(f"tokenizer.ggml.{key}")[1].pop()


def _no_bytes(file: Gguf) -> None:
    """The byte tokens become plain words: nothing can stand for a character that is not in the vocabulary."""
    kept = file.get("tokenizer.ggml.tokens")[1]
    kept[3:259] = [f"word{i}" for i in range(256)]
    file.get("tokenizer.ggml.token_type")[1][3:259] = [1] * 256


def _not_a_number(file: Gguf) -> None:
    tensor = file.tensor("output_norm.weight")
    tensor.data = struct.pack("<f", float("nan")) * N_EMBD


_Q = "blk.0.attn_q.weight"
_RMS = "llama.attention.layer_norm_rms_epsilon"

#: What to bend, and words of the sentence that must come of it.
BENDS: dict[str, tuple[Bend, str]] = {
    "no magic": (_attribute("magic", b"GGML"), "not a GGUF"),
    "version 1": (_attribute("version", 1), "version 1"),
    "version 4": (_attribute("version", 4), "version 4"),
    "big endian": (_attribute("version", 3 << 24), "big-endian"),
    "too many keys": (_attribute("n_keys", 1 << 40), "more entries"),
    "too many tensors": (_attribute("n_tensors", 1 << 40), "more entries"),
    "more keys than there are": (_attribute("n_keys", 60), "damaged"),
    "cut in the weights": (_attribute("cut", 4000), "incomplete"),
    "cut in the header": (_attribute("cut", 66_000), "incomplete"),
    "layer count 0": (_set("llama.block_count", 0), "0 layers"),
    "layer count 513": (_set("llama.block_count", 513), "513 layers"),
    "layer count of another kind": (_set("llama.block_count", 2.0, F32), "layers"),
    "no layer count": (_drop("llama.block_count"), "layers"),
    "more layers than there are": (_set("llama.block_count", 3), "could not be loaded"),
    "duplicate token": (_duplicate_token, "same token twice"),
    "negative epsilon": (_set(_RMS, -1e-5), "epsilon"),
    "epsilon not a number": (_set(_RMS, float("nan")), "epsilon"),
    "infinite frequency": (_set("llama.rope.freq_base", float("inf")), "freq_base"),
    "head count 0": (_set("llama.attention.head_count", 0), "no attention heads"),
    "key head count 0": (_set("llama.attention.head_count_kv", 0), "no attention heads"),
    "heads that do not fit": (_set("llama.attention.head_count_kv", 3), "do not fit"),
    "wrong rotation": (_set("llama.rope.dimension_count", 7), "could not be loaded"),
    "context 0": (_set("llama.context_length", 0), "context_length"),
    "embedding 0": (_set("llama.embedding_length", 0), "embedding_length"),
    "embedding too large": (_set("llama.embedding_length", 1 << 31), "embedding_length"),
    "other embedding": (_set("llama.embedding_length", 64), "could not be loaded"),
    "wrong shape": (_tensor(_Q, shape=(N_EMBD * 2, N_EMBD // 2)), "could not be loaded"),
    "shape of nothing": (_tensor(_Q, shape=(0, N_EMBD)), "no proper shape"),
    "huge shape": (_tensor(_Q, shape=(1 << 62, 1 << 62)), "no proper shape"),
    "five dimensions": (_tensor(_Q, shape=(2, 2, 2, 2, 2)), "no proper shape"),
    "offset outside": (_tensor(_Q, offset=1 << 40), "overlaps another or leaves a gap"),
    "overlapping tensors": (_tensor(_Q, offset=0), "overlaps another or leaves a gap"),
    "unknown number format": (_tensor(_Q, type=99), "format that this app does not know"),
    "removed number format": (_tensor(_Q, type=4), "format that this app does not know"),
    "tensor twice": (_tensor_twice, "two tensors named"),
    "tensor missing": (_tensor_missing, "could not be loaded"),
    "key twice": (_key_twice, "twice"),
    "alignment 0": (_set("general.alignment", 0), "alignment"),
    "alignment 1": (_alignment_1, "alignment"),
    "alignment 3": (_set("general.alignment", 3), "alignment"),
    "alignment of 2 GB": (_set("general.alignment", 1 << 31), "alignment"),
    "unknown architecture": (_set("general.architecture", "llama9"), "architecture llama9"),
    "no architecture": (_drop("general.architecture"), "what kind of model"),
    "adapter": (_set("general.type", "adapter", STRING), "adapter"),
    "no tokenizer": (_set("tokenizer.ggml.model", "none"), "no tokenizer"),
    "no vocabulary": (_drop("tokenizer.ggml.tokens"), "no vocabulary"),
    "unknown tokenizer": (_set("tokenizer.ggml.model", "magic"), "could not be loaded"),
    "vocabulary too small": (_fewer_tokens, "could not be loaded"),
    "fewer scores": (_set("tokenizer.ggml.scores", (F32, [0.0])), "fewer scores"),
    "second part": (_second_part, "one part"),
    "experts without end": (_set("llama.expert_count", 5000), "experts"),
    "experts of which none is used": (_set("llama.expert_count", 7), "experts"),
    "text without end": (_set("general.name", b"x" * 2_000_000, STRING), "too long"),
    "kind unknown": (_set("llama.block_count", b"abcd", 77), "unknown kind"),
    "weights are no numbers": (_not_a_number, "NaN"),
}


#: A vocabulary without byte tokens is a model, but `é` must not end the process that meets it.
NO_BYTES = _no_bytes


def random_mutant(dice: random.Random) -> Gguf:
    """A model with one to three meanings changed at random; it may still be a good one."""
    file = valid()
    for _ in range(dice.randint(1, 3)):
        dice.choice(_RANDOM)(file, dice)
    return file


_NUMBERS = (0, 1, 2, 3, 5, 7, 16, 31, 33, 64, 255, 256, 512, 513, 4096, 1 << 16, (1 << 31) - 1, 1 << 31, (1 << 32) - 1)
_REALS = (0.0, -1.0, 1e-30, 1e30, float("nan"), float("inf"), -float("inf"), 0.5)
_MORE_KEYS = (
    "attention.key_length attention.value_length attention.sliding_window expert_count expert_used_count "
    "rope.dimension_count rope.scaling.factor pooling_type leading_dense_block_count attention.causal"
).split()


def _random_number(file: Gguf, dice: random.Random) -> None:
    index = dice.randrange(len(file.keys))
    key, kind, _ = file.keys[index]
    if kind == F32:
        file.keys[index] = (key, kind, dice.choice(_REALS))
    elif kind == U32:
        file.keys[index] = (key, kind, dice.choice(_NUMBERS))


def _random_kind(file: Gguf, dice: random.Random) -> None:
    index = dice.randrange(len(file.keys))
    key, kind, value = file.keys[index]
    if kind == U32:
        other = dice.choice((U64, I32, 12, F32, STRING))
        value = str(value) if other == STRING else min(value, 1 << 30)
        file.keys[index] = (key, other, value)


def _random_drop(file: Gguf, dice: random.Random) -> None:
    file.keys.pop(dice.randrange(len(file.keys)))


def _random_add(file: Gguf, dice: random.Random) -> None:
    file.set(f"llama.{dice.choice(_MORE_KEYS)}", dice.choice(_NUMBERS))


def _random_list(file: Gguf, dice: random.Random) -> None:
    lists = [value for _, kind, value in file.keys if kind == ARRAY]
    if not lists or not (values := dice.choice(lists)[1]):
        return
    match dice.randrange(4):
        case 0:
            values[dice.randrange(len(values))] = values[dice.randrange(len(values))]
        case 1:
            del values[dice.randrange(len(values)) :]
        case 2:
            values.append(values[0])
        case _:
            first = values[0]
            odd: tuple[Any, ...] = ("", "\0", "é", "<0x41>") if isinstance(first, str) else (0, 99)
            values[dice.randrange(len(values))] = dice.choice(odd)


def _random_tensor(file: Gguf, dice: random.Random) -> None:
    if not file.tensors:
        return
    tensor = dice.choice(file.tensors)
    match dice.randrange(6):
        case 0:
            tensor.shape = tensor.shape[::-1]
        case 1:
            tensor.shape = (*tensor.shape, 1)
        case 2:
            tensor.type = dice.choice((0, 1, 2, 8, 24, 26, 27, 28, 30))
        case 3:
            file.tensors.remove(tensor)
        case 4:
            tensor.name = dice.choice((tensor.name[::-1], "output.weight", "rope_freqs.weight", "token_types.weight"))
        case _:
            tensor.shape = (dice.choice((1, 2, 31, 32, 33, 64)), *tensor.shape[1:])


def _random_text(file: Gguf, dice: random.Random) -> None:
    architecture = dice.choice(("gemma2", "qwen2", "phi3", "mamba", "bert", "gpt2", "t5", "rwkv7", "clip", "deepseek2"))
    if dice.random() < 0.5:
        file.set("tokenizer.ggml.model", dice.choice(("gpt2", "bert", "t5", "rwkv", "plamo2", "llama", "")), STRING)
        return
    file.set("general.architecture", architecture, STRING)
    file.keys = [(key.replace("llama.", f"{architecture}.", 1), kind, value) for key, kind, value in file.keys]


_RANDOM: list[Callable[[Gguf, random.Random], None]] = [
    _random_number,
    _random_number,
    _random_number,
    _random_kind,
    _random_drop,
    _random_add,
    _random_add,
    _random_list,
    _random_list,
    _random_tensor,
    _random_tensor,
    _random_text,
]
