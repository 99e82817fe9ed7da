"""The documents say what the program does."""

import re
from pathlib import Path

import pytest

from tools.settings_table import GUIDE, with_table

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_and_picture_of_a_document_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf8"))
    missing = [each for each in targets if not each.startswith("https://") and not (document.parent / each).exists()]
    assert missing == []


def test_the_administrator_guide_lists_every_setting() -> None:
    guide = GUIDE.read_text(encoding="utf8")
    assert with_table(guide) == guide, "run: python tools/settings_table.py"


def test_every_pinned_dependency_has_its_reason() -> None:
    declared = re.search(r"^dependencies = \[(.*?)^\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL)
    assert declared is not None
    names = re.findall(r'^\s*"([A-Za-z0-9-]+)', declared[1], re.MULTILINE)
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf8").casefold()
    assert [name for name in names if f"| {name.casefold()} |" not in reasons] == []


def test_the_two_first_commands_of_the_readme_are_run_and_test() -> None:
    block = re.search(r"```\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf8"), re.DOTALL)
    assert block is not None
    assert block[1].split("\n")[:2] == ["make run", "make test"]
