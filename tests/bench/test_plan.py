"""What a plan comes to on a model, what it costs, and what its prompts are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.bench.estimate import Clock, Pace, within_budget
from desktop_llm.bench.plan import PLANS, BenchPlan, BenchSize, Case, SkipReason, changed
from desktop_llm.bench.prompt import digest, prompt_ids, text_of


def _fills(plan: BenchPlan, n_ctx: int) -> list[int]:
    return [case.n_prompt for case in plan.cases(n_ctx)[0] if case.n_streams == 1]


def test_the_usual_plan_measures_four_fills_and_four_numbers_of_replies() -> None:
    plan = PLANS[BenchSize.NORMAL]
    cases, skipped = plan.cases(plan.n_ctx)
    assert [(case.n_prompt, case.n_streams) for case in cases] == [
        *((128, 1), (512, 1), (2048, 1), (8192, 1)),
        *((128, 2), (128, 4), (128, 8)),
        (2048, 1),  # in smaller steps
    ]
    assert [case.n_batch for case in cases] == [512] * 7 + [128]
    assert not skipped


def test_the_context_of_a_plan_is_enough_for_it_and_not_much_more() -> None:
    plan = BenchPlan((100, 3000), (1, 2), n_generate=50)
    assert plan.n_ctx == 3072


def test_in_place_of_prompts_that_are_too_long_the_longest_is_measured_that_fits() -> None:
    plan = BenchPlan((128, 512, 2048, 8192), (1,), n_generate=64)
    assert _fills(plan, 8192) == [128, 512, 2048, 8128]
    assert [(each.case.n_prompt, each.reason) for each in plan.cases(8192)[1]] == [(8192, SkipReason.CONTEXT)]


def test_a_prompt_hardly_longer_than_the_next_shorter_one_is_not_measured() -> None:
    assert _fills(BenchPlan((128, 512, 2048), (1,), n_generate=64), 600) == [128, 512]


def test_other_batch_sizes_are_measured_with_one_prompt_each() -> None:
    plan = BenchPlan((128, 2048, 8192), (1,), (512, 128))
    assert [case for case in plan.cases(9000)[0] if case.n_batch == 128] == [Case(2048, 64, 1, 128)]


@given(st.integers(3, 20_000))
def test_every_case_fits_into_the_context(n_ctx: int) -> None:
    for plan in PLANS.values():
        cases, _ = plan.cases(n_ctx)
        assert all(0 < case.n_cells <= n_ctx for case in cases)
        assert len(set(cases)) == len(cases)


@pytest.mark.parametrize(
    "wrong",
    [{"fills": (0,)}, {"fills": ()}, {"concurrent": (65,)}, {"repeats": 0}, {"n_generate": 1}, {"batches": (100_000,)}],
)
def test_what_makes_no_sense_is_refused_by_name(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        changed(BenchPlan(), **wrong)


def test_a_budget_leaves_out_what_takes_too_long_but_never_the_first() -> None:
    pace = Pace(100.0, 10.0)
    cases = (Case(100, 10), Case(10_000, 10), Case(200, 10))
    kept, skipped = within_budget(cases, pace, 3, 20.0)
    assert kept == (Case(100, 10), Case(200, 10))
    assert [(each.case.n_prompt, each.reason) for each in skipped] == [(10_000, SkipReason.TIME)]
    assert within_budget(cases, pace, 3, 0.1)[0] == cases[:1]


def test_the_clock_goes_by_what_runs_have_taken() -> None:
    clock = Clock((Case(100, 10), Case(200, 10)), Pace(100.0, 10.0), 2)
    estimated = clock.seconds_left
    clock.note(Case(100, 10), 2 * Pace(100.0, 10.0).seconds(Case(100, 10)))
    assert clock.seconds_left > 1.2 * estimated
    assert 0 < clock.fraction < 0.5
    for case in (Case(100, 10), Case(200, 10), Case(200, 10)):
        clock.note(case, 4.0)
    assert (clock.seconds_left, clock.fraction) == (0.0, 1.0)


def test_a_run_that_goes_on_moves_the_clock_but_never_to_its_end() -> None:
    case, pace = Case(1000, 10), Pace(100.0, 10.0)
    clock = Clock((case,), pace, 1)
    fractions = []
    for seconds in (0.0, 2.0, 6.0, 60.0):
        clock.run_for(case, seconds)
        fractions.append(clock.fraction)
    assert fractions == sorted(fractions) and fractions[-1] < 1
    assert 0 < clock.seconds_left < pace.seconds(case)
    clock.note(case, 61.0)
    assert (clock.fraction, clock.seconds_left) == (1.0, 0.0)


def test_the_same_seed_gives_the_same_text_in_every_version_of_python() -> None:
    assert text_of(1, 0, 12) == text_of(1, 0, 12)
    assert text_of(1, 0, 12) != text_of(1, 1, 12) != text_of(2, 0, 12)
    assert text_of(1, 0, 9) == "Under village some quiet light describes journey colour crosses"


@given(st.integers(1, 400), st.integers(1, 7))
def test_prompts_have_exactly_the_tokens_they_should(n_tokens: int, characters: int) -> None:
    def tokenize(text: str) -> list[int]:
        return [len(text[place : place + characters]) for place in range(0, len(text), characters)]

    assert len(prompt_ids(tokenize, 1, 0, n_tokens)) == n_tokens


def test_a_fingerprint_tells_prompts_apart() -> None:
    assert digest([(1, 2), (3,)]) == digest([[1, 2], [3]])
    assert digest([(1, 2), (3,)]) != digest([(1,), (2, 3)])
