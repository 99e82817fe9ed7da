"""The only door to llama.cpp: a model opened as `LanguageModel`, and the devices there are."""

import os

# libgomp reads these when it is loaded, which the imports below do. By default its threads spin while they
# wait for each other, and as soon as anything else wants a core a reply becomes five times slower
# (measured on two busy cores: 10.8 against 52 tokens/s; docs/benchmarks.md). Where they sleep at once, waking
# them some twenty times a layer is what takes the time on idle cores (25.9 against 8.6 ms a token). So they
# spin for some microseconds, about as long as they usually wait, and sleep then.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

from desktop_llm.engine.llama.library import Device, DeviceKind, devices, engine_version, start_library, system_info
from desktop_llm.engine.llama.model import LlamaModel, context_params, model_params, open_llama

__all__ = [
    "Device",
    "DeviceKind",
    "LlamaModel",
    "context_params",
    "devices",
    "engine_version",
    "model_params",
    "open_llama",
    "start_library",
    "system_info",
]
