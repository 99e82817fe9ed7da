"""Models found on this computer."""

from pathlib import Path

import pytest

from desktop_llm.errors import ModelNotFoundError
from desktop_llm.models.library import STARTER, ModelLibrary


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    builtin, models = tmp_path / "builtin", tmp_path / "models"
    (models / "sub").mkdir(parents=True)
    builtin.mkdir()
    (builtin / "SmolLM2-135M-Instruct.Q4_1.gguf").write_bytes(b"1234")
    (models / "zebra.gguf").write_bytes(b"12")
    (models / "sub" / "Apple.gguf").write_bytes(b"1")
    (models / "notes.txt").write_text("no model")
    return ModelLibrary(builtin, models)


def test_the_builtin_model_comes_first_and_the_others_by_name(library: ModelLibrary) -> None:
    assert [(model.name, model.size_bytes) for model in library.models()] == [
        (STARTER, 4),
        ("sub/Apple", 1),
        ("zebra", 2),
    ]
    assert library.models()[0].is_builtin


def test_a_model_is_found_by_its_name_its_title_or_its_path(library: ModelLibrary) -> None:
    path = library.folder / "sub" / "Apple.gguf"
    assert library.find("sub/Apple") == library.find("Apple") == library.find(str(path))


@pytest.mark.parametrize(
    "name", ["nothing", "nothing.gguf", "/no/such/file.gguf", ".", "", "~nobody/x.gguf", "x" * 5000]
)
def test_what_is_not_there_is_said_in_one_sentence(library: ModelLibrary, name: str) -> None:
    with pytest.raises(ModelNotFoundError) as caught:
        library.find(name)
    assert str(caught.value).endswith(".")


def test_a_file_from_anywhere_is_listed_once_remembered(library: ModelLibrary, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.gguf"
    path.write_bytes(b"1")
    entry = library.open(path)
    assert entry not in library.models()
    library.remember(entry)
    library.remember(entry)
    assert [model for model in library.models() if model.name == "elsewhere"] == [entry]
    path.unlink()
    assert entry not in library.models()


def test_without_any_folder_there_are_simply_no_models(tmp_path: Path) -> None:
    assert ModelLibrary(tmp_path / "none", tmp_path / "neither").models() == ()
