"""What the loaded models did since the last look: speeds from the engine's own counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop_llm.engine.model import ModelFacts
from desktop_llm.engine.stats import EngineStats
from desktop_llm.hardware.monitor.sample import EngineSample, Expected


@dataclass(frozen=True, slots=True)
class EngineReading:
    """A loaded model as its engine tells of it at one moment."""

    name: str
    facts: ModelFacts
    stats: EngineStats
    expected: Expected | None = None


class EngineMeter:
    """Remembers the last look at each model. One thread."""

    def __init__(self) -> None:
        self._before: dict[str, EngineStats] = {}

    def read(self, readings: Iterable[EngineReading]) -> tuple[EngineSample, ...]:
        """One sample a model, in their order."""
        readings = tuple(readings)
        samples = tuple(sample_of(each, self._before.get(each.name)) for each in readings)
        self._before = {each.name: each.stats for each in readings}
        return samples


def sample_of(reading: EngineReading, before: EngineStats | None) -> EngineSample:
    """The sample of a model; its counts began anew where they are less than before."""
    stats, facts = reading.stats, reading.facts
    elapsed_s = 0.0 if before is None else stats.at - before.at
    prompt = generated = 0
    if before is not None:
        prompt = stats.computed_prompt_tokens - before.computed_prompt_tokens
        generated = stats.generated_tokens - before.generated_tokens
    return EngineSample(
        name=reading.name,
        prompt_tokens_per_s=max(0, prompt) / elapsed_s if elapsed_s > 0 else 0.0,
        generation_tokens_per_s=max(0, generated) / elapsed_s if elapsed_s > 0 else 0.0,
        n_running=stats.n_running,
        n_prefilling=stats.n_prefilling,
        n_waiting=stats.n_waiting,
        n_batch=stats.n_batch_last if stats.n_running else 0,
        n_sequences=stats.n_sequences,
        n_cells_used=stats.n_cells_used,
        n_ctx=stats.n_ctx or facts.n_ctx,
        n_prompt_left=stats.n_prompt_left,
        prompt_tokens=stats.prompt_tokens,
        cached_tokens=stats.cached_tokens,
        n_layers=facts.n_layers,
        n_gpu_layers=facts.n_gpu_layers,
        n_replies=stats.n_replies,
        last_reply=stats.last_reply,
        expected=reading.expected,
    )
