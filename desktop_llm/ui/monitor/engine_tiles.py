"""The tiles of what the models do."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_llm.hardware.monitor.sample import ResourceSample
from desktop_llm.ui.monitor.tile import TileLine, TileSpec
from desktop_llm.ui.widgets.number_text import real, seconds, whole
from desktop_llm.ui.widgets.units import share, token_rate

_WHOLE = 0.05

translate = QCoreApplication.translate


def engine_tiles() -> tuple[TileSpec, ...]:
    """Of all loaded models together."""
    idle = translate("engine_tiles", "No model is loaded.")
    return (
        TileSpec(
            heading=translate("engine_tiles", "Replies are written at"),
            lines=(TileLine("", "engine.generation_tokens_per_s", is_filled=True),),
            label=token_rate,
            least_high=10.0,
            empty=idle,
        ),
        TileSpec(
            heading=translate("engine_tiles", "Prompts are read at"),
            lines=(TileLine("", "engine.prompt_tokens_per_s", "series_4", is_filled=True),),
            label=token_rate,
            least_high=10.0,
            empty=idle,
        ),
        TileSpec(
            heading=translate("engine_tiles", "Time to the first token"),
            lines=(TileLine("", "engine.time_to_first_token_s", "series_2", is_filled=True),),
            label=lambda value: seconds(value) if value else whole(0),
            least_high=0.1,
            empty=translate("engine_tiles", "No reply yet."),
        ),
        TileSpec(
            heading=translate("engine_tiles", "Requests"),
            lines=(
                TileLine(translate("engine_tiles", "Running"), "engine.n_running", is_filled=True),
                TileLine(translate("engine_tiles", "Waiting"), "engine.n_waiting", "series_2", is_dashed=True),
            ),
            label=_count,
            is_count=True,
            least_high=2.0,
            empty=idle,
            detail=_sequences,
        ),
        TileSpec(
            heading=translate("engine_tiles", "Tokens in one step (batch)"),
            lines=(TileLine("", "engine.n_batch", "series_3", is_filled=True),),
            label=_count,
            is_count=True,
            least_high=8.0,
            empty=idle,
        ),
        TileSpec(
            heading=translate("engine_tiles", "Prompts found in the cache"),
            lines=(TileLine("", "engine.cached_fraction", "series_5", is_filled=True),),
            label=share,
            high=lambda _sample: 1.0,
            empty=translate("engine_tiles", "No prompt yet."),
        ),
    )


def _count(value: float) -> str:
    """Whole, but for a mean of a minute."""
    return whole(round(value)) if abs(value - round(value)) < _WHOLE else real(value, 1)


def _sequences(sample: ResourceSample) -> str:
    n = sum(engine.n_sequences for engine in sample.engines)
    return translate("engine_tiles", "{n} kept in the cache (sequences)").format(n=whole(n)) if n else ""
