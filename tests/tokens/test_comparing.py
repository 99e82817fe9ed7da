"""One text under several tokenizers: counted, kept, stopped."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.tokens.analysis import analyse
from desktop_llm.tokens.comparing import Counter, Watch, fewest_tokens
from desktop_llm.tokens.languages import read_passages
from desktop_llm.tokens.shelf import TokenizerShelf
from desktop_llm.tokens.tokenizer import Tokenizer, TokenizerFacts, pieces_of

ROOT = Path(__file__).parents[2]
TEXT = "The quick brown fox. ¿Qué tal? 漢字\n" * 400
NAMES = ("starter", "phi-3", "gpt-2", "cl100k_base", "bert", "qwen2")


@pytest.fixture
def counter(shelf: TokenizerShelf) -> Iterator[Counter]:
    result = Counter(shelf.open)
    yield result
    result.close()


def test_the_counts_are_those_of_the_whole_text(counter: Counter, tokenizers: dict[str, Tokenizer]) -> None:
    counted = counter.count(NAMES, TEXT)
    for name, each in zip(NAMES, counted, strict=True):
        tokenizer = tokenizers[name]
        assert each.analysis == analyse(TEXT, pieces_of(tokenizer, tokenizer.encode(TEXT)))
    assert fewest_tokens(counted) == min(each.analysis.n_tokens for each in counted if each.analysis)


def test_what_was_counted_is_not_counted_again(shelf: TokenizerShelf) -> None:
    opened = []

    def open_tokenizer(name: str) -> Tokenizer:
        opened.append(name)
        return shelf.open(name)

    counter = Counter(open_tokenizer)
    first = counter.count(("gpt-2", "phi-3"), TEXT)
    again = counter.count(("gpt-2", "bert"), TEXT)
    assert again[0] is first[0]
    assert counter.count(("gpt-2", "bert"), "other")[0].analysis != first[0].analysis
    counter.count(("phi-3", "gpt-2"), "other")
    assert opened == ["gpt-2", "phi-3", "bert", "phi-3"]
    counter.rest()
    counter.count(("phi-3", "gpt-2"), "other")
    assert len(opened) == 4
    counter.count(("phi-3", "gpt-2"), "another")
    assert opened[4:] == ["phi-3", "gpt-2"]
    counter.close()


def test_a_tokenizer_that_cannot_be_opened_leaves_the_others_their_counts(counter: Counter) -> None:
    good, bad = counter.count(("gpt-2", "/nowhere/at-all.gguf"), TEXT)
    assert good.analysis is not None
    assert "at-all.gguf" in str(bad.error)


def test_counting_stops_when_it_is_asked_to_and_can_begin_anew(counter: Counter) -> None:
    seen: list[float] = []
    with pytest.raises(CancelledError):
        counter.count(NAMES, TEXT, Watch(seen.append, lambda: len(seen) > 3))
    assert len(seen) == 4
    assert all(each.analysis for each in counter.count(NAMES, TEXT))


def test_progress_only_grows(counter: Counter) -> None:
    seen: list[float] = []
    counter.count(NAMES, TEXT, Watch(seen.append))
    assert seen == sorted(seen)
    assert 0.8 < seen[-1] <= 1.0


def test_the_passage_costs_english_nothing_more(counter: Counter) -> None:
    passages = read_passages(ROOT / "resources" / "parallel.json")
    counted = counter.languages(("gpt-2", "qwen2"), passages)
    for each in counted:
        ratios = {cost.passage.code: cost.ratio for cost in each.languages}
        assert ratios["en"] == 1.0
        assert ratios["es"] > 1.0


def test_a_closed_counter_counts_no_more(shelf: TokenizerShelf) -> None:
    counter = Counter(shelf.open)
    counter.count(("gpt-2",), "a")
    counter.close()
    with pytest.raises(CancelledError):
        counter.count(("gpt-2",), "a")


def test_a_file_that_cannot_be_read_is_told_in_a_sentence() -> None:
    def open_tokenizer(name: str) -> Tokenizer:
        raise PermissionError(13, "Permission denied", name)

    counter = Counter(open_tokenizer)
    (told,) = counter.count(("locked.gguf",), "a")
    assert str(told.error) == "The tokenizer cannot be read: Permission denied."
    counter.close()


class Joiner:
    """A tokenizer that joins what stands on both sides of every border: all of a text is one token."""

    facts = TokenizerFacts("joiner", "Joiner", "BPE", 2, "other")

    def encode(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
        return [1] if text else []

    def piece(self, token: int) -> bytes:
        return b"?"

    def kind(self, token: int) -> TokenKind:
        return TokenKind.NORMAL

    def close(self) -> None:
        """Nothing is held."""


def test_a_tokenizer_that_joins_across_borders_gets_the_text_whole() -> None:
    counter = Counter(lambda name: Joiner(), lambda: ("one two three four",))
    (counted,) = counter.count(("joiner",), "a word\n" * 5000)
    assert counted.analysis is not None
    assert counted.analysis.n_tokens == 1
    counter.close()


def test_words_are_counted_once_where_a_text_is_cut_within_them(counter: Counter) -> None:
    text = "漢字漢、字字" * 4000
    (counted,) = counter.count(("gpt-2",), text)
    assert counted.analysis is not None
    assert counted.analysis.n_words == 1
