"""OpenAI's encodings as data: from which rank file each is made, how it splits words, its special tokens.

The same as tiktoken's own (tiktoken_ext/openai_public.py), whose functions would fetch a rank file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_END_OF_TEXT: Final = "<|endoftext|>"
_END_OF_PROMPT: Final = "<|endofprompt|>"
_FILL_IN: Final = ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>")

_R50K: Final = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""
_CL100K: Final = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"""
    r"""|\s++$|\s*[\r\n]|\s+(?!\S)|\s"""
)
_O200K: Final = (
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"""
    r"""|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"""
    r"""|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
)
_HARMONY_NAMED: Final = {
    "<|startoftext|>": 199998,
    _END_OF_TEXT: 199999,
    "<|return|>": 200002,
    "<|constrain|>": 200003,
    "<|channel|>": 200005,
    "<|start|>": 200006,
    "<|end|>": 200007,
    "<|message|>": 200008,
    "<|call|>": 200012,
}


@dataclass(frozen=True, slots=True)
class EncodingRecipe:
    """How an encoding is made: from which rank file, of which only the ranks below `n_ranks` count where it says so."""

    name: str
    title: str
    ranks: str
    pattern: str
    special: dict[str, int]
    n_vocab: int
    n_ranks: int | None = None


def _harmony() -> dict[str, int]:
    taken = set(_HARMONY_NAMED.values()) | {200018}
    reserved = {f"<|reserved_{i}|>": i for i in range(200000, 201088) if i not in taken}
    return {**_HARMONY_NAMED, **reserved, _END_OF_PROMPT: 200018, "<|reserved_200018|>": 200018}


RECIPES: Final = (
    EncodingRecipe(
        "cl100k_base",
        "GPT-4, GPT-3.5 (OpenAI)",
        "cl100k_base",
        _CL100K,
        {_END_OF_TEXT: 100257, **dict(zip(_FILL_IN, range(100258, 100261), strict=True)), _END_OF_PROMPT: 100276},
        n_vocab=100277,
    ),
    EncodingRecipe(
        "o200k_base",
        "GPT-4o, GPT-5 (OpenAI)",
        "o200k_base",
        _O200K,
        {_END_OF_TEXT: 199999, _END_OF_PROMPT: 200018},
        n_vocab=200019,
    ),
    EncodingRecipe("o200k_harmony", "gpt-oss (OpenAI)", "o200k_base", _O200K, _harmony(), n_vocab=201088),
    EncodingRecipe("p50k_base", "Codex (OpenAI)", "p50k_base", _R50K, {_END_OF_TEXT: 50256}, n_vocab=50281),
    EncodingRecipe(
        "p50k_edit",
        "Codex, edits (OpenAI)",
        "p50k_base",
        _R50K,
        {_END_OF_TEXT: 50256, **dict(zip(_FILL_IN, range(50281, 50284), strict=True))},
        n_vocab=50284,
    ),
    # p50k_base is r50k_base and 24 tokens of spaces.
    EncodingRecipe(
        "r50k_base", "GPT-3 (OpenAI)", "p50k_base", _R50K, {_END_OF_TEXT: 50256}, n_vocab=50257, n_ranks=50256
    ),
)
