"""Across an air gap: what is carried arrives unchanged, or nothing arrives."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_llm.errors import BundleError, DownloadCancelledError, ModelError, NoSpaceError
from desktop_llm.models.bundle.bundle import Packer
from desktop_llm.models.bundle.keys import CONTEXT, make_keys, read_public_key, read_secret_key
from desktop_llm.models.bundle.manifest import MANIFEST, SIGNATURE, BundleFile, BundleModel, Manifest, parse_manifest
from desktop_llm.models.bundle.open import Bundle, import_bundle, verify_bundle
from desktop_llm.models.catalog.catalog import Catalog, read_catalog
from desktop_llm.models.library.importing import Importer, Watch, Way, Wish
from desktop_llm.models.library.library import ModelLibrary
from desktop_llm.models.library.records import FileState, Record, Records, Source
from desktop_llm.models.library.removing import plan_removal, remove
from tests.hub.samples import projector, split, tiny

_CATALOG = read_catalog(Path(__file__).parents[2] / "resources" / "catalog.json")
_SOURCE = Source("acme/Tiny-GGUF", "c" * 40, "Tiny-Q8_0.gguf", "https://hub.example", "apache-2.0")
_LICENCE = "Apache License"


@dataclass
class Office:
    """A computer with a library."""

    folder: Path

    @property
    def records(self) -> Records:
        return Records(self.folder / "records")

    @property
    def importer(self) -> Importer:
        return Importer(self.records, self.folder / "models")

    @property
    def library(self) -> ModelLibrary:
        return ModelLibrary(self.folder / "builtin", self.folder / "models", self.records)


@dataclass
class Carried:
    """A bundle on its way, and the key it is trusted by."""

    folder: Path
    key: Ed25519PublicKey

    def open(self, folder: Path | None = None) -> Bundle:
        return verify_bundle(folder or self.folder, [self.key])


def _fill(office: Office) -> None:
    """A single model with projector, licence and source, and a split one."""
    downloads = office.folder / "downloads"
    downloads.mkdir(parents=True)
    model = tiny().write(downloads / "Tiny-Q8_0.gguf")
    (downloads / "LICENSE").write_text(_LICENCE)
    eyes = projector().write(downloads / "mmproj-F16.gguf")
    office.importer.take(Wish(model, Way.COPY, title="My tiny one", helpers=(eyes,), source=_SOURCE))
    shutil.copy(downloads / "LICENSE", office.folder / "models" / "Tiny-Q8_0" / "LICENSE")
    for number, part in enumerate(split(tiny("parts"), 2), 1):
        part.write(office.folder / "models" / f"Parts-0000{number}-of-00002.gguf")


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Carried:
    """A bundle that no test changes."""
    folder = tmp_path_factory.mktemp("bundle")
    office = Office(folder / "office")
    _fill(office)
    key = Ed25519PrivateKey.generate()
    entries = [office.library.find("My tiny one"), office.library.find("Parts")]
    Packer(key, _CATALOG, lambda: 1e9).pack(entries, folder / "out")
    return Carried(folder / "out", key.public_key())


@pytest.fixture
def copy(carried: Carried, tmp_path: Path) -> Path:
    """A bundle that a test may change."""
    return Path(shutil.copytree(carried.folder, tmp_path / "copy"))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "other office")


@pytest.mark.parametrize("way", list(Way))
def test_all_models_arrive_with_what_is_known_of_them(carried: Carried, office: Office, copy: Path, way: Way) -> None:
    imported = import_bundle(carried.open(copy), office.importer, way)
    first, second = (each.record for each in imported)
    assert (first.title, first.source, len(first.helpers), first.state) == ("My tiny one", _SOURCE, 1, FileState.READY)
    assert [file.path.name for file in second.files] == ["Parts-00001-of-00002.gguf", "Parts-00002-of-00002.gguf"]
    assert [len(record.proven_sha256) for record in (first, second)] == [1, 2]
    assert {entry.title for entry in office.library.models()} == {"My tiny one", "Parts"}
    assert first.proven_sha256 == (hashlib.sha256(first.path.read_bytes()).hexdigest(),)
    if way is not Way.REFERENCE:
        licence = first.path.with_name("Tiny-Q8_0.LICENSE.txt")
        assert licence.read_text() == _LICENCE
        remove(office.library, plan_removal(office.library, office.records, office.library.find("My tiny one")))
        assert not licence.exists()


def test_the_manifest_says_what_is_in_it_and_there_is_one_way_to_write_it(carried: Carried) -> None:
    raw = (carried.folder / MANIFEST).read_bytes()
    manifest = parse_manifest(raw)
    assert manifest.to_bytes() == raw
    assert (manifest.created_at, manifest.models[0].licence) == (10**9, "apache-2.0")
    assert manifest.size_bytes == sum(
        path.stat().st_size for path in carried.folder.rglob("*") if path.is_file() and path.parent != carried.folder
    )
    for other in (raw + b" ", raw.replace(b",", b", ", 1), b"{}", b"[]", b"\xff", b"[" * 100_000, raw[:-1]):
        with pytest.raises(BundleError):
            parse_manifest(other)
    with pytest.raises(BundleError, match="newer version"):
        parse_manifest(raw.replace(b'"version":1', b'"version":2'))


def test_what_the_catalogue_knows_travels_too(office: Office, tmp_path: Path) -> None:
    known = next(file for model in _CATALOG.models for file in model.files if model.licence)
    tiny().write(tmp_path / known.file)
    entry = office.library.open(tmp_path / known.file)
    manifest = Packer(Ed25519PrivateKey.generate(), _CATALOG).pack([entry], tmp_path / "out")
    catalog = manifest.models[0].catalog
    assert catalog is not None and catalog.licence == manifest.models[0].licence != ""
    assert parse_manifest(manifest.to_bytes()) == manifest


def test_a_mirrors_password_stays_here(office: Office, tmp_path: Path) -> None:
    source = replace(_SOURCE, endpoint="https://me:secret@hub.example:8443/mirror")
    office.importer.take(Wish(tiny().write(tmp_path / "Tiny.gguf"), source=source))
    entry = office.library.find("Tiny")
    manifest = Packer(Ed25519PrivateKey.generate(), _CATALOG).pack([entry], tmp_path / "out")
    assert manifest.models[0].source == replace(source, endpoint="https://hub.example:8443/mirror")


def _refuses(carried: Carried, folder: Path, office: Office) -> str:
    """The bundle is refused with a sentence, and nothing is imported."""
    with pytest.raises(BundleError) as caught:
        import_bundle(carried.open(folder), office.importer)
    assert office.records.all() == ()
    assert not (office.folder / "models").exists()
    return str(caught.value)


_Damage = Callable[[Path, st.DataObject], None]


def _flip(path: Path, data: st.DataObject) -> None:
    raw = bytearray(path.read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(raw)


def _truncate(path: Path, data: st.DataObject) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw) - 1))])


def _append(path: Path, data: st.DataObject) -> None:
    path.write_bytes(path.read_bytes() + data.draw(st.binary(min_size=1, max_size=100)))


def _insert(path: Path, data: st.DataObject) -> None:
    raw = path.read_bytes()
    place = data.draw(st.integers(0, len(raw)))
    path.write_bytes(raw[:place] + data.draw(st.binary(min_size=1, max_size=9)) + raw[place:])


def _rename(path: Path, data: st.DataObject) -> None:
    path.rename(path.with_name(path.name + data.draw(st.sampled_from(["x", ".gguf", "~", " "]))))


def _remove(path: Path, data: st.DataObject) -> None:
    del data
    path.unlink()


def _swap(path: Path, data: st.DataObject) -> None:
    others = [each for each in sorted(path.parents[0].rglob("*")) if each.is_file() and each != path]
    other = data.draw(st.sampled_from(others))
    first, second = path.read_bytes(), other.read_bytes()
    path.write_bytes(second)
    other.write_bytes(first)


def _add(path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["x.gguf", ".hidden", "9", "MANIFEST.JSON.bak", "LICENSE"]))
    path.with_name(name).write_bytes(b"")


@settings(max_examples=max(300, settings.default.max_examples if settings.default else 0))
@given(data=st.data())
def test_any_damage_anywhere_is_refused_and_nothing_imported(
    carried: Carried, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged") / "copy"
    shutil.copytree(carried.folder, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    damage = data.draw(st.sampled_from([_flip, _flip, _truncate, _append, _insert, _rename, _remove, _swap, _add]))
    damage(path, data)
    said = _refuses(carried, folder, Office(folder.parent / "office"))
    shutil.rmtree(folder.parent)
    if damage is _flip and path.name != SIGNATURE:
        assert path.relative_to(folder).as_posix() in said


def test_every_byte_of_manifest_and_signature_counts(carried: Carried, copy: Path) -> None:
    for name in (MANIFEST, SIGNATURE):
        raw = (copy / name).read_bytes()
        for place in range(len(raw)):
            (copy / name).write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
            with pytest.raises(BundleError, match="not to be trusted"):
                carried.open(copy)
        (copy / name).write_bytes(raw)
    assert carried.open(copy).manifest.models


def test_another_key_and_a_signature_for_something_else_are_refused(
    carried: Carried, copy: Path, tmp_path: Path
) -> None:
    other = Ed25519PrivateKey.generate()
    with pytest.raises(BundleError, match="another key signed it"):
        verify_bundle(copy, [other.public_key()])
    with pytest.raises(BundleError, match="another key signed it"):
        verify_bundle(copy, [])
    assert verify_bundle(copy, [other.public_key(), carried.key]).manifest.models
    (copy / SIGNATURE).write_bytes(other.sign((copy / MANIFEST).read_bytes()))
    with pytest.raises(BundleError):
        verify_bundle(copy, [other.public_key()])
    (copy / SIGNATURE).write_bytes(other.sign(CONTEXT + (copy / MANIFEST).read_bytes()))
    assert verify_bundle(copy, [other.public_key()]).manifest.models
    with pytest.raises(BundleError, match="no bundle at"):
        verify_bundle(tmp_path / "none", [carried.key])


_HOSTILE = (
    "../escaped.gguf",
    "1/../../escaped.gguf",
    "/etc/passwd",
    "1/sub/x.gguf",
    "1",
    "1/",
    "1/.",
    "1/..",
    "0/x.gguf",
    "10000/x.gguf",
    "a/x.gguf",
    "1/.hidden.gguf",
    "1\\x.gguf",
    "1/x\\y.gguf",
    "1/C:x.gguf",
    "1/con.gguf",
    "1/x.gguf ",
    "1/x\n.gguf",
    "1/\u202efugg.gguf",
    "1/" + "x" * 300,
    "",
    "manifest.json",
)


@pytest.mark.parametrize("name", _HOSTILE)
def test_hostile_names_are_refused_also_when_they_are_signed(name: str) -> None:
    good = BundleFile("1/x.gguf", 1, "0" * 64)
    raw = Manifest((BundleModel("x", "", "", (good,)),), 1, "p").to_bytes()
    values = json.loads(raw)
    values["models"][0]["files"][0]["path"] = name
    with pytest.raises(BundleError):
        parse_manifest((json.dumps(values, sort_keys=True, separators=(",", ":")) + "\n").encode())


def test_a_name_that_stands_twice_is_refused() -> None:
    files = tuple(BundleFile(path, 1, "0" * 64) for path in ("1/x.gguf", "1/X.gguf"))
    with pytest.raises(BundleError, match="names a file twice"):
        Manifest((BundleModel("x", "", "", files),), 1, "p")


def test_links_pipes_and_folders_in_the_place_of_files_are_refused(
    carried: Carried, copy: Path, office: Office, tmp_path: Path
) -> None:
    path = copy / "1" / "Tiny-Q8_0.gguf"
    elsewhere = path.rename(tmp_path / "elsewhere.gguf")
    if sys.platform != "win32":
        path.symlink_to(elsewhere)
        assert "is a link" in _refuses(carried, copy, office)
        path.unlink()
        os.mkfifo(path)
        assert "not a file" in _refuses(carried, copy, office)
        path.unlink()
        folder = (copy / "1").rename(tmp_path / "folder")
        (copy / "1").symlink_to(folder)
        assert "'1' does not belong" in _refuses(carried, copy, office)
        (copy / "1").unlink()
        folder.rename(copy / "1")
    path.mkdir()
    assert "Tiny-Q8_0.gguf" in _refuses(carried, copy, office)
    path.rmdir()
    elsewhere.rename(path)
    assert carried.open(copy).manifest.models


def test_nothing_is_read_as_a_model_before_all_is_proven(office: Office, tmp_path: Path) -> None:
    """A signed bundle with a model that is none: it is found by the header check, and its good neighbour stays out."""
    good = office.importer.take(Wish(tiny().write(tmp_path / "a.gguf"))).record
    junk = tmp_path / "junk.gguf"
    junk.write_bytes(b"GGUF" + bytes(100))
    key = Ed25519PrivateKey.generate()
    entries = [office.library.open(good.path), office.library.open(junk)]
    Packer(key, _CATALOG).pack(entries, tmp_path / "out")
    third = Office(tmp_path / "third")
    bundle = verify_bundle(tmp_path / "out", [key.public_key()])
    with pytest.raises(ModelError):
        import_bundle(bundle, third.importer)
    assert third.records.all() == ()


@pytest.mark.parametrize("way", list(Way))
def test_a_file_that_changes_between_proof_and_import_is_refused(
    carried: Carried, copy: Path, office: Office, way: Way
) -> None:
    bundle = carried.open(copy)
    path = copy / "1" / "Tiny-Q8_0.gguf"
    tiny("another").write(path)
    with pytest.raises(BundleError, match="was changed while"):
        import_bundle(bundle, office.importer, way)
    assert office.records.all() == ()


@pytest.mark.parametrize("way", [Way.LINK, Way.REFERENCE])
def test_a_file_that_changes_while_it_is_taken_is_taken_out_again(
    carried: Carried, copy: Path, office: Office, way: Way
) -> None:
    bundle = carried.open(copy)
    path = copy / "1" / "Tiny-Q8_0.gguf"

    class Slow(Records):
        """Somebody changes the file while its record is written."""

        def put(self, record: Record) -> None:
            super().put(record)
            os.utime(path, ns=(1, 1))

    importer = Importer(Slow(office.folder / "records"), office.folder / "models")
    with pytest.raises(BundleError, match="was changed while"):
        import_bundle(bundle, importer, way)
    assert office.records.all() == ()
    assert office.library.models() == ()


def test_a_bundle_is_made_in_a_new_folder_only(office: Office, tmp_path: Path) -> None:
    _fill(office)
    packer, entries = Packer(Ed25519PrivateKey.generate(), _CATALOG), [office.library.find("Parts")]
    folder = tmp_path / "full"
    (folder / "1").mkdir(parents=True)
    (folder / "1" / "mine").write_text("x")
    with pytest.raises(BundleError, match="not empty"):
        packer.pack(entries, folder)
    assert (folder / "1" / "mine").exists()
    with pytest.raises(BundleError, match="twice"):
        packer.pack(entries * 2, tmp_path / "new")
    with pytest.raises(NoSpaceError):
        replace(packer, usage=lambda folder: (10**9, 1000)).pack(entries, tmp_path / "new")
    with pytest.raises(DownloadCancelledError):
        packer.pack(entries, tmp_path / "new", Watch(is_cancelled=lambda: True))
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "file").write_text("x")
    with pytest.raises(BundleError, match="could not be written"):
        packer.pack(entries, tmp_path / "file")


def test_a_changed_or_incomplete_model_is_not_bundled(office: Office, tmp_path: Path) -> None:
    _fill(office)
    packer = Packer(Ed25519PrivateKey.generate(), _CATALOG)
    entry = office.library.find("My tiny one")
    tiny("changed").write(entry.path)
    with pytest.raises(BundleError, match="has other content"):
        packer.pack([office.library.find("My tiny one")], tmp_path / "out")
    (entry.path.parent / "mmproj-F16.gguf").unlink()
    with pytest.raises(BundleError, match=r"mmproj-F16\.gguf is missing"):
        packer.pack([office.library.find("My tiny one")], tmp_path / "out")
    office.library.find("Parts").files[1].unlink()
    with pytest.raises(BundleError, match="part of Parts is missing"):
        packer.pack([office.library.find("Parts")], tmp_path / "out")


def test_progress_counts_every_byte_once(carried: Carried, office: Office) -> None:
    seen: list[int] = []
    bundle = verify_bundle(carried.folder, [carried.key], Watch(seen.append))
    assert seen == sorted(seen)
    assert seen[-1] == bundle.manifest.size_bytes
    with pytest.raises(DownloadCancelledError):
        verify_bundle(carried.folder, [carried.key], Watch(is_cancelled=lambda: True))


def test_keys_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "office.key"
    public = make_keys(path)
    assert public == tmp_path / "office.key.pub"
    assert read_public_key(public) == read_secret_key(path).public_key()
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(BundleError, match="is there already"):
        make_keys(path)
    public.unlink()
    with pytest.raises(BundleError, match="is there already"):
        make_keys(path)
    assert not public.exists()


def test_what_is_no_key_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "office.key"
    public = make_keys(path)
    for read, wrong in ((read_secret_key, public), (read_public_key, path), (read_public_key, tmp_path / "none")):
        with pytest.raises(BundleError):
            read(wrong)
    curve, encoding = generate_private_key(SECP256R1()), serialization.Encoding.PEM
    other, locked = tmp_path / "other.key", tmp_path / "locked.key"
    pkcs8 = serialization.PrivateFormat.PKCS8
    other.write_bytes(curve.private_bytes(encoding, pkcs8, serialization.NoEncryption()))
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    (tmp_path / "other.pub").write_bytes(curve.public_key().public_bytes(encoding, spki))
    key = Ed25519PrivateKey.generate()
    locked.write_bytes(key.private_bytes(encoding, pkcs8, serialization.BestAvailableEncryption(b"x")))
    with pytest.raises(BundleError, match="Ed25519"):
        read_secret_key(other)
    with pytest.raises(BundleError, match="Ed25519"):
        read_public_key(tmp_path / "other.pub")
    with pytest.raises(BundleError, match="password"):
        read_secret_key(locked)


def test_a_catalogue_that_knows_nothing_is_no_hindrance(office: Office, tmp_path: Path) -> None:
    _fill(office)
    manifest = Packer(Ed25519PrivateKey.generate(), Catalog((), ())).pack(
        [office.library.find("Parts")], tmp_path / "out"
    )
    assert (manifest.models[0].catalog, manifest.models[0].licence) == (None, "")
