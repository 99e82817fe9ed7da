"""Everything the window says is said in Spanish too, and the compiled files are those of the sources."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator

from tools.translations import TRANSLATIONS, error_templates

ROOT = Path(__file__).parents[2]
_PLACEHOLDER = re.compile(r"\{(\w+)[^}]*\}|%n")
#: Words that would address the reader as tú or usted.
_ADDRESSES = re.compile(
    r"\b(tú|tu|tus|te|ti|usted|ustedes|puedes|puede usted|quieres|elige|haz|pulsa|escribe tu)\b", re.IGNORECASE
)


def _messages(language: str) -> Iterator[tuple[str, str, ET.Element]]:
    # The file is ours.
    tree = ET.parse(TRANSLATIONS / f"desktop_llm_{language}.ts")
    for context in tree.iter("context"):
        for message in context.iter("message"):
            yield context.findtext("name", ""), message.findtext("source", ""), message


def _texts(message: ET.Element) -> list[str]:
    translation = message.find("translation")
    assert translation is not None
    forms = [form.text or "" for form in translation.iter("numerusform")]
    return forms or [translation.text or ""]


def test_nothing_is_untranslated() -> None:
    missing = [(context, source) for context, source, message in _messages("es") if not all(_texts(message))]
    unfinished = [
        source
        for language in ("es", "en")
        for _, source, message in _messages(language)
        if message.find("translation[@type]") is not None
    ]
    assert missing == []
    assert unfinished == []


def test_placeholders_are_those_of_the_source() -> None:
    wrong = [
        (source, text)
        for language in ("es", "en")
        for _, source, message in _messages(language)
        for text in _texts(message)
        if sorted(_PLACEHOLDER.findall(text)) != sorted(_PLACEHOLDER.findall(source))
    ]
    assert wrong == []


def test_spanish_addresses_nobody_and_has_no_exclamation_marks() -> None:
    texts = [text for _, _, message in _messages("es") for text in _texts(message)]
    assert [text for text in texts if _ADDRESSES.search(text) or "!" in text] == []


def test_every_error_template_of_the_package_is_translated() -> None:
    translated = {source for context, source, _ in _messages("es") if context == "errors"}
    assert set(error_templates()) - translated == set()


def test_every_text_of_the_window_is_collected() -> None:
    """A cheap stand-in for running lupdate: each literal in tr() stands in the file."""
    known = {source for _, source, _ in _messages("es")}
    found = set()
    for path in (ROOT / "desktop_llm" / "ui").rglob("*.py"):
        source = path.read_text(encoding="utf8")
        found.update(re.findall(r'self\.tr\(\s*"((?:[^"\\]|\\.)*)"\s*[,)]', source))
    assert found - known == set()


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_compiled_file_says_what_its_source_says(language: str) -> None:
    translator = QTranslator()
    assert translator.load(f"desktop_llm_{language}", str(TRANSLATIONS))
    for context, source, message in _messages(language):
        number = 2 if message.get("numerus") else -1
        assert translator.translate(context, source, "", number) == _texts(message)[-1]
