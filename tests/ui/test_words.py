"""Numbers, names and errors as the window says them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale

from desktop_llm.errors import ModelNotFoundError
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.ui.language import choose_language
from desktop_llm.ui.widgets import number_text
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.icons import icon_names, svg
from desktop_llm.ui.widgets.model_text import model_detail, model_name, quantization
from desktop_llm.ui.widgets.parts import plain_tooltip


@pytest.fixture(autouse=True)
def _locale() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


def test_numbers_are_in_the_locales_format_with_thin_spaces() -> None:
    assert number_text.whole(1234) == "1,234"
    assert number_text.percent(0.15) == "15\u202f%"
    assert number_text.percent(0.0001) == "1\u202f%"
    assert number_text.percent(0) == "0\u202f%"
    assert number_text.seconds(0.042) == "42\u202fms"
    assert number_text.seconds(0.5) == "0.50\u202fs"
    assert number_text.seconds(12.34) == "12.3\u202fs"
    assert number_text.speed(12.345) == "12.3"
    assert number_text.speed(250.4) == "250"
    assert number_text.size(98_362_432) == "98.4\u202fMB"
    assert number_text.size(512) == "512\u202fB"
    assert number_text.size(4_700_000_000) == "4.7\u202fGB"
    assert number_text.memory(16 * 2**30) == "16\u202fGB"


def test_numbers_follow_another_locale() -> None:
    QLocale.setDefault(QLocale("es_ES"))
    assert number_text.whole(12345) == "12.345"
    assert number_text.seconds(0.5) == "0,50\u202fs"


@pytest.mark.parametrize(
    ("file", "name", "quant"),
    [
        ("SmolLM2-135M-Instruct.Q4_1.gguf", "SmolLM2 135M Instruct", "Q4_1"),
        ("Qwen3-8B-Q4_K_M.gguf", "Qwen3 8B", "Q4_K_M"),
        ("Llama-3.2-3B-Instruct-IQ3_XXS.gguf", "Llama 3.2 3B Instruct", "IQ3_XXS"),
        ("gemma-3-4b-it-bf16.gguf", "gemma 3 4b it", "BF16"),
        ("gpt-oss-20b-mxfp4.gguf", "gpt oss 20b", "MXFP4"),
        ("mymodel.gguf", "mymodel", ""),
    ],
)
def test_a_file_tells_its_name_and_quantization(file: str, name: str, quant: str) -> None:
    entry = ModelEntry("x", Path(file), 1)
    assert (model_name(entry), quantization(entry)) == (name, quant)


def test_the_built_in_model_says_what_it_is_for() -> None:
    entry = ModelEntry("starter", Path("SmolLM2-135M-Instruct.Q4_1.gguf"), 98_362_432, is_builtin=True)
    assert model_detail(entry) == "98.4\u202fMB · Q4_1 · built-in, for trying"


def test_an_error_is_its_own_sentence_and_a_fault_tells_nothing() -> None:
    assert translate_error(ModelNotFoundError("There is no file {path}.", path=Path("/x"))) == "There is no file /x."
    assert "secret" not in translate_error(ValueError("secret"))


def test_a_tooltip_with_tags_stays_text() -> None:
    assert "<img" not in plain_tooltip('<img src="//host/share/x.png">')


def test_every_icon_has_the_same_stroke() -> None:
    assert len(icon_names()) > 20
    for name in icon_names():
        drawing = svg(name, "#123456").decode()
        assert drawing.count("stroke-width") == 1
        assert 'stroke-width="1.5"' in drawing


@pytest.mark.parametrize(
    ("choice", "system", "language"),
    [("system", "es_AR", "es"), ("system", "fr_FR", "en"), ("es", "en_US", "es"), ("en", "es_ES", "en")],
)
def test_the_language_is_the_settings_or_the_systems(choice: str, system: str, language: str) -> None:
    assert choose_language(choice, QLocale(system)) == language
