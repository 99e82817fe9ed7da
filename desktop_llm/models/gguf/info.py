"""ModelInfo: what a model file is, from its header alone, checked in pure Python before llama.cpp meets it.

llama.cpp aborts the whole process on headers that look right but mean nonsense; the rules here stop
the kinds that are known. What is only wrong inside (a tensor too few, a strange shape) is found by
the trial in a child process (`engine/trial.py`), which comes after.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop_llm.engine.encoders import ENCODERS
from desktop_llm.errors import ModelError, ModelNotFoundError
from desktop_llm.models.gguf.reader import (
    TOKENS_KEY,
    Faults,
    Header,
    NumberArray,
    StringArray,
    Tensor,
    Value,
    parse_header,
    read_header,
)
from desktop_llm.models.gguf.tables import ARCHITECTURES, FILE_TYPES

MAX_LAYERS: Final = 512  # llama-hparams.h, LLAMA_MAX_LAYERS
MAX_EXPERTS: Final = 1024  # llama-hparams.h, LLAMA_MAX_EXPERTS
_MAX_COUNT: Final = 1 << 24
_PROJECTOR: Final = "clip"
#: Parts of a tensor's name that do not say what it does.
_NO_ROLE: Final = {"blk", "weight", "bias"}
_SMALLEST_FILE: Final = 24  # bytes: magic, version, two counts


@dataclass(frozen=True, slots=True)
class RopeScaling:
    """How positions are stretched beyond the context of the first training. 0: the file does not say.

    `kind` is llama.cpp's word (linear, yarn, longrope), or "per dimension" where a tensor holds the factors.
    """

    kind: str
    factor: float
    n_ctx_original: int


@dataclass(frozen=True, slots=True)
class TensorGroup:
    """The tensors that do the same in every layer, as ffn_down: number formats with how many, largest first."""

    role: str
    types: tuple[tuple[str, int], ...]
    n_params: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a GGUF file is: all the facts that its header tells. Counts are 0 where the file does not say.

    `type_shares` are the parts of the weights' bytes by number format, largest first; `tensors` has
    the format of each. Context and window are tokens. `split_count` is above 1 for one part of
    several, `split_index` says which (from 0). `n_head_kv` is the largest of all layers. `tokenizer`
    is its kind, with the family where it says one: "gpt2 (qwen2)".
    """

    path: Path
    architecture: str
    name: str
    n_params: int
    n_layer: int
    n_embd: int
    n_head: int
    n_head_kv: int
    n_ctx_train: int
    n_vocab: int
    quantization: str
    type_shares: tuple[tuple[str, float], ...]
    bits_per_weight: float
    size_bytes: int
    chat_template: str | None
    licence: str
    is_embedding: bool
    is_projector: bool
    split_count: int
    split_index: int
    sliding_window: int
    n_expert: int
    n_expert_used: int
    tokenizer: str
    rope_freq_base: float
    rope_scaling: RopeScaling | None
    tensors: tuple[Tensor, ...]

    @property
    def has_chat_template(self) -> bool:
        """Whether the file says how its model wants conversations."""
        return self.chat_template is not None

    @property
    def groups(self) -> tuple[TensorGroup, ...]:
        """The tensors by what they do, largest first: which number format each role got."""
        roles: dict[str, list[Tensor]] = {}
        for tensor in self.tensors:
            roles.setdefault(_role(tensor.name), []).append(tensor)
        groups = (
            TensorGroup(
                role,
                tuple(Counter(tensor.type_name for tensor in tensors).most_common()),
                sum(tensor.n_elements for tensor in tensors),
                sum(tensor.size_bytes for tensor in tensors),
            )
            for role, tensors in roles.items()
        )
        return tuple(sorted(groups, key=lambda group: -group.size_bytes))


def read_model_info(path: Path) -> ModelInfo:
    """Read and check a model file's header; the weights are not touched. Any thread.

    Takes at most 100 ms and 64 MB, whatever the file holds. Raises ModelNotFoundError,
    ModelFormatError, or OSError when the file cannot be read.
    """
    if not path.is_file():
        raise ModelNotFoundError("There is no model file {path}.", path=path)
    fault = Faults(path.name)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < _SMALLEST_FILE:
            raise fault("{name} is not a GGUF model file.")
        header = read_header(file, size, path.name)
    return describe(path, header, size)


def parse_model_info(start: bytes, size_bytes: int, name: str) -> ModelInfo:
    """The same of a file that is elsewhere, from its first bytes; `size_bytes` is the whole file's. Pure.

    Raises ModelFormatError; as IncompleteHeaderError it says how many bytes are needed at least.
    """
    return describe(Path(name), parse_header(start, size_bytes, name), size_bytes)


def read_served_model_info(path: Path) -> ModelInfo:
    """The same, for a file that is to chat or to make embeddings. Raises ModelFormatError also for what can neither."""
    info = read_model_info(path)
    if info.is_projector:
        raise Faults(path.name)("{name} is the vision part of another model. Open that model's file instead.")
    return info


def read_chat_model_info(path: Path) -> ModelInfo:
    """The same, for a file that is to chat. Raises ModelFormatError also for what is a model but cannot."""
    info = read_served_model_info(path)
    if info.is_embedding:
        raise Faults(path.name)("{name} compares texts (an embedding model); it cannot chat. Choose a chat model.")
    return info


def is_embedding_model(path: Path) -> bool:
    """Whether a file makes embeddings; not so for one that cannot be read."""
    try:
        return read_model_info(path).is_embedding
    except (ModelError, OSError):
        return False


def describe(path: Path, header: Header, size_bytes: int) -> ModelInfo:
    """Check what a header means and sum it up. Raises ModelFormatError."""
    keys = _Keys(header.metadata, Faults(path.name))
    architecture = keys.architecture()
    is_projector = architecture == _PROJECTOR
    if not is_projector:
        _check_meaning(keys)
    weight_bytes = sum(tensor.size_bytes for tensor in header.tensors)
    n_params = sum(tensor.n_elements for tensor in header.tensors)
    tokens = header.metadata.get(TOKENS_KEY)
    template = header.metadata.get("tokenizer.chat_template")
    shares = _type_shares(header.tensors, weight_bytes)
    return ModelInfo(
        path=path,
        architecture=architecture,
        name=keys.text("general.name") or path.stem,
        n_params=n_params,
        n_layer=keys.count("block_count"),
        n_embd=keys.count("embedding_length"),
        n_head=keys.largest("attention.head_count"),
        n_head_kv=keys.largest("attention.head_count_kv") or keys.largest("attention.head_count"),
        n_ctx_train=keys.count("context_length"),
        n_vocab=tokens.count if isinstance(tokens, StringArray) else keys.count("vocab_size"),
        quantization=_quantization(header.metadata, shares),
        type_shares=shares,
        bits_per_weight=8 * weight_bytes / n_params if n_params else 0.0,
        size_bytes=size_bytes,
        chat_template=template if isinstance(template, str) else None,
        licence=keys.text("general.license"),
        is_embedding=architecture in ENCODERS or keys.count("pooling_type") > 0,
        is_projector=is_projector,
        split_count=max(1, keys.general_count("split.count")),
        split_index=keys.general_count("split.no"),
        sliding_window=keys.largest("attention.sliding_window"),
        n_expert=keys.count("expert_count"),
        n_expert_used=keys.largest("expert_used_count"),
        tokenizer=_tokenizer(keys),
        rope_freq_base=keys.real("rope.freq_base"),
        rope_scaling=_rope_scaling(keys, header.tensors),
        tensors=header.tensors,
    )


class _Keys:
    """The metadata, asked by meaning. Keys without "general." or "split." are the architecture's own."""

    def __init__(self, metadata: dict[str, Value], fault: Faults) -> None:
        self.metadata = metadata
        self.fault = fault
        self._architecture = ""

    def architecture(self) -> str:
        """What llama.cpp will take the file for. Raises ModelFormatError when it is unknown."""
        value = self.metadata.get("general.architecture")
        if not isinstance(value, str) or not value:
            raise self.fault("{name} does not say what kind of model it is.")
        if self.metadata.get("general.type") == "adapter":
            raise self.fault("{name} is an adapter for another model (LoRA), not a model.")
        if value not in ARCHITECTURES:
            raise self.fault(
                "{name} is of the architecture {architecture}, which this version of the engine does not know.",
                architecture=value[:64],
            )
        self._architecture = value
        return value

    def get(self, key: str) -> Value | None:
        """The architecture's own key."""
        return self.metadata.get(f"{self._architecture}.{key}")

    def text(self, key: str) -> str:
        """A text, or "" when it is not there."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else ""

    def general_count(self, key: str) -> int:
        """A number that is not the architecture's own; 0 when it is not there."""
        value = self.metadata.get(key)
        return value if isinstance(value, int) else 0

    def count(self, key: str) -> int:
        """A number; 0 when it is not there."""
        value = self.get(key)
        return value if isinstance(value, int) else 0

    def real(self, key: str) -> float:
        """A number of any kind; 0 when it is not there."""
        value = self.get(key)
        return float(value) if isinstance(value, int | float) else 0.0

    def numbers(self, key: str) -> list[int | float]:
        """A number, or one for each layer; nothing when it is not there."""
        value = self.get(key)
        if isinstance(value, NumberArray):
            return value.values() if value.count <= MAX_LAYERS else []
        return [value] if isinstance(value, int | float) else []

    def largest(self, key: str) -> int:
        """The largest over all layers; 0 when it is not there."""
        return int(max(self.numbers(key), default=0))

    def own(self) -> list[tuple[str, Value]]:
        """All the architecture's own keys, without its name in front."""
        prefix = f"{self._architecture}."
        return [(key.removeprefix(prefix), value) for key, value in self.metadata.items() if key.startswith(prefix)]


def _check_meaning(keys: _Keys) -> None:
    """Refuse what llama.cpp would abort on, or would take for another thing than it is."""
    _check_parts(keys)
    _check_layers(keys)
    _check_numbers(keys)
    _check_heads(keys)
    _check_tokenizer(keys)


def _check_parts(keys: _Keys) -> None:
    if keys.general_count("split.count") > 1 and keys.general_count("split.no") > 0:
        raise keys.fault("{name} is one part of a model in several files. Choose its first part.")


def _check_layers(keys: _Keys) -> None:
    layers = keys.get("block_count")
    if not isinstance(layers, int) or isinstance(layers, bool):
        raise keys.fault("{name} is damaged: it does not say how many layers its model has.")
    if not 1 <= layers <= MAX_LAYERS:
        raise keys.fault("{name} is damaged: it claims {n} layers; a model has 1 to {most}.", n=layers, most=MAX_LAYERS)
    for key in ("context_length", "embedding_length"):
        value = keys.get(key)
        if not isinstance(value, int) or not 1 <= value <= _MAX_COUNT:
            raise keys.fault("{name} is damaged: its {key} is missing or no sensible number.", key=key)


def _check_numbers(keys: _Keys) -> None:
    for key, value in keys.own():
        if isinstance(value, float) and not math.isfinite(value):
            raise keys.fault("{name} is damaged: its {key} is no number.", key=key)
        if key.endswith("epsilon") and (not isinstance(value, float) or value < 0):
            raise keys.fault("{name} is damaged: its {key} is not a number from 0 up.", key=key)
        if isinstance(value, int) and not isinstance(value, bool) and not -1 <= value < 1 << 32:
            raise keys.fault("{name} is damaged: its {key} is no sensible number.", key=key)
    n_expert, n_used = keys.count("expert_count"), keys.largest("expert_used_count")
    if n_expert > MAX_EXPERTS or n_used > n_expert or (n_expert > 0 and n_used == 0):
        raise keys.fault("{name} is damaged: its number of experts is no sensible number.")


def _check_heads(keys: _Keys) -> None:
    heads = keys.numbers("attention.head_count")
    kv_heads = keys.numbers("attention.head_count_kv")
    for key, values in (("head_count", heads), ("head_count_kv", kv_heads)):
        if any(not 0 <= value <= _MAX_COUNT for value in values):
            raise keys.fault("{name} is damaged: its {key} is no sensible number.", key=key)
    # A model of attention layers alone gives one number; 0 of them divides by zero in llama.cpp.
    for key in ("attention.head_count", "attention.head_count_kv"):
        if keys.get(key) == 0 and not _is_recurrent(keys):
            raise keys.fault("{name} is damaged: it has no attention heads.")
    if heads and kv_heads and len(heads) == len(kv_heads) == 1 and kv_heads[0] and heads[0] % kv_heads[0]:
        raise keys.fault("{name} is damaged: its attention heads do not fit together.")


def _is_recurrent(keys: _Keys) -> bool:
    """Models with state instead of attention, in some layers or all, say so by these keys."""
    return any(key.startswith(("ssm.", "wkv.", "kda.", "shortconv.")) or "wkv" in key for key, _ in keys.own())


def _check_tokenizer(keys: _Keys) -> None:
    model = keys.metadata.get("tokenizer.ggml.model")
    tokens = keys.metadata.get(TOKENS_KEY)
    if not isinstance(model, str) or model in {"none", "no_vocab", ""}:
        raise keys.fault("{name} has no tokenizer, so its model cannot read text.")
    if not isinstance(tokens, StringArray) or not tokens.count:
        raise keys.fault("{name} is damaged: its tokenizer has no vocabulary.")
    for key in ("scores", "token_type"):
        array = keys.metadata.get(f"tokenizer.ggml.{key}")
        if array is not None and (not isinstance(array, NumberArray) or array.count < tokens.count):
            raise keys.fault("{name} is damaged: its tokenizer lists fewer {key} than tokens.", key=key)


def _tokenizer(keys: _Keys) -> str:
    kind, family = keys.text("tokenizer.ggml.model"), keys.text("tokenizer.ggml.pre")
    return f"{kind} ({family})" if kind and family else kind


def _rope_scaling(keys: _Keys, tensors: tuple[Tensor, ...]) -> RopeScaling | None:
    """As the keys say it; some models have the factors in a tensor instead (llama-model.cpp)."""
    value = keys.get("rope.scaling.type")
    kind = value if isinstance(value, str) and value != "none" else ""
    factor = keys.real("rope.scaling.factor") or keys.real("rope.scale_linear")
    if not kind and any(tensor.name.startswith(("rope_freqs", "rope_factors")) for tensor in tensors):
        kind = "per dimension"
    if not kind and not (value is None and factor not in (0.0, 1.0)):
        return None
    return RopeScaling(kind or "linear", factor, keys.count("rope.scaling.original_context_length"))


def _role(name: str) -> str:
    """What a tensor does, whichever its layer: "ffn_down" of "blk.7.ffn_down.weight"."""
    parts = [part for part in name.split(".") if not part.isdecimal() and part not in _NO_ROLE]
    return ".".join(parts) or name


def _quantization(metadata: dict[str, Value], shares: tuple[tuple[str, float], ...]) -> str:
    """What the file says it is, or else the format of most of its bytes."""
    file_type = metadata.get("general.file_type")
    if isinstance(file_type, int) and file_type in FILE_TYPES:
        return FILE_TYPES[file_type]
    return shares[0][0] if shares else ""


def _type_shares(tensors: tuple[Tensor, ...], weight_bytes: int) -> tuple[tuple[str, float], ...]:
    sizes: Counter[str] = Counter()
    for tensor in tensors:
        sizes[tensor.type_name] += tensor.size_bytes
    return tuple((kind, size / weight_bytes) for kind, size in sizes.most_common())
