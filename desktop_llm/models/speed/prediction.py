"""How fast a model will be here, before it is loaded or even fetched: ranges, from this machine's measured speed. Pure.

A new token reads every weight it passes, once, and looks at every token before it. A prompt
multiplies with every weight. `costs.py` has the seconds of each part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from desktop_llm.engine.model import CacheType, FlashAttention, LoadParams
from desktop_llm.hardware.measured import Measured
from desktop_llm.models.fit.plan import LoadPlan, placement
from desktop_llm.models.fit.room import Room
from desktop_llm.models.speed.costs import Costs, Seconds, Situation
from desktop_llm.models.speed.shape import SpeedLayer, SpeedShape

#: The prompt that speeds are given for, in tokens.
TYPICAL_PROMPT: Final = 2000
#: Half the width of a range, as a part of its middle: where all is known, and what each unknown adds.
_WIDTH: Final = 0.2
_UNKNOWN_ADDS: Final = 0.05
_MAX_WIDTH: Final = 0.25
#: From this part of the time on, weights of a type that was not measured count as an unknown.
_MUCH: Final = 0.1


@dataclass(frozen=True, slots=True)
class SpeedRange:
    """Tokens a second: the truth is expected between the two."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high:
            raise ValueError("A range of speeds goes from a positive number to one that is not smaller.")

    @property
    def middle(self) -> float:
        """Halfway."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class Speed:
    """`prompt` is reading `prompt_tokens`, `generation` is new tokens once they are read, of all replies together."""

    generation: SpeedRange
    prompt: SpeedRange
    prompt_tokens: int
    n_replies: int = 1

    @property
    def first_word_s(self) -> float:
        """Seconds until the first word of a reply to such a prompt, in the middle of the range."""
        return self.prompt_tokens / self.prompt.middle + self.n_replies / self.generation.middle


@dataclass(frozen=True, slots=True)
class Use:
    """What speed is asked for: of a prompt's tokens, and of so many replies, each with so many tokens before it."""

    prompt_tokens: int = TYPICAL_PROMPT
    filled_tokens: int = TYPICAL_PROMPT
    n_replies: int = 1

    def __post_init__(self) -> None:
        if min(self.prompt_tokens, self.filled_tokens, self.n_replies) < 1:
            raise ValueError("A prompt has a token at least, and so has a reply.")


#: One reply to the typical prompt.
ONE_REPLY: Final = Use()


def predict_speed(
    shape: SpeedShape, plan: LoadPlan, room: Room, measured: Measured | None, use: Use = ONE_REPLY
) -> Speed | None:
    """The speed of a model loaded as planned; None when one of its devices or nothing near its types was measured.

    A context that is shorter than what is asked for is taken as filled. One reply is as fast as on
    the best number of threads, which the engine finds; prompts and several replies take all.
    """
    if measured is None:
        return None
    places = placement(len(shape.layers), plan.params, room)
    situation = Situation(
        min(use.prompt_tokens, plan.n_ctx),
        min(use.filled_tokens, plan.n_ctx),
        use.n_replies,
        plan.params.n_ubatch,
        shape.memory.n_embd,
    )
    whole = _seconds(shape, places, measured, situation)
    if whole is None or not whole.step_s or not whole.prompt_s:
        return None
    if use.n_replies == 1:
        whole = _fastest(whole, shape, places, measured, (situation, plan.params.n_threads))
    n_unknown = shape.is_estimate + (len(set(places)) > 1) + _unusual_cache(plan.params) + measured.is_disturbed
    return Speed(
        _range(situation.n_replies / whole.step_s, n_unknown + (whole.guessed_step_s > _MUCH * whole.step_s)),
        _range(situation.n_prompt / whole.prompt_s, n_unknown + (whole.guessed_prompt_s > _MUCH * whole.prompt_s)),
        situation.n_prompt,
        situation.n_replies,
    )


def _seconds(shape: SpeedShape, places: Sequence[str], measured: Measured, situation: Situation) -> Seconds | None:
    """Of all layers and the choice of a token; None when nothing near one of the types was measured."""
    costs = {place: Costs(measured, place, situation) for place in places}
    layers = (*shape.layers, SpeedLayer((), late=shape.output))
    windows = (*(shape.memory.window if layer.has_window else 0 for layer in shape.memory.layers), 0)
    states = (*(layer.state_numbers for layer in shape.memory.layers), 0)
    whole = costs[places[-1]].of_vocabulary(shape.memory.n_vocab)
    for place, layer, window, state in zip(places, layers, windows, states, strict=True):
        part = costs[place].of_layer(layer, window, state)
        if part is None:
            return None
        whole += part
    return whole


def _fastest(
    whole: Seconds, shape: SpeedShape, places: Sequence[str], measured: Measured, asked: tuple[Situation, int]
) -> Seconds:
    """The same with a step as the engine takes it: on the best number of threads, or on the one that is named."""
    situation, n_named = asked
    fewer = (each for each in measured.fewer if n_named in (0, each.n_threads))
    found = [_seconds(shape, places, measured.with_fewer(each), situation) for each in fewer]
    steps = [each for each in found if each is not None and each.step_s]
    if not n_named or not steps:
        steps.append(whole)
    best = min(steps, key=lambda each: each.step_s)
    return replace(whole, step_s=best.step_s, guessed_step_s=best.guessed_step_s)


def describe_speed(speed: Speed) -> str:
    """In plain words: about 12 to 15 tokens/s, first word of a 2,000-token prompt after 3 s."""
    low, high = _number(speed.generation.low), _number(speed.generation.high)
    rate = f"about {low}" if low == high else f"about {low} to {high}"
    wait = speed.first_word_s
    after = "less than 1 s" if wait < 1 else f"{wait:.0f} s" if wait < 100 else f"{wait / 60:.0f} minutes"
    return f"{rate} tokens/s, first word of a {speed.prompt_tokens:,}-token prompt after {after}"


def _unusual_cache(params: LoadParams) -> bool:
    """Whether attention is computed otherwise than it was measured."""
    usual = params.cache_type_k is CacheType.F16 and params.cache_type_v is CacheType.F16
    return not usual or params.flash_attention is FlashAttention.OFF


def _range(rate: float, n_unknown: int) -> SpeedRange:
    part = min(_WIDTH + _UNKNOWN_ADDS * n_unknown, _MAX_WIDTH)
    return SpeedRange((1 - part) * rate, (1 + part) * rate)


def _number(rate: float) -> str:
    return f"{rate:.1f}" if rate < 10 else f"{rate:,.0f}"
