"""What only a throw-away child process asks of llama.cpp: dry runs and grammars. Either may end the process."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from llama_cpp import llama_cpp

from desktop_llm.engine.llama.library import start_library
from desktop_llm.engine.llama.model import context_params, model_params
from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import GrammarError, ModelLoadError

_MIB = 1024 * 1024
#: llama.cpp's log lines (llama-kv-cache.cpp, llama-memory-recurrent.cpp, llama-context.cpp).
_CACHE_LINE = re.compile(r"llama_kv_cache\S*: size = +([\d.]+) MiB")
_RECURRENT_LINE = re.compile(r"llama_memory_recurrent\S*: size = +([\d.]+) MiB")
_BUFFER_LINE = re.compile(r": +(\S+) +(compute|output) buffer size = +([\d.]+) MiB")


def check_gbnf(gbnf: str) -> None:
    """Compile a grammar without a vocabulary. Raises GrammarError, or ends the process."""
    start_library()
    sampler = llama_cpp.llama_sampler_init_grammar(None, gbnf.encode(), b"root")
    if not sampler or not gbnf.strip():
        raise GrammarError("The grammar could not be read. It needs a rule named root, in llama.cpp's GBNF.")
    llama_cpp.llama_sampler_free(sampler)


def plan_memory(path: Path, params: LoadParams) -> list[dict[str, Any]]:
    """llama.cpp's own plan of a context, read from its log: one entry a device, in bytes. Raises ModelLoadError."""
    log = start_library()
    log.forget_errors()
    lines = LogLines()
    logger = logging.getLogger("desktop_llm.engine.llama.library")
    logger.addHandler(lines)
    logger.setLevel(logging.DEBUG)
    native = model_params(params)
    native.no_alloc = True
    native.load_mode = llama_cpp.LLAMA_LOAD_MODE_NONE  # any other mode aborts together with no_alloc
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), native)
    if not model:
        raise ModelLoadError("{name} could not be read: {reason}.", name=path.name, reason=log.errors() or "no reason")
    context = llama_cpp.llama_init_from_model(model, context_params(params, llama_cpp.llama_model_n_ctx_train(model)))
    if not context:
        raise ModelLoadError(
            "{name} could not be planned: {reason}.", name=path.name, reason=log.errors() or "no reason"
        )
    llama_cpp.llama_free(context)
    llama_cpp.llama_model_free(model)
    return read_plan(lines.texts)


def read_plan(lines: list[str]) -> list[dict[str, Any]]:
    """The figures of llama.cpp's log lines, by device; the cache stands under the device ""."""
    plan: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"cache_bytes": 0, "recurrent_bytes": 0, "compute_bytes": 0, "output_bytes": 0}
    )
    for line in lines:
        if match := _CACHE_LINE.search(line):
            plan[""]["cache_bytes"] += _bytes(match[1])
        elif match := _RECURRENT_LINE.search(line):
            plan[""]["recurrent_bytes"] += _bytes(match[1])
        elif match := _BUFFER_LINE.search(line):
            plan[match[1]][f"{match[2]}_bytes"] = _bytes(match[3])  # it is planned more than once; the last counts
    return [{"device": device, **sizes} for device, sizes in plan.items()]


def _bytes(mib: str) -> int:
    return round(float(mib) * _MIB)


class LogLines(logging.Handler):
    """Keeps what llama.cpp logs, for `read_plan`."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())
