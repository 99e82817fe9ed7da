"""What only a throw-away child process asks of llama.cpp: dry runs and grammars. Either may end the process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from llama_cpp import llama_cpp

from desktop_llm.engine.llama.library import start_library
from desktop_llm.engine.llama.memory_log import read_plan
from desktop_llm.engine.llama.model import context_of, model_params, scoring_bytes
from desktop_llm.engine.llama.weight_support import weight_support
from desktop_llm.engine.memory import MemoryEstimate, with_scoring
from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import GrammarError, ModelLoadError


def check_gbnf(gbnf: str) -> None:
    """Compile a grammar without a vocabulary. Raises GrammarError, or ends the process."""
    start_library()
    sampler = llama_cpp.llama_sampler_init_grammar(None, gbnf.encode(), b"root")
    if not sampler or not gbnf.strip():
        raise GrammarError("The grammar could not be read. It needs a rule named root, in llama.cpp's GBNF.")
    llama_cpp.llama_sampler_free(sampler)


def plan_memory(path: Path, params: LoadParams) -> MemoryEstimate:
    """llama.cpp's own plan of a context, read from its log. Raises ModelLoadError."""
    log = start_library()
    log.forget_errors()
    native = model_params(params)
    native.no_alloc = True
    native.load_mode = llama_cpp.LLAMA_LOAD_MODE_NONE  # any other mode aborts together with no_alloc
    with log.record() as lines:
        model = llama_cpp.llama_model_load_from_file(str(path).encode(), native)
        if not model:
            raise ModelLoadError(
                "{name} could not be read: {reason}.", name=path.name, reason=log.errors() or "no reason"
            )
        native = context_of(model, params)
        context = llama_cpp.llama_init_from_model(model, native)
        if not context:
            raise ModelLoadError(
                "{name} could not be planned: {reason}.", name=path.name, reason=log.errors() or "no reason"
            )
    more = scoring_bytes(model, native)
    llama_cpp.llama_free(context)
    llama_cpp.llama_model_free(model)
    plan = read_plan(lines)
    plan = (
        _with_all_outputs(plan, native)
        if native.embeddings
        else replace(plan, devices=with_scoring(plan.devices, more))
    )
    support = weight_support(path, plan.places, uses_mmap=params.use_mmap)
    return replace(plan, refused=support.refused, copied_bytes=support.copied_bytes)


def _with_all_outputs(plan: MemoryEstimate, native: Any) -> MemoryEstimate:
    """An embedding model's results grow from a row for each sequence to one for each token of the largest batch."""
    rows = max(native.n_seq_max, native.n_batch)
    grown = (replace(each, output_bytes=each.output_bytes * rows // native.n_seq_max) for each in plan.devices)
    return replace(plan, devices=tuple(grown))
