"""The shipped catalogue: its schema, its facts against each other, and what is found in it."""

from __future__ import annotations

import json
import statistics
from dataclasses import fields
from pathlib import Path
from types import UnionType
from typing import get_args, get_origin, get_type_hints

import pytest

from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import ModelNotFoundError
from desktop_llm.models.catalog.architecture import Architecture
from desktop_llm.models.catalog.catalog import Catalog, CatalogFile, CatalogModel, FileRole, ModelKind, read_catalog
from desktop_llm.models.catalog.file_size import estimated_bytes
from desktop_llm.models.fit.estimate import cache_bytes
from desktop_llm.models.gguf.tables import ARCHITECTURES
from tests.true_shapes import SHAPES, TrueShape

_PATH = Path(__file__).parents[2] / "resources" / "catalog.json"
#: Bits a parameter takes in a file: the published ones, and a tenth more for embeddings kept finer.
_BITS = {"Q2_K": (2.6, 4.2), "Q3_K_M": (3.6, 4.8), "Q4_0": (4.3, 5.2), "Q4_K_M": (4.5, 5.7), "Q5_K_M": (5.4, 6.4)}
_BITS |= {"Q6_K": (6.4, 7.3), "Q8_0": (8.3, 9.0), "F16": (15.8, 16.6), "BF16": (15.8, 16.6), "F32": (31.5, 32.8)}
#: A vocabulary kept in a finer format weighs much in a small model.
_SMALL, _TINY = 2_000_000_000, 500_000_000


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog(_PATH)


def test_the_families_one_looks_for_are_there(catalog: Catalog) -> None:
    ids = {model.id for model in catalog.models}
    wanted = """granite-3.1-8b-instruct granite-3.3-8b-instruct phi-3-mini-128k-instruct phi-4-mini-instruct
    qwen2.5-7b-instruct-1m qwen3-8b falcon3-7b-instruct llama-3.2-3b-instruct mistral-7b-instruct-v0.3 gemma-3-4b-it
    smollm2-1.7b-instruct qwen3-embedding-0.6b llama-guard-3-1b"""
    assert set(wanted.split()) <= ids
    assert {model.kind for model in catalog.models} == set(ModelKind)


def test_every_row_of_those_families_can_be_planned(catalog: Catalog) -> None:
    wanted = """granite-3.1-8b-instruct granite-3.2-8b-instruct granite-3.3-8b-instruct granite-4.0-h-tiny
    granite-4.1-8b granite-4.2-3b phi-3-mini-128k-instruct phi-4-mini-instruct qwen2.5-7b-instruct-1m qwen3-8b
    qwen3.5-9b qwen3.6-27b falcon3-7b-instruct llama-3.1-8b-instruct mistral-7b-instruct-v0.3 gemma-3-4b-it
    mistral-nemo-12b-instruct ministral-3-14b-instruct gemma-4-31b-it smollm2-1.7b-instruct smollm3-3b bge-m3
    qwen2.5-coder-7b-instruct qwen3-embedding-0.6b nomic-embed-text-v1.5 llama-guard-3-8b"""
    for name in wanted.split():
        model = next(each for each in catalog.models if each.id == name)
        assert model.architecture is not None, name
        assert model.usual_file is not None, name


def test_every_fact_has_its_source(catalog: Catalog) -> None:
    for model in catalog.models:
        for fact in ("n_params", "licence", "n_ctx", "languages", "released", "score"):
            assert (getattr(model, fact) is not None) == (fact in model.sources), (model.id, fact)
        assert all(file.source for file in model.files)
    assert all(each.source for each in catalog.architectures)


def test_the_types_of_all_rows_are_those_declared(catalog: Catalog) -> None:
    rows: list[CatalogModel | Architecture | CatalogFile] = [*catalog.models, *catalog.architectures]
    rows += [file for model in catalog.models for file in model.files]
    for row in rows:
        hints = get_type_hints(type(row))
        for fact in fields(row):
            assert _is_of(getattr(row, fact.name), hints[fact.name]), (row, fact.name)


def _is_of(value: object, hint: object) -> bool:
    if get_origin(hint) is UnionType:
        return any(_is_of(value, each) for each in get_args(hint))
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_is_of(each, get_args(hint)[0]) for each in value)
    kind = get_origin(hint) or hint
    assert isinstance(kind, type)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def test_a_hash_goes_with_the_commit_it_belongs_to(catalog: Catalog) -> None:
    hashed = [file for model in catalog.models for file in model.weights if file.sha256]
    assert all(file.revision for file in hashed)
    assert len(hashed) > 80


def test_no_source_is_a_path_or_a_number_that_means_nothing_outside() -> None:
    for source in json.loads(_PATH.read_text(encoding="utf8"))["sources"]:
        assert not source.startswith(("/", "."))
        assert not any(word.isdigit() and len(word) > 9 for word in source.replace(",", " ").split())


def test_every_architecture_is_one_the_engine_knows(catalog: Catalog) -> None:
    assert {each.gguf for each in catalog.architectures} <= ARCHITECTURES


def test_sizes_agree_with_the_shapes(catalog: Catalog) -> None:
    errors = []
    for model in catalog.models:
        for file in model.weights:
            bounds = _BITS.get(file.quantization or "")
            if model.architecture is None or bounds is None or not file.size_bytes:
                continue
            n_params = model.architecture.n_params
            bits = 8 * file.size_bytes / n_params
            high = bounds[1] * (1.5 if n_params < _TINY else 1.25 if n_params < _SMALL else 1.08)
            if model.architecture.gguf != "gpt-oss":
                assert bounds[0] * 0.95 <= bits <= high, (model.id, file.file, bits)
            estimate = estimated_bytes(model.architecture, file.quantization or "")
            errors += [abs(estimate / file.size_bytes - 1)] if estimate else []
    assert len(errors) > 140
    assert statistics.median(errors) < 0.001
    assert statistics.quantiles(errors, n=10)[8] < 0.03  # the others are mixtures of their publishers' own


def test_a_size_that_is_not_known_is_counted_from_the_shape_and_says_so(catalog: Catalog) -> None:
    model, file = catalog.find("falcon3-7b-instruct")
    assert file.size_bytes is None
    assert file.estimated_bytes == file.about_bytes
    assert 4.3e9 < file.about_bytes < 4.8e9
    assert model.architecture is not None
    assert file.about_bytes > model.architecture.n_params * 4.5 / 8


def test_parameters_agree_with_the_shapes(catalog: Catalog) -> None:
    for model in catalog.models:
        known = model.architecture is not None and model.architecture.shares_output is not None
        if known and model.architecture and model.n_params and model.architecture.gguf != "nomic-bert":
            assert model.architecture.n_params == pytest.approx(model.n_params, rel=0.08), model.id


def test_a_file_is_in_the_catalogue_once(catalog: Catalog) -> None:
    files = [(file.repo, file.file) for model in catalog.models for file in model.files]
    assert len(files) == len(set(files))


def test_licences_that_restrict_use_are_marked(catalog: Catalog) -> None:
    restricted = {model.family for model in catalog.models if model.licence and model.licence.restricts}
    assert {"Llama 3", "Gemma 3", "Falcon3"} <= restricted
    assert not {"Granite 3", "Qwen3", "SmolLM", "Mistral"} & restricted
    assert all(bool(m.licence.why) == m.licence.restricts for m in catalog.models if m.licence)
    assert all(m.licence.url.startswith("https://") for m in catalog.models if m.licence)


def test_a_model_is_found_by_its_id_with_its_usual_file(catalog: Catalog) -> None:
    model, file = catalog.find("Granite-3.1-8B-Instruct")
    assert (model.name, file.quantization) == ("Granite 3.1 8B Instruct", "Q4_K_M")
    assert catalog.find("granite-3.1-8b-instruct:q8_0")[1].size_bytes == 8_684_246_400


@pytest.mark.parametrize(
    ("name", "words"), [("nothing", "has no model nothing"), ("granite-3.1-8b-instruct:Q1", "Q4_K_M"), ("", "no model")]
)
def test_what_is_not_known_is_a_sentence(catalog: Catalog, name: str, words: str) -> None:
    with pytest.raises(ModelNotFoundError, match=words):
        catalog.find(name)


def test_quantizations_of_one_model_are_one_entry(catalog: Catalog) -> None:
    model, file = catalog.find("granite-3.1-8b-instruct:Q8_0")
    smaller = model.smaller_than(file.size_bytes or 0)
    assert "Q4_K_M" in {each.quantization for each in smaller}
    assert all(each.role is FileRole.WEIGHTS for each in model.weights)
    found = catalog.model_of_file(file.file)
    assert found == model


@pytest.mark.parametrize(
    ("model_id", "name"),
    [
        ("llama-3.2-1b-instruct", "Llama-3.2-1B"),
        ("gemma-3-4b-it", "Gemma-3-4B"),
        ("lfm2-1.2b", "LFM2-1.2B"),
        ("gpt-oss-20b", "gpt-oss-20b"),
        ("granite-4.0-h-tiny", "Granite-4.0-H-Tiny"),
    ],
)
def test_the_cache_of_a_catalogues_shape_is_that_of_the_file(catalog: Catalog, model_id: str, name: str) -> None:
    model = next(each for each in catalog.models if each.id == model_id)
    assert model.architecture is not None
    params = LoadParams(n_ctx=32_768, n_seq_max=2)
    shape = model.architecture.memory_shape(1_000_000_000)
    assert shape.weight_bytes == 1_000_000_000
    assert cache_bytes(shape, params) == _cache_of(SHAPES[name], params)


def _cache_of(shape: TrueShape, params: LoadParams) -> int:
    """The same by hand: cells times both halves' numbers times two bytes, and the states."""
    total = 0
    for layer in range(shape.n_layer):
        period = {"gemma3": 6, "gpt-oss": 2}.get(shape.architecture, 1)
        cells = params.n_ctx
        if shape.window and layer % period < period - 1:
            cells = -(-(shape.window * params.n_seq_max + params.n_ubatch) // 256) * 256
        total += cells * 2 * shape.kv_heads(layer) * shape.head * 2
        if not shape.kv_heads(layer):
            inner = 2 * shape.n_embd
            state = {"lfm2": 2 * shape.n_embd, "granitehybrid": 3 * (inner + 256) + 128 * inner}[shape.architecture]
            total += state * 4 * params.n_seq_max
    return total


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schema", 1),
        ("sha256", "x"),
        ("revision", "main"),
        ("size_bytes", -1),
        ("size_bytes", "4 GB"),
        ("role", "weight"),
        ("colour", "red"),
    ],
)
def test_a_catalogue_with_a_fault_is_not_read(key: str, value: object, tmp_path: Path) -> None:
    content = json.loads(_PATH.read_text(encoding="utf8"))
    (content if key == "schema" else content["models"][0]["files"][0])[key] = value
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps(content))
    with pytest.raises((ValueError, TypeError)):
        read_catalog(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("released", "2026"),
        ("licence", None),
        ("n_ctx", None),
        ("kind", "poetry"),
        ("languages", ["en", "es"]),
        ("score", {"test": "published", "value": 160, "plus_minus": 1.0, "n_results": 9, "code_rank": None}),
        ("score", {"test": "a friend", "value": 60, "plus_minus": 1.0, "n_results": 9, "code_rank": None}),
    ],
)
def test_a_model_with_a_fault_or_a_fact_without_source_is_not_read(key: str, value: object, tmp_path: Path) -> None:
    content = json.loads(_PATH.read_text(encoding="utf8"))
    rows = {row["id"]: row for row in content["models"]}
    row = rows["qwen2.5-coder-7b-instruct"] if key != "languages" else rows["granite-3.1-8b-instruct"]
    row[key] = value
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps(content))
    with pytest.raises((ValueError, TypeError, KeyError)):
        read_catalog(path)


def test_layers_that_look_into_anothers_cache_hold_none(catalog: Catalog) -> None:
    shape = next(each for each in catalog.architectures if each.name == "Gemma-4-E4B-it").memory_shape(5_400_000_000)
    assert [bool(layer.k_numbers) for layer in shape.layers] == [True] * 24 + [False] * 18
    assert [layer.k_numbers for layer in shape.layers[:6]] == [512] * 5 + [1024]
    assert [layer.has_window for layer in shape.layers[:6]] == [True] * 5 + [False]
    assert shape.weight_bytes == 5_400_000_000
    assert shape.input_bytes > 2 * sum(layer.weight_bytes for layer in shape.layers) / 3
