"""Counts, contexts, costs, languages and hints."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.errors import ModelFormatError, ModelNotFoundError
from desktop_llm.tokens.analysis import analyse, context_use, fitting_start, money, prefill_seconds
from desktop_llm.tokens.hints import HINT_SENTENCES, HintKind, hints, shortened
from desktop_llm.tokens.languages import language_costs, read_passages
from desktop_llm.tokens.tokenizer import Piece, Tokenizer, pieces_of

ROOT = Path(__file__).parents[2]


def _piece(token: int, content: bytes, kind: TokenKind = TokenKind.NORMAL) -> Piece:
    return Piece(token, content, kind)


_THE, _CAT, _A, _B = _piece(1, b"the"), _piece(2, b" cat"), _piece(3, b"\xc3", TokenKind.BYTE), _piece(4, b" ")


def test_a_text_is_counted() -> None:
    found = analyse("the cat the cat the \u00c3", [_THE, _CAT, _B, _THE, _CAT, _B, _THE, _B, _A, _A])
    assert (found.n_tokens, found.n_characters, found.n_bytes, found.n_words, found.n_distinct) == (10, 21, 22, 6, 4)
    assert found.tokens_per_word == pytest.approx(10 / 6)
    assert found.bytes_per_token == pytest.approx(2.2)
    assert found.byte_share == pytest.approx(0.2)
    assert found.repeated == ((_THE, 3), (_CAT, 2))
    assert found.longest == (_CAT, _THE)
    assert found.pages == pytest.approx(21 / 3000)


def test_a_text_without_tokens_divides_by_nothing() -> None:
    found = analyse("", [])
    assert (found.tokens_per_word, found.bytes_per_token, found.byte_share) == (0, 0, 0)
    assert context_use(found, 100).pages_that_fit == 0


def test_what_fits_into_a_context_is_told() -> None:
    found = analyse("x" * 6000, [_THE] * 1000)
    use = context_use(found, 4096, n_reserved=96)
    assert (use.fits, use.n_left, use.pages_that_fit) == (True, 3000, 8.0)
    small = context_use(found, 512)
    assert (small.fits, small.n_left) == (False, -488)
    assert small.share > 1


def test_what_fits_ends_at_a_whole_character(tokenizers: dict[str, Tokenizer]) -> None:
    text = "Hello 🦙🦙🦙"
    pieces = pieces_of(tokenizers["cl100k_base"], tokenizers["cl100k_base"].encode(text))
    for n_ctx in range(len(pieces) + 2):
        assert text.encode()[: fitting_start(pieces, n_ctx)].decode() in text
    assert fitting_start(pieces, len(pieces)) == len(text.encode())
    assert fitting_start(pieces, 2) == len(b"Hello ")


def test_costs_are_sums() -> None:
    assert prefill_seconds(8400, 120) == 70
    assert money(8400, 2.5) == pytest.approx(0.021)


def test_the_passage_is_there_in_at_least_twelve_languages() -> None:
    passages = read_passages(ROOT / "resources" / "parallel.json")
    codes = [passage.code for passage in passages]
    assert len(set(codes)) == len(codes) >= 12
    assert {"en", "es"} <= set(codes)
    assert all(passage.name and passage.own_name and len(passage.text) > 80 for passage in passages)
    assert all(passage.text == passage.text.strip() for passage in passages)


@pytest.mark.parametrize("name", ["starter", "phi-3", "qwen2", "bert", "o200k_base"])
def test_languages_are_measured_against_english(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    passages = read_passages(ROOT / "resources" / "parallel.json")
    costs = {cost.passage.code: cost for cost in language_costs(tokenizers[name], passages)}
    assert len(costs) == len(passages)
    assert costs["en"].ratio == 1
    assert costs["es"].ratio > 1
    for cost in costs.values():
        assert cost.n_tokens == len(tokenizers[name].encode(cost.passage.text))


def test_a_language_that_a_tokenizer_cannot_say_is_told(tokenizers: dict[str, Tokenizer]) -> None:
    passages = read_passages(ROOT / "resources" / "parallel.json")
    costs = {cost.passage.code: cost for cost in language_costs(tokenizers["bert"], passages)}
    assert costs["ko"].n_unknown > 0
    assert costs["en"].n_unknown == 0


def test_passages_that_are_missing_or_damaged_are_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="missing from this installation"):
        read_passages(tmp_path / "nothing.json")
    (tmp_path / "bad.json").write_text('[{"code": "en"}]')
    with pytest.raises(ModelFormatError, match="is damaged"):
        read_passages(tmp_path / "bad.json")


_WASTEFUL = {
    HintKind.TRAILING_SPACES: ("one  \ntwo   \t \nthree ", "one\ntwo\nthree", 3),
    HintKind.SPACE_RUNS: ("a    b\t\tc   d\n    indented", "a b c d\n    indented", 3),
    HintKind.BLANK_LINES: ("one\n\n\n\n\n\ntwo\n\nthree", "one\n\ntwo\n\nthree", 1),
    HintKind.REPEATED_LINES: (
        "Annual report 2026\none\nAnnual report 2026\ntwo\nAnnual report 2026\nthree",
        "Annual report 2026\none\ntwo\nthree",
        2,
    ),
    HintKind.LONG_DECIMALS: (
        "3.14159265 and -0.99999 but 1.234 and v1.2.34567",
        "3.14 and -1.00 but 1.234 and v1.2.34567",
        2,
    ),
    HintKind.INVISIBLE_CHARACTERS: ("in\u200bvis\u00adible\ufeff", "invisible", 3),
    HintKind.FULL_WIDTH: ("ＡＢＣ　１２３", "ABC 123", 7),
    HintKind.ODD_SPACES: ("10\u00a0km\u2009away", "10 km away", 2),
    HintKind.STYLED_LETTERS: ("𝐛𝐨𝐥𝐝 ﬁ ①", "bold fi 1", 6),
    HintKind.DECOMPOSED: ("cafe\u0301 nai\u0308ve", "café naïve", 2),
}


@pytest.mark.parametrize("kind", list(HintKind))
def test_a_waste_is_found_and_its_saving_is_as_really_counted(kind: HintKind, tokenizers: dict[str, Tokenizer]) -> None:
    text, shorter, n_places = _WASTEFUL[kind]
    assert shortened(text, [kind]) == shorter
    tokenizer = tokenizers["gpt-2"]
    found = {hint.kind: hint for hint in hints(tokenizer, text)}
    assert found[kind].n_places == n_places
    assert found[kind].n_saved == len(tokenizer.encode(text)) - len(tokenizer.encode(shorter)) > 0
    assert str(n_places) in found[kind].sentence


def test_every_kind_of_hint_has_its_sentence() -> None:
    assert set(HINT_SENTENCES) == set(HintKind)


def test_an_economical_text_gets_no_hints(tokenizers: dict[str, Tokenizer]) -> None:
    text = "def f(x):\n    return x\n\nprint(f(3.14))\n"
    assert hints(tokenizers["starter"], text) == []


def test_joiners_of_emoji_and_scripts_are_left_alone() -> None:
    text = "👩\u200d👧 می\u200cخواهم"
    assert shortened(text, HintKind) == text


@given(st.text(max_size=200))
def test_shortening_twice_is_shortening_once_and_never_longer(text: str) -> None:
    for kind in HintKind:
        once = shortened(text, [kind])
        assert len(once) <= len(text) * 3  # a ligature may become three letters
        assert kind is HintKind.REPEATED_LINES or shortened(once, [kind]) == once
