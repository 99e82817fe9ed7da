"""Models found on this computer."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.errors import LibraryError, ModelNotFoundError
from desktop_llm.models.library.importing import Watch
from desktop_llm.models.library.keeping import keep_params, keep_words, record_of, verify_entry
from desktop_llm.models.library.library import EMBEDDER, STARTER, ModelLibrary
from desktop_llm.models.library.records import FileState, Record, Records, Source, file_facts
from desktop_llm.models.library.verifying import Finding


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records")


@pytest.fixture
def library(tmp_path: Path, records: Records) -> ModelLibrary:
    builtin, models = tmp_path / "builtin", tmp_path / "models"
    (models / "sub").mkdir(parents=True)
    builtin.mkdir()
    (builtin / "SmolLM2-135M-Instruct.Q4_1.gguf").write_bytes(b"1234")
    (models / "zebra.gguf").write_bytes(b"12")
    (models / "sub" / "Apple.gguf").write_bytes(b"1")
    (models / "notes.txt").write_text("no model")
    return ModelLibrary(builtin, models, records)


def test_the_builtin_model_comes_first_and_the_others_by_name(library: ModelLibrary) -> None:
    assert [(model.name, model.size_bytes) for model in library.models()] == [
        (STARTER, 4),
        ("sub/Apple", 1),
        ("zebra", 2),
    ]
    assert library.models()[0].is_builtin


def test_the_builtin_embedding_model_is_in_the_library_and_never_offered_for_chat(
    library: ModelLibrary, tmp_path: Path
) -> None:
    (tmp_path / "builtin" / "all-MiniLM-L6-v2.F16.gguf").write_bytes(b"123")
    embedder = library.find(EMBEDDER)
    assert embedder == library.models()[1] == library.find("all-MiniLM-L6-v2.F16")
    assert embedder.is_builtin
    assert embedder.is_embedder
    assert [model.name for model in library.chat_models()] == [STARTER, "sub/Apple", "zebra"]


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
    library.forget(entry.path)
    assert entry not in library.models()
    library.remember(entry)
    path.unlink()
    assert entry not in library.models()


def test_without_any_folder_there_are_simply_no_models(tmp_path: Path) -> None:
    assert ModelLibrary(tmp_path / "none", tmp_path / "neither").models() == ()


def test_the_parts_of_a_split_model_are_one_entry(library: ModelLibrary) -> None:
    for number in (1, 2, 3):
        (library.folder / f"Big-Q4_K_M-0000{number}-of-00003.gguf").write_bytes(b"x" * number)
    entry = library.find("Big-Q4_K_M")
    assert (entry.title, entry.size_bytes, len(entry.files), entry.is_whole) == ("Big-Q4_K_M", 6, 3, True)
    assert entry.path.name == "Big-Q4_K_M-00001-of-00003.gguf"
    assert library.open(entry.files[2]) == entry
    entry.files[1].unlink()
    assert not library.find("Big-Q4_K_M").is_whole
    entry.files[0].unlink()
    assert library.find("Big-Q4_K_M").files == (entry.files[2],)


def test_what_belongs_to_a_model_is_no_model(library: ModelLibrary, records: Records) -> None:
    for name in ("mmproj-F16.gguf", "zebra.imatrix.gguf", "eyes.gguf"):
        (library.folder / name).write_bytes(b"1")
    (library.folder / ".hidden").mkdir()
    (library.folder / ".hidden" / "x.gguf").write_bytes(b"1")
    zebra, eyes = file_facts(library.folder / "zebra.gguf"), file_facts(library.folder / "eyes.gguf")
    records.put(Record((zebra,), 1.0, helpers=(eyes,)))
    assert [model.name for model in library.models()] == [STARTER, "sub/Apple", "zebra"]


def test_what_is_recorded_of_a_model_stands_in_its_entry(library: ModelLibrary, records: Records) -> None:
    path = library.folder / "zebra.gguf"
    source = Source("acme/Zebra-GGUF", "c" * 40, "zebra.gguf", "https://hub", "mit")
    records.put(Record((file_facts(path, "a" * 64),), 1.0, source=source, title="My zebra", notes="striped"))
    entry = library.find("My zebra")
    assert entry == library.find("zebra")
    assert (entry.sha256, entry.source, entry.licence, entry.notes) == (("a" * 64,), source, "mit", "striped")
    assert (entry.title, entry.state) == ("My zebra", FileState.READY)
    os.utime(path, ns=(1, 1))
    assert library.find("zebra").state is FileState.CHANGED
    assert library.find("Apple").state is None


def test_a_recorded_model_elsewhere_is_listed_and_missed_when_it_is_gone(
    library: ModelLibrary, records: Records, tmp_path: Path
) -> None:
    path = tmp_path / "elsewhere" / "zebra.gguf"
    path.parent.mkdir()
    path.write_bytes(b"123")
    record = Record((file_facts(path),), 1.0)
    records.put(record)
    assert [model.name for model in library.models()] == [STARTER, "elsewhere/zebra", "sub/Apple", "zebra"]
    path.unlink()
    assert [model.name for model in library.models()] == [STARTER, "sub/Apple", "zebra"]
    assert library.missing() == (record,)


def test_a_name_that_fits_two_models_is_asked_about(library: ModelLibrary) -> None:
    (library.folder / "other").mkdir()
    (library.folder / "other" / "Apple.gguf").write_bytes(b"2")
    with pytest.raises(ModelNotFoundError, match="Several models are called Apple; name one of: other/Apple, sub/Ap"):
        library.find("Apple")


def test_quantizations_of_one_model_are_one_group(library: ModelLibrary) -> None:
    for name, size in {"Llama-3.2-1B-Q8_0": 9, "Llama-3.2-1B.Q4_K_M": 5, "llama_3.2_1B-F16": 20}.items():
        (library.folder / f"{name}.gguf").write_bytes(b"x" * size)
    groups = {group.name.casefold(): [entry.title for entry in group.entries] for group in library.groups()}
    assert groups["llama-3.2-1b"] == ["Llama-3.2-1B.Q4_K_M", "Llama-3.2-1B-Q8_0", "llama_3.2_1B-F16"]
    assert groups["zebra"] == ["zebra"]
    assert len(groups) == 4


def test_two_names_of_one_file_are_one_entry(library: ModelLibrary, records: Records, tmp_path: Path) -> None:
    link = tmp_path / "link.gguf"
    try:
        link.symlink_to(library.folder / "zebra.gguf")
    except OSError:
        pytest.skip("this system gives no links to this user")
    records.put(Record((file_facts(link),), 1.0))
    assert [model.name for model in library.models()] == [STARTER, "sub/Apple", "zebra"]


def test_a_model_is_loaded_as_its_user_wants(library: ModelLibrary, records: Records) -> None:
    path = library.folder / "zebra.gguf"
    params = LoadParams(n_ctx=1, n_threads=3)
    assert library.find("zebra").load_params(params) == params
    records.put(Record((file_facts(path),), 1.0, params=(("n_ctx", 4096), ("cache_type_k", "q8_0"))))
    wanted = LoadParams(n_ctx=4096, n_threads=3, cache_type_k=CacheType.Q8_0)
    assert library.find("zebra").load_params(params) == wanted
    records.put(Record((file_facts(path),), 1.0, params=(("n_ctx", -5),)))
    assert library.find("zebra").load_params(params) == params


def test_what_the_user_says_of_a_model_is_kept(library: ModelLibrary, records: Records) -> None:
    entry = library.find("zebra")
    keep_words(records, entry, title="  My \n zebra ", notes=" striped\n")
    keep_params(records, entry, LoadParams(n_ctx=2048, n_threads=7, cache_type_k=CacheType.Q8_0))
    kept = library.find("My zebra")
    assert (kept.path, kept.given_title, kept.notes) == (entry.path, "My zebra", "striped")
    params = kept.load_params(LoadParams(n_ctx=1, n_threads=3))
    assert (params.n_ctx, params.n_threads, params.cache_type_k) == (2048, 3, CacheType.Q8_0)
    keep_params(records, kept, None)
    assert library.find("zebra").load_params(LoadParams(n_ctx=1)) == LoadParams(n_ctx=1)
    assert library.find("zebra").notes == "striped"


def test_nothing_is_kept_of_what_is_built_in_incomplete_or_gone(library: ModelLibrary, records: Records) -> None:
    (library.folder / "half-00001-of-00002.gguf").write_bytes(b"1")
    for name, words in ((STARTER, "built-in"), ("half", "A part of half is missing")):
        with pytest.raises(LibraryError, match=words):
            record_of(records, library.find(name))
    entry = library.find("zebra")
    entry.path.unlink()
    with pytest.raises(ModelNotFoundError, match=r"There is no file .*zebra\.gguf"):
        record_of(records, entry)


def test_a_model_is_read_for_the_first_time_when_it_is_verified(library: ModelLibrary, records: Records) -> None:
    seen: list[int] = []
    found = verify_entry(records, library.find("zebra"), Watch(seen.append))
    assert [file.finding for file in found.files] == [Finding.NEW]
    assert seen == [2]
    assert library.find("zebra").sha256 == (hashlib.sha256(b"12").hexdigest(),)
    assert verify_entry(records, library.find("zebra"), Watch()).files[0].finding is Finding.GOOD
