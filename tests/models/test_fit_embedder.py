"""The plan of an embedding model: no cache, each text at once, and a row of results for each token."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.trial import dry_run
from desktop_llm.models.fit.choice import choose_params
from desktop_llm.models.fit.estimate import estimate
from desktop_llm.models.fit.planning import shape_of_file
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.gguf.info import is_embedding_model, read_served_model_info
from tools.environment import EMBEDDER_FILE

pytestmark = pytest.mark.model
_ROOM = Room(DeviceRoom(RAM, 8 << 30, 8 << 30, 0))


def test_the_estimate_holds_what_llama_cpp_plans() -> None:
    shape = shape_of_file(EMBEDDER_FILE)
    params = choose_params(shape, _ROOM, LoadParams(n_ctx=32_768))
    assert (params.n_ctx, params.n_batch, params.n_ubatch) == (512, 512, 512)
    figures, plan = estimate(shape, params), dry_run(EMBEDDER_FILE, params)
    assert figures.kv_cache_bytes == plan.cache_bytes == 0
    planned = plan.total_bytes
    assert planned <= figures.compute_bytes + figures.output_bytes < 1.2 * planned


def test_its_header_says_that_it_makes_embeddings(starter_model: Path) -> None:
    assert read_served_model_info(EMBEDDER_FILE).is_embedding
    assert is_embedding_model(EMBEDDER_FILE)
    assert not is_embedding_model(starter_model)
    assert not is_embedding_model(starter_model.with_name("README.md"))
