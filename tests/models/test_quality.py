"""Quality: what published results, parameters and release, and the bits say of a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.models.catalog.catalog import CatalogModel, read_catalog
from desktop_llm.models.recommend.quality import Basis, QualityEstimate, effective_params, quantization_cost

_CATALOG = read_catalog(Path(__file__).parents[2] / "resources" / "catalog.json")
_ESTIMATE = QualityEstimate(_CATALOG.models)


def _model(name: str) -> CatalogModel:
    return next(each for each in _CATALOG.models if each.id == name)


def _value(name: str, quantization: str = "Q4_K_M") -> float:
    quality = _ESTIMATE.of(_model(name), quantization)
    assert quality is not None
    return quality.value


def test_a_newer_model_of_like_size_is_better_and_a_better_one_beats_finer_bits() -> None:
    assert _value("qwen3-4b") > _value("qwen2.5-3b-instruct", "Q8_0")
    assert _value("qwen3.5-4b") > _value("llama-3.1-8b-instruct", "Q8_0")
    assert _value("granite-4.1-8b") > _value("granite-3.3-8b-instruct") > _value("granite-3.1-8b-instruct")


def test_fewer_bits_cost_points_and_a_label_that_is_not_known_costs_nobody_knows_what() -> None:
    names = ("F16", "Q8_0", "Q5_K_M", "Q4_K_M", "Q4_0", "Q3_K_M", "Q2_K")
    costs = [cost.points for name in names if (cost := quantization_cost(name))]
    assert len(costs) == len(names)
    assert costs == sorted(costs)
    assert quantization_cost("a publisher's label") is None
    assert _ESTIMATE.of(_model("qwen3-4b"), "a publisher's label") is None
    assert quantization_cost("UD-Q4_K_XL") == quantization_cost("Q4_K_M")


def test_where_no_result_is_known_parameters_and_release_say_about_as_much() -> None:
    errors = []
    for model in _CATALOG.models:
        known = _ESTIMATE.of(model, "F16")
        guessed = _ESTIMATE.of(replace(model, score=None), "F16")
        if known and guessed and guessed.basis is Basis.ESTIMATED and known.basis is Basis.PUBLISHED:
            errors.append(guessed.value - known.value)
            assert guessed.plus_minus == pytest.approx(3.2, abs=0.5)
    assert len(errors) > 45
    assert sum(abs(each) < 2 * 3.3 for each in errors) > 0.95 * len(errors)  # twice the spread


def test_an_estimate_grows_with_parameters_and_with_the_year_and_is_never_extrapolated() -> None:
    model = replace(_model("qwen3.6-27b"), score=None)
    years = [_ESTIMATE.of(replace(model, released=f"{year}-01"), "F16") for year in (2024, 2025, 2026, 2031)]
    points = [each.points for each in years if each]
    assert points[0] < points[1] < points[2]
    assert points[3] - points[2] < points[2] - points[1]  # the newest model known is of 2026
    small, large = (_ESTIMATE.of(replace(_model(name), score=None), "F16") for name in ("qwen3-1.7b", "qwen3-8b"))
    assert small is not None
    assert large is not None
    assert large.points - small.points == pytest.approx(2.25 * 4.9, abs=2)


def test_of_a_model_without_results_and_release_nothing_is_said() -> None:
    quality = _ESTIMATE.of(replace(_model("qwen3-8b"), score=None, released=None), "Q4_K_M")
    assert quality is not None
    assert (quality.basis, quality.points) == (Basis.UNKNOWN, 0.0)
    embeds = _ESTIMATE.of(replace(_model("bge-m3"), score=None), "Q8_0")
    assert embeds is not None
    assert embeds.basis is Basis.UNKNOWN


def test_with_too_few_results_nothing_is_estimated() -> None:
    models = [_model("qwen3-8b"), _model("qwen3-4b")]
    quality = QualityEstimate(models).of(_model("granite-3.3-2b-instruct"), "Q4_K_M")
    assert quality is not None
    assert quality.basis is Basis.UNKNOWN


def test_for_code_the_place_in_tests_of_writing_code_counts() -> None:
    coder, general = (
        _ESTIMATE.of(_model(name), "Q4_K_M") for name in ("qwen2.5-coder-7b-instruct", "qwen2.5-7b-instruct")
    )
    assert coder is not None
    assert general is not None
    assert coder.code_value > general.code_value
    assert coder.code_rank == 253


def test_parameters_come_from_the_shape_or_the_file() -> None:
    for name, n_params in (("qwen2.5-7b-instruct", 7.6e9), ("bge-m3", 0.56e9), ("gemma-4-e4b-it", 4.6e9)):
        assert effective_params(_model(name)) == pytest.approx(n_params, rel=0.06)
    assert effective_params(replace(_model("qwen3-8b"), architecture=None, n_params=None)) == pytest.approx(
        8.2e9, rel=0.1
    )
    assert 3e9 < effective_params(_model("gpt-oss-20b")) < 15e9  # experts that rest count for something
    assert effective_params(replace(_model("qwen3-8b"), architecture=None, n_params=None, files=())) == 0
