"""The table of colours keeps its promises."""

from __future__ import annotations

import re

import pytest

from desktop_llm.ui.widgets.theme import (
    DARK,
    HIGH_CONTRAST,
    LIGHT,
    TEXT_PAIRS,
    Theme,
    ThemeChoice,
    choose_theme,
    colour_names,
    contrast,
    mix,
)


@pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH_CONTRAST], ids=["light", "dark", "high contrast"])
def test_every_text_is_readable_on_its_ground(theme: Theme) -> None:
    too_low = {
        pair: round(ratio, 2)
        for pair in TEXT_PAIRS
        if (ratio := contrast(getattr(theme, pair[0]), getattr(theme, pair[1]))) < 4.5
    }
    assert too_low == {}


def test_high_contrast_is_higher_than_the_others() -> None:
    assert all(
        contrast(getattr(HIGH_CONTRAST, text), getattr(HIGH_CONTRAST, ground)) >= 7 for text, ground in TEXT_PAIRS
    )


@pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH_CONTRAST], ids=["light", "dark", "high contrast"])
def test_every_colour_is_written_as_six_hexadecimal_digits(theme: Theme) -> None:
    assert all(re.fullmatch(r"#[0-9a-f]{6}", getattr(theme, name)) for name in colour_names())


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_a_mix_lies_between_its_colours() -> None:
    assert mix("#000000", "#ffffff", 0) == "#000000"
    assert mix("#000000", "#ffffff", 1) == "#ffffff"
    assert mix("#000000", "#ff0000", 0.5) == "#800000"


def test_the_choice_goes_before_the_system_and_contrast_before_the_choice() -> None:
    assert choose_theme(ThemeChoice.SYSTEM, system_is_dark=True, system_wants_contrast=False) is DARK
    assert choose_theme(ThemeChoice.SYSTEM, system_is_dark=False, system_wants_contrast=False) is LIGHT
    assert choose_theme(ThemeChoice.LIGHT, system_is_dark=True, system_wants_contrast=False) is LIGHT
    assert choose_theme(ThemeChoice.DARK, system_is_dark=False, system_wants_contrast=False) is DARK
    assert choose_theme(ThemeChoice.LIGHT, system_is_dark=False, system_wants_contrast=True) is HIGH_CONTRAST
