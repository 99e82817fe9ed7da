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
from desktop_llm.models.catalog.architecture import Architecture
from desktop_llm.models.catalog.file_size import estimated_bytes
from desktop_llm.models.fit.step_down import SmallerFile

_SCHEMA: Final = 2
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_REVISION: Final = re.compile(r"[0-9a-f]{40}")
_MONTH: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_PREFERRED: Final = "Q4_K_M"
#: How many models `Score.code_rank` is a place among.
N_RANKED: Final = 469
#: Facts of a model that need no source: they name it, or say where the others are.
_NAMING: Final = frozenset({"id", "name", "family", "kind", "architecture", "note", "files", "sources"})


class ModelKind(StrEnum):
    """What a model is for."""

    CHAT = "chat"
    VISION = "vision"
    CODE = "code"
    EMBED = "embed"
    GUARD = "guard"


class FileRole(StrEnum):
    """The weights of a model, or the part that lets it see pictures."""

    WEIGHTS = "weights"
    PROJECTOR = "projector"


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence. `restricts`: it limits what the model may be used for, or by whom; `why` says how. `url`: its text."""

    name: str
    restricts: bool
    why: str
    url: str


class Test(StrEnum):
    """What a score was reached in."""

    #: whatmodel.sh's summary of a model's published test results, its maker's and others'. For comparison: Qwen3.5 with
    #: 397 billion parameters has 69.4.
    PUBLISHED = "published"
    #: The mean over the tasks of the multilingual Massive Text Embedding Benchmark, in percent.
    MTEB = "mteb"


@dataclass(frozen=True, slots=True)
class Score:
    """How good a model was found to be, give or take `plus_minus`, from `n_results` published results.

    `code_rank` is its place among N_RANKED models in tests of writing code, 1 the best.
    """

    test: Test
    value: float
    plus_minus: float | None
    n_results: int
    code_rank: int | None


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """One file of a model. `revision` is the commit that its size and sha256 belong to.

    `estimated_bytes` is counted from the model's shape, where that and the quantization's rules are known.
    """

    repo: str
    file: str
    quantization: str | None
    role: FileRole
    size_bytes: int | None
    sha256: str | None
    revision: str | None
    source: str
    estimated_bytes: int | None = None

    @property
    def about_bytes(self) -> int:
        """Its size, or the estimate; 0 where neither is known."""
        return self.size_bytes or self.estimated_bytes or 0


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A model with all its files. `sources` says for each fact where it is from; languages are ISO 639-1.

    `released` is year and month, as 2026-04.
    """

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
    released: str | None
    score: Score | None
    sources: dict[str, str]
    files: tuple[CatalogFile, ...]

    @property
    def weights(self) -> tuple[CatalogFile, ...]:
        """The files with weights whose size is known, or can be estimated, smallest first."""
        known = [file for file in self.files if file.role is FileRole.WEIGHTS and file.about_bytes]
        return tuple(sorted(known, key=lambda file: file.about_bytes))

    @property
    def usual_file(self) -> CatalogFile | None:
        """The file most people take: Q4_K_M, or else the smallest."""
        usual = [file for file in self.weights if file.quantization == _PREFERRED]
        return next(iter(usual or self.weights), None)

    def smaller_than(self, size_bytes: int) -> tuple[SmallerFile, ...]:
        """The files with fewer bytes, for the ways down of a plan."""
        return tuple(
            SmallerFile(file.file, file.quantization or "", file.about_bytes)
            for file in self.weights
            if file.about_bytes < size_bytes
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
    languages, name = values["languages"], values["id"]
    facts = {fact for fact, value in values.items() if value is not None and fact not in _NAMING}
    if facts != set(values["sources"]):
        raise ValueError(f"{name}: every fact wants its source, and every source a fact")
    _wants(values["released"], _MONTH, f"{name}: a release is a year and a month")
    architecture = architectures[values["architecture"]] if values["architecture"] else None
    known: dict[str, Any] = {
        "kind": ModelKind(values["kind"]),
        "licence": licences[values["licence"]] if values["licence"] else None,
        "languages": tuple(languages) if languages else None,
        "architecture": architecture,
        "score": _score(values["score"]) if values["score"] else None,
        "sources": {fact: sources[index] for fact, index in values["sources"].items()},
        "files": tuple(_file(each, sources, architecture) for each in values["files"]),
    }
    return CatalogModel(**(values | known))


def _score(values: dict[str, Any]) -> Score:
    score = Score(**(values | {"test": Test(values["test"])}))
    if not 0 <= score.value <= 100 or score.n_results < 1:
        raise ValueError("a score is 0 to 100, from at least one result")
    if score.code_rank is not None and not 1 <= score.code_rank <= N_RANKED:
        raise ValueError("a rank is a place among those that were ranked")
    return score


def _file(values: dict[str, Any], sources: list[str], architecture: Architecture | None) -> CatalogFile:
    size, sha256 = values["size_bytes"], values["sha256"]
    if size is not None and (not isinstance(size, int) or size <= 0):
        raise ValueError(f"{values['file']}: a size is bytes")
    _wants(sha256, _SHA256, f"{values['file']}: a sha256 is 64 hexadecimal digits")
    _wants(values["revision"], _REVISION, f"{values['file']}: a revision is a commit, 40 hexadecimal digits")
    if sha256 and not values["revision"]:
        raise ValueError(f"{values['file']}: a sha256 belongs to a commit, for files are replaced under the same name")
    role = FileRole(values["role"])
    counted = architecture is not None and size is None and role is FileRole.WEIGHTS
    estimate = estimated_bytes(architecture, values["quantization"] or "") if architecture and counted else None
    known = {"role": role, "source": sources[values["source"]], "estimated_bytes": estimate}
    return CatalogFile(**(values | known))


def _wants(value: object, pattern: re.Pattern[str], sentence: str) -> None:
    if value is not None and not (isinstance(value, str) and pattern.fullmatch(value)):
        raise ValueError(sentence)
