"""Recommendations in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.models.catalog.catalog import read_catalog
from desktop_llm.models.fit.room import room_of
from desktop_llm.models.recommend.ranking import Candidate, Computer, Purpose, Recommendations, Wish, recommend
from desktop_llm.ui.fit.recommend_text import Fit, fit_of, fit_words, licence_words, limit_words, why_words
from desktop_llm.ui.language import Language
from desktop_llm.ui.run import make_application
from tools.machines import MACHINES, gpu_24gb, laptop_8gb

_ROOT = Path(__file__).parents[2]
_CATALOG = read_catalog(_ROOT / "resources" / "catalog.json")


def _found(name: str, wish: Wish) -> Recommendations:
    hardware = MACHINES[name]()
    return recommend(_CATALOG, Computer(room_of(hardware), hardware.measured), wish)


def _with_layers(candidate: Candidate, n_gpu_layers: int) -> Candidate:
    return replace(
        candidate, plan=replace(candidate.plan, params=replace(candidate.plan.params, n_gpu_layers=n_gpu_layers))
    )


def test_a_model_with_layers_left_in_ram_fits_with_less() -> None:
    wish = Wish()
    candidate = _found("gpu-24gb", wish).ranked[0].candidate
    assert fit_words(_with_layers(candidate, 999), wish) == "Fits"
    assert fit_words(_with_layers(candidate, 3), wish) == "Fits, partly on the graphics card"
    assert fit_words(_with_layers(candidate, 0), wish) == "Fits, but not on the graphics card"


def test_who_wants_nothing_on_the_graphics_card_gives_nothing_up() -> None:
    wish = Wish(params=LoadParams(n_gpu_layers=0))
    for each in _found("gpu-24gb", wish).ranked:
        assert fit_of(each.candidate, wish) is Fit.FITS


def test_a_smaller_cache_than_wished_is_said() -> None:
    wish = Wish()
    candidate = _found("laptop-8gb", wish).ranked[0].candidate
    smaller = replace(candidate.plan.params, cache_type_k=CacheType.Q8_0)
    words = fit_words(replace(candidate, plan=replace(candidate.plan, params=smaller)), wish)
    assert words == "Fits with less memory for the conversation"


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("name", list(MACHINES))
def test_every_recommendation_says_what_it_rests_on(name: str, purpose: Purpose) -> None:
    wish = Wish(purpose, min_tokens_per_s=0)
    found = _found(name, wish)
    assert found.ranked
    for each in found.ranked:
        words = why_words(each, wish)
        assert "point" in words or "No test result" in words
        assert "{" not in words
        if purpose is not Purpose.SMALLEST and each.next_better is not None:
            assert each.next_better.model.name in words


def test_a_licence_is_minded_where_it_restricts_use_or_is_not_known() -> None:
    by_licence = {model.licence.name: model for model in _CATALOG.models if model.licence is not None}
    assert licence_words(by_licence["Apache-2.0"]) == ""
    assert licence_words(by_licence["Gemma Terms of Use"]).startswith("Restricted licence (Gemma Terms of Use): ")
    unknown = next(model for model in _CATALOG.models if model.licence is None)
    assert "read before use" in licence_words(unknown)


def test_every_restriction_in_the_catalogue_is_said_in_spanish() -> None:
    reasons = {model.licence.why for model in _CATALOG.models if model.licence is not None and model.licence.restricts}
    language = Language(make_application(), _ROOT / "resources" / "translations")
    language.use("es")
    try:
        assert [why for why in reasons if limit_words(why) == why] == []
    finally:
        language.remove()


def test_the_imagined_machines_are_what_their_names_say() -> None:
    assert laptop_8gb().memory.total_bytes < 8 * 1024**3
    assert gpu_24gb().gpus[0].total_bytes < 24 * 1024**3
    assert len(MACHINES["two-gpus"]().gpus) == 2
    assert MACHINES["igpu-16gb"]().gpus[0].is_unified
