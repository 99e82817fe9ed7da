"""Finding the number of threads that computes a token fastest, on imagined machines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.thread_tuner import ThreadTuner


def _run(tuner: ThreadTuner, seconds: Callable[[int], float], steps: int) -> list[int]:
    """The numbers of threads it used."""
    used = []
    for _ in range(steps):
        used.append(tuner.n_threads)
        tuner.learn(seconds(tuner.n_threads))
    return used


def _small_model(n_threads: int) -> float:
    return 6.0 / n_threads + 14.0 * (n_threads > 1)


def _large_model(n_threads: int) -> float:
    return 200.0 / n_threads + 3.0 * n_threads


def test_a_small_model_gets_one_thread_soon() -> None:
    used = _run(ThreadTuner(2), _small_model, 100)
    assert used[0] == 2
    assert set(used[15:]) == {1}


def test_a_large_model_keeps_its_threads() -> None:
    used = _run(ThreadTuner(8), _large_model, 300)
    assert used.count(8) > 280
    assert set(used) <= {8, 4}


def test_a_machine_with_many_cores_is_walked_down_in_halves() -> None:
    used = _run(ThreadTuner(64), lambda n: 100.0 / n + 4.0 * n, 200)
    assert used[-1] in (4, 8)
    assert used[0] == 64


def test_threads_that_make_no_difference_are_left_to_other_programs() -> None:
    used = _run(ThreadTuner(8), lambda n: 5.0, 300)
    assert used[-1] == 1
    assert used.count(1) > 270


def test_a_twentieth_is_worth_a_core() -> None:
    used = _run(ThreadTuner(2), lambda n: 5.0 if n == 2 else 5.25, 2000)
    assert used.count(2) > 1900


def test_a_little_faster_with_more_threads_is_not_worth_a_change() -> None:
    tuner = ThreadTuner(2)
    assert _run(tuner, lambda n: 5.0, 100)[-1] == 1
    assert _run(tuner, lambda n: 5.0 if n == 1 else 4.8, 2000)[-1] == 1


def test_when_other_programs_come_and_go_it_follows() -> None:
    tuner = ThreadTuner(2)
    assert _run(tuner, _large_model, 50)[-1] == 2
    assert _run(tuner, lambda n: 120.0 if n == 1 else 400.0, 100)[-1] == 1
    assert _run(tuner, _large_model, 1000)[-1] == 2


def test_one_core_has_nothing_to_choose() -> None:
    assert set(_run(ThreadTuner(1), lambda n: 1.0, 2000)) == {1}


@given(st.integers(1, 128), st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=400))
def test_it_never_leaves_the_machine(most: int, times: list[float]) -> None:
    tuner = ThreadTuner(most)
    for seconds in times:
        assert 1 <= tuner.n_threads <= most
        tuner.learn(seconds)


@pytest.mark.parametrize("most", [2, 3, 6, 12, 20])
def test_trying_costs_little(most: int) -> None:
    tuner = ThreadTuner(most)
    _run(tuner, _large_model, 40)
    spent = sum(_large_model(n) for n in _run(tuner, _large_model, 2000))
    best = 2000 * min(_large_model(n) for n in {most, most // 2, most // 4} if n)
    assert spent < 1.03 * best
