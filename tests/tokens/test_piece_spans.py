"""Which bytes each piece stands for, whatever a tokenizer does to a text."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.tokens.piece_spans import spans
from desktop_llm.tokens.tokenizer import Piece, Tokenizer, pieces_of

FAITHFUL = ("starter", "qwen2", "falcon", "gpt-2", "cl100k_base", "o200k_base")
TEXT = "Hello,  ñ 漢字 🙂\n\tworld. ÀÉÎ <|im_end|> 1234\r\n"


@pytest.mark.parametrize("name", FAITHFUL)
def test_pieces_that_keep_every_byte_follow_each_other(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    pieces = pieces_of(tokenizers[name], tokenizers[name].encode(TEXT))
    content = TEXT.encode()
    found = spans(pieces, content)
    assert [content[start:end] for start, end in found] == [piece.content for piece in pieces]
    assert found[-1][1] == len(content)


def test_the_space_that_sentencepiece_adds_stands_for_nothing(tokenizers: dict[str, Tokenizer]) -> None:
    pieces = pieces_of(tokenizers["phi-3"], tokenizers["phi-3"].encode(TEXT))
    content = TEXT.encode()
    found = spans(pieces, content)
    assert pieces[0].content == b" Hello"
    assert found[0] == (0, 5)
    assert b"".join(content[start:end] for start, end in found) == content


def test_a_tokenizer_that_lowers_letters_still_covers_the_words(tokenizers: dict[str, Tokenizer]) -> None:
    pieces = pieces_of(tokenizers["bert"], tokenizers["bert"].encode(TEXT, add_special=True))
    content = TEXT.encode()
    said = b"".join(content[start:end] for start, end in spans(pieces, content))
    assert said.split() == content.split() or b"".join(said.split()) == b"".join(content.split())


def test_a_control_token_that_is_added_stands_for_nothing() -> None:
    pieces = [Piece(1, b"<s>", TokenKind.SPECIAL), Piece(2, b"Hi", TokenKind.NORMAL)]
    assert spans(pieces, b"Hi") == [(0, 0), (0, 2)]


@given(text=st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name", ["starter", "phi-3", "bert", "cl100k_base"])
def test_spans_never_overlap_nor_leave_the_text(name: str, text: str, tokenizers: dict[str, Tokenizer]) -> None:
    pieces = pieces_of(tokenizers[name], tokenizers[name].encode(text, add_special=True, parse_special=True))
    content = text.encode()
    found = spans(pieces, content)
    assert len(found) == len(pieces)
    at = 0
    for start, end in found:
        assert at <= start <= end <= len(content)
        at = end
