"""`desktop-llm models bundle create|verify|open|keygen`: models across an air gap."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop_llm.cli.byte_progress import ByteProgress
from desktop_llm.cli.sizes import in_words
from desktop_llm.cli.terminal import Terminal
from desktop_llm.models.bundle.bundle import Packer
from desktop_llm.models.bundle.keys import make_keys, read_public_key, read_secret_key
from desktop_llm.models.bundle.manifest import BundleModel, Manifest
from desktop_llm.models.bundle.open import Bundle, import_bundle, size_of, verify_bundle
from desktop_llm.models.library.importing import Importer, Way
from desktop_llm.services import Services


def bundle(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Do what `arguments.bundle_verb` says; returns the exit status. Raises ModelError or NoSpaceError."""
    match arguments.bundle_verb:
        case "create":
            return _create(services, arguments, terminal)
        case "verify":
            return _verify(arguments, terminal)
        case "open":
            return _open(services, arguments, terminal)
        case _:
            return _keygen(arguments, terminal)


def _create(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    key = read_secret_key(arguments.sign.expanduser())
    entries = [services.library.find(name) for name in arguments.names]
    progress = ByteProgress(terminal, "Copying", sum(entry.size_bytes for entry in entries))
    folder = arguments.out.expanduser()
    manifest = Packer(key, services.planner.catalog()).pack(entries, folder, progress.watch)
    terminal.clear_status()
    _say(manifest, folder, arguments, terminal, f"{folder}: {_count(manifest)}, signed.")
    return 0


def _verify(arguments: Namespace, terminal: Terminal) -> int:
    opened = _proven(arguments, terminal)
    _say(opened.manifest, opened.folder, arguments, terminal, f"{opened.folder}: {_count(opened.manifest)}, all good.")
    return 0


def _open(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    opened = _proven(arguments, terminal)
    importer = Importer(services.records, services.library.folder)
    progress = ByteProgress(terminal, "Importing", opened.manifest.size_bytes)
    imported = import_bundle(opened, importer, Way(arguments.way), progress.watch)
    terminal.clear_status()
    if arguments.json:
        places = [
            {"name": model.name, "path": str(each.record.path), "new": each.known_as is None}
            for model, each in zip(opened.manifest.models, imported, strict=True)
        ]
        said = _report(opened.manifest, opened.folder) | {"imported": places}
        terminal.write(json.dumps(said, ensure_ascii=False) + "\n")
        return 0
    for model, each in zip(opened.manifest.models, imported, strict=True):
        what = "imported" if each.known_as is None else "in the library already"
        terminal.write(f"{_line(model)}: {what}.\n")
    return 0


def _keygen(arguments: Namespace, terminal: Terminal) -> int:
    path = arguments.out.expanduser()
    public = make_keys(path)
    if arguments.json:
        terminal.write(json.dumps({"secret": str(path), "public": str(public)}, ensure_ascii=False) + "\n")
    else:
        terminal.write(f"{path}: the secret key. Keep it; who has it can sign bundles.\n")
        terminal.write(f"{public}: the public key. Carry it to the other computers by another way than the bundles.\n")
    return 0


def _proven(arguments: Namespace, terminal: Terminal) -> Bundle:
    keys = [read_public_key(path.expanduser()) for path in arguments.trust]
    folder = arguments.folder.expanduser()
    terminal.status("Comparing the bundle with its signature …")
    opened = verify_bundle(folder, keys, ByteProgress(terminal, "Comparing", size_of(folder)).watch)
    terminal.clear_status()
    return opened


def _say(manifest: Manifest, folder: Path, arguments: Namespace, terminal: Terminal, sentence: str) -> None:
    if arguments.json:
        terminal.write(json.dumps(_report(manifest, folder), ensure_ascii=False) + "\n")
        return
    for model in manifest.models:
        terminal.write(f"{_line(model)}\n")
    terminal.write(f"{sentence}\n")


def _count(manifest: Manifest) -> str:
    n_models, n_files = len(manifest.models), len(manifest.every_file)
    models, files = "model" if n_models == 1 else "models", "file" if n_files == 1 else "files"
    return f"{n_models} {models}, {n_files} {files}, {in_words(manifest.size_bytes)}"


def _line(model: BundleModel) -> str:
    source = f", {model.source.repo} at {model.source.commit[:12]}" if model.source else ""
    licence = f", {model.licence}" if model.licence else ", licence unknown"
    return f"{model.title or model.name}{source}{licence}"


def _report(manifest: Manifest, folder: Path) -> dict[str, Any]:
    """The object of --json; its names are an interface that scripts rely on."""
    return {
        "folder": str(folder),
        "created_at": datetime.fromtimestamp(manifest.created_at, UTC).isoformat(),
        "program": manifest.program,
        "size_bytes": manifest.size_bytes,
        "models": [_model_report(model) for model in manifest.models],
    }


def _model_report(model: BundleModel) -> dict[str, Any]:
    source = model.source
    return {
        "name": model.name,
        "title": model.title,
        "licence": model.licence,
        "source": {"repo": source.repo, "commit": source.commit, "path": source.path} if source else None,
        "catalog_id": model.catalog.id if model.catalog else None,
        "files": [
            {"path": file.path, "size_bytes": file.size_bytes, "sha256": file.sha256} for file in model.every_file
        ],
    }
