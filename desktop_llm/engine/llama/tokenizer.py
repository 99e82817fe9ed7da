"""A model's tokenizer: texts to token ids and back, by llama.cpp, with what it lacks or would not survive."""

from __future__ import annotations

import ctypes
import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final

from llama_cpp import llama_cpp

from desktop_llm.engine.llama.safe_cuts import LEAD, PART, Characters, characters_of, safe_parts
from desktop_llm.engine.model import InfillTokens
from desktop_llm.errors import GenerationError

_SENTENCEPIECE: Final = 1  # LLAMA_VOCAB_TYPE_SPM
_WORDPIECE: Final = 3  # LLAMA_VOCAB_TYPE_WPM
_BYTE_TOKEN: Final = 1 << 5  # LLAMA_TOKEN_ATTR_BYTE
_N_BYTES: Final = 256
_BPE: Final = 2  # LLAMA_VOCAB_TYPE_BPE
#: llama.cpp splits the words of many families (Falcon, DeepSeek …) with std::regex, which goes one call deeper for each
#: character of a run: 5,000 full stops end a process on a stack of 1 MB. Longer runs are cut there.
_LONG_RUN: Final = re.compile(r"\w{1000}|\s{1000}|[^\w\s]{1000}")
_LOWERCASE: Final = "tokenizer.ggml.normalizer.lowercase"
_STRIP_ACCENTS: Final = "tokenizer.ggml.normalizer.strip_accents"


def _overrides() -> Any:
    overrides = (llama_cpp.llama_model_kv_override * 2)()  # an empty key ends the list
    overrides[0].tag = llama_cpp.LLAMA_KV_OVERRIDE_TYPE_BOOL
    overrides[0].key = _STRIP_ACCENTS.encode()
    overrides[0].value.val_bool = False
    return overrides


#: What a model is loaded with, so that llama.cpp leaves accents to `Tokenizer`: it decomposes a character to its first
#: part alone and drops all marks, which loses the vowels of Korean and of Indic scripts (unicode.cpp).
TOKENIZER_OVERRIDES: Final = _overrides()


class Tokenizer:
    """One vocabulary, open as long as its model. The thread of its model."""

    def __init__(self, vocab: Any, metadata: Iterable[tuple[str, str]]) -> None:
        self._vocab = vocab
        self._n_vocab: int = llama_cpp.llama_vocab_n_tokens(vocab)
        self._pieces: dict[tuple[int, bool], bytes] = {}
        self._ends: dict[int, bool] = {}
        said = dict(metadata)
        is_wordpiece = llama_cpp.llama_vocab_type(vocab) == _WORDPIECE
        self._strips_accents = is_wordpiece and said.get(_STRIP_ACCENTS, said.get(_LOWERCASE, "true")) == "true"

    def tokenize(self, text: str, *, add_special: bool, parse_special: bool) -> list[int]:
        """Text to token ids. Raises GenerationError when the vocabulary cannot hold the text."""
        self._check_characters(text)
        if self._strips_accents:
            text = without_accents(text)
        if llama_cpp.llama_vocab_type(self._vocab) == _BPE and _LONG_RUN.search(text):
            return self._tokenize_runs(text, add_special, parse_special)
        if llama_cpp.llama_vocab_type(self._vocab) == _SENTENCEPIECE and len(text) > PART and not text.isascii():
            return self._tokenize_parts(text, add_special, parse_special)
        return self._tokenize(text, add_special, parse_special)

    def _tokenize_runs(self, text: str, add_special: bool, parse_special: bool) -> list[int]:
        cuts = [0, *(run.end() for run in _LONG_RUN.finditer(text)), len(text)]
        ids = [
            token
            for start, end in itertools.pairwise(cuts)
            for token in self._tokenize(text[start:end], False, parse_special)
        ]
        return self._with_ends(ids) if add_special else ids

    def _tokenize_parts(self, text: str, add_special: bool, parse_special: bool) -> list[int]:
        first, *others = safe_parts(text, self._characters)
        if not others:
            return self._tokenize(text, add_special, parse_special)
        ids = self._tokenize(first, False, parse_special)
        n_lead = len(self._tokenize(LEAD, False, False))
        for part in others:
            ids += self._tokenize(LEAD + part, False, parse_special)[n_lead:]
        return self._with_ends(ids) if add_special else ids

    def _with_ends(self, ids: list[int]) -> list[int]:
        """What this vocabulary puts around a text."""
        vocab = self._vocab
        before = [llama_cpp.llama_vocab_bos(vocab)] if llama_cpp.llama_vocab_get_add_bos(vocab) else []
        after = [llama_cpp.llama_vocab_eos(vocab)] if llama_cpp.llama_vocab_get_add_eos(vocab) else []
        return [*before, *ids, *after]

    @functools.cached_property
    def _characters(self) -> Characters:
        return characters_of(self._texts())

    def _texts(self) -> Iterator[str]:
        """What each token is in the vocabulary."""
        texts = (llama_cpp.llama_vocab_get_text(self._vocab, token) for token in range(self._n_vocab))
        return (text.decode("utf-8", "replace") for text in texts if text)

    def _tokenize(self, text: str, add_special: bool, parse_special: bool) -> list[int]:
        raw = text.encode("utf-8", "replace")
        size = len(raw) + 8
        while True:
            tokens = (ctypes.c_int32 * size)()
            n = llama_cpp.llama_tokenize(self._vocab, raw, len(raw), tokens, size, add_special, parse_special)
            if n >= 0:
                return tokens[:n]
            if -n <= size:
                raise GenerationError("The text could not be turned into tokens.")
            size = -n

    def _check_characters(self, text: str) -> None:
        """A SentencePiece vocabulary without byte tokens would end the process on a character it lacks."""
        known = self._known_characters
        if known is None:
            return
        for character in text.replace(" ", "▁"):
            if character not in known:
                raise GenerationError(
                    "This model's vocabulary has no token for the character {character}.", character=repr(character)
                )

    @functools.cached_property
    def _known_characters(self) -> frozenset[str] | None:
        """The only characters that may be tokenized; None: all."""
        if llama_cpp.llama_vocab_type(self._vocab) != _SENTENCEPIECE:
            return None
        n_bytes = 0
        for token in range(self._n_vocab):
            n_bytes += bool(llama_cpp.llama_vocab_get_attr(self._vocab, token) & _BYTE_TOKEN)
            if n_bytes == _N_BYTES:
                return None
        return frozenset(text for text in self._texts() if len(text) == 1)

    def piece(self, token: int, *, special: bool) -> bytes:
        """A token's bytes; those of control tokens are empty unless `special`. Raises GenerationError."""
        key = (token, special)
        piece = self._pieces.get(key)
        if piece is None:
            piece = self._pieces[key] = self._read_piece(token, special)
        return piece

    def _read_piece(self, token: int, special: bool) -> bytes:
        if not 0 <= token < self._n_vocab:
            raise GenerationError("Token {token} does not exist in this model.", token=token)
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            n = llama_cpp.llama_token_to_piece(self._vocab, token, buffer, size, 0, special)
            if n >= 0:
                return buffer.raw[:n]
            size = -n

    def is_end(self, token: int) -> bool:
        """Whether this token ends a generation (EOS, EOT, EOM …)."""
        end = self._ends.get(token)
        if end is None:
            end = self._ends[token] = bool(llama_cpp.llama_vocab_is_eog(self._vocab, token))
        return end

    def infill(self) -> InfillTokens | None:
        """The tokens around a gap, where the model knows all three."""
        prefix, suffix, middle = (
            read(self._vocab)
            for read in (llama_cpp.llama_vocab_fim_pre, llama_cpp.llama_vocab_fim_suf, llama_cpp.llama_vocab_fim_mid)
        )
        return InfillTokens(prefix, suffix, middle) if min(prefix, suffix, middle) >= 0 else None


def without_accents(text: str) -> str:
    """A text decomposed, without the marks that take no room of their own (Hugging Face's BertNormalizer)."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
