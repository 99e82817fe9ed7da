"""The only door to llama.cpp: a model opened as `LanguageModel`, and the devices there are."""

from desktop_llm.engine.llama.library import Device, DeviceKind, devices, start_library
from desktop_llm.engine.llama.model import LlamaModel, context_params, model_params, open_llama

__all__ = [
    "Device",
    "DeviceKind",
    "LlamaModel",
    "context_params",
    "devices",
    "model_params",
    "open_llama",
    "start_library",
]
