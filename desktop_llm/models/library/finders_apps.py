"""Where LM Studio, Ollama, Jan, GPT4All and the Hugging Face cache keep their models, and under which names.

Each function yields what it finds, in whatever state it is; a broken manifest is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from desktop_llm.models.library.finders_walk import App, FoundModel, Surroundings, Walker, size_of
from desktop_llm.models.library.model_files import ENDING, is_helper, parts_of, stem_of
from desktop_llm.models.library.records import Source

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_OLLAMA_MODEL: Final = "application/vnd.ollama.image.model"
_OLLAMA_PROJECTOR: Final = "application/vnd.ollama.image.projector"
#: Left out of a name, as Ollama itself does.
_OLLAMA_USUAL: Final = ("registry.ollama.ai", "library")
_YAML_LINE: Final = re.compile(r"^(?P<key>\w+):\s*[\"']?(?P<value>[^\"'\n#]*?)[\"']?\s*$", re.MULTILINE)
_INI_MODEL_PATH: Final = re.compile(r"^modelPath=\"?(?P<value>[^\"\n]+?)\"?\s*$", re.MULTILINE)


def lm_studio(around: Surroundings, walker: Walker) -> Iterator[FoundModel]:
    """`models/PUBLISHER/REPOSITORY/FILE`, in a folder that its settings may name."""
    homes = [around.home / ".lmstudio", around.home / ".cache" / "lm-studio"]
    pointed = walker.text(around.home / ".lmstudio-home-pointer").strip().partition("\n")[0].strip()
    homes = [*_absolute(pointed), *homes]
    folders = [
        place
        for home in homes
        for place in _absolute(_json(walker.text(home / "settings.json")).get("downloadsFolder"))
    ]
    folders += [home / "models" for home in homes]
    for folder in dict.fromkeys(folders):
        yield from _plain(App.LM_STUDIO, walker.models(folder))


def ollama(around: Surroundings, walker: Walker) -> Iterator[FoundModel]:
    """Manifests by name and tag, whose layers are files named by their sha256."""
    folders = [around.home / ".ollama" / "models", around.root / "usr" / "share" / "ollama" / ".ollama" / "models"]
    chosen = around.variable("OLLAMA_MODELS")
    for folder in folders if chosen is None else [chosen, *folders]:
        manifests = folder / "manifests"
        for manifest in walker.files(manifests, depth=5):
            found = _ollama_model(folder, manifest.relative_to(manifests).parts, _json(walker.text(manifest)))
            if found is not None:
                yield found


def jan(around: Surroundings, walker: Walker) -> Iterator[FoundModel]:
    """A folder for each model, with a `model.yml` that names its files; the older `models` folders have plain files."""
    homes = list(dict.fromkeys((around.data("Jan"), around.settings("Jan"))))
    data = [
        place for home in homes for place in _absolute(_json(walker.text(home / "settings.json")).get("data_folder"))
    ]
    chosen = around.variable("JAN_DATA_FOLDER")
    data += [*([chosen] if chosen else []), *(home / "data" for home in homes), around.home / "jan"]
    for folder in dict.fromkeys(data):
        models = folder / "llamacpp" / "models"
        for described in walker.files(models, "model.yml"):
            values = {line["key"]: line["value"] for line in _YAML_LINE.finditer(walker.text(described))}
            path = _inside(folder, described.parent, values.get("model_path", "model.gguf"))
            helper = _inside(folder, described.parent, values["mmproj_path"]) if values.get("mmproj_path") else None
            found = _model(App.JAN, path, described.parent.relative_to(models).as_posix())
            if found is not None:
                yield _with_helper(found, helper)
        yield from _plain(App.JAN, walker.models(folder / "models"))


def gpt4all(around: Surroundings, walker: Walker) -> Iterator[FoundModel]:
    """Plain files in one folder, which its settings may name."""
    places = dict.fromkeys((around.settings("nomic.ai"), around.home / ".config" / "nomic.ai"))
    found = (_INI_MODEL_PATH.search(walker.text(place / "GPT4All.ini")) for place in places)
    chosen = [place for line in found if line for place in _absolute(line["value"])]
    folders = dict.fromkeys((*chosen, around.data("nomic.ai") / "GPT4All"))
    for folder in folders:
        yield from _plain(App.GPT4ALL, walker.files(folder, ENDING, depth=1))


def hugging_face(around: Surroundings, walker: Walker) -> Iterator[FoundModel]:
    """`models--PUBLISHER--NAME/snapshots/COMMIT/FILE`, mostly links to files named by their sha256."""
    home = around.variable("HF_HOME") or ((around.variable("XDG_CACHE_HOME") or around.home / ".cache") / "huggingface")
    cache = around.variable("HF_HUB_CACHE") or home / "hub"
    for repository in walker.entries(cache):
        kind, _, name = repository.name.partition("--")
        if kind != "models" or not name:
            continue
        current = walker.text(repository / "refs" / "main").strip()
        snapshots = walker.entries(repository / "snapshots")
        for snapshot in sorted(snapshots, key=lambda path: path.name != current):
            yield from _snapshot(name.replace("--", "/"), snapshot, walker)


def _snapshot(repo: str, snapshot: Path, walker: Walker) -> Iterator[FoundModel]:
    is_commit = _COMMIT.fullmatch(snapshot.name) is not None
    for path in _first_parts(walker.models(snapshot)):
        inside = path.relative_to(snapshot).as_posix()
        source = Source(repo, snapshot.name, inside) if is_commit else None
        found = _model(App.HUGGING_FACE, path, f"{repo}/{stem_of(path)}", source=source)
        if found is not None:
            yield found


def _ollama_model(folder: Path, parts: tuple[str, ...], manifest: dict[str, Any]) -> FoundModel | None:
    """`parts`: the registry's host, the namespace, the name, the tag."""
    layers = manifest.get("layers")
    blobs = {
        str(layer.get("mediaType")): _blob(folder, layer)
        for layer in (layers if isinstance(layers, list) else [])
        if isinstance(layer, dict)
    }
    path = blobs.get(_OLLAMA_MODEL)
    if path is None or len(parts) < 2:
        return None
    name = "/".join(part for place, part in enumerate(parts[:-1]) if part != "".join(_OLLAMA_USUAL[place : place + 1]))
    found = _model(App.OLLAMA, path, f"{name}:{parts[-1]}")
    return None if found is None else _with_helper(found, blobs.get(_OLLAMA_PROJECTOR))


def _blob(folder: Path, layer: dict[str, Any]) -> Path | None:
    kind, _, digest = str(layer.get("digest")).partition(":")
    if kind != "sha256" or not _SHA256.fullmatch(digest):
        return None
    places = (folder / "blobs" / f"sha256-{digest}", folder / "blobs" / f"sha256:{digest}")
    return next((place for place in places if size_of(place) is not None), None)


def _plain(app: App, paths: Iterable[Path]) -> Iterator[FoundModel]:
    for path in _first_parts(paths):
        found = _model(app, path, stem_of(path) if stem_of(path) != "model" else path.parent.name)
        if found is not None:
            yield found


def _first_parts(paths: Iterable[Path]) -> Iterator[Path]:
    return (path for path in paths if not is_helper(path.name) and parts_of(path)[0] == path)


def _model(app: App, path: Path | None, name: str, source: Source | None = None) -> FoundModel | None:
    """A model with all parts that are there; None where there is no file. A helper beside it is no part of it."""
    if path is None or size_of(path) is None:
        return None
    files = tuple(part for part in parts_of(path) if size_of(part) is not None)
    total = sum(size_of(part) or 0 for part in files)
    return FoundModel(app, name, files, total, tuple(map(_claimed, files)), source=source)


def _with_helper(found: FoundModel, helper: Path | None) -> FoundModel:
    if helper is None or size_of(helper) is None:
        return found
    return FoundModel(found.app, found.name, found.files, found.size_bytes, found.sha256, (helper,), found.source)


def _claimed(path: Path) -> str | None:
    """The sha256 that the name of a file, or of what a link leads to, says."""
    try:
        name = path.resolve().name
    except (OSError, RuntimeError):
        return None
    digest = name.removeprefix("sha256-").removeprefix("sha256:")
    return digest if _SHA256.fullmatch(digest) else None


def _inside(data: Path, folder: Path, path: str) -> Path | None:
    """A file that a description names: by its place in the data folder, beside the description, or anywhere."""
    if not path or "\0" in path:
        return None
    places = (Path(path),) if Path(path).is_absolute() else (data / path, folder / path)
    return next((place for place in places if size_of(place) is not None), None)


def _absolute(path: object) -> list[Path]:
    """A folder that settings name; nothing for anything else."""
    is_path = isinstance(path, str) and "\0" not in path and Path(path).is_absolute()
    return [Path(str(path))] if is_path else []


def _json(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
