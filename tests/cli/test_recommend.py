"""`desktop-llm recommend`: its words and its object, and a wrong command line."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.cli.arguments import parse
from desktop_llm.cli.recommend import lines, recommend_models, report
from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import UsageError
from desktop_llm.hardware.machine import Cpu, Disk, Hardware, Memory, Power, PowerSource
from desktop_llm.hardware.measured import Measured, TypeSpeed
from desktop_llm.models.catalog.catalog import read_catalog
from desktop_llm.models.fit.room import room_of
from desktop_llm.models.recommend.ranking import Computer, Purpose, Recommendations, Wish, recommend
from desktop_llm.services import Services

_GIB = 1024**3
_CATALOG = read_catalog(Path(__file__).parents[2] / "resources" / "catalog.json")
_LAPTOP = Hardware(
    Cpu("A processor", 4, 8, 4, 0),
    Memory(8 * _GIB, int(4.5 * _GIB)),
    (),
    Disk(Path("models"), 100 * _GIB),
    Power(PowerSource.MAINS),
)
_TYPES = tuple(TypeSpeed(name, 40e9, 400e9) for name in ("Q4_K", "Q8_0", "Q6_K", "F16", "Q5_K", "Q3_K"))
_KNOWN = replace(_LAPTOP, measured=Measured(_TYPES, 4, 0.0, ""))


def _found(machine: Hardware, wish: Wish) -> Recommendations:
    return recommend(_CATALOG, Computer(room_of(machine), machine.measured), wish)


def _text(machine: Hardware, wish: Wish) -> str:
    return "\n".join(lines(_found(machine, wish), wish, machine))


def _said(services: Services, *arguments: str) -> str:
    out = io.StringIO()
    given: Namespace = parse(["recommend", "--no-measure", *arguments])
    assert recommend_models(services, given, Terminal(out, io.StringIO())) == 0
    return out.getvalue()


def test_the_text_says_why_and_what_it_is_based_on() -> None:
    text = _text(_KNOWN, Wish())
    assert text.startswith("1. ")
    assert " of the 4.50 GiB free in memory with 8,192 tokens of context and gives about " in text
    assert " published results give its model " in text
    assert "; Q4_K_M costs 0.6 points" in text
    assert " would be better, but it needs " in text
    assert "Memory is an estimate" in text
    assert "more models are left out" in text


def test_a_restricted_licence_is_marked() -> None:
    gemma = replace(_CATALOG, models=tuple(model for model in _CATALOG.models if model.family == "Gemma 3"))
    found = recommend(gemma, Computer(room_of(_KNOWN), _KNOWN.measured), Wish())
    said = "\n".join(lines(found, Wish(), _KNOWN))
    assert "   Restricted licence: Gemma Terms of Use: a policy of prohibited uses goes with it." in said


def test_without_a_measurement_the_text_names_the_command_that_measures() -> None:
    text = _text(_LAPTOP, Wish())
    assert "tokens/s" not in text
    assert "desktop-llm hardware --measure" in text


def test_a_disturbed_measurement_is_named() -> None:
    machine = replace(_KNOWN, measured=Measured(_TYPES, 4, 0.0, "", others_fraction=0.5))
    assert "Speeds are too low" in _text(machine, Wish())


def test_for_code_the_text_says_the_place_among_those_who_write_it() -> None:
    assert " of 469 in tests of writing code" in _text(_LAPTOP, Wish(Purpose.CODE))


def test_what_nobody_published_is_said_to_be_a_guess() -> None:
    unread = tuple(
        replace(each, score=None) if each.id == "llama-3.2-1b-instruct" else each
        for each in _CATALOG.models
        if not each.id.startswith("qwen3.5")
    )
    found = recommend(replace(_CATALOG, models=unread), Computer(room_of(_LAPTOP)), Wish())
    said = report(found, Wish(), _LAPTOP)["recommendations"]
    guessed = next(each for each in said if each["id"].startswith("llama-3.2-1b"))
    assert "give or take 3." in guessed["why"]
    assert guessed["quality"]["basis"] == "estimated"
    assert guessed["licence_url"].startswith("https://")


def test_of_an_embedding_model_the_text_says_how_fast_it_reads() -> None:
    text = _text(_KNOWN, Wish(Purpose.EMBEDDINGS))
    assert " and reads about " in text
    assert "first word" not in text


def test_where_nothing_is_good_enough_the_nearest_says_why() -> None:
    small = replace(_LAPTOP, memory=Memory(_GIB, _GIB // 10))
    assert "but it needs" in _text(small, Wish())
    assert "but it could be as slow as" in _text(_KNOWN, Wish(min_tokens_per_s=1e6))


def test_the_object_has_what_scripts_rely_on() -> None:
    wish = Wish()
    said = report(_found(_KNOWN, wish), wish, _KNOWN)
    assert (said["purpose"], said["source"], said["measured"], said["n_ctx"]) == ("general", "estimate", True, 8192)
    best = said["recommendations"][0]
    low, high = best["speed"]["generation_tokens_per_s"]
    assert 5 <= low < high
    assert best["next_better"]["missing_bytes"] > 0
    assert best["next_better"]["need"] == "more-ram"
    assert best["quality"]["n_results"] > 1
    assert best["n_ctx"] == 8192
    assert best["why"].endswith(".")
    assert json.dumps(said)


def test_the_verb_prints_for_this_computer(services: Services) -> None:
    said = json.loads(_said(services, "--purpose", "spanish", "--json"))
    assert said["purpose"] == "spanish"
    assert not said["measured"]
    assert "published test results" in _said(services)


def test_the_floor_is_a_setting_and_the_option_overrides_it(services: Services) -> None:
    services.settings.set("min_tokens_per_s", 900.0)
    measured = services.planner.hardware().measured
    assert json.loads(_said(services, "--json"))["min_tokens_per_s"] == 900.0
    assert json.loads(_said(services, "--json", "--min-speed", "2"))["min_tokens_per_s"] == 2.0
    assert measured is None


@pytest.mark.parametrize("speed", ["-1", "nan", "inf"])
def test_a_floor_that_is_no_speed_is_a_sentence(speed: str, services: Services) -> None:
    with pytest.raises(UsageError, match="--min-speed"):
        _said(services, f"--min-speed={speed}")


def test_an_unknown_purpose_is_a_sentence() -> None:
    with pytest.raises(UsageError, match="poetry"):
        parse(["recommend", "--purpose", "poetry"])
