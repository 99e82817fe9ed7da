"""`desktop-llm models` on what is on this computer: list, import, verify, rename, note, defaults, remove, find."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from desktop_llm.cli.arguments import parse
from desktop_llm.cli.commands import run_command
from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import LibraryError, ModelNotFoundError, UsageError
from desktop_llm.models.library.records import Source
from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services
from tests.hub.samples import projector, split, tiny


class Office:
    """Types commands; `status` is the last one's exit status, `said_beside` what stood on standard error."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.status = 0
        self.said_beside = ""

    def type(self, *arguments: str) -> str:
        out, err = io.StringIO(), io.StringIO()
        self.status = run_command(self.services, parse(["models", *arguments]), Terminal(out, err))
        self.said_beside = err.getvalue()
        return out.getvalue()

    def json(self, *arguments: str) -> Any:
        return json.loads(self.type(*arguments, "--json"))


@pytest.fixture
def office(services: Services) -> Office:
    return Office(services)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return tiny().write(folder / "Tiny-Q8_0.gguf")


def _others(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [model for model in models if not model["builtin"]]


def test_the_list_has_the_promised_names(office: Office, model: Path) -> None:
    office.type("import", str(model), "--title", "My tiny one")
    (found,) = _others(office.json("list"))
    assert (found["name"], found["title"], found["state"], found["sha256"]) == (
        "Tiny-Q8_0",
        "My tiny one",
        "ready",
        [None],
    )
    assert set(found) == {
        *("name", "title", "builtin", "state", "whole", "size_bytes", "files", "sha256", "helpers", "verified_at"),
        *("source", "licence", "trial", "notes", "load_params"),
    }
    os.utime(model, ns=(1, 1))
    assert "CHANGED since it was recorded" in office.type("list")
    model.unlink()
    assert "My tiny one  0 MiB, file is missing" in office.type("list")
    assert _others(office.json("list"))[0]["state"] == "missing"
    assert office.type("remove", "My tiny one") == "My tiny one is forgotten; its file was gone.\n"
    assert _others(office.json("list")) == []


def test_quantizations_are_listed_together(office: Office, model: Path) -> None:
    tiny("two").write(model.with_name("Tiny-Q4_K_M.gguf"))
    office.type("import", str(model.parent))
    assert "Tiny (2 versions)\n  Tiny-Q" in office.type("list")


def test_a_folder_is_imported_whole_and_what_fails_is_said(office: Office, model: Path) -> None:
    for number, part in enumerate(split(tiny("parts"), 2), 1):
        part.write(model.parent / f"Parts-0000{number}-of-00002.gguf")
    (model.parent / "junk.gguf").write_bytes(b"GGUF" + bytes(100))
    outcomes = office.json("import", str(model.parent), "--copy")
    assert [(Path(each["path"]).name, each["status"]) for each in outcomes] == [
        ("Parts-00001-of-00002.gguf", "imported"),
        ("Tiny-Q8_0.gguf", "imported"),
        ("junk.gguf", "failed"),
    ]
    assert office.status == 1
    again = office.type("import", str(model.parent), "--link")
    assert again == "Parts: in the library already.\nTiny-Q8_0: in the library already.\n"
    assert office.said_beside.startswith("junk.gguf")


def test_a_projector_comes_along_where_its_model_is_alone(office: Office, model: Path) -> None:
    projector().write(model.parent / "mmproj-F16.gguf")
    office.type("import", str(model))
    assert [Path(path).name for path in _others(office.json("list"))[0]["helpers"]] == ["mmproj-F16.gguf"]


def test_a_wrong_import_is_a_sentence(office: Office, model: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelNotFoundError, match="no GGUF model in the folder"):
        office.type("import", str(tmp_path / "empty"))
    with pytest.raises(UsageError, match="--title is for one model; 2"):
        office.type("import", str(model), str(model), "--title", "T")
    assert office.type("import", str(tmp_path / "none.gguf")) == ""
    assert (office.status, office.said_beside.count("\n")) == (1, 1)


def test_verify_says_what_is_wrong_by_its_exit_status(office: Office, model: Path) -> None:
    assert "No model is recorded yet" in office.type("verify")
    assert office.type("verify", str(model)).startswith("Tiny-Q8_0: read for the first time")
    assert (office.type("verify"), office.status) == ("Tiny-Q8_0: good\n", 0)
    status = model.stat()
    model.write_bytes(bytes(model.stat().st_size))
    os.utime(model, ns=(status.st_atime_ns, status.st_mtime_ns))
    (said,) = office.json("verify", "Tiny-Q8_0")
    assert (office.status, said["good"], said["files"][0]["finding"]) == (1, False, "wrong")
    model.unlink()
    assert "MISSING" in office.type("verify")
    assert office.status == 1
    with pytest.raises(LibraryError, match="built-in"):
        office.type("verify", "starter")


def test_title_note_and_defaults_are_kept(office: Office, model: Path) -> None:
    office.type("rename", str(model), "  My  model ")
    office.type("note", "My model", "for letters")
    said = office.json("defaults", "My model", "--context", "4096", "--kv-type", "q8_0")
    assert (said["title"], said["notes"]) == ("My model", "for letters")
    assert said["load_params"] == {"n_ctx": 4096, "cache_type_k": "q8_0", "cache_type_v": "q8_0"}
    office.type("defaults", "My model", "--parallel", "2")
    entry = office.services.library.find("My model")
    assert (entry.load_params(office.services.load_params()).n_ctx, dict(entry.record.params)["n_seq_max"]) == (4096, 2)  # type: ignore[union-attr]
    assert office.json("defaults", "My model", "--clear")["load_params"] == {}
    assert office.json("rename", "My model", "")["title"] == "Tiny-Q8_0"
    for wrong in (["defaults", "Tiny-Q8_0"], ["defaults", "Tiny-Q8_0", "--parallel", "0"]):
        with pytest.raises(UsageError):
            office.type(*wrong)


def test_files_are_deleted_only_when_that_was_said(office: Office, model: Path) -> None:
    office.type("import", str(model), "--copy")
    with pytest.raises(UsageError, match=r"deletes 1 file\(s\) of Tiny-Q8_0, 0 MiB. Add --yes"):
        office.type("remove", "Tiny-Q8_0")
    said = office.json("remove", "Tiny-Q8_0", "--yes")
    assert [Path(path).name for path in said["deleted"]] == ["Tiny-Q8_0.gguf"]
    office.type("import", str(model))
    assert office.type("remove", "Tiny-Q8_0") == "Tiny-Q8_0 is forgotten; its files stay where they are.\n"
    assert model.exists()
    with pytest.raises(LibraryError, match="nothing to remove"):
        office.type("remove", str(model))
    office.type("import", str(model))
    with pytest.raises(UsageError):
        office.type("remove", "Tiny-Q8_0", "--delete-files")
    office.type("remove", "Tiny-Q8_0", "--delete-files", "--yes")
    assert not model.exists()


def test_other_programs_models_are_found_and_taken(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert (office.type("find"), office.status) == ("No models of other programs were found.\n", 1)
    folder = tmp_path / ".lmstudio" / "models" / "acme" / "Tiny-GGUF"
    folder.mkdir(parents=True)
    tiny().write(folder / "Tiny-Q8_0.gguf")
    assert office.type("find") == "LM Studio: Tiny-Q8_0  0 MiB\n"
    assert office.json("find", "lm studio")["models"][0]["in_library"] is False
    assert office.type("find", "--import") == "Tiny-Q8_0: imported.\n"
    assert office.type("find", "--import") == "There is nothing new to import.\n"
    assert "in the library already" in office.type("find", "tiny")
    assert office.json("find", "something else")["models"] == []


def test_the_models_folder_can_be_anywhere(home: Path, tmp_path: Path) -> None:
    (home / "settings.toml").write_text(f"models_folder = '{tmp_path / 'disk' / 'models'}'\n", encoding="utf-8")
    (tmp_path / "disk" / "models").mkdir(parents=True)
    tiny().write(tmp_path / "disk" / "models" / "Far.gguf")
    with build_services(find_paths()) as services:
        assert services.library.folder == tmp_path / "disk" / "models"
        assert services.library.find("Far").size_bytes > 0
        assert services.paths.records == home / "records"


def test_an_update_check_needs_a_source(office: Office, model: Path) -> None:
    office.type("import", str(model))
    with pytest.raises(LibraryError, match="not known where Tiny-Q8_0 comes from"):
        office.type("update-check", "Tiny-Q8_0")


def test_a_source_is_listed(office: Office, model: Path) -> None:
    office.type("import", str(model))
    office.services.records.change(model, source=Source("acme/Tiny", "c" * 40, "x.gguf", "", "mit"))
    assert "acme/Tiny, mit" in office.type("list")
    assert _others(office.json("list"))[0]["source"] == {"repo": "acme/Tiny", "commit": "c" * 40, "path": "x.gguf"}
