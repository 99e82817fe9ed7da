"""Loads an adapter or a projector beside a model with llama.cpp, and prints what it took: run in a child process.

python -m tests.measure_extras lora|projector MODEL FILE
"""

from __future__ import annotations

import ctypes
import json
import logging
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from llama_cpp import llama_cpp, mtmd_cpp

from desktop_llm.engine.llama.library import start_library
from desktop_llm.engine.llama.model import context_params, model_params
from desktop_llm.engine.model import LoadParams

_PARAMS = LoadParams(n_ctx=4096, n_seq_max=1, n_threads=2, n_gpu_layers=0)
_SIZE = re.compile(r"(LoRA buffer|compute buffer|model) size[:=]? *=? +([\d.]+) MiB")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What llama.cpp said that it allocated, and what the process grew by. Bytes.

    An adapter's `compute_bytes` is what the buffers grew by when it was switched on.
    """

    weights_bytes: int
    compute_bytes: int
    resident_bytes: int


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())

    def sizes(self, what: str) -> list[int]:
        """The sizes of one kind that were logged."""
        found = [match for line in self.texts for match in _SIZE.finditer(line)]
        return [round(float(match[2]) * 2**20) for match in found if match[1] == what]


def main(what: str, model: Path, extra: Path) -> None:
    """Load both, and print what the second took as JSON."""
    lines = _Lines()
    logger = logging.getLogger("desktop_llm.engine.llama.library")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(lines)
    start_library()
    handle = llama_cpp.llama_model_load_from_file(str(model).encode(), model_params(_PARAMS))
    measure = _lora if what == "lora" else _projector
    print(json.dumps(asdict(measure(handle, extra, lines))))


def _lora(handle: Any, path: Path, lines: _Lines) -> Loaded:
    n_ctx_train = llama_cpp.llama_model_n_ctx_train(handle)
    context = llama_cpp.llama_init_from_model(handle, context_params(_PARAMS, n_ctx_train))
    before_bytes = sum(lines.sizes("compute buffer"))
    resident = psutil.Process().memory_info().rss
    adapter = llama_cpp.llama_adapter_lora_init(handle, str(path).encode())
    resident = psutil.Process().memory_info().rss - resident
    weights = sum(lines.sizes("LoRA buffer"))
    lines.texts.clear()
    adapters = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(adapter)
    llama_cpp.llama_set_adapters_lora(context, adapters, 1, (ctypes.c_float * 1)(1.0))
    tokens = (ctypes.c_int32 * 2)(5, 6)
    llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(tokens, 2))
    return Loaded(weights, sum(lines.sizes("compute buffer")) - before_bytes, resident)


def _projector(handle: Any, path: Path, lines: _Lines) -> Loaded:
    def write(level: int, text: bytes, _: Any) -> None:
        lines.texts.append(text.decode("utf-8", "replace"))

    callback = llama_cpp.llama_log_callback(write)
    mtmd_cpp.mtmd_log_set(callback, ctypes.c_void_p(0))
    params = mtmd_cpp.mtmd_context_params_default()
    params.use_gpu = False
    params.n_threads = 2
    lines.texts.clear()
    resident = psutil.Process().memory_info().rss
    context = mtmd_cpp.mtmd_init_from_file(str(path).encode(), handle, params)
    resident = psutil.Process().memory_info().rss - resident
    if not context:
        sys.exit("".join(lines.texts[-5:]))
    loaded = Loaded(sum(lines.sizes("model")), lines.sizes("compute buffer")[-1], resident)
    mtmd_cpp.mtmd_free(context)
    mtmd_cpp.mtmd_log_set(llama_cpp.llama_log_callback(), ctypes.c_void_p(0))
    return loaded


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
