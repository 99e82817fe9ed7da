"""The built-in embedding model, against vectors that nothing of ours has computed (`embedding_reference.py`)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.messages import TextPrompt, TokenPrompt
from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.engine.trial import dry_run, try_model
from desktop_llm.errors import PromptTooLongError
from tests.engine.embedding_reference import read_reference
from tools.environment import EMBEDDER_FILE

pytestmark = pytest.mark.model
_WAIT_S = 60.0
_REFERENCE = read_reference()


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    assert EMBEDDER_FILE.is_file(), f"{EMBEDDER_FILE} is missing: run `make test`, which makes it"
    with Engine() as engine:
        engine.load(EMBEDDER_FILE, LoadParams(n_threads=2)).result(_WAIT_S)
        yield engine


def test_its_vectors_are_those_of_the_original(engine: Engine) -> None:
    found = engine.embed([TextPrompt(text) for text, _, _ in _REFERENCE]).result(_WAIT_S)
    assert len(_REFERENCE) >= 20
    assert max(found.n_tokens) > 256
    for (text, ids, vector), ours, n_tokens in zip(_REFERENCE, found.vectors, found.n_tokens, strict=True):
        assert n_tokens == len(ids)
        assert len(ours) == 384
        assert np.linalg.norm(ours) == pytest.approx(1.0, abs=1e-5)
        assert np.asarray(ours) @ vector / np.linalg.norm(vector) >= 0.999, text


def test_its_tokens_are_those_of_the_original(engine: Engine) -> None:
    for text, ids, _ in _REFERENCE:
        assert engine.tokenize(text, add_special=True).result(_WAIT_S) == ids, text


def test_alone_and_among_others_a_text_has_the_same_vector(engine: Engine) -> None:
    text, ids, _ = _REFERENCE[8]
    alone = engine.embed([TextPrompt(text)]).result(_WAIT_S).vectors[0]
    among = engine.embed([TokenPrompt((101, 102)), TokenPrompt(tuple(ids)), TextPrompt("x" * 50)]).result(_WAIT_S)
    assert np.asarray(alone) @ np.asarray(among.vectors[1]) > 0.99999


def test_a_text_beyond_its_512_positions_is_refused_or_cut_where_that_is_wanted(engine: Engine) -> None:
    words = TextPrompt("word " * 511)
    with pytest.raises(PromptTooLongError, match="513 tokens"):
        engine.embed([words]).result(_WAIT_S)
    cut = engine.embed([words, TextPrompt("word " * 510)], truncates=True).result(_WAIT_S)
    assert cut.n_tokens == (512, 512)
    assert np.asarray(cut.vectors[0]) @ np.asarray(cut.vectors[1]) > 0.99999


def test_hundreds_of_texts_come_in_their_order(engine: Engine) -> None:
    texts = [f"Sentence number {i}." for i in range(300)]
    found = engine.embed([TextPrompt(text) for text in texts]).result(_WAIT_S)
    again = engine.embed([TextPrompt(texts[217])]).result(_WAIT_S)
    scores = np.asarray(found.vectors) @ np.asarray(again.vectors[0])
    assert scores.argmax() == 217


@pytest.mark.parametrize(
    "params",
    [
        LoadParams(n_batch=1, n_ubatch=1),
        LoadParams(n_ctx=100_000, n_batch=4096, n_ubatch=64),
        LoadParams(n_ctx=7, n_batch=1, n_ubatch=1, n_seq_max=1),
        LoadParams(cache_type_k=CacheType.Q8_0, cache_type_v=CacheType.Q4_0),
    ],
    ids=["tiny batch", "huge context", "tiny context", "quantized cache"],
)
def test_no_parameters_of_a_load_can_end_the_process(params: LoadParams) -> None:
    with Engine() as engine:
        facts = engine.load(EMBEDDER_FILE, params).result(_WAIT_S)
        assert facts.is_embedder
        assert facts.n_ctx <= 512
        assert facts.n_batch >= facts.n_ctx
        longest = TokenPrompt((101, *[2773] * (facts.n_ctx - 2), 102))
        assert engine.embed([longest, TokenPrompt((101, 102)), longest]).result(_WAIT_S).n_tokens[0] == facts.n_ctx


def test_it_passes_the_trial_and_the_dry_run_knows_what_it_takes() -> None:
    params = LoadParams()
    assert try_model(EMBEDDER_FILE, params).n_vocab == 30522
    plan = dry_run(EMBEDDER_FILE, params)
    assert plan.cache_bytes == 0
    assert sum(device.output_bytes for device in plan.devices) > 30522 * 512 * 4
