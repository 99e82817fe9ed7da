"""OpenAI's encodings, by tiktoken, from rank files that ship with the app.

tiktoken's own loader fetches a rank file that it does not find. It is never called: the encodings are made here, from
bytes that were checked before, so nothing is fetched whatever is missing.
"""

from __future__ import annotations

import base64

import tiktoken

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.errors import GenerationError
from desktop_llm.tokens.encodings import EncodingRecipe
from desktop_llm.tokens.tokenizer import TokenizerFacts, is_part_of_character


class TiktokenTokenizer:
    """`Tokenizer` over an encoding. Any thread."""

    def __init__(self, encoding: tiktoken.Encoding, facts: TokenizerFacts) -> None:
        self._encoding = encoding
        self._special = {encoding.encode_single_token(text) for text in encoding.special_tokens_set}
        self.facts = facts

    def encode(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
        """Text to token ids. These encodings put nothing around a text, so `add_special` changes nothing."""
        if parse_special:
            return self._encoding.encode(text, allowed_special="all")
        return self._encoding.encode_ordinary(text)

    def piece(self, token: int) -> bytes:
        """A token's bytes. Raises GenerationError."""
        try:
            return self._encoding.decode_single_token_bytes(token)
        except (KeyError, OverflowError, TypeError) as error:
            raise GenerationError("Token {token} does not exist in this model.", token=token) from error

    def kind(self, token: int) -> TokenKind:
        """What sort of token it is."""
        if token in self._special:
            return TokenKind.SPECIAL
        return TokenKind.BYTE if is_part_of_character(self.piece(token)) else TokenKind.NORMAL

    def close(self) -> None:
        """Nothing is held."""


def make_encoding(recipe: EncodingRecipe, rank_file: bytes) -> tiktoken.Encoding:
    """The encoding of a recipe, from the content of its rank file. Takes 0.1 to 0.5 s."""
    ranks = {}
    for line in rank_file.splitlines():
        token, rank = line.split()
        if recipe.n_ranks is None or int(rank) < recipe.n_ranks:
            ranks[base64.b64decode(token)] = int(rank)
    return tiktoken.Encoding(recipe.name, pat_str=recipe.pattern, mergeable_ranks=ranks, special_tokens=recipe.special)
