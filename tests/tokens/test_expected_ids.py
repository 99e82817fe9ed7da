"""The ids are those that llama.cpp expects of its vocabularies, and tiktoken's own."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import tiktoken
from tiktoken_ext import openai_public

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.tokens.encodings import RECIPES
from desktop_llm.tokens.tokenizer import Tokenizer, decode, pieces_of

_EXPECTED = Path(__file__).parent / "expected"
_TEXTS = (_EXPECTED / "texts.inp").read_text(encoding="utf-8").split("\n__ggml_vocab_test__\n")[:-1]
_GGUF = ("phi-3", "qwen2", "falcon", "gpt-2", "bert")
#: Of these the pieces are the text, byte by byte.
_EXACT = ("qwen2", "falcon", "gpt-2", *(recipe.name for recipe in RECIPES))
#: A rank file for r50k_base is not among those of the package, which is why it cannot be compared with tiktoken's own.
_COMPARABLE = ("cl100k_base", "o200k_base", "o200k_harmony", "p50k_base", "p50k_edit")


def _expected(name: str) -> list[list[int]]:
    lines = (_EXPECTED / f"{name}.out").read_text(encoding="utf-8").splitlines()
    return [[int(word) for word in line.split()] for line in lines]


@pytest.fixture(scope="module")
def own_loader() -> Iterator[None]:
    """tiktoken's own loader finds its rank files where another package has them."""
    found = find_spec("litellm")  # whose import would take seconds
    assert found is not None and found.origin is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(Path(found.origin).parent / "litellm_core_utils" / "tokenizers"))
        yield


@pytest.mark.parametrize("name", _GGUF)
def test_ids_are_those_that_llama_cpp_expects(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    assert [tokenizers[name].encode(text) for text in _TEXTS] == _expected(name)


@pytest.mark.usefixtures("own_loader")
@pytest.mark.parametrize("name", _COMPARABLE)
def test_ids_are_those_of_tiktoken_itself(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    theirs = tiktoken.Encoding(**openai_public.ENCODING_CONSTRUCTORS[name]())
    text = "\n".join(_TEXTS) + "".join(f" {special} " for special in sorted(theirs.special_tokens_set))
    assert tokenizers[name].encode(text) == theirs.encode_ordinary(text)
    assert tokenizers[name].encode(text, parse_special=True) == theirs.encode(text, allowed_special="all")
    assert tokenizers[name].facts.n_vocab == theirs.n_vocab


def test_gpt_2_is_the_same_by_llama_cpp_and_by_tiktoken(tokenizers: dict[str, Tokenizer]) -> None:
    for text in _TEXTS:
        assert tokenizers["gpt-2"].encode(text) == tokenizers["r50k_base"].encode(text)


@pytest.mark.parametrize("name", _EXACT)
def test_the_bytes_of_the_pieces_are_the_bytes_of_the_text(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    for text in _TEXTS:
        pieces = pieces_of(tokenizers[name], tokenizers[name].encode(text))
        assert b"".join(piece.content for piece in pieces) == text.encode()


def test_sentencepiece_begins_with_a_space_of_its_own(tokenizers: dict[str, Tokenizer]) -> None:
    for text in _TEXTS[2:]:
        ids = tokenizers["phi-3"].encode(text)
        assert decode(tokenizers["phi-3"], ids) == (f" {text}" if text else "")


def test_sentencepiece_knows_characters_that_are_no_tokens_by_their_bytes(tokenizers: dict[str, Tokenizer]) -> None:
    tokenizer = tokenizers["phi-3"]
    pieces = pieces_of(tokenizer, tokenizer.encode("\t🦙"))
    assert [piece.kind for piece in pieces if piece.content.strip(b" ")][-4:] == [TokenKind.BYTE] * 4
    assert b"".join(piece.content for piece in pieces).decode().strip(" ") == "\t🦙"


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [("phi-3", "<s>", None), ("bert", "[CLS]", "[SEP]"), ("gpt-2", None, None), ("qwen2", None, None)],
)
def test_special_tokens_are_put_around_a_text_only_when_wanted(
    name: str, first: str | None, last: str | None, tokenizers: dict[str, Tokenizer]
) -> None:
    tokenizer = tokenizers[name]
    plain, around = tokenizer.encode("hello"), tokenizer.encode("hello", add_special=True)
    texts = [piece.text for piece in pieces_of(tokenizer, around)]
    assert around == [
        *([around[0]] if first else []),
        *plain,
        *([around[-1]] if last else []),
    ]
    assert first in {None, texts[0]} and last in {None, texts[-1]}
    assert decode(tokenizer, around, show_special=False) == decode(tokenizer, plain)


@pytest.mark.parametrize(
    ("name", "special"), [("starter", "<|im_start|>"), ("qwen2", "<|im_start|>"), ("cl100k_base", "<|endoftext|>")]
)
def test_control_tokens_in_a_text_are_read_only_when_wanted(
    name: str, special: str, tokenizers: dict[str, Tokenizer]
) -> None:
    tokenizer = tokenizers[name]
    (token,) = tokenizer.encode(special, parse_special=True)
    assert tokenizer.kind(token) is TokenKind.SPECIAL
    assert tokenizer.piece(token) == special.encode()
    plain = tokenizer.encode(special)
    assert len(plain) > 1 and decode(tokenizer, plain) == special


@pytest.mark.usefixtures("own_loader")
@pytest.mark.parametrize("name", _COMPARABLE)
def test_an_encoding_splits_words_and_knows_special_tokens_as_tiktoken_does(name: str) -> None:
    theirs = openai_public.ENCODING_CONSTRUCTORS[name]()
    ours = next(recipe for recipe in RECIPES if recipe.name == name)
    assert (ours.pattern, ours.special) == (theirs["pat_str"], theirs["special_tokens"])
