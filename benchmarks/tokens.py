"""How fast texts are counted: a document of 1 MB whole and in chunks, and an edit within it.

    python -m benchmarks.tokens [tokenizer …]

The document is this project's own words and code, repeated to a megabyte. `open` is the first use of a tokenizer in a
process, `whole` the document at once, `chunks` the same cut at safe borders, `edit` the slowest chunk of it: what an
edited character costs; `hints` all hints for it. Best of three, in milliseconds.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from desktop_llm.engine.llama.vocabulary import open_vocabulary
from desktop_llm.engine.trial import try_vocabulary
from desktop_llm.models.library.library import ModelLibrary
from desktop_llm.tokens.bundled import BundledVocabularies
from desktop_llm.tokens.chunks import chunks_of, encode_chunk
from desktop_llm.tokens.hints import hints
from desktop_llm.tokens.shelf import TokenizerShelf
from desktop_llm.tokens.tokenizer import Tokenizer

ROOT = Path(__file__).resolve().parents[1]
SIZE_BYTES = 1_000_000
_REPEATS = 3
_NAMES = ("starter", "phi-3", "qwen2", "falcon", "gpt-2", "bert", "cl100k_base", "o200k_base")
_TABLE = "{:12} {:>8} {:>8} {:>8} {:>8} {:>8} {:>10}"


def document() -> str:
    """A megabyte of Markdown and Python, ASCII but for some characters."""
    files = [*sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "desktop_llm").rglob("*.py"))]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    while len(text) < SIZE_BYTES:
        text += text
    return text.encode()[:SIZE_BYTES].decode("utf-8", "ignore")


def main() -> int:
    """Returns the exit status: 1 when chunks gave other tokens than the whole."""
    text = document()
    results = []
    print(_TABLE.format("", "open", "whole", "chunks", "edit", "hints", "tokens"))
    with tempfile.TemporaryDirectory() as folder:
        library = ModelLibrary(ROOT / "resources" / "models", Path(folder))
        bundled = BundledVocabularies(ROOT / "resources" / "vocabularies", Path(folder))
        shelf = TokenizerShelf(bundled, library, open_vocabulary, try_vocabulary)
        for name in sys.argv[1:] or _NAMES:
            result = _measure(shelf, name, text)
            results.append(result)
            print(_TABLE.format(*(f"{value:,}" if isinstance(value, int) else value for value in result.values())))
    print(json.dumps(results))
    return 0


def _measure(shelf: TokenizerShelf, name: str, text: str) -> dict[str, str | int]:
    opened_at = time.perf_counter()
    tokenizer = shelf.open(name)
    open_ms = 1000 * (time.perf_counter() - opened_at)
    chunks = chunks_of(text)
    whole = tokenizer.encode(text)
    if _in_chunks(tokenizer, chunks) != whole:
        raise SystemExit(f"{name}: chunks gave other tokens than the whole")
    result: dict[str, str | int] = {
        "tokenizer": name,
        "open_ms": round(open_ms),
        "whole_ms": _best(lambda: tokenizer.encode(text)),
        "chunks_ms": _best(lambda: _in_chunks(tokenizer, chunks)),
        "edit_ms": max(_best(lambda: encode_chunk(tokenizer, chunk, is_first=False)) for chunk in chunks),  # noqa: B023
        "hints_ms": _best(lambda: hints(tokenizer, text, len(whole)), repeats=1),
        "n_tokens": len(whole),
    }
    tokenizer.close()
    return result


def _in_chunks(tokenizer: Tokenizer, chunks: list[str]) -> list[int]:
    return [token for n, chunk in enumerate(chunks) for token in encode_chunk(tokenizer, chunk, is_first=n == 0)]


def _best(do: Callable[[], object], repeats: int = _REPEATS) -> int:
    """Milliseconds."""
    times = []
    for _ in range(repeats):
        started_at = time.perf_counter()
        do()
        times.append(time.perf_counter() - started_at)
    return round(1000 * min(times))


if __name__ == "__main__":
    sys.exit(main())
