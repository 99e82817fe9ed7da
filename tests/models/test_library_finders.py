"""Models of other programs, found in folders laid out as these programs lay them out."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.models.library.finders import Findings, find_models, not_known, surroundings, wish_for
from desktop_llm.models.library.finders_walk import App, Surroundings, Walker
from desktop_llm.models.library.importing import Importer, Way
from desktop_llm.models.library.library import ModelLibrary
from desktop_llm.models.library.records import Records, Source
from desktop_llm.models.library.verifying import verify
from tests.hub.samples import projector, tiny

_BYTES = tiny().to_bytes()
_SHA256 = hashlib.sha256(_BYTES).hexdigest()


def _around(home: Path, platform: str = "linux", **variables: str) -> Surroundings:
    return Surroundings(home, variables, platform, home / "root")


def _put(path: Path, content: bytes | str = _BYTES) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _names(found: Findings) -> list[tuple[str, str]]:
    return [(model.app.value, model.name) for model in found.models]


def _ollama(folder: Path, *tags: str, content: bytes = _BYTES, **layers: bytes) -> Path:
    """A model as `ollama pull` leaves it."""
    named = {"model": content, **layers}
    manifest = {"schemaVersion": 2, "layers": []}
    blob = folder
    for kind, data in reversed(named.items()):
        digest = hashlib.sha256(data).hexdigest()
        blob = _put(folder / "blobs" / f"sha256-{digest}", data)
        layer = {"mediaType": f"application/vnd.ollama.image.{kind}", "digest": f"sha256:{digest}", "size": len(data)}
        manifest["layers"].append(layer)  # type: ignore[attr-defined]
    for tag in tags:
        _put(folder / "manifests" / tag, json.dumps(manifest))
    return blob


def test_without_any_other_program_nothing_is_found(tmp_path: Path) -> None:
    assert find_models(_around(tmp_path)) == Findings((), True, ())


def test_lm_studio_also_where_its_settings_lead(tmp_path: Path) -> None:
    own = tmp_path / ".lmstudio"
    _put(own / "models" / "acme" / "Tiny-GGUF" / "Tiny-Q8_0.gguf")
    _put(own / "models" / "acme" / "Tiny-GGUF" / "mmproj-F16.gguf")
    for number in (1, 2):
        _put(own / "models" / "acme" / "Big-GGUF" / f"Big-0000{number}-of-00002.gguf")
    _put(tmp_path / ".cache" / "lm-studio" / "models" / "acme" / "Old" / "old.gguf")
    _put(tmp_path / "elsewhere" / "acme" / "Far" / "far.gguf")
    _put(own / "settings.json", json.dumps({"downloadsFolder": str(tmp_path / "elsewhere")}))
    found = find_models(_around(tmp_path))
    assert _names(found) == [("LM Studio", name) for name in ("Big", "far", "old", "Tiny-Q8_0")]
    assert (len(found.models[0].files), found.models[0].size_bytes) == (2, 2 * len(_BYTES))


def test_programs_whose_homes_were_moved(tmp_path: Path) -> None:
    _put(tmp_path / ".lmstudio-home-pointer", f"{tmp_path / 'studio'}\n")
    _put(tmp_path / "studio" / "models" / "acme" / "Far" / "far.gguf")
    _put(tmp_path / ".local" / "share" / "Jan" / "settings.json", json.dumps({"data_folder": str(tmp_path / "jans")}))
    for folder, name in (("jans", "one"), ("other", "two")):
        _put(tmp_path / folder / "llamacpp" / "models" / name / "model.gguf")
        _put(tmp_path / folder / "llamacpp" / "models" / name / "model.yml", "name: x\nsize_bytes: 1\n")
    found = find_models(_around(tmp_path, JAN_DATA_FOLDER=str(tmp_path / "other")))
    assert _names(found) == [("LM Studio", "far"), ("Jan", "one"), ("Jan", "two")]


def test_ollama_by_its_manifests(tmp_path: Path) -> None:
    eyes = projector().to_bytes()
    blob = _ollama(tmp_path / ".ollama" / "models", "registry.ollama.ai/library/tiny/8b-q4", projector=eyes)
    found = find_models(_around(tmp_path))
    model = found.models[0]
    assert (model.app, model.name, model.files, model.sha256) == (App.OLLAMA, "tiny:8b-q4", (blob,), (_SHA256,))
    assert [helper.read_bytes() for helper in model.helpers] == [eyes]


def test_ollama_elsewhere_under_other_hosts_and_shared_tags(tmp_path: Path) -> None:
    other = tiny("other").to_bytes()
    system = tmp_path / "root" / "usr" / "share" / "ollama" / ".ollama" / "models"
    _ollama(system, "hf.co/acme/Tiny-GGUF/Q8_0", content=other)
    _ollama(tmp_path / "mine", "registry.ollama.ai/library/tiny/latest", "registry.ollama.ai/me/tiny/v1")
    found = find_models(_around(tmp_path, OLLAMA_MODELS="~/mine"))
    assert _names(found) == [("Ollama", "hf.co/acme/Tiny-GGUF:Q8_0"), ("Ollama", "tiny:latest")]


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "{",
        "[]",
        "null",
        '{"layers": 1}',
        '{"layers": [1, null]}',
        '{"layers": [{"mediaType": "application/vnd.ollama.image.model"}]}',
        '{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:../../../x"}]}',
        '{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:' + "0" * 64 + '"}]}',
        '{"layers": [{"mediaType": ["a"], "digest": 1}]}',
        "[" * 100_000,
        "x" * 2_000_000,
    ],
)
def test_a_broken_manifest_is_passed_over(tmp_path: Path, manifest: str) -> None:
    folder = tmp_path / ".ollama" / "models"
    _ollama(folder, "registry.ollama.ai/library/good/latest")
    _put(folder / "manifests" / "registry.ollama.ai" / "library" / "bad" / "latest", manifest)
    _put(folder / "manifests" / "stray", manifest)
    assert _names(find_models(_around(tmp_path))) == [("Ollama", "good:latest")]


@given(
    st.recursive(st.none() | st.text() | st.integers(), lambda each: st.lists(each) | st.dictionaries(st.text(), each))
)
def test_no_manifest_whatever_ends_the_search(tmp_path_factory: pytest.TempPathFactory, values: object) -> None:
    home = tmp_path_factory.mktemp("home")
    for key in ("layers", "config"):
        _put(home / ".ollama" / "models" / "manifests" / "a" / "b" / key, json.dumps({"layers": values}))
    _put(home / ".lmstudio" / "settings.json", json.dumps({"downloadsFolder": values}))
    _put(home / ".local" / "share" / "Jan" / "settings.json", json.dumps({"data_folder": values}))
    assert find_models(_around(home)).models == ()


def test_jan_by_its_descriptions_and_in_its_older_folders(tmp_path: Path) -> None:
    data = tmp_path / ".local" / "share" / "Jan" / "data"
    model = data / "llamacpp" / "models" / "acme" / "tiny"
    _put(model / "model.gguf")
    helper = _put(model / "mmproj.gguf", projector().to_bytes())
    _put(
        model / "model.yml",
        'name: "Tiny"\nmodel_path: llamacpp/models/acme/tiny/model.gguf\n'
        "mmproj_path: llamacpp/models/acme/tiny/mmproj.gguf\nsize_bytes: 1\n",
    )
    _put(data / "llamacpp" / "models" / "broken" / "model.yml", "model_path: ../../nothing\0here\n: : :")
    _put(data / "llamacpp" / "models" / "far" / "model.yml", f"model_path: {_put(tmp_path / 'far.gguf')}\n")
    _put(tmp_path / "jan" / "models" / "old-one" / "model.gguf")
    found = find_models(_around(tmp_path))
    assert _names(found) == [("Jan", "acme/tiny"), ("Jan", "far"), ("Jan", "old-one")]
    assert found.models[0].helpers == (helper,)


def test_gpt4all_on_every_system(tmp_path: Path) -> None:
    places = {
        "linux": ".local/share/nomic.ai/GPT4All",
        "win32": "AppData/Local/nomic.ai/GPT4All",
        "darwin": "Library/Application Support/nomic.ai/GPT4All",
    }
    for platform, place in places.items():
        home = tmp_path / platform
        _put(home / place / "Tiny.Q4_0.gguf")
        assert _names(find_models(_around(home, platform))) == [("GPT4All", "Tiny.Q4_0")]
    _put(tmp_path / "linux" / "far" / "Far.gguf")
    _put(tmp_path / "linux" / ".config" / "nomic.ai" / "GPT4All.ini", f"[General]\nmodelPath={tmp_path}/linux/far\n")
    found = find_models(_around(tmp_path / "linux"))
    assert _names(found) == [("GPT4All", "Far"), ("GPT4All", "Tiny.Q4_0")]


@pytest.mark.skipif(sys.platform == "win32", reason="the cache has links there only for who may make them")
def test_the_hugging_face_cache_by_its_snapshots(tmp_path: Path) -> None:
    repository = tmp_path / "cache" / "hub" / "models--acme--Tiny-GGUF"
    blob = _put(repository / "blobs" / _SHA256)
    old, new = "a" * 40, "b" * 40
    _put(repository / "refs" / "main", new)
    for commit in (old, new):
        link = repository / "snapshots" / commit / "sub" / "Tiny-Q8_0.gguf"
        link.parent.mkdir(parents=True)
        link.symlink_to(os.path.relpath(blob, link.parent))
    (repository / "snapshots" / new / "gone.gguf").symlink_to("../../blobs/none")
    (repository / "snapshots" / new / "loop.gguf").symlink_to("loop.gguf")
    _put(tmp_path / "cache" / "hub" / "datasets--acme--x" / "snapshots" / new / "no.gguf")
    found = find_models(_around(tmp_path, HF_HOME=str(tmp_path / "cache")))
    (model,) = found.models
    assert (model.name, model.sha256) == ("acme/Tiny-GGUF/Tiny-Q8_0", (_SHA256,))
    assert model.source == Source("acme/Tiny-GGUF", new, "sub/Tiny-Q8_0.gguf")
    again = find_models(_around(tmp_path, HF_HUB_CACHE=str(tmp_path / "cache" / "hub")))
    assert again == found


def test_looking_is_bounded_in_time_and_entries(tmp_path: Path) -> None:
    for number in range(30):
        _put(tmp_path / ".lmstudio" / "models" / "a" / "b" / f"{number:02}.gguf", b"x")
    few = find_models(_around(tmp_path), lambda: Walker(most_entries=20))
    ticks = itertools.count()
    short = find_models(_around(tmp_path), lambda: Walker(most_s=10, clock=lambda: float(next(ticks))))
    assert (few.is_complete, short.is_complete) == (False, False)
    assert find_models(_around(tmp_path)).is_complete


def test_circles_of_links_do_no_harm(tmp_path: Path) -> None:
    folder = tmp_path / ".lmstudio" / "models"
    _put(folder / "x.gguf")
    try:
        (folder / "circle").symlink_to(folder)
    except OSError:
        pytest.skip("this system gives no links to this user")
    assert _names(find_models(_around(tmp_path))) == [("LM Studio", "x")]


def test_what_is_found_is_taken_by_reference_and_then_known(tmp_path: Path) -> None:
    blob = _ollama(tmp_path / ".ollama" / "models", "registry.ollama.ai/library/tiny/8b")
    records = Records(tmp_path / "records")
    library = ModelLibrary(tmp_path / "builtin", tmp_path / "models", records)
    (model,) = not_known(find_models(_around(tmp_path)).models, library.models())
    record = Importer(records, library.folder).take(wish_for(model)).record
    assert (record.path, record.sha256, record.proven_sha256) == (blob, (_SHA256,), ())
    assert verify(records, record).is_good
    assert (library.find("tiny:8b").path, library.find("tiny:8b").name) == (blob, "tiny:8b")
    assert not_known(find_models(_around(tmp_path)).models, library.models()) == ()


def test_a_projector_in_a_repositorys_folder_comes_along(tmp_path: Path) -> None:
    folder = tmp_path / ".lmstudio" / "models" / "acme" / "Seeing"
    helper = _put(folder / "mmproj-F16.gguf", projector().to_bytes())
    for name in ("a-Q4_K_M", "a-Q8_0"):
        _put(folder / f"{name}.gguf")
        _put(tmp_path / ".local" / "share" / "nomic.ai" / "GPT4All" / f"{name}.gguf")
    _put(tmp_path / ".local" / "share" / "nomic.ai" / "GPT4All" / "mmproj-F16.gguf", projector().to_bytes())
    wishes = [wish_for(model) for model in find_models(_around(tmp_path)).models]
    assert [wish.helpers for wish in wishes] == [(helper,), (helper,), (), ()]


def test_a_copy_of_a_nameless_file_gets_a_name(tmp_path: Path) -> None:
    eyes = projector().to_bytes()
    _ollama(tmp_path / ".ollama" / "models", "registry.ollama.ai/library/tiny/8b", projector=eyes)
    importer = Importer(Records(tmp_path / "records"), tmp_path / "models")
    record = importer.take(wish_for(find_models(_around(tmp_path)).models[0], Way.COPY)).record
    assert [file.path.name for file in (*record.files, *record.helpers)] == ["tiny-8b.gguf", "mmproj-tiny-8b.gguf"]


def test_this_computer_has_surroundings() -> None:
    assert surroundings().home == Path.home()
