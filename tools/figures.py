"""What the long campaigns did, in figures: how often each thing was tried, how often it failed, and how long it took.

pytest's reports are read: a test may record how much it did (`record_property("count", …)`), hypothesis tells its
examples, and any other test counts as one.
"""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

#: What a test's name stands for in the table; the others are taken together.
CAMPAIGNS = {
    "test_two_hundred_kills_leave_nothing_wrong_and_lose_little": "kills of a process that downloads",
    "test_a_thousand_sequences_of_faults_never_leave_a_wrong_file": "random sequences of network faults",
    "test_whatever_happens_the_file_is_right_or_an_error_says_why": "random sequences of network faults",
    "test_any_damage_anywhere_is_refused_and_nothing_imported": "damaged bundles",
    "test_thousands_of_random_mutants_end_as_a_sentence_or_a_model": "broken model files",
    "test_what_is_described_is_what_is_answered_a_thousand_times": "local API: requests of schemathesis",
    "test_no_malformed_request_of_ten_thousand_is_answered_5xx_or_not_at_all": "local API: malformed requests",
    "test_slow_sockets_are_closed_in_the_products_own_times": "local API: slow sockets",
    "test_a_thousand_broken_streams_leave_nothing_behind_and_little_memory": "local API: streams dropped midway",
    "test_every_combination_is_answered_as_the_table_says": "local API: Host x Origin x method x key",
    "test_a_bomb_ends_within_the_default_limits": "hostile chat templates",
}
_PROPERTY_TESTS = "other property tests: examples"
_OTHERS = "other long tests"
_STATISTICS = "hypothesis-statistics-"
_EXAMPLES = re.compile(r"(\d+) passing, (\d+) failing")


@dataclass(frozen=True, slots=True)
class Figure:
    """A campaign: how much was tried, how many of its tests failed, and seconds."""

    campaign: str
    count: int
    failures: int
    duration_s: float


def figures_of(reports: Iterable[Path]) -> list[Figure]:
    """Of pytest's reports (JUnit), a line for each campaign, in the order of `CAMPAIGNS`."""
    sums = {name: Figure(name, 0, 0, 0.0) for name in (*CAMPAIGNS.values(), _PROPERTY_TESTS, _OTHERS)}
    for report in reports:
        for each in _figures(ET.parse(report).getroot()):
            before = sums[each.campaign]
            sums[each.campaign] = Figure(
                each.campaign,
                before.count + each.count,
                before.failures + each.failures,
                before.duration_s + each.duration_s,
            )
    return [each for each in sums.values() if each.count]


def table(figures: Iterable[Figure]) -> list[str]:
    """One line for a campaign."""
    rows = [("campaign", "count", "failures", "seconds")]
    rows += [(each.campaign, f"{each.count:,}", str(each.failures), f"{each.duration_s:.0f}") for each in figures]
    width = max(len(row[0]) for row in rows)
    return [f"{name:<{width}}  {count:>9}  {failures:>8}  {seconds:>8}" for name, count, failures, seconds in rows]


def _figures(root: ET.Element) -> Iterable[Figure]:
    examples = _examples(root)
    for case in root.iter("testcase"):
        if case.find("skipped") is not None:
            continue
        name = case.get("name", "").partition("[")[0]
        n_examples = examples.get(f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}")
        usual = _OTHERS if n_examples is None else _PROPERTY_TESTS
        recorded = [each.get("value", "1") for each in case.iter("property") if each.get("name") == "count"]
        count = int(recorded[0]) if recorded else n_examples or 1
        failures = int(case.find("failure") is not None or case.find("error") is not None)
        yield Figure(CAMPAIGNS.get(name, usual), count, failures, float(case.get("time", "0")))


def _examples(root: ET.Element) -> dict[str, int]:
    """How many examples hypothesis made for each test."""
    found = {}
    for each in root.iter("property"):
        name = each.get("name", "")
        if name.startswith(_STATISTICS):
            text = base64.b64decode(each.get("value", "")).decode()
            counts = [int(number) for pair in _EXAMPLES.findall(text) for number in pair]
            found[name.removeprefix(_STATISTICS)] = sum(counts)
    return found
