"""A broken model file is a clear sentence, and nothing of ours dies of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import pytest

from desktop_llm.engine.child_process import ChildDiedError, ChildTooLargeError, ChildTooSlowError
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.trial import try_model
from desktop_llm.errors import ModelError
from desktop_llm.models.gguf.info import read_model_info
from tests.models.forge_bad import BENDS, NO_BYTES, Gguf, random_mutant, valid

_PARAMS = LoadParams(n_ctx=128, n_threads=1)
_N_MUTANTS = 2000
#: What the check in pure Python lets through on purpose: only llama.cpp knows every architecture's tensors.
_FOR_THE_CHILD = {
    "more layers than there are",
    "other embedding",
    "tensor missing",
    "unknown tokenizer",
    "vocabulary too small",
    "weights are no numbers",
    "wrong rotation",
    "wrong shape",
}


def _bent(name: str) -> Gguf:
    file = valid()
    BENDS[name][0](file)
    return file


def _sentence(error: ModelError) -> str:
    text = str(error)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_the_model_that_is_bent_is_good_itself(tmp_path: Path) -> None:
    info = read_model_info(valid().write(tmp_path / "tiny.gguf"))
    assert (info.architecture, info.n_layer, info.n_embd, info.n_vocab) == ("llama", 2, 32, 288)


@pytest.mark.model
def test_the_model_that_is_bent_passes_its_trial(tmp_path: Path) -> None:
    assert try_model(valid().write(tmp_path / "tiny.gguf"), _PARAMS).n_vocab == 288


@pytest.mark.parametrize("name", sorted(BENDS.keys() - _FOR_THE_CHILD))
def test_the_header_check_refuses(name: str, tmp_path: Path) -> None:
    path = _bent(name).write(tmp_path / "bad.gguf")
    with pytest.raises(ModelError) as caught:
        read_model_info(path)
    assert BENDS[name][1] in _sentence(caught.value)


@pytest.mark.model
@pytest.mark.parametrize("name", sorted(_FOR_THE_CHILD))
def test_the_child_refuses(name: str, tmp_path: Path) -> None:
    path = _bent(name).write(tmp_path / "bad.gguf")
    read_model_info(path)
    with pytest.raises(ModelError) as caught:
        try_model(path, _PARAMS)
    assert BENDS[name][1] in _sentence(caught.value)


@pytest.mark.model
@pytest.mark.parametrize("name", ["layer count 0", "layer count 513", "duplicate token", "negative epsilon"])
def test_a_file_that_ends_the_process_ends_only_the_child(name: str, tmp_path: Path) -> None:
    """Without the check in Python before: the second line of defence holds alone."""
    path = _bent(name).write(tmp_path / "bad.gguf")
    with pytest.raises(ModelError) as caught:
        try_model(path, _PARAMS)
    assert "bad.gguf" in _sentence(caught.value)


@pytest.mark.model
def test_a_vocabulary_without_bytes_survives_a_foreign_character(tmp_path: Path) -> None:
    file = valid()
    NO_BYTES(file)
    assert try_model(file.write(tmp_path / "nobytes.gguf"), _PARAMS).n_vocab == 288


class Verdict(StrEnum):
    """How meeting a file ended."""

    REFUSED_BY_READER = "refused by the reader"
    REFUSED_BY_CHILD = "refused in the child"
    CRASHED_CHILD = "crashed the child"
    ENDED_CHILD = "ended in the child for time or memory"
    LOADED = "loaded and answered"


def _meet(path: Path) -> Verdict:
    """What becomes of a file. Anything but a ModelError is a fault of ours, and so is a refusal without a sentence."""
    try:
        read_model_info(path)
    except ModelError as error:
        _sentence(error)
        return Verdict.REFUSED_BY_READER
    try:
        try_model(path, _PARAMS)
    except ModelError as error:
        _sentence(error)
        match error.__cause__:
            case ChildTooSlowError() | ChildTooLargeError():
                return Verdict.ENDED_CHILD
            case ChildDiedError():
                return Verdict.CRASHED_CHILD
            case _:
                return Verdict.REFUSED_BY_CHILD
    return Verdict.LOADED


def _meet_mutants(seeds: range, folder: Path) -> Counter[Verdict]:
    path = folder / "mutant.gguf"
    return Counter(_meet(random_mutant(random.Random(seed)).write(path)) for seed in seeds)


@pytest.mark.model
def test_random_mutants_end_as_a_sentence_or_a_model(tmp_path: Path) -> None:
    assert _meet_mutants(range(12), tmp_path).total() == 12


@pytest.mark.model
def test_a_model_that_calls_itself_one_of_vectors_and_has_none_is_a_sentence(tmp_path: Path) -> None:
    """A mutant that the campaign found."""
    assert _meet_mutants(range(1125, 1126), tmp_path) == {Verdict.REFUSED_BY_CHILD: 1}


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_thousands_of_random_mutants_end_as_a_sentence_or_a_model(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """This process is the parent of all children: that it gets to the figures says that it never died."""
    verdicts = _meet_mutants(range(1000, 1000 + _N_MUTANTS), tmp_path)
    record_property("count", verdicts.total())
    print(f"{verdicts.total()} mutants, 0 deaths of the parent")
    for verdict in Verdict:
        print(f"{verdicts[verdict]:>6} {verdict}")
    assert verdicts.total() == _N_MUTANTS
