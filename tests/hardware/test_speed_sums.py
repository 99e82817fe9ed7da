"""From times to figures: times are made from known figures, which must be found again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_llm.engine.pace import FilledPace, Pace, best_of, fewer_threads, mean_of
from desktop_llm.engine.thread_tuner import ThreadTuner
from desktop_llm.hardware.measured import layer_steps
from desktop_llm.hardware.speed_sums import DevicePaces, TypePace, sum_up, sum_up_fewer

_STEP_S, _NUMBER_S, _SEEN_S, _SEEN_PROMPT_S = 5e-6, 1e-9, 2e-10, 3e-11
_BYTES_PER_S, _FLOPS_PER_S = 25e9, 200e9
_EXPERT_BYTES_PER_S, _EXPERT_FLOPS_PER_S = 15e9, 100e9
_BYTES = 144 / 256  # of a weight in Q4_K
_N_PROMPT, _N_FILL = 128, 512


def _wide(n_layer: int, name: str = "Q4_K") -> TypePace:
    attention, feed_forward = 3072 * (3072 + 1024 + 1024 + 3072), 3 * 3072 * 10240
    numbers, late = 2 * 6144 + 2 * 4096 + 3 * 13312, 3 * 13312
    fixed_s = n_layer * layer_steps(7, 2) * _STEP_S
    size = n_layer * (attention + feed_forward) * _BYTES
    multiplied = n_layer * (attention + feed_forward) - feed_forward
    flops_s = 2 * multiplied * _N_PROMPT / _FLOPS_PER_S
    between_s = (n_layer * numbers - late) * _N_PROMPT * _NUMBER_S
    return TypePace(
        name,
        n_layer,
        Pace(
            size / _BYTES_PER_S + fixed_s, 2 * size / _BYTES_PER_S + fixed_s, flops_s + between_s + fixed_s, _N_PROMPT
        ),
    )


def _narrow(n_layer: int) -> FilledPace:
    attention, feed_forward = 512 * (1024 + 256 + 256 + 1024), 3 * 512 * 1536
    numbers, late = 2 * 1536 + 2 * 768 + 3 * 2048, 3 * 2048
    size = n_layer * (attention + feed_forward) * _BYTES
    step_s = size / _BYTES_PER_S + n_layer * layer_steps(7, 2) * _STEP_S
    seen = n_layer * 2 * 16 * 64
    prompt_s = (
        2 * (n_layer * (attention + feed_forward) - feed_forward) * _N_FILL / _FLOPS_PER_S
        + (n_layer * numbers - late) * _N_FILL * _NUMBER_S
        + n_layer * layer_steps(7, 2) * _STEP_S
        + seen * _N_FILL * _N_FILL / 2 * _SEEN_PROMPT_S
    )
    return FilledPace(
        step_s,
        step_s + seen * 2 * _N_FILL * _SEEN_S,
        prompt_s,
        prompt_s + seen * _N_FILL * _N_FILL * _SEEN_PROMPT_S,
        _N_FILL,
    )


def _experts(n_layer: int) -> TypePace:
    attention, used = 1024 * (1024 + 256 + 256 + 1024), 4 * 3 * 1024 * 512
    numbers, late = 2 * 2048 + 2 * 1280, 4 * 3 * 1536
    dense_s = 2 * n_layer * attention * _N_PROMPT / _FLOPS_PER_S
    expert_s = 2 * (n_layer - 1) * used * _N_PROMPT / _EXPERT_FLOPS_PER_S
    between_s = (n_layer * (numbers + 4 * 3 * 1536) - late) * _N_PROMPT * _NUMBER_S
    fixed_s = n_layer * layer_steps(8, 2, 4) * _STEP_S
    step_s = n_layer * _BYTES * (attention / _BYTES_PER_S + used / _EXPERT_BYTES_PER_S)
    return TypePace("Q4_K", n_layer, Pace(step_s + fixed_s, 1.0, dense_s + expert_s + between_s + fixed_s, _N_PROMPT))


_PACES = DevicePaces((_wide(2),), (_experts(4),), _narrow(10), 10)


def test_the_figures_behind_the_times_are_found_again() -> None:
    (speed,), overheads = sum_up(_PACES, "CUDA0")
    assert speed.generation_bytes_per_s == pytest.approx(_BYTES_PER_S, rel=0.02)
    assert speed.few_bytes_per_s == pytest.approx(_BYTES_PER_S / 2, rel=0.02)
    assert speed.prompt_flops_per_s == pytest.approx(_FLOPS_PER_S, rel=0.02)
    assert overheads.step_s == pytest.approx(_STEP_S, rel=0.02)
    assert overheads.activation_s == pytest.approx(_NUMBER_S, rel=0.1)
    assert overheads.attention_s == pytest.approx(_SEEN_S, rel=0.02)
    assert overheads.prompt_attention_s == pytest.approx(_SEEN_PROMPT_S, rel=0.02)
    assert speed.device == overheads.device == "CUDA0"


def test_the_pace_of_experts_is_found_beside_the_rest_of_their_layers() -> None:
    (speed,), _ = sum_up(_PACES, "CPU")
    assert speed.expert_bytes_per_s == pytest.approx(_EXPERT_BYTES_PER_S, rel=0.05)
    assert speed.expert_flops_per_s == pytest.approx(_EXPERT_FLOPS_PER_S, rel=0.05)


def test_a_type_whose_experts_were_not_timed_has_no_figure_for_them() -> None:
    (speed,), _ = sum_up(replace(_PACES, experts=()), "CPU")
    assert speed.expert_bytes_per_s == speed.expert_flops_per_s == 0


def test_the_figures_of_fewer_threads_come_from_their_own_steps() -> None:
    half = [replace(each, pace=replace(each.pace, fewer_step_s=(2 * each.pace.step_s,))) for each in (_wide(2),)]
    experts = [replace(each, pace=replace(each.pace, fewer_step_s=(2 * each.pace.step_s,))) for each in (_experts(4),)]
    narrow = _narrow(10)
    narrow = replace(
        narrow, fewer_step_s=(2 * narrow.step_s,), fewer_filled_step_s=(narrow.step_s + narrow.filled_step_s,)
    )
    (fewer,) = sum_up_fewer(DevicePaces(tuple(half), tuple(experts), narrow, 10, (1,)), "CPU")
    (speed,) = fewer.types
    assert fewer.n_threads == 1
    assert speed.generation_bytes_per_s == pytest.approx(_BYTES_PER_S / 2, rel=0.02)
    assert speed.expert_bytes_per_s == pytest.approx(_EXPERT_BYTES_PER_S / 2, rel=0.1)
    assert fewer.overheads.step_s == pytest.approx(2 * _STEP_S, rel=0.02)
    assert fewer.overheads.attention_s == pytest.approx(_SEEN_S, rel=0.02)
    assert fewer.overheads.prompt_attention_s == pytest.approx(_SEEN_PROMPT_S, rel=0.02)


def test_several_replies_on_short_rows_have_a_rate_of_their_own() -> None:
    weights = 10 * (1024 * 2560 + 3 * 1024 * 2560)
    few_s = weights * _BYTES / 8e9 + 10 * layer_steps(7, 2) * _STEP_S
    short = TypePace("Q4_K", 10, Pace(1.0, few_s, 1.0, _N_PROMPT))
    (speed,), _ = sum_up(replace(_PACES, short=(short,)), "CPU")
    assert speed.short_few_bytes_per_s == pytest.approx(8e9, rel=0.02)
    (without,), _ = sum_up(_PACES, "CPU")
    assert speed == replace(without, short_few_bytes_per_s=speed.short_few_bytes_per_s)


def test_no_figures_of_fewer_threads_where_none_were_asked_for() -> None:
    assert sum_up_fewer(_PACES, "CUDA0") == ()


@pytest.mark.parametrize(
    ("most", "fewer"), [(1, ()), (2, (1,)), (3, (1,)), (4, (2, 1)), (7, (3, 1)), (16, (8, 4, 2)), (63, (31, 15, 7))]
)
def test_fewer_threads_are_those_that_the_engine_tries(most: int, fewer: tuple[int, ...]) -> None:
    assert fewer_threads(most) == fewer
    tuner, tried = ThreadTuner(most), []
    for _ in range(100):
        tried.append(tuner.n_threads)
        tuner.learn(float(tuner.n_threads))
    assert set(fewer) <= set(tried)


def test_times_that_a_disturbance_turned_round_give_figures_all_the_same() -> None:
    odd = FilledPace(step_s=0.5, filled_step_s=0.1, prompt_s=0.2, next_prompt_s=0.1, n_fill=64)
    (speed,), overheads = sum_up(replace(_PACES, narrow=odd), "CPU")
    assert speed.generation_bytes_per_s > 0 and speed.prompt_flops_per_s > 0
    assert overheads.attention_s == overheads.prompt_attention_s == 0


def test_of_two_measurements_the_less_disturbed_time_counts() -> None:
    assert best_of(Pace(1, 5, 3, 128), Pace(2, 4, 3, 128)) == Pace(1, 4, 3, 128)
    assert mean_of(FilledPace(1, 2, 9, 9, 64), FilledPace(2, 1, 8, 10, 64)) == FilledPace(1.5, 1.5, 8.5, 9.5, 64)
    assert best_of(Pace(1, 5, 3, 128, (4, 2)), Pace(2, 4, 3, 128, (3, 3))) == Pace(1, 4, 3, 128, (3, 2))
    assert mean_of(FilledPace(1, 2, 9, 9, 64, (1,), (2,)), FilledPace(1, 2, 9, 9, 64, (3,), (4,))) == FilledPace(
        1, 2, 9, 9, 64, (1,), (2,)
    )
    assert best_of(Pace(1, 5, 3, 128), Pace(1, 1, 1, 16)) == Pace(1, 5, 3, 128)  # not the same prompt
