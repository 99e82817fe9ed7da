"""The bundled vocabularies: packed from where their publishers put them into resources/vocabularies/.

    python -m tools.vocabularies ENGINE_SOURCE RANKS

ENGINE_SOURCE is the unpacked source package of llama-cpp-python (it carries llama.cpp's vocabulary-only GGUF files,
and the ids that it expects of each); RANKS is a folder of tiktoken's rank files, named as in tiktoken's cache (the
package `litellm` has one). Only files whose licence allows it are taken; README.md beside them says which.
The same inputs always give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop_llm.engine.llama.vocabulary import open_vocabulary
from tools.steps import ROOT

TARGET: Final = ROOT / "resources" / "vocabularies"
EXPECTED: Final = ROOT / "tests" / "tokens" / "expected"
_MODELS: Final = Path("vendor/llama.cpp/models")


@dataclass(frozen=True, slots=True)
class _Source:
    """One file: its name here and there, and the facts that are listed of it."""

    name: str
    title: str
    licence: str
    file: str
    is_gguf: bool = True


_SOURCES: Final = (
    _Source("phi-3", "Phi-3 (Microsoft)", "MIT", "ggml-vocab-phi-3.gguf"),
    _Source("qwen2", "Qwen2 (Alibaba Cloud)", "Apache-2.0", "ggml-vocab-qwen2.gguf"),
    _Source("falcon", "Falcon (TII)", "Apache-2.0", "ggml-vocab-falcon.gguf"),
    _Source("gpt-2", "GPT-2 (OpenAI)", "Modified MIT", "ggml-vocab-gpt-2.gguf"),
    _Source("bert", "BERT, as in BGE (BAAI, Google)", "MIT", "ggml-vocab-bert-bge.gguf"),
    _Source("cl100k_base", "GPT-4 (OpenAI)", "MIT", "9b5ad71b2ce5302211f9c61530b329a4922fc6a4", is_gguf=False),
    _Source("o200k_base", "GPT-4o (OpenAI)", "MIT", "fb374d419588a4632f3f557e76b4b70aebbca790", is_gguf=False),
    _Source("p50k_base", "Codex (OpenAI)", "MIT", "ec7223a39ce59f226a68acc30dc1af2788490e15", is_gguf=False),
)


def pack(engine_source: Path, ranks: Path) -> None:
    """Write the packed files, their index, and the expected ids for the tests."""
    index = []
    for source in _SOURCES:
        path = (engine_source / _MODELS if source.is_gguf else ranks) / source.file
        content = path.read_bytes()
        name = f"{source.name}.gguf" if source.is_gguf else f"{source.name}.tiktoken"
        packed = lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)
        (TARGET / f"{name}.xz").write_bytes(packed)
        index.append(
            {
                "name": source.name,
                "title": source.title,
                "licence": source.licence,
                **_facts(path if source.is_gguf else None),
                "file": name,
                "size_bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
        print(f"{name}: {len(content):,} bytes, {len(packed):,} packed")
        if source.is_gguf:
            _keep_expected(path, source.name)
    (TARGET / "index.json").write_text(json.dumps(index, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _facts(vocabulary: Path | None) -> dict[str, str | int]:
    if vocabulary is None:
        return {"algorithm": "BPE", "n_vocab": 0}
    opened = open_vocabulary(vocabulary)
    facts = opened.facts
    opened.close()
    return {"algorithm": facts.algorithm, "n_vocab": facts.n_vocab}


def _keep_expected(file: Path, name: str) -> None:
    """llama.cpp's own test texts, which all vocabularies share, and what they are in this one."""
    (EXPECTED / "texts.inp").write_bytes(file.with_name(f"{file.name}.inp").read_bytes())
    (EXPECTED / f"{name}.out").write_bytes(file.with_name(f"{file.name}.out").read_bytes())


def main() -> int:
    """Returns the exit status."""
    engine_source, ranks = map(Path, sys.argv[1:3])
    pack(engine_source, ranks)
    return 0


if __name__ == "__main__":
    sys.exit(main())
