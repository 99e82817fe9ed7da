"""Vocabulary: what may be asked of a model file's tokenizer when its weights are not loaded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class TokenKind(StrEnum):
    """What sort of token: one of text, one byte of a character that is no token, one that controls the model."""

    NORMAL = "normal"
    BYTE = "byte"
    SPECIAL = "special"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class VocabularyFacts:
    """What a file says of its vocabulary. `family` is how llama.cpp splits words (qwen2, default …).

    `n_ctx_train` is tokens; 0 where the file does not say. `chat_template` is the file's own, or None; the texts of
    BOS and EOS, which templates name, are "" where there is none.
    """

    name: str
    algorithm: str
    family: str
    n_vocab: int
    n_ctx_train: int
    chat_template: str | None = None
    bos_text: str = ""
    eos_text: str = ""


class Vocabulary(Protocol):
    """An open vocabulary. One thread at a time."""

    @property
    def facts(self) -> VocabularyFacts:
        """What it is."""
        ...

    def encode(self, text: str, *, add_special: bool, parse_special: bool) -> list[int]:
        """Text to token ids. Raises GenerationError."""
        ...

    def piece(self, token: int) -> bytes:
        """A token's bytes, those of control tokens too. Raises GenerationError."""
        ...

    def kind(self, token: int) -> TokenKind:
        """What sort of token it is. Raises GenerationError."""
        ...

    def close(self) -> None:
        """Free it."""
        ...
