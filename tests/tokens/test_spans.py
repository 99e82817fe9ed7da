"""Each piece stands where its text stands, also where a tokenizer has changed the text before."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_llm.tokens.spans import spans_of
from desktop_llm.tokens.tokenizer import Tokenizer, pieces_of

_PARTS = (
    "Hello",
    " World",
    "über",
    " naïve",
    "漢字",
    "🙂",
    "\n",
    "  ",
    "\t",
    "é",
    "ﬁ",
    "don't",
    "12.5",
    "ẻ",
    "▁",
    "한국",
    "Ⅷ",
)


def told(tokenizer: Tokenizer, text: str) -> list[tuple[str, str]]:
    """Each piece, and the part of the text that it stands for."""
    pieces = pieces_of(tokenizer, tokenizer.encode(text))
    spans = spans_of(text, pieces)
    raw = text.encode()
    return [
        (piece.text, raw[start:end].decode("utf-8", "replace"))
        for piece, start, end in zip(pieces, spans.starts, spans.ends, strict=True)
    ]


@settings(max_examples=40)
@given(parts=st.lists(st.sampled_from(_PARTS), max_size=30))
def test_places_rise_and_stay_within_the_text(parts: list[str], tokenizers: dict[str, Tokenizer]) -> None:
    text = "".join(parts)
    for tokenizer in tokenizers.values():
        spans = spans_of(text, pieces_of(tokenizer, tokenizer.encode(text)))
        assert list(spans.starts) == sorted(spans.starts)
        assert list(spans.ends) == sorted(spans.ends)
        assert all(start <= end <= len(text.encode()) for start, end in zip(spans.starts, spans.ends, strict=True))


@settings(max_examples=40)
@given(parts=st.lists(st.sampled_from(_PARTS), max_size=30))
def test_bpe_and_sentencepiece_leave_no_byte_out(parts: list[str], tokenizers: dict[str, Tokenizer]) -> None:
    text = "".join(parts).replace("▁", "_")  # which SentencePiece reads as a space
    for name in ("gpt-2", "qwen2", "phi-3", "o200k_base"):
        spans = spans_of(text, pieces_of(tokenizers[name], tokenizers[name].encode(text)))
        assert list(spans.starts[1:]) == list(spans.ends[:-1]), name
        assert not text or (spans.starts[0], spans.ends[-1]) == (0, len(text.encode())), name


def test_the_space_that_sentencepiece_adds_stands_for_nothing(tokenizers: dict[str, Tokenizer]) -> None:
    assert told(tokenizers["phi-3"], "Hello you") == [(" Hello", "Hello"), (" you", " you")]


def test_wordpiece_stands_for_the_words_as_they_were_written(tokenizers: dict[str, Tokenizer]) -> None:
    found = told(tokenizers["bert"], "Crème  BRÛLÉE, unaffable 漢字!")
    assert "".join(written.strip() for _, written in found) == "CrèmeBRÛLÉE,unaffable漢字!"
    assert [written for _, written in found[:2]] == ["Cr", "ème"]


def test_an_unknown_token_stands_for_its_word(tokenizers: dict[str, Tokenizer]) -> None:
    found = told(tokenizers["bert"], "see 🙂🙂 here")
    assert [written.strip() for _, written in found] == ["see", "🙂🙂", "here"]


def test_bytes_of_one_character_stand_side_by_side_in_it(tokenizers: dict[str, Tokenizer]) -> None:
    pieces = pieces_of(tokenizers["phi-3"], tokenizers["phi-3"].encode("a𓀀"))
    spans = spans_of("a𓀀", pieces)
    assert list(spans.ends)[-4:] == [2, 3, 4, 5]


@pytest.mark.parametrize("name", ["bert", "phi-3", "gpt-2"])
def test_an_empty_text_has_no_places(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    assert len(spans_of("", pieces_of(tokenizers[name], tokenizers[name].encode("")))) == 0
