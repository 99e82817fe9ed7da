"""Tokenizer: what may be asked of any tokenizer, whoever made it; and what it makes of a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from desktop_llm.engine.vocabulary import TokenKind


@dataclass(frozen=True, slots=True)
class TokenizerFacts:
    """What a tokenizer is. `name` is what it is asked for by; `source` says where it comes from, in a word."""

    name: str
    title: str
    algorithm: str
    n_vocab: int
    source: str
    licence: str = ""


class Tokenizer(Protocol):
    """Turns texts into token ids and back. One thread at a time."""

    @property
    def facts(self) -> TokenizerFacts:
        """What it is."""
        ...

    def encode(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
        """Text to token ids.

        `add_special` puts the tokens around it that the model was trained with (BOS, CLS …); `parse_special` reads
        control tokens that are written out in the text as what they are. Raises GenerationError.
        """
        ...

    def piece(self, token: int) -> bytes:
        """A token's bytes, those of control tokens too. Raises GenerationError for one that is none."""
        ...

    def kind(self, token: int) -> TokenKind:
        """What sort of token it is; one whose bytes are only a part of a character is a BYTE."""
        ...

    def close(self) -> None:
        """Free it; nothing may be asked of it afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """One token of a text."""

    id: int
    content: bytes
    kind: TokenKind

    @property
    def text(self) -> str:
        """What it says; bytes that are no whole character are written as <0xE2>."""
        try:
            return self.content.decode("utf-8")
        except UnicodeDecodeError:
            return "".join(chr(byte) if byte < 0x80 else f"<0x{byte:02X}>" for byte in self.content)


def pieces_of(tokenizer: Tokenizer, ids: Sequence[int]) -> list[Piece]:
    """The pieces of token ids. Each id is looked up once. Raises GenerationError."""
    known = {token: Piece(token, tokenizer.piece(token), tokenizer.kind(token)) for token in set(ids)}
    return [known[token] for token in ids]


def decode(tokenizer: Tokenizer, ids: Sequence[int], *, show_special: bool = True) -> str:
    """Token ids to text; a character that is not whole becomes U+FFFD. Raises GenerationError."""
    shown = _shown(tokenizer, ids, show_special)
    return b"".join(shown).decode("utf-8", "replace")


def _shown(tokenizer: Tokenizer, ids: Sequence[int], show_special: bool) -> Iterator[bytes]:
    for token in ids:
        if show_special or tokenizer.kind(token) is not TokenKind.SPECIAL:
            yield tokenizer.piece(token)


def is_part_of_character(content: bytes) -> bool:
    """Whether bytes are not whole characters by themselves."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False
