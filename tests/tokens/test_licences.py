"""Each bundled vocabulary has its licence's text beside it, and is named with its source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / "resources" / "vocabularies"
_TEXTS = {
    "MIT": "LICENSE.MIT.txt",
    "Apache-2.0": "LICENSE.Apache-2.0.txt",
    "Modified MIT": "LICENSE.gpt-2.txt",
}
_LISTED = json.loads((_FOLDER / "index.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", _LISTED, ids=lambda entry: entry["name"])
def test_a_vocabulary_has_its_licence_beside_it(entry: dict[str, str]) -> None:
    text = (_FOLDER / _TEXTS[entry["licence"]]).read_text(encoding="utf-8")
    assert len(text) > 500
    if entry["licence"] == "MIT":
        assert entry["name"] in text  # whose copyright it is
    readme = (_FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"`{entry['name']}`" in readme


def test_every_packed_file_is_listed() -> None:
    assert {path.name for path in _FOLDER.glob("*.xz")} == {f"{entry['file']}.xz" for entry in _LISTED}


@pytest.mark.parametrize("entry", _LISTED, ids=lambda entry: entry["name"])
def test_the_documentation_names_it(entry: dict[str, str]) -> None:
    assert entry["name"] in (_ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
