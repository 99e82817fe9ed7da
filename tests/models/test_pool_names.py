"""The names by which other programs ask for models."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_llm.errors import ModelNotFoundError
from desktop_llm.models.library.library import ModelLibrary
from desktop_llm.models.pool.names import PoolNames


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    folder = tmp_path / "models"
    (folder / "maker" / "Tern-GGUF").mkdir(parents=True)
    (folder / "other").mkdir()
    for name, n_bytes in {
        "maker/Tern-GGUF/Tern-3B-Q4_K_M": 10,
        "maker/Tern-GGUF/Tern-3B-Q8_0": 20,
        "Wren-1B-F16": 5,
        "Twin": 1,
        "other/twin": 1,
        "Half-00001-of-00002": 1,
    }.items():
        (folder / f"{name}.gguf").write_bytes(b"x" * n_bytes)
    return ModelLibrary(tmp_path / "builtin", folder)


def names(library: ModelLibrary, *aliases: tuple[str, str]) -> PoolNames:
    return PoolNames(library.groups(), aliases)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("maker/Tern-GGUF/Tern-3B-Q4_K_M", "maker/Tern-GGUF/Tern-3B-Q4_K_M"),
        ("MAKER/tern-gguf/tern-3b-q4_k_m", "maker/Tern-GGUF/Tern-3B-Q4_K_M"),
        ("Tern-3B@Q4_K_M", "maker/Tern-GGUF/Tern-3B-Q4_K_M"),
        ("tern-3b@q8_0", "maker/Tern-GGUF/Tern-3B-Q8_0"),
        ("Tern-3B-Q8_0", "maker/Tern-GGUF/Tern-3B-Q8_0"),
        ("Wren-1B", "Wren-1B-F16"),
        ("Wren-1B-F16", "Wren-1B-F16"),
        ("Twin", "Twin"),
    ],
)
def test_a_model_is_found_by_each_of_its_names(library: ModelLibrary, name: str, found: str) -> None:
    assert names(library).find(name).name == found


def test_a_name_without_quantization_is_the_loaded_one_or_the_largest(library: ModelLibrary) -> None:
    assert names(library).find("Tern-3B").name.endswith("Q8_0")
    loaded = {names(library).find("Tern-3B@Q4_K_M").path}
    assert names(library).find("tern-3b", loaded).name.endswith("Q4_K_M")


def test_an_alias_stands_for_a_name(library: ModelLibrary) -> None:
    with_alias = names(library, ("gpt-4", "Wren-1B"), ("gone", "Nobody"))
    assert with_alias.find("gpt-4").name == "Wren-1B-F16"
    with pytest.raises(ModelNotFoundError):
        with_alias.find("gone")
    offered = {each.name: each.also for each in with_alias.offered(lambda path: False, lambda path: False)}
    assert offered["Wren-1B-F16"] == ("Wren-1B@F16", "Wren-1B", "gpt-4")
    assert offered["maker/Tern-GGUF/Tern-3B-Q8_0"] == ("Tern-3B@Q8_0",)


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../models/Twin", "Twin.gguf", "", " ", "Half", "twin\x00", "@", "Q8_0"]
)
def test_nothing_else_is_a_name(library: ModelLibrary, name: str) -> None:
    with pytest.raises(ModelNotFoundError):
        names(library).find(name)


def test_a_path_is_no_name(library: ModelLibrary) -> None:
    with pytest.raises(ModelNotFoundError):
        names(library).find(str(library.find("Twin").path))


def test_a_name_of_several_models_is_refused(library: ModelLibrary) -> None:
    for folder in ("a", "b"):
        (library.folder / folder).mkdir()
        (library.folder / folder / "lark.gguf").write_bytes(b"x")
    with pytest.raises(ModelNotFoundError, match="Several models are called Lark; name one of: a/lark, b/lark"):
        names(library).find("Lark")


def test_a_model_that_lacks_a_part_is_not_offered(library: ModelLibrary) -> None:
    offered = [each.name for each in names(library).offered(lambda path: True, lambda path: False)]
    assert offered == [
        "maker/Tern-GGUF/Tern-3B-Q4_K_M",
        "maker/Tern-GGUF/Tern-3B-Q8_0",
        "other/twin",
        "Twin",
        "Wren-1B-F16",
    ]
