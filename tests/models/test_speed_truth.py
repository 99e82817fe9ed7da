"""Earlier runs of a file replace the guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.models.speed.prediction import Speed, SpeedRange
from desktop_llm.models.speed.truth import Run, speed_after_runs

_GUESS = Speed(SpeedRange(15, 25), SpeedRange(150, 250), 2000)
_EMPTY = Speed(SpeedRange(30, 50), SpeedRange(150, 250), 10)  # the same file with nothing in its context


def test_without_a_run_the_guess_stays() -> None:
    assert speed_after_runs(_GUESS, (), -1) == _GUESS


def test_after_one_run_the_range_lies_around_the_truth_and_is_narrower() -> None:
    after = speed_after_runs(_GUESS, [Run(_GUESS, 16.0, 220.0, -1)], -1)
    assert after.generation.middle == pytest.approx(16)
    assert after.generation.high - after.generation.low < 0.31 * 16
    assert after.prompt.middle == pytest.approx(220)


def test_a_run_with_another_fill_moves_the_range_by_its_part() -> None:
    after = speed_after_runs(_GUESS, [Run(_EMPTY, generation_tokens_per_s=32.0)], 0)
    assert after.generation.middle == pytest.approx(16)  # 0.8 of what was predicted, as it was there
    assert after.prompt == _GUESS.prompt


def test_a_run_with_other_layers_on_the_gpu_says_nothing() -> None:
    assert speed_after_runs(_GUESS, [Run(_GUESS, 80.0, 900.0, n_gpu_layers=-1)], 12) == _GUESS


def test_runs_that_agree_make_a_narrow_range_and_one_outlier_does_not_move_it() -> None:
    runs = [Run(_GUESS, rate) for rate in (18.0, 17.8, 4.0, 18.2, 18.1)]
    after = speed_after_runs(_GUESS, runs, 0)
    assert after.generation.middle == pytest.approx(18)
    assert after.generation.high / after.generation.middle == pytest.approx(1.08)


@given(st.lists(st.floats(0.1, 1000), min_size=1, max_size=20))
def test_a_range_never_gets_wider(rates: list[float]) -> None:
    after = speed_after_runs(_GUESS, [Run(_GUESS, rate, rate) for rate in rates], 0)
    for before, now in ((_GUESS.generation, after.generation), (_GUESS.prompt, after.prompt)):
        assert (now.high - now.low) / now.middle <= (before.high - before.low) / before.middle + 1e-9
        assert 0.999 * min(rates[:8]) <= now.middle <= 1.001 * max(rates[:8])
