"""Runs beside each other, kept on the disk, and handed to others."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.bench.compare import Difference, compare, earlier_of_model, newest_of_others
from desktop_llm.bench.exports import as_csv, as_json, as_markdown
from desktop_llm.bench.plan import Case
from desktop_llm.bench.record import as_record, read_record
from desktop_llm.bench.results import BenchRun, CaseResult, Disturbance
from desktop_llm.bench.store import BenchStore
from desktop_llm.bench.words import command, notes
from desktop_llm.cli.arguments import parse
from tests.bench.samples import MODEL, SETTINGS, of_other_model, repeat, run


def test_a_run_twice_as_fast_is_said_to_be_so() -> None:
    comparison = compare(run("a", factor=2.0), run("b"))
    assert comparison.is_comparable
    assert {case.generation.value for case in comparison.cases} == {2.0}
    assert all(case.generation.is_clear for case in comparison.cases)


def test_a_difference_within_the_spread_is_not_clear() -> None:
    assert not any(case.prompt.is_clear for case in compare(run("a", factor=1.02), run("b")).cases)


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (replace(run(), settings=replace(SETTINGS, n_threads=2)), Difference.THREADS),
        (replace(run(), engine_version="0.3.40"), Difference.ENGINE_VERSION),
        (replace(run(), app_version="0.7.0"), Difference.APP_VERSION),
        (replace(run(), machine=replace(run().machine, is_on_battery=True)), Difference.POWER),
        (replace(run(), machine=replace(run().machine, cpu="Other CPU")), Difference.MACHINE),
        (replace(run(), plan=replace(run().plan, seed=2)), Difference.PROMPTS),
    ],
)
def test_what_makes_runs_incomparable_is_named(other: BenchRun, difference: Difference) -> None:
    comparison = compare(run(), other)
    assert comparison.doubts == (difference,)
    assert not comparison.is_comparable


def test_other_settings_are_named_but_may_be_compared() -> None:
    other = replace(run(), settings=replace(SETTINGS, kv_type="q8_0", n_ctx=4096, n_gpu_layers=10))
    comparison = compare(run(), other)
    assert comparison.differences == (Difference.GPU_LAYERS, Difference.KV_TYPE, Difference.CONTEXT)
    assert comparison.is_comparable


def test_disturbed_repeats_do_not_count_unless_all_are() -> None:
    loud, calm = repeat(500.0, 10.0, Disturbance.OTHER_PROGRAMS, others=0.4), repeat(1000.0, 20.0)
    mixed = CaseResult(Case(128, 32), (loud, calm, calm))
    assert (mixed.generation_tokens_per_s.low, mixed.n_disturbed, mixed.is_disturbed) == (20.0, 1, False)
    whole = CaseResult(Case(128, 32), (loud, loud))
    assert (whole.generation_tokens_per_s.median, whole.is_disturbed) == (10.0, True)
    disturbed = replace(run(), results=(whole,))
    assert compare(disturbed, disturbed).doubts == (Difference.DISTURBED,)


def test_earlier_runs_and_other_models_are_found() -> None:
    mine, older, other = run("a", at=300.0), run("b", at=100.0), of_other_model("c")
    doubtful = replace(run("d", at=200.0), engine_version="0.1")
    runs = [mine, doubtful, older, other, replace(other, id="e", at=1.0)]
    assert [each.id for each in earlier_of_model(mine, runs)] == ["b", "d"]
    assert [each.id for each in newest_of_others(mine, runs)] == ["c"]


def test_a_run_survives_its_record() -> None:
    assert read_record(json.loads(json.dumps(as_record(run())))) == run()


@pytest.mark.parametrize("wrong", [None, [], {}, {"format": 2}, {"format": 1}, {**as_record(run()), "results": 3}])
def test_a_broken_record_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="benchmark"):
        read_record(wrong)


def test_runs_are_kept_newest_first_and_can_be_brought_back(tmp_path: Path) -> None:
    store = BenchStore(tmp_path / "benches")
    assert store.runs() == ()
    store.put(run("a", at=1.0))
    store.put(run("b", at=2.0))
    assert [each.id for each in store.runs()] == ["b", "a"]
    store.remove(run("b"))
    assert [each.id for each in BenchStore(tmp_path / "benches").runs()] == ["a"]
    store.put(run("b", at=2.0))
    assert [each.id for each in store.runs()] == ["b", "a"]


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{}", b"[" * 100_000, b"\xff\xfe", b"nonsense"),
        json.dumps(as_record(run("b"))).encode(),  # another run's, so that deleting would miss it
        json.dumps(as_record(run("a"))).replace("48.0", "NaN").encode(),
    ],
)
def test_what_is_no_run_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    assert BenchStore(tmp_path).runs() == ()
    assert (tmp_path / "a.json").read_bytes() == content


def test_csv_has_a_row_for_each_repeat_and_no_formula() -> None:
    formula = replace(run(), model=replace(MODEL, name="=HYPERLINK(1)"))
    rows = list(csv.DictReader(io.StringIO(as_csv(formula), newline="")))
    assert len(rows) == sum(len(result.repeats) for result in formula.results)
    assert rows[0]["model"] == "'=HYPERLINK(1)"
    assert float(rows[0]["generation_tokens_per_s"]) == pytest.approx(60 * 0.98)


def test_markdown_cannot_be_broken_by_a_name() -> None:
    text = as_markdown(replace(run(), model=replace(MODEL, name="a|b\n# <script> `x` [y](z)")), [of_other_model()])
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.count("|") - line.count("\\|") == 7 for line in table[:5])
    shown = re.sub(r"`[^`]*`", "", text.replace("\\`", ""))  # but for what stands there as code
    assert "<script>" not in shown.replace("\\<script\\>", "")
    assert "\n# <" not in text
    assert "## Other models" in text


def test_json_holds_every_repeat_and_the_figures() -> None:
    values = json.loads(as_json(run()))
    first = values["results"][0]
    assert first["figures"]["generation_tokens_per_s"] == {"median": 60.0, "low": 58.8, "high": 61.8}
    assert len(first["repeats"]) == 3
    assert values["settings"]["kv_type"] == "f16"


def test_the_command_in_a_report_repeats_its_plan() -> None:
    verb, name, *options = command(run()).split()[1:]
    arguments = parse([verb, name, *options])
    plan = run().plan
    assert (arguments.model, arguments.fills, arguments.concurrent) == (MODEL.name, plan.fills, plan.concurrent)
    assert (arguments.batch, arguments.repeats, arguments.generate) == (plan.batches, plan.repeats, plan.n_generate)
    assert (arguments.seed, arguments.context, arguments.kv_type) == (plan.seed, SETTINGS.n_ctx, "f16")


def test_the_same_note_of_several_cases_is_said_once() -> None:
    whole = run()
    assert dict(notes(whole)) == {"every case": "GPU 61 °C"}
    loud = repeat(500.0, 10.0, Disturbance.OTHER_PROGRAMS, others=0.4)
    results = (replace(whole.results[0], repeats=(loud,)), *whole.results[1:])
    mixed = dict(notes(replace(whole, results=results)))
    assert mixed["128 + 32"].startswith("1 of 1 disturbed, none left out: other programs used the processor")
    assert mixed["512 + 32; 128 + 32, 4 at once"] == "GPU 61 °C"
