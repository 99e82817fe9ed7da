"""Taking models into the library, and out of it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from desktop_llm.errors import (
    DownloadCancelledError,
    LibraryError,
    ModelError,
    ModelFormatError,
    ModelNotFoundError,
    NoSpaceError,
)
from desktop_llm.models.library.importing import Importer, Watch, Way, Wish, models_in, projector_beside
from desktop_llm.models.library.library import ModelLibrary
from desktop_llm.models.library.records import FileState, Record, Records, file_facts
from desktop_llm.models.library.removing import plan_removal, remove, restore
from desktop_llm.models.library.verifying import verify
from tests.hub.samples import projector, split, tiny


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return tiny().write(folder / "Tiny-Q8_0.gguf")


@pytest.fixture
def importer(tmp_path: Path) -> Importer:
    return Importer(Records(tmp_path / "records"), tmp_path / "models")


@pytest.fixture
def library(tmp_path: Path, importer: Importer) -> ModelLibrary:
    return ModelLibrary(tmp_path / "builtin", importer.folder, importer.records)


def _split(folder: Path, n_parts: int = 3) -> list[Path]:
    parts = split(tiny("parts"), n_parts)
    return [part.write(folder / f"Parts-{i:05}-of-{n_parts:05}.gguf") for i, part in enumerate(parts, 1)]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_reference_takes_nothing_and_reads_no_weights(importer: Importer, library: ModelLibrary, model: Path) -> None:
    record = importer.take(Wish(model, title="My own")).record
    assert (record.path, record.sha256, record.state) == (model, (), FileState.READY)
    assert not importer.folder.exists()
    assert library.find("My own").path == model


def test_a_hard_link_is_the_same_bytes(importer: Importer, library: ModelLibrary, model: Path) -> None:
    record = importer.take(Wish(model, Way.LINK)).record
    assert record.path == importer.folder / model.name
    assert record.path.samefile(model)
    model.unlink()
    assert library.find("Tiny-Q8_0").state is FileState.READY


def test_a_copy_is_hashed_on_its_way(importer: Importer, model: Path) -> None:
    seen: list[int] = []
    record = importer.take(Wish(model, Way.COPY), Watch(seen.append)).record
    assert record.path.read_bytes() == model.read_bytes()
    assert record.proven_sha256 == (_sha256(model),)
    assert seen[-1] == model.stat().st_size
    assert [path.name for path in importer.folder.iterdir()] == [model.name]
    assert verify(importer.records, record).is_good


def test_a_split_model_is_taken_whole_from_any_of_its_parts(
    importer: Importer, library: ModelLibrary, model: Path
) -> None:
    parts = _split(model.parent)
    seen: list[int] = []
    record = importer.take(Wish(parts[1], Way.COPY), Watch(seen.append)).record
    assert [file.path.name for file in record.files] == [part.name for part in parts]
    assert seen == sorted(seen) and seen[-1] == record.size_bytes
    assert len(library.find("Parts").files) == 3


def test_a_missing_part_and_a_lost_name_are_said(importer: Importer, model: Path) -> None:
    parts = _split(model.parent)
    parts[2].unlink()
    with pytest.raises(LibraryError, match="missing: Parts-00003-of-00003"):
        importer.take(Wish(parts[0]))
    lost = parts[0].rename(model.parent / "lost.gguf")
    with pytest.raises(LibraryError, match="one of 3 parts"):
        importer.take(Wish(lost))


def test_what_is_no_model_is_refused_and_leaves_nothing(importer: Importer, tmp_path: Path) -> None:
    junk = tmp_path / "junk.gguf"
    junk.write_bytes(b"GGUF" + bytes(100))
    eyes = projector().write(tmp_path / "eyes.gguf")
    helper = projector().write(tmp_path / "mmproj-F16.gguf")
    for way in Way:
        with pytest.raises(ModelFormatError):
            importer.take(Wish(junk, way))
        with pytest.raises(ModelNotFoundError):
            importer.take(Wish(tmp_path / "gone.gguf", way))
        for path in (eyes, helper):
            with pytest.raises(LibraryError):
                importer.take(Wish(path, way))
    assert importer.records.all() == ()
    assert not importer.folder.exists()


def test_what_is_here_already_is_said_and_not_taken_twice(importer: Importer, model: Path, tmp_path: Path) -> None:
    first = importer.take(Wish(model, Way.COPY)).record
    assert importer.take(Wish(first.path)).known_as == first
    twin = tmp_path / "twin.gguf"
    twin.write_bytes(model.read_bytes())
    assert importer.take(Wish(twin, Way.COPY)).known_as == first
    assert importer.take(Wish(twin)).like == first
    assert len(importer.records.all()) == 2


def test_another_file_of_the_same_name_is_not_overwritten(importer: Importer, model: Path, tmp_path: Path) -> None:
    importer.take(Wish(model, Way.COPY))
    other = tiny("other name").write(tmp_path / model.name)
    with pytest.raises(LibraryError, match="another file named"):
        importer.take(Wish(other, Way.COPY))
    assert (importer.folder / model.name).read_bytes() == model.read_bytes()


def test_a_copy_that_came_whole_without_its_record_serves(importer: Importer, model: Path) -> None:
    """As a kill between the two leaves it; or the user put it there."""
    importer.folder.mkdir()
    (importer.folder / model.name).write_bytes(model.read_bytes())
    before = (importer.folder / model.name).stat()
    record = importer.take(Wish(model, Way.COPY)).record
    assert record.proven_sha256 == (_sha256(model),)
    assert os.path.samestat(record.path.stat(), before)
    importer.records.remove(record.path)
    assert importer.take(Wish(record.path, Way.COPY)).record.path == record.path
    importer.records.remove(record.path)
    (importer.folder / model.name).write_bytes(bytes(model.stat().st_size))
    with pytest.raises(LibraryError, match="another file named"):
        importer.take(Wish(model, Way.COPY))
    assert (importer.folder / model.name).exists()


def test_a_failed_part_takes_those_before_it_along(importer: Importer, model: Path) -> None:
    parts = _split(model.parent)
    importer.folder.mkdir()
    (importer.folder / parts[2].name).write_bytes(bytes(parts[2].stat().st_size))
    with pytest.raises(LibraryError, match="another file named Parts-00003"):
        importer.take(Wish(parts[0], Way.COPY))
    assert [path.name for path in importer.folder.iterdir()] == [parts[2].name]


def test_a_changed_model_is_taken_anew_by_another_import(
    importer: Importer, library: ModelLibrary, model: Path
) -> None:
    verify(importer.records, importer.take(Wish(model)).record)
    importer.records.change(model, notes="mine")
    tiny("changed by its user").write(model)
    assert library.find(str(model)).state is FileState.CHANGED
    assert importer.take(Wish(model)).known_as is None
    entry = library.find(str(model))
    assert (entry.state, entry.notes) == (FileState.READY, "mine")


def test_room_on_the_disk_is_looked_at_first(importer: Importer, model: Path) -> None:
    full = Importer(importer.records, importer.folder, lambda folder: (10**9, 50_000_000 + model.stat().st_size - 1))
    with pytest.raises(NoSpaceError, match="does not fit on the disk"):
        full.take(Wish(model, Way.COPY))
    assert full.take(Wish(model, Way.LINK)).record.state is FileState.READY


def test_a_cancelled_copy_leaves_nothing(importer: Importer, model: Path) -> None:
    with pytest.raises(DownloadCancelledError):
        importer.take(Wish(model, Way.COPY), Watch(is_cancelled=lambda: True))
    assert list(importer.folder.iterdir()) == []
    assert importer.records.all() == ()


def test_a_copy_that_a_dead_run_left_is_swept(importer: Importer, model: Path) -> None:
    importer.folder.mkdir()
    left, fresh = importer.folder / ".old.gguf.abc.import", importer.folder / ".new.gguf.abc.import"
    for path in (left, fresh):
        path.write_bytes(b"x")
    os.utime(left, (1, 1))
    importer.take(Wish(model, Way.COPY))
    assert (left.exists(), fresh.exists()) == (False, True)


def test_a_claimed_hash_that_does_not_hold_is_found_when_it_is_read(importer: Importer, model: Path) -> None:
    with pytest.raises(LibraryError, match="is broken"):
        importer.take(Wish(model, Way.COPY, sha256=("0" * 64,)))
    assert list(importer.folder.iterdir()) == []
    record = importer.take(Wish(model, sha256=("0" * 64,))).record
    assert record.proven_sha256 == ()
    assert not verify(importer.records, record).is_good


def test_a_folder_is_looked_through(tmp_path: Path, model: Path) -> None:
    parts = _split(model.parent)
    helper = projector().write(model.parent / "mmproj-F16.gguf")
    assert set(models_in(tmp_path)) == {model, parts[0]}
    assert projector_beside(model) == helper
    (model.parent / "mmproj-BF16.gguf").write_bytes(b"")
    assert projector_beside(model) is None
    assert models_in(tmp_path / "none") == ()


def test_a_projector_comes_along(importer: Importer, library: ModelLibrary, model: Path) -> None:
    helper = projector().write(model.parent / "mmproj-F16.gguf")
    record = importer.take(Wish(model, Way.COPY, helpers=(helper,))).record
    assert [file.path for file in record.helpers] == [importer.folder / "Tiny-Q8_0" / helper.name]
    assert [(entry.name, entry.title) for entry in library.models()] == [("Tiny-Q8_0/Tiny-Q8_0", "Tiny-Q8_0")]


def test_a_reference_is_only_forgotten_and_can_be_taken_back(
    importer: Importer, library: ModelLibrary, model: Path
) -> None:
    importer.take(Wish(model, title="Mine"))
    plan = plan_removal(library, importer.records, library.find("Mine"))
    assert (plan.deletes, plan.size_bytes, plan.freed_bytes, plan.kept) == (False, 0, 0, (model,))
    remove(library, plan)
    assert model.exists()
    assert library.models() == ()
    restore(importer.records, plan)
    assert library.find("Mine").path == model


def test_the_apps_own_files_are_deleted_with_what_belongs_to_them(
    importer: Importer, library: ModelLibrary, model: Path
) -> None:
    helper = projector().write(model.parent / "mmproj-F16.gguf")
    importer.take(Wish(model, Way.COPY, helpers=(helper,)))
    other = tiny("other").write(importer.folder / "other.gguf")
    folder = importer.folder / "Tiny-Q8_0"
    shared = folder / helper.name
    importer.records.put(Record((file_facts(other),), 1.0, helpers=(file_facts(shared),)))
    plan = plan_removal(library, importer.records, library.find("Tiny-Q8_0"))
    assert (plan.files, plan.size_bytes) == ((folder / model.name,), model.stat().st_size)
    assert (plan.freed_bytes, plan.shared, plan.kept) == (model.stat().st_size, (shared,), ())
    remove(library, plan)
    assert shared.exists() and model.exists()
    remove(library, plan_removal(library, importer.records, library.find("other")))
    assert list(importer.folder.iterdir()) == []
    assert importer.records.all() == ()


def test_bytes_with_a_second_name_are_not_freed(importer: Importer, library: ModelLibrary, model: Path) -> None:
    importer.take(Wish(model, Way.LINK))
    plan = plan_removal(library, importer.records, library.find("Tiny-Q8_0"))
    assert (plan.size_bytes, plan.freed_bytes) == (model.stat().st_size, 0)
    remove(library, plan)
    assert model.exists()


def test_foreign_files_are_deleted_only_when_the_user_says_so(
    importer: Importer, library: ModelLibrary, model: Path
) -> None:
    importer.take(Wish(model))
    plan = plan_removal(library, importer.records, library.find("Tiny-Q8_0"), with_files=True)
    assert plan.files == (model,)
    remove(library, plan)
    assert not model.exists()


def test_a_helper_that_leads_nowhere_is_removed_too(importer: Importer, library: ModelLibrary, model: Path) -> None:
    helper = projector().write(model.parent / "mmproj-F16.gguf")
    importer.take(Wish(model, Way.COPY, helpers=(helper,)))
    link = importer.folder / "Tiny-Q8_0" / helper.name
    link.unlink()
    try:
        link.symlink_to(model.parent / "nothing")
    except OSError:
        pytest.skip("this system gives no links to this user")
    plan = plan_removal(library, importer.records, library.find("Tiny-Q8_0"))
    assert plan.size_bytes == model.stat().st_size
    remove(library, plan)
    assert list(importer.folder.iterdir()) == []


def test_what_cannot_be_removed_is_said(importer: Importer, model: Path, tmp_path: Path) -> None:
    builtin = tmp_path / "builtin"
    builtin.mkdir()
    tiny().write(builtin / "SmolLM2-135M-Instruct.Q4_1.gguf")
    library = ModelLibrary(builtin, importer.folder, importer.records)
    importer.take(Wish(model, Way.COPY))
    with pytest.raises(ModelError, match="built-in"):
        plan_removal(library, importer.records, library.find("starter"))
    with pytest.raises(ModelError, match="stays in the list"):
        plan_removal(library, importer.records, library.find("Tiny-Q8_0"), with_files=False)
