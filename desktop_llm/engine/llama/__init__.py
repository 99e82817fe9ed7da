"""The only door to llama.cpp: a model opened as `LanguageModel`, and the devices there are."""

import os

# libgomp reads this when it is loaded, which the imports below do. By default its threads spin while they
# wait for each other, and as soon as anything else wants a core a reply becomes five times slower
# (measured on two busy cores: 10.8 against 52 tokens/s; docs/benchmarks.md).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

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
