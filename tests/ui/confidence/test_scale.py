"""The scale of probability: its levels, its colours, its marks."""

from __future__ import annotations

import itertools
import math

import pytest

from desktop_llm.ui.confidence.scale import BOUNDS, N_LEVELS, THIN_FROM, grounds, level_of, underline
from desktop_llm.ui.confidence.words import bits, likelihood, probability, shown_piece
from desktop_llm.ui.widgets.theme import DARK, HIGH_CONTRAST, LIGHT, Theme, contrast, mix

_THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH_CONTRAST], ids=["light", "dark", "high contrast"])


@_THEMES
def test_text_is_readable_on_every_level(theme: Theme) -> None:
    assert all(contrast(theme.text, ground) >= 4.5 for ground in grounds(theme))
    assert all(contrast(theme.accent, ground) >= 3 for ground in grounds(theme)[:1])


@_THEMES
def test_it_is_readable_in_thoughts_too_which_are_paler(theme: Theme) -> None:
    for ground in grounds(theme):
        below = mix(theme.background, ground, 0.8)
        assert contrast(mix(below, theme.text, 0.8), below) >= 4.5


@_THEMES
def test_levels_are_one_sequence_from_the_page_on_and_differ(theme: Theme) -> None:
    found = grounds(theme)
    assert found[0] == theme.background
    steps = [contrast(theme.background, ground) for ground in found]
    assert steps == sorted(steps)
    assert all(after / before >= 1.06 for before, after in itertools.pairwise(steps))


@pytest.mark.parametrize(
    ("value", "level"),
    [(1.0, 0), (0.9, 0), (0.89, 1), (0.5, 1), (0.2, 2), (0.05, 3), (0.01, 4), (0.009, 5), (1e-30, 5)],
)
def test_a_token_is_of_the_first_level_whose_bound_it_reaches(value: float, level: int) -> None:
    assert level_of(math.log(value)) == level


def test_what_is_not_known_has_no_level() -> None:
    assert level_of(None) is None


def test_unlikely_tokens_are_marked_by_lines_too() -> None:
    assert [underline(level) for level in range(N_LEVELS)] == [0, 0, 0, 1, 1, 3]
    assert THIN_FROM < N_LEVELS == len(BOUNDS) + 1


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "100\u202f%"),
        (0.9999, "> 99.9\u202f%"),
        (0.5, "50.0\u202f%"),
        (0.0512, "5.12\u202f%"),
        (0.00001, "< 0.01\u202f%"),
        (0.0, "0\u202f%"),
        (None, "–"),
    ],
)
def test_probabilities_are_never_rounded_to_certain_or_impossible(value: float | None, words: str) -> None:
    assert probability(value) == words


def test_surprise_is_said_in_bits() -> None:
    assert (bits(math.log(2)), bits(None), likelihood(math.log(0.25))) == ("1.00", "–", "25.0\u202f%")


@pytest.mark.parametrize(
    ("piece", "shown"),
    [(b" sky", "␣sky"), (b"\n\n", "↵↵"), (b"\xe2\x82", "E2 82"), (b"", "–"), ("a\u202eb".encode(), "a\ufffdb")],
)
def test_a_token_is_shown_with_all_that_is_in_it(piece: bytes, shown: str) -> None:
    assert shown_piece(piece) == shown
