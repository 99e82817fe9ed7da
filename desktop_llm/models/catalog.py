"""Catalog: the models this program knows of without a network: their files, licences and shapes, each with its source.

A None is not known, and never guessed. The file is resources/catalog.json.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from desktop_llm.errors import ModelNotFoundError
from desktop_llm.models.fit_shape import LayerShape, MemoryShape, is_windowed, window_period
from desktop_llm.models.fit_step_down import SmallerFile

_SCHEMA: Final = 1
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_PREFERRED: Final = "Q4_K_M"


class ModelKind(StrEnum):
    """What a model is for."""

    CHAT = "chat"
    VISION = "vision"
    EMBED = "embed"
    GUARD = "guard"


class FileRole(StrEnum):
    """The weights of a model, or the part that lets it see pictures."""

    WEIGHTS = "weights"
    PROJECTOR = "projector"


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence. `restricts`: it limits what the model may be used for, or by whom; `why` says how."""

    name: str
    restricts: bool
    why: str


@dataclass(frozen=True, slots=True)
class Architecture:
    """The true sizes of a model. `n_ff` is one expert's where there are experts; `head` the numbers of a head."""

    name: str
    gguf: str
    n_layer: int
    n_embd: int
    n_ff: int
    n_head: int
    n_head_kv: tuple[int, ...]
    head: int
    n_vocab: int
    n_ctx: int | None
    shares_output: bool | None
    n_expert: int
    n_expert_used: int
    window: int
    state_numbers: int
    inner: int
    is_proven: bool
    source: str

    def memory_shape(self, weight_bytes: int) -> MemoryShape:
        """What the memory plan needs, for a file of this length.

        How the bytes lie is not known without a header: the vocabulary's part and the layers are taken alike.
        """
        n_matrices = 1 if self.shares_output else 2
        part = weight_bytes * self.n_embd * self.n_vocab // max(1, self.n_params)
        layers = (weight_bytes - n_matrices * part) // self.n_layer
        return MemoryShape(
            n_embd=self.n_embd,
            n_head=self.n_head,
            n_vocab=self.n_vocab,
            n_ctx_train=self.n_ctx or 0,
            ff_used=self.n_ff * max(1, self.n_expert_used),
            n_expert_used=self.n_expert_used,
            window=self.window,
            layers=tuple(self._layer(layer, layers) for layer in range(self.n_layer)),
            input_bytes=weight_bytes - (n_matrices - 1) * part - layers * self.n_layer,
            output_bytes=(n_matrices - 1) * part,
            output_is_shared=bool(self.shares_output),
            inner=self.inner,
            n_merges=self.n_vocab,  # most vocabularies have about as many merges as tokens
        )

    @property
    def n_params(self) -> int:
        """Parameters of the large matrices, counted from the sizes."""
        attention = sum(2 * self.n_head * self.head + 2 * n_kv * self.head for n_kv in self.n_head_kv if n_kv)
        mixing = sum(3 * (self.inner or self.n_embd) + self.n_embd for n_kv in self.n_head_kv if not n_kv)
        experts = max(1, self.n_expert)
        feed_forward = self.n_layer * 3 * self.n_ff * experts
        matrices = 1 if self.shares_output else 2
        return self.n_embd * (attention + mixing + feed_forward + matrices * self.n_vocab)

    def _layer(self, layer: int, weight_bytes: int) -> LayerShape:
        n_kv = self.n_head_kv[layer] * self.head
        windowed = self.window > 0 and is_windowed(self.gguf, window_period(self.gguf), layer)
        state = self.state_numbers if not n_kv else 0
        return LayerShape(n_kv, n_kv, windowed and n_kv > 0, state, weight_bytes)


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """One file of a model. `revision` is the commit that its size and sha256 belong to."""

    repo: str
    file: str
    quantization: str | None
    role: FileRole
    size_bytes: int | None
    sha256: str | None
    revision: str | None
    source: str


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A model with all its files. `sources` says for each fact where it is from; languages are ISO 639-1."""

    id: str
    name: str
    family: str
    kind: ModelKind
    n_params: int | None
    licence: Licence | None
    n_ctx: int | None
    languages: tuple[str, ...] | None
    architecture: Architecture | None
    note: str | None
    sources: dict[str, str]
    files: tuple[CatalogFile, ...]

    @property
    def weights(self) -> tuple[CatalogFile, ...]:
        """The files with weights whose size is known, smallest first."""
        known = [file for file in self.files if file.role is FileRole.WEIGHTS and file.size_bytes]
        return tuple(sorted(known, key=lambda file: file.size_bytes or 0))

    @property
    def usual_file(self) -> CatalogFile | None:
        """The file most people take: Q4_K_M, or else the smallest."""
        usual = [file for file in self.weights if file.quantization == _PREFERRED]
        return next(iter(usual or self.weights), None)

    def smaller_than(self, size_bytes: int) -> tuple[SmallerFile, ...]:
        """The files with fewer bytes, for the ways down of a plan."""
        return tuple(
            SmallerFile(file.file, file.quantization or "", file.size_bytes)
            for file in self.weights
            if file.size_bytes and file.size_bytes < size_bytes
        )


@dataclass(frozen=True, slots=True)
class Catalog:
    """All models."""

    models: tuple[CatalogModel, ...]
    architectures: tuple[Architecture, ...]

    def find(self, model_id: str) -> tuple[CatalogModel, CatalogFile]:
        """A model by its id, and its usual file; `id:Q8_0` names another. Raises ModelNotFoundError."""
        name, _, quantization = model_id.partition(":")
        model = next((each for each in self.models if each.id == name.lower()), None)
        if model is None:
            raise ModelNotFoundError("The catalogue has no model {name}.", name=name)
        if not quantization:
            file = model.usual_file
        else:
            file = next(
                (each for each in model.weights if (each.quantization or "").upper() == quantization.upper()), None
            )
        if file is None:
            known = ", ".join(sorted({each.quantization or "" for each in model.weights})) or "none"
            raise ModelNotFoundError(
                "The catalogue knows no size of {name} in {quantization}; it knows: {known}.",
                name=model.name,
                quantization=quantization or "any quantization",
                known=known,
            )
        return model, file

    def model_of_file(self, file_name: str) -> CatalogModel | None:
        """The model that a file of this name belongs to, if it is known."""
        for model in self.models:
            if any(file.file == file_name for file in model.files):
                return model
        return None


def read_catalog(path: Path) -> Catalog:
    """Read the shipped catalogue. It is ours: a fault in it is a ValueError, LookupError or TypeError."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["schema"] != _SCHEMA:
        raise ValueError(f"the catalogue's schema is {content['schema']}, not {_SCHEMA}")
    sources: list[str] = content["sources"]
    licences = {name: Licence(name, **facts) for name, facts in content["licences"].items()}
    architectures = {each["name"]: _architecture(each, sources) for each in content["architectures"]}
    models = tuple(_model(each, sources, licences, architectures) for each in content["models"])
    if len({model.id for model in models}) != len(models):
        raise ValueError("two models of the catalogue have the same id")
    return Catalog(models, tuple(architectures.values()))


def _architecture(values: dict[str, Any], sources: list[str]) -> Architecture:
    n_head_kv = values["n_head_kv"]
    heads = tuple(n_head_kv) if isinstance(n_head_kv, list) else (n_head_kv,) * values["n_layer"]
    if len(heads) != values["n_layer"]:
        raise ValueError(f"{values['name']}: one number of heads for each layer is wanted")
    return Architecture(**(values | {"n_head_kv": heads, "source": sources[values["source"]]}))


def _model(
    values: dict[str, Any], sources: list[str], licences: dict[str, Licence], architectures: dict[str, Architecture]
) -> CatalogModel:
    languages = values["languages"]
    known: dict[str, Any] = {
        "kind": ModelKind(values["kind"]),
        "licence": licences[values["licence"]] if values["licence"] else None,
        "languages": tuple(languages) if languages else None,
        "architecture": architectures[values["architecture"]] if values["architecture"] else None,
        "sources": {fact: sources[index] for fact, index in values["sources"].items()},
        "files": tuple(_file(each, sources) for each in values["files"]),
    }
    return CatalogModel(**(values | known))


def _file(values: dict[str, Any], sources: list[str]) -> CatalogFile:
    size, sha256 = values["size_bytes"], values["sha256"]
    if size is not None and (not isinstance(size, int) or size <= 0):
        raise ValueError(f"{values['file']}: a size is bytes")
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        raise ValueError(f"{values['file']}: a sha256 is 64 hexadecimal digits")
    return CatalogFile(**(values | {"role": FileRole(values["role"]), "source": sources[values["source"]]}))
