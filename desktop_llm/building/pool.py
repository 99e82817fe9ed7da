"""The pool of models that other programs ask for."""

from __future__ import annotations

from functools import partial

from desktop_llm.building.loads import load_wish
from desktop_llm.models.library.library import ModelLibrary
from desktop_llm.models.pool.lane import LoadLane
from desktop_llm.models.pool.pool import ModelPool, PoolParts
from desktop_llm.models.pool.values import PoolRules
from desktop_llm.settings import SettingsStore


def build_pool(settings: SettingsStore, library: ModelLibrary, lane: LoadLane) -> ModelPool:
    """It loads nothing before it is asked."""
    parts = PoolParts(
        library, lane.new_engine, lane.way_into, partial(load_wish, settings), partial(_pool_rules, settings)
    )
    return ModelPool(lane.shelf, parts)


def _pool_rules(settings: SettingsStore) -> PoolRules:
    """How models that other programs ask for are named, and how long they stay."""
    pairs = (pair.partition("=") for pair in settings.text("server_aliases").split(","))
    return PoolRules(
        aliases=tuple((alias.strip(), name.strip()) for alias, _, name in pairs if alias.strip() and name.strip()),
        default_model=settings.text("model"),
        keep_alive_s=settings.number("server_idle_minutes") * 60.0,
    )
