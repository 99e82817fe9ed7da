"""A text in chunks has the same tokens as the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_llm.tokens.chunks import chunks_of, encode_chunk, keeps_borders
from desktop_llm.tokens.encodings import RECIPES
from desktop_llm.tokens.languages import read_passages
from desktop_llm.tokens.tokenizer import Tokenizer, TokenizerFacts

_RESOURCES = Path(__file__).parents[2] / "resources"
_FILES = sorted((Path(__file__).parents[2] / "docs").glob("*.md"))
_NAMES = ("phi-3", "qwen2", "falcon", "gpt-2", "bert", "starter", "embedder", *(recipe.name for recipe in RECIPES))


def _in_chunks(tokenizer: Tokenizer, text: str, about: int) -> list[int]:
    chunks = chunks_of(text, about)
    return [token for n, chunk in enumerate(chunks) for token in encode_chunk(tokenizer, chunk, is_first=n == 0)]


@pytest.mark.parametrize("name", _NAMES)
def test_documents_in_chunks_have_the_same_tokens(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in _FILES)
    whole = tokenizers[name].encode(text)
    assert _in_chunks(tokenizers[name], text, 300) == whole
    assert _in_chunks(tokenizers[name], text, 4096) == whole


#: What borders are made of, and what could spoil them.
_PLAIN = ("a", "Word", "don't", "'s", " ", "  ", "\n", "\n\n", "\t", "\r\n", "1", "2345", ".", "...", "_", "/")
_ODD = ("\u00e9", "e\u0301", "漢字", "🙂", "▁", "\u00a0", "\u200d", "\ufb01", "\u017f", "\u212a")
_JOINED = ("I'M", "x\ny", " b", "b c", "<0x0A>", "<|im_end|>")


_OTHER_SCRIPTS = ("。", "，", "字。漢", "\n漢", "é\nÉ", "x\nя")


@settings(max_examples=60)
@given(parts=st.lists(st.sampled_from((*_PLAIN, *_ODD, *_JOINED)), max_size=60))
def test_any_text_in_chunks_has_the_same_tokens(parts: list[str], tokenizers: dict[str, Tokenizer]) -> None:
    text = "".join(parts)
    for tokenizer in tokenizers.values():
        assert _in_chunks(tokenizer, text, 1) == tokenizer.encode(text), tokenizer.facts.name


@given(st.text(max_size=400), st.integers(1, 50))
def test_chunks_together_are_the_text(text: str, about: int) -> None:
    chunks = chunks_of(text, about)
    assert "".join(chunks) == text
    assert all(len(chunk) >= about for chunk in chunks[:-1])


def test_a_text_without_borders_stays_whole() -> None:
    assert chunks_of("漢" * 10_000, 100) == ["漢" * 10_000]


@settings(max_examples=40)
@given(
    parts=st.lists(
        st.sampled_from((*_PLAIN, *_ODD, *_JOINED, "。", "，", "字。漢", "\n漢", "é\nÉ", "x\nя")), max_size=60
    )
)
def test_borders_of_other_scripts_change_no_tokens(parts: list[str], tokenizers: dict[str, Tokenizer]) -> None:
    text = "".join(parts)
    for tokenizer in tokenizers.values():
        assert keeps_borders(tokenizer, [text]), tokenizer.facts.name


@pytest.mark.parametrize("name", _NAMES)
def test_passages_in_many_languages_keep_their_borders(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    passages = read_passages(_RESOURCES / "parallel.json")
    assert keeps_borders(tokenizers[name], [passage.text for passage in passages])


def test_control_tokens_in_chunks_are_read_as_in_the_whole(tokenizers: dict[str, Tokenizer]) -> None:
    text = "<|im_start|>user\nHello there you<|im_end|>\n<s>[INST] one two</s> <|endoftext|>x\ny <|end|>\nz " * 40
    for tokenizer in tokenizers.values():
        whole = tokenizer.encode(text, parse_special=True)
        chunks = chunks_of(text, 60)
        ids = [
            token
            for n, chunk in enumerate(chunks)
            for token in encode_chunk(tokenizer, chunk, is_first=n == 0, parse_special=True)
        ]
        assert ids == whole, tokenizer.facts.name


def test_a_chunk_ends_with_a_line_where_one_is_near() -> None:
    text = "One line of words that goes on.\nNext" * 40
    assert all(chunk.endswith("\n") for chunk in chunks_of(text, 200)[:-1])


def test_chinese_is_cut_before_its_stops() -> None:
    text = "漢字かな、ひらがな。" * 100
    chunks = chunks_of(text, 50)
    assert len(chunks) > 5
    assert all(chunk[0] in "、。" for chunk in chunks[1:])


def test_a_tokenizer_that_joins_across_a_border_is_found_out() -> None:
    class Joining:
        """Takes pairs of characters, wherever they stand."""

        facts = TokenizerFacts("joining", "Joining", "other", 1, "here")

        def encode(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
            del add_special, parse_special
            return [hash(text[n : n + 2]) for n in range(0, len(text), 2)]

    assert not keeps_borders(Joining(), ["one two three four five"])  # type: ignore[arg-type]  # what it asks is there
