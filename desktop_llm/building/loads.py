"""How models are loaded, and where they lie, as the settings say."""

from __future__ import annotations

from pathlib import Path

from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.paths import Paths
from desktop_llm.settings import SettingsStore


def load_params(settings: SettingsStore) -> LoadParams:
    """What is said of all models."""
    cache_type = CacheType(settings.text("kv_cache_type"))
    return LoadParams(
        n_ctx=settings.number("context_tokens"),
        n_seq_max=settings.number("parallel_requests"),
        n_threads=settings.number("threads"),
        n_threads_batch=settings.number("threads"),
        n_gpu_layers=settings.number("gpu_layers"),
        cache_type_k=cache_type,
        cache_type_v=cache_type,
    )


def load_wish(settings: SettingsStore, entry: ModelEntry) -> LoadParams:
    """How a model is loaded: as is said of it, or else of all."""
    return entry.load_params(load_params(settings))


def models_folder(paths: Paths, settings: SettingsStore) -> Path:
    """Where the user's models lie."""
    return Path(settings.text("models_folder") or paths.models).expanduser()
