"""A model file's vocabulary alone: opened without its weights, and independent of any loaded model."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any, Final

from llama_cpp import llama_cpp

from desktop_llm.engine.llama.library import start_library
from desktop_llm.engine.llama.tokenizer import TOKENIZER_OVERRIDES, Tokenizer
from desktop_llm.engine.vocabulary import TokenKind, VocabularyFacts
from desktop_llm.errors import GenerationError, ModelLoadError, ModelNotFoundError

#: llama_vocab_type
_ALGORITHMS: Final = {1: "SentencePiece", 2: "BPE", 3: "WordPiece", 4: "Unigram", 5: "RWKV", 6: "PLaMo-2"}
_UNKNOWN, _CONTROL, _USER_DEFINED, _BYTE = 1 << 0, 1 << 3, 1 << 4, 1 << 5  # llama_token_attr
_PRE: Final = "tokenizer.ggml.pre"
_UNKNOWN_ID: Final = "tokenizer.ggml.unknown_token_id"
_WORDPIECE_UNKNOWN: Final = 100  # llama-vocab.cpp, where the file does not say
_LONGEST_VALUE: Final = 256


class LlamaVocabulary:
    """`Vocabulary`, by llama.cpp. One thread at a time."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._vocab = llama_cpp.llama_model_get_vocab(handle)
        said = _said(handle)
        self._tokenizer = Tokenizer(self._vocab, said.items())
        algorithm = _ALGORITHMS.get(llama_cpp.llama_vocab_type(self._vocab), "other")
        unknown = said.get(_UNKNOWN_ID, "")
        self._unknown = int(unknown) if unknown.isdecimal() else _WORDPIECE_UNKNOWN if algorithm == "WordPiece" else -1
        template = llama_cpp.llama_model_chat_template(handle, None)
        self.facts = VocabularyFacts(
            name=said.get("general.name", ""),
            algorithm=algorithm,
            family=said.get(_PRE, ""),
            n_vocab=llama_cpp.llama_vocab_n_tokens(self._vocab),
            n_ctx_train=max(0, llama_cpp.llama_model_n_ctx_train(handle)),
            chat_template=None if template is None else template.decode("utf-8", "replace"),
            bos_text=self._special_text(llama_cpp.llama_vocab_bos(self._vocab)),
            eos_text=self._special_text(llama_cpp.llama_vocab_eos(self._vocab)),
        )

    def encode(self, text: str, *, add_special: bool, parse_special: bool) -> list[int]:
        """Text to token ids. Raises GenerationError when the vocabulary cannot hold the text."""
        return list(self._tokenizer.tokenize(text, add_special=add_special, parse_special=parse_special))

    def piece(self, token: int) -> bytes:
        """A token's bytes, those of control tokens too. Raises GenerationError."""
        return self._tokenizer.piece(token, special=True)

    def _special_text(self, token: int) -> str:
        return self.piece(token).decode("utf-8", "replace") if token >= 0 else ""

    def kind(self, token: int) -> TokenKind:
        """What sort of token it is, as the file says. Raises GenerationError."""
        if not 0 <= token < self.facts.n_vocab:  # llama.cpp would end the process
            raise GenerationError("Token {token} does not exist in this model.", token=token)
        attributes = llama_cpp.llama_vocab_get_attr(self._vocab, token)
        if attributes & _UNKNOWN or token == self._unknown:
            return TokenKind.UNKNOWN
        if attributes & (_CONTROL | _USER_DEFINED):
            return TokenKind.SPECIAL
        return TokenKind.BYTE if attributes & _BYTE else TokenKind.NORMAL

    def close(self) -> None:
        """Free it; nothing may be asked of it afterwards."""
        if self._handle:
            llama_cpp.llama_model_free(self._handle)
            self._handle = self._vocab = None


def open_vocabulary(path: Path) -> LlamaVocabulary:
    """Open a file's vocabulary; takes 30 to 400 ms. The calling thread owns it.

    Raises ModelNotFoundError or ModelLoadError. A file from anywhere must have been tried in a child process before
    (`trial.try_vocabulary`): a malformed one can end this process.
    """
    if not path.is_file():
        raise ModelNotFoundError("There is no model file {path}.", path=path)
    log = start_library()
    log.forget_errors()
    native = llama_cpp.llama_model_default_params()
    native.vocab_only = True
    native.kv_overrides = TOKENIZER_OVERRIDES
    handle = llama_cpp.llama_model_load_from_file(str(path).encode(), native)
    if not handle:
        reason = log.errors() or "no reason was given"
        raise ModelLoadError("{name} could not be loaded: {reason}.", name=path.name, reason=reason)
    return LlamaVocabulary(handle)


def _said(handle: Any) -> dict[str, str]:
    """The metadata that a tokenizer is chosen by."""
    said: dict[str, str] = {}
    key, value = (ctypes.create_string_buffer(_LONGEST_VALUE) for _ in range(2))
    for i in range(llama_cpp.llama_model_meta_count(handle)):
        llama_cpp.llama_model_meta_key_by_index(handle, i, key, _LONGEST_VALUE)
        name = key.value.decode("utf-8", "replace")
        if name == "general.name" or name.startswith("tokenizer.ggml."):
            llama_cpp.llama_model_meta_val_str_by_index(handle, i, value, _LONGEST_VALUE)
            said[name] = value.value.decode("utf-8", "replace")
    return said
