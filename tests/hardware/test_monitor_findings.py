"""What the monitor finds in traces: real ones recorded here, and written ones for machines that are not here."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from desktop_llm.cli.finding_words import advice, sentence
from desktop_llm.hardware.machine import Power, PowerSource
from desktop_llm.hardware.monitor.findings import Finding, FindingKind, Severity, explain
from desktop_llm.hardware.monitor.sample import (
    CpuSample,
    DiskSample,
    EngineSample,
    Expected,
    GpuSample,
    MemorySample,
    ResourceSample,
    Throttle,
)
from tests.hardware.trace_files import FOLDER, read_trace

_GIB = 1024**3
_ROOMY = MemorySample(32 * _GIB, 20 * _GIB)


def kinds(samples: tuple[ResourceSample, ...]) -> list[FindingKind]:
    return [finding.kind for finding in explain(samples)]


def found(samples: tuple[ResourceSample, ...], kind: FindingKind) -> Finding:
    return next(finding for finding in explain(samples) if finding.kind is kind)


def lasting(sample: ResourceSample, n_samples: int = 5) -> tuple[ResourceSample, ...]:
    return tuple(replace(sample, at=sample.at + second) for second in range(n_samples))


def at_rest(*engines: EngineSample) -> ResourceSample:
    return ResourceSample(0.0, CpuSample((0.1, 0.1)), _ROOMY, engines=engines)


def test_every_trace_says_whether_it_was_recorded_or_written() -> None:
    marks = {file.stem: json.loads(file.read_text(encoding="utf8"))["is_written"] for file in FOLDER.glob("*.json")}
    assert [name for name, is_written in marks.items() if not is_written] == ["starter"]
    assert all(read_trace(name) for name in marks)


def test_a_card_that_dropped_its_clock_is_told_with_heat_and_clock() -> None:
    trace = read_trace("gpu_throttled")
    assert FindingKind.GPU_SLOWED not in kinds(trace[:20])
    finding = found(trace, FindingKind.GPU_SLOWED)
    assert finding.text("reason") == Throttle.HEAT
    said = sentence(finding)
    assert "NVIDIA GeForce RTX 4090 dropped to 892 MHz" in said
    assert "at 87 °C, held back by heat. Let air to the computer" in said


def test_layers_on_the_cpu_and_the_program_that_took_their_place_are_told() -> None:
    trace = read_trace("layers_on_cpu")
    assert kinds(trace)[:2] == [FindingKind.LAYERS_ON_CPU, FindingKind.VRAM_OF_OTHERS]
    layers, others = (sentence(finding) for finding in explain(trace)[:2])
    assert "is slow because 11 of 33 layers run on the CPU. Choose a smaller model" in layers
    assert "Another program uses 6.20 GiB of the memory of NVIDIA GeForce RTX 3070." in others


def test_a_laptop_that_swaps_is_told_first_and_its_battery_last() -> None:
    trace = read_trace("laptop_swapping")
    assert kinds(trace[:10]) == [FindingKind.ON_BATTERY]
    assert kinds(trace) == [FindingKind.SWAPPING, FindingKind.ON_BATTERY]
    assert explain(trace)[0].severity is Severity.URGENT
    assert "the system is swapping. Close other programs" in sentence(explain(trace)[0])
    assert "runs on its battery (61%)" in sentence(explain(trace)[1])


def test_a_long_prompt_is_told_while_it_is_read_and_when_its_reply_is_there() -> None:
    trace = read_trace("long_prompt")
    under_way = found(trace[:11], FindingKind.PROMPT_UNDER_WAY)
    assert (under_way.number("n_left"), under_way.number("seconds_left")) == (5400, 18)
    finding = found(trace, FindingKind.LONG_PROMPT)
    assert sentence(finding).startswith("The prompt was long: 8,400 tokens, 71% of the reply's time.")


def test_the_real_machine_is_explained_with_its_long_prompts() -> None:
    trace = read_trace("starter")
    windows = (trace[max(0, end - 30) : end] for end in range(1, len(trace) + 1))
    assert {kind for window in windows for kind in kinds(window)} == {
        FindingKind.PROMPT_UNDER_WAY,
        FindingKind.LONG_PROMPT,
        FindingKind.BUSY_PROCESSOR,
    }
    assert any(sample.engines[0].generation_tokens_per_s > 0 for sample in trace)
    assert any(sample.engines[0].prompt_tokens_per_s > 0 for sample in trace)


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert explain(lasting(at_rest())) == ()
    assert explain(()) == ()


def test_a_model_without_a_card_is_not_told_to_use_one() -> None:
    model = EngineSample("m", n_running=1, n_layers=33, n_gpu_layers=0)
    assert FindingKind.LAYERS_ON_CPU not in kinds(lasting(at_rest(model)))


def test_a_card_at_its_power_limit_but_fast_is_as_it_should_be() -> None:
    card = GpuSample("Card", "CUDA0", utilisation=1.0, clock_hz=2e9, max_clock_hz=2.4e9)
    limited = replace(at_rest(), gpus=(replace(card, throttles=(Throttle.POWER_LIMIT,)),))
    assert explain(lasting(limited)) == ()
    crawling = replace(at_rest(), gpus=(replace(card, throttles=(Throttle.POWER_LIMIT,), clock_hz=1e9),))
    assert kinds(lasting(crawling)) == [FindingKind.GPU_SLOWED]


def test_a_card_that_tells_no_reasons_is_judged_by_its_heat() -> None:
    card = GpuSample("Card", "CUDA0", utilisation=1.0, clock_hz=1e9, max_clock_hz=2.4e9, temperature_c=88.0)
    hot, cool = (replace(at_rest(), gpus=(replace(card, temperature_c=heat),)) for heat in (88.0, 60.0))
    assert kinds(lasting(hot)) == [FindingKind.GPU_SLOWED]
    assert kinds(lasting(cool)) == []


def test_weights_that_are_read_again_and_again_are_noticed() -> None:
    sample = replace(at_rest(EngineSample("m", n_running=1)), disk=DiskSample(read_bytes_per_s=90e6))
    assert kinds(lasting(sample)) == [FindingKind.READING_WEIGHTS]
    assert kinds(lasting(sample, 2)) == []


def test_other_programs_that_take_the_processor_are_noticed_only_while_a_model_computes() -> None:
    cpu = CpuSample((0.9, 0.9), app=0.4)
    assert kinds(lasting(replace(at_rest(EngineSample("m", n_running=1)), cpu=cpu))) == [FindingKind.BUSY_PROCESSOR]
    assert kinds(lasting(replace(at_rest(), cpu=cpu))) == []


def test_a_full_memory_without_swap_traffic_is_told_as_full() -> None:
    sample = replace(at_rest(), memory=MemorySample(16 * _GIB, _GIB // 2, _GIB))
    assert kinds(lasting(sample)) == [FindingKind.MEMORY_FULL]


def test_requests_that_wait_and_replies_that_share_are_told_apart() -> None:
    assert kinds(lasting(at_rest(EngineSample("m", n_running=4, n_waiting=2)))) == [FindingKind.REQUESTS_WAIT]
    assert kinds(lasting(at_rest(EngineSample("m", n_running=4)))) == [FindingKind.SHARED_MODEL]


def test_a_reply_below_its_prediction_is_told_with_both_figures() -> None:
    slow = EngineSample("m", n_running=1, generation_tokens_per_s=5.0, expected=Expected(1, 1, 10.0, 14.0))
    finding = found(lasting(at_rest(slow)), FindingKind.SLOWER_THAN_PREDICTED)
    assert "m writes 5.0 tokens/s; 10.0 to 14.0 were predicted." in sentence(finding)
    assert kinds(lasting(at_rest(replace(slow, generation_tokens_per_s=9.0)))) == []


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        (replace(at_rest(), disk=DiskSample(free_bytes=_GIB)), FindingKind.DISK_FULL),
        (replace(at_rest(), cpu=CpuSample((0.5,), temperature_c=97.0)), FindingKind.HOT_CPU),
        (replace(at_rest(), power=Power(PowerSource.BATTERY)), FindingKind.ON_BATTERY),
    ],
)
def test_the_machines_own_troubles_are_told(sample: ResourceSample, kind: FindingKind) -> None:
    assert kinds(lasting(sample)) == [kind]
    assert sentence(explain(lasting(sample))[0]).endswith(advice(explain(lasting(sample))[0]))
