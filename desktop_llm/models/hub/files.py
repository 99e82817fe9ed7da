"""What a repository of the hub offers, as values; and its files put together to models. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_QUANTIZATION: Final = re.compile(
    r"(?:^|[-._])((?:UD-)?(?:I?Q[1-8](?:_[0-9A-Z]+)*|TQ[12]_0|MXFP4(?:_MOE)?|NVFP4|BF16|FP?16|FP?32))(?=$|[-._])",
    re.IGNORECASE,
)
_PART: Final = re.compile(r"^(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})$")


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file at one commit. `sha256` is None for small ones that are not kept as large files (Git LFS)."""

    repo: str
    commit: str
    path: str
    size_bytes: int
    sha256: str | None
    url: str

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class HubWeights:
    """One model of a repository: a file, or all parts of a split one in their order.

    `quantization` is "" where the name does not say it. `is_whole`: no part is missing.
    """

    name: str
    quantization: str
    files: tuple[HubFile, ...]
    is_whole: bool = True

    @property
    def size_bytes(self) -> int:
        """Of all parts."""
        return sum(file.size_bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class HubHit:
    """A repository in a list; None is what the hub does not tell. `n_params` are all parameters."""

    id: str
    downloads: int | None = None
    likes: int | None = None
    updated_at: datetime | None = None
    licence: str | None = None
    is_gated: bool = False
    architecture: str | None = None
    n_ctx_train: int | None = None
    n_params: int | None = None

    @property
    def publisher(self) -> str:
        """Who owns it: what stands before the slash."""
        return self.id.partition("/")[0] if "/" in self.id else ""


@dataclass(frozen=True, slots=True)
class HubRepo:
    """A repository at a commit: smallest weights first. `created_at` tells its age."""

    hit: HubHit
    commit: str
    created_at: datetime | None
    weights: tuple[HubWeights, ...]
    projectors: tuple[HubFile, ...]
    card: HubFile | None
    licence_file: HubFile | None

    def find(self, quantization: str) -> HubWeights | None:
        """Weights by quantization or by name, in any case."""
        wanted = quantization.casefold()
        names = ((each, (each.quantization.casefold(), each.name.casefold())) for each in self.weights)
        return next((each for each, known in names if wanted in known), None)


def quantization_of(name: str) -> str:
    """The quantization that a file's name tells, in the usual spelling; "" where it tells none."""
    found = _QUANTIZATION.findall(name.removesuffix(".gguf"))
    return found[-1].upper().replace("FP16", "F16").replace("FP32", "F32") if found else ""


def group_weights(files: Iterable[HubFile]) -> tuple[HubWeights, ...]:
    """The models among a repository's files, smallest first: parts are put together, helpers left out."""
    groups: dict[str, dict[int, HubFile]] = {}
    counts: dict[str, int] = {}
    for file in files:
        if not _is_weights(file):
            continue
        stem = file.path.removesuffix(".gguf")
        part = _PART.match(stem)
        key = part["stem"] if part else stem
        counts[key] = int(part["count"]) if part else 1
        groups.setdefault(key, {})[int(part["number"]) if part else 1] = file
    found = (_weights(key, parts, counts[key]) for key, parts in groups.items())
    return tuple(sorted(found, key=lambda each: (each.size_bytes, each.name)))


def projectors_of(files: Iterable[HubFile]) -> tuple[HubFile, ...]:
    """What lets a model see images, smallest first."""
    found = (file for file in files if file.path.endswith(".gguf") and "mmproj" in file.name.lower())
    return tuple(sorted(found, key=lambda file: file.size_bytes))


def _is_weights(file: HubFile) -> bool:
    name = file.name.lower()
    return name.endswith(".gguf") and not any(word in name for word in ("mmproj", "imatrix"))


def _weights(key: str, parts: dict[int, HubFile], count: int) -> HubWeights:
    name = key.rpartition("/")[2]
    quantization = quantization_of(name) or quantization_of(key.rpartition("/")[0].replace("/", "-"))
    files = tuple(parts[number] for number in sorted(parts))
    return HubWeights(name, quantization, files, is_whole=sorted(parts) == list(range(1, count + 1)))
