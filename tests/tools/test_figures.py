"""The figures of the long campaigns, read from reports as pytest writes them."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

from tools.checks import NIGHTLY
from tools.figures import CAMPAIGNS, Figure, figures_of, table

ROOT = Path(__file__).parents[2]
KILLS = "test_two_hundred_kills_leave_nothing_wrong_and_lose_little"
DAMAGE = "test_any_damage_anywhere_is_refused_and_nothing_imported"


def _report(folder: Path) -> Path:
    told = base64.b64encode(b"  - 1990 passing, 1 failing, and 9 invalid test cases\n").decode()
    report = folder / "report.xml"
    report.write_text(
        f"""<testsuites><testsuite><properties>
        <property name="hypothesis-statistics-tests/models/test_bundle.py::{DAMAGE}" value="{told}"/></properties>
        <testcase classname="tests.models.test_download_kills" name="{KILLS}" time="60.5">
          <properties><property name="count" value="200"/></properties></testcase>
        <testcase classname="tests.models.test_bundle" name="{DAMAGE}" time="14"><failure/></testcase>
        <testcase classname="tests.engine.test_prompt" name="test_a_bomb_ends_within_the_default_limits[a]" time="1"/>
        <testcase classname="tests.engine.test_prompt" name="test_a_bomb_ends_within_the_default_limits[b]" time="2"/>
        <testcase classname="tests.x" name="test_skipped" time="0"><skipped/></testcase>
        </testsuite></testsuites>"""
    )
    return report


def test_each_campaign_is_counted_in_its_own_way(tmp_path: Path) -> None:
    assert figures_of([_report(tmp_path)]) == [
        Figure("kills of a process that downloads", 200, 0, 60.5),
        Figure("damaged bundles", 1991, 1, 14.0),
        Figure("hostile chat templates", 2, 0, 3.0),
    ]


def test_the_table_says_what_and_how_much(tmp_path: Path) -> None:
    lines = table(figures_of([_report(tmp_path)]))
    assert lines[0].split() == ["campaign", "count", "failures", "seconds"]
    assert lines[2].split() == ["damaged", "bundles", "1,991", "1", "14"]
    assert len({len(line) for line in lines}) == 1


def test_every_campaign_is_a_test_that_there_is() -> None:
    texts = "".join(path.read_text(encoding="utf8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in CAMPAIGNS if f"def {name}(" not in texts] == []


def test_a_count_that_a_test_records_is_found_in_the_campaigns_report(tmp_path: Path) -> None:
    """With the campaigns' own arguments, and warnings that are errors, as everywhere here."""
    (tmp_path / "test_one.py").write_text("def test_one(record_property):\n    record_property('count', 7)\n")
    report = tmp_path / "report.xml"
    campaigns = next(check for check in NIGHTLY if check.name == "campaigns")
    arguments = [each for each in campaigns.arguments[1:] if each not in {"-m", "slow"}]
    command = [sys.executable, "-m", "pytest", *arguments, "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"--junitxml={report}", f"--rootdir={tmp_path}", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert [each.count for each in figures_of([report])] == [7]
