"""The tokenizer of a GGUF file: its vocabulary alone, by llama.cpp."""

from __future__ import annotations

from desktop_llm.engine.vocabulary import TokenKind, Vocabulary, VocabularyFacts
from desktop_llm.tokens.tokenizer import TokenizerFacts, is_part_of_character


class GgufTokenizer:
    """`Tokenizer` over an open vocabulary, which it owns. One thread at a time."""

    def __init__(self, vocabulary: Vocabulary, facts: TokenizerFacts) -> None:
        self._vocabulary = vocabulary
        self.facts = facts

    @property
    def said(self) -> VocabularyFacts:
        """What the file says of its vocabulary, and its chat template."""
        return self._vocabulary.facts

    def encode(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
        """Text to token ids. Raises GenerationError."""
        return self._vocabulary.encode(text, add_special=add_special, parse_special=parse_special)

    def piece(self, token: int) -> bytes:
        """A token's bytes. Raises GenerationError."""
        return self._vocabulary.piece(token)

    def kind(self, token: int) -> TokenKind:
        """What sort of token it is."""
        kind = self._vocabulary.kind(token)
        if kind is TokenKind.NORMAL and is_part_of_character(self.piece(token)):
            return TokenKind.BYTE
        return kind

    def close(self) -> None:
        """Free the vocabulary."""
        self._vocabulary.close()
