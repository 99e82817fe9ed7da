"""Repositories ready made: valid small models, split ones with a projector, hostile names, any size."""

from __future__ import annotations

import copy
import functools
import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.hub.content import Content, InMemory, Joined, Noise, OnDisk
from tests.hub.repository import File, Repository, repository, text_file
from tests.models.forge_bad import F32, STRING, U32, Gguf, Tensor, valid

_U16, _I32, _BOOL = 2, 5, 7
_TOLD_LICENCE = "Apache License\nVersion 2.0, January 2004\n"

HOSTILE_PATHS = (
    "../../escaped.gguf",
    "..\\..\\escaped.gguf",
    "/tmp/absolute.gguf",
    "C:\\Windows\\absolute.gguf",
    "C:relative-to-a-drive.gguf",
    "\\\\server\\share\\remote.gguf",
    "folder/../../escaped.gguf",
    "./here.gguf",
    "folder//empty-part.gguf",
    "con.gguf",
    "CON.gguf",
    "nul/model.gguf",
    "lpt1.txt.gguf",
    "colon:stream.gguf",
    "trailing-dot.gguf.",
    "trailing-space.gguf ",
    " leading-space.gguf",
    "nul\0byte.gguf",
    "new\nline.gguf",
    "escape\x1b[31m.gguf",
    "right-to-left\u202efugg.exe.gguf",
    "zero\u200bwidth.gguf",
    "full\uff0fwidth\uff0fslash.gguf",
    "e\u0301-decomposed.gguf",
    "\u00e9-composed.gguf",
    "surrogate-\udcff.gguf",
    "long-" + "x" * 300 + ".gguf",
    "deep/" * 60 + "model.gguf",
    "~/home.gguf",
    "$HOME/home.gguf",
    "%USERPROFILE%/home.gguf",
    "-rf.gguf",
    "model.gguf.part",
    ".hidden.gguf",
    "MODEL.GGUF",
    "percent%2e%2e%2fescaped.gguf",
    "",
    ".",
    "..",
)
"""Paths that a repository might list and no client may follow out of its folder or be led astray by."""


def tiny(name: str = "tiny", **keys: Any) -> Gguf:
    """A valid model of two layers that llama.cpp loads, 115 KB; `keys` with `__` for the dots of their names."""
    model = copy.deepcopy(_valid())
    model.set("general.name", name)
    for key, value in keys.items():
        model.set(key.replace("__", "."), value)
    return model


@functools.cache
def _valid() -> Gguf:
    """Made once: rolling the dice takes longer than all else."""
    return valid()


def gguf_block(model: Gguf) -> dict[str, object]:
    """What the Hub's API tells of a repository's models."""
    architecture = model.get("general.architecture")
    told: dict[str, object] = {
        "total": sum(math.prod(tensor.shape) for tensor in model.tensors),
        "architecture": architecture,
        "context_length": model.get(f"{architecture}.context_length"),
    }
    template = [value for key, _, value in model.keys if key == "tokenizer.chat_template"]
    return told | ({"chat_template": template[0]} if template else {})


def licence_file() -> File:
    """A LICENSE."""
    return text_file("LICENSE", _TOLD_LICENCE)


def small_models(
    repo_id: str = "acme/Tiny-GGUF", quantizations: Sequence[str] = ("Q4_K_M", "Q8_0"), **about: Any
) -> Repository:
    """Valid models of one name, one for each quantization named; no two of the same bytes."""
    name = repo_id.rpartition("/")[2].removesuffix("-GGUF")
    models = {each: tiny(f"{name} {each}") for each in quantizations}
    files = [File(f"{name}-{each}.gguf", InMemory(model.to_bytes())) for each, model in models.items()]
    about = {"gguf": gguf_block(tiny()), **about}
    return repository(repo_id, licence_file(), *files, **about)


def split_model(repo_id: str = "acme/Seeing-GGUF", n_parts: int = 3, **about: Any) -> Repository:
    """A valid model in parts, in a folder, with a projector beside it; and one that is whole."""
    name = repo_id.rpartition("/")[2].removesuffix("-GGUF")
    model = tiny(name)
    parts = [part.to_bytes() for part in split(model, n_parts)]
    files = [
        File(f"Q4_K_M/{name}-Q4_K_M-{number:05}-of-{n_parts:05}.gguf", InMemory(data))
        for number, data in enumerate(parts, 1)
    ]
    files.append(File(f"{name}-Q2_K.gguf", InMemory(tiny(f"{name} small").to_bytes())))
    files.append(File("mmproj-F16.gguf", InMemory(projector().to_bytes())))
    about = {"gguf": gguf_block(model), "pipeline_tag": "image-text-to-text", **about}
    return repository(repo_id, licence_file(), *files, **about)


def split(model: Gguf, n_parts: int) -> list[Gguf]:
    """A model as `gguf-split` parts it: all keys in the first part, tensors in each."""
    parts = []
    most = -(-len(model.tensors) // n_parts)
    for number in range(n_parts):
        part = copy.deepcopy(model)
        part.tensors = part.tensors[number * most : (number + 1) * most]
        if number:
            part.keys = []
        part.set("split.no", number, _U16)
        part.set("split.count", n_parts, _U16)
        part.set("split.tensors.count", len(model.tensors), _I32)
        parts.append(part)
    return parts


def projector() -> Gguf:
    """The form of a vision projector (mmproj): its keys, and hardly any weights."""
    keys: list[tuple[str, int, Any]] = [
        ("general.architecture", STRING, "clip"),
        ("general.type", STRING, "mmproj"),
        ("general.name", STRING, "tiny projector"),
        ("general.file_type", U32, 1),
        ("clip.has_vision_encoder", _BOOL, 1),
        ("clip.projector_type", STRING, "mlp"),
        ("clip.vision.image_size", U32, 224),
        ("clip.vision.patch_size", U32, 14),
        ("clip.vision.embedding_length", U32, 32),
        ("clip.vision.feed_forward_length", U32, 64),
        ("clip.vision.block_count", U32, 1),
        ("clip.vision.attention.head_count", U32, 2),
        ("clip.vision.attention.layer_norm_epsilon", F32, 1e-5),
        ("clip.vision.projection_dim", U32, 32),
    ]
    return Gguf(keys, [Tensor("mm.0.weight", (32, 32), bytes(4096)), Tensor("mm.0.bias", (32,), bytes(128))])


def on_disk(repo_id: str, *paths: Path, **about: Any) -> Repository:
    """Files of this computer: the starter model, a forged one, a hollow one."""
    return repository(repo_id, licence_file(), *(File(path.name, OnDisk(path)) for path in paths), **about)


def huge_model(repo_id: str = "acme/Huge-GGUF", size: int = 50_000_000_000, **about: Any) -> Repository:
    """A file of any size that needs no room: a true header, then noise. Its sha256 is not told truly."""
    head = tiny("huge").to_bytes()
    content: Content = Joined([InMemory(head), Noise(size - len(head), seed=9)])
    wrong = hashlib.sha256(repo_id.encode()).hexdigest()
    return repository(repo_id, licence_file(), File("Huge-Q8_0.gguf", content, told_sha256=wrong), **about)


def hostile_names(
    repo_id: str = "mallory/Names-GGUF", paths: Sequence[str] = HOSTILE_PATHS, **about: Any
) -> Repository:
    """A repository that lists paths which lead elsewhere."""
    data = InMemory(tiny("hostile").to_bytes())
    return repository(repo_id, *(File(path, data, lfs=True) for path in paths), **about)


def many(n: int, author: str = "acme", **about: Any) -> list[Repository]:
    """Repositories for searches: each one's downloads, likes and age differ."""
    model = InMemory(tiny("many").to_bytes())
    return [
        repository(
            f"{author}/Model-{i:03}-GGUF", File("model-Q4_K_M.gguf", model), downloads=i * 7 % n, likes=i, **about
        )
        for i in range(n)
    ]
