"""Small GGUF files with a chat template of the test's own and a real vocabulary."""

from __future__ import annotations

from pathlib import Path

import gguf

from tests.forge import Shape, vocabulary_of

_TEMPLATE = "tokenizer.chat_template"


def write_with_template(path: Path, vocabulary: Path, template: str) -> Path:
    """A model file without weights: what the Prompt tab reads of a file is its header."""
    shape = Shape()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(shape.n_layer)
    writer.add_context_length(shape.n_ctx)
    writer.add_embedding_length(shape.n_embd)
    writer.add_head_count(shape.n_head)
    writer.add_layer_norm_rms_eps(1e-5)
    for name, value, kind in vocabulary_of(vocabulary):
        if kind is gguf.GGUFValueType.ARRAY:
            writer.add_array(name, value)
        elif name != _TEMPLATE:
            writer.add_key_value(name, value, kind)
    writer.add_string(_TEMPLATE, template)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
