"""How fast a model will be here, before it is loaded or even fetched: ranges, from this machine's measured speed. Pure.

A new token reads every weight it passes, and the cache, once: bytes by bytes a second. A prompt
multiplies with every weight: operations by operations a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from desktop_llm.hardware.measured import Measured, TypeSpeed
from desktop_llm.models.fit_estimate import layer_cache_bytes
from desktop_llm.models.fit_plan import LoadPlan, placement
from desktop_llm.models.fit_room import RAM, Room
from desktop_llm.models.speed_shape import SpeedShape, Touched, bits_of

#: The prompt that speeds are given for, in tokens.
TYPICAL_PROMPT: Final = 2000
_CPU: Final = "CPU"
#: Half the width of a range, as a part of its middle: where all is known, and what each unknown adds.
_WIDTH: Final = 0.15
_PROMPT_WIDTH: Final = 0.2
_UNKNOWN_ADDS: Final = 0.05
_MAX_WIDTH: Final = 0.25
#: What a layer costs beside its weights, on the CPU: its threads wait for each other some twenty times.
#: Of three small shapes it was 0.2 to 0.6 ms, on two cores that other programs used too.
_LAYER_S: Final = 0.3e-3
#: From this part of a token's time on, that cost makes the range as wide as ranges get.
_MUCH: Final = 0.2
#: Narrow matrices are multiplied more slowly: n / (n + this), against the width that was measured (hardware/forge.py).
_NARROW: Final = 600
_MEASURED_WIDTH: Final = 2048
#: For a type that was not measured: one that is decoded in a like way, and its own part of that one's two speeds.
#: The parts that are not 1 were measured on a CPU with AVX-512.
_NEIGHBOURS: Final[dict[str, tuple[str, float, float]]] = {
    "F32": ("F16", 1.0, 0.5),
    "BF16": ("F16", 1.0, 1.0),
    "Q4_1": ("Q8_0", 0.68, 0.57),
    "Q5_0": ("Q8_0", 0.64, 1.1),
    "Q5_1": ("Q8_0", 0.64, 0.57),
    "IQ4_NL": ("Q4_0", 1.0, 1.0),
    "MXFP4": ("Q4_0", 1.0, 1.0),
    "NVFP4": ("Q4_0", 1.0, 1.0),
}


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
    """One reply alone: `prompt` is reading `prompt_tokens`, `generation` is new tokens once they are read."""

    generation: SpeedRange
    prompt: SpeedRange
    prompt_tokens: int

    @property
    def first_word_s(self) -> float:
        """Seconds until the first word of a reply to such a prompt, in the middle of the range."""
        return self.prompt_tokens / self.prompt.middle + 1 / self.generation.middle


def predict_speed(shape: SpeedShape, plan: LoadPlan, room: Room, measured: Measured | None) -> Speed | None:
    """The speed of a model loaded as planned; None when one of its devices or nothing near its types was measured."""
    if measured is None:
        return None
    places = placement(len(shape.layers), plan.params, room)
    n_tokens = max(1, min(TYPICAL_PROMPT, plan.n_ctx))
    parts = list(_parts(shape, plan, places, n_tokens))
    rates = {place: _Rates(measured, place) for place in places}
    found = [rates[place].times(part) for place, part in parts]
    times = [each for each in found if each is not None]
    token_s = sum(each.token_s for each in times)
    prompt_token_s = sum(each.prompt_token_s for each in times) / _width_factor(shape.memory.n_embd)
    if len(times) < len(parts) or not token_s or not prompt_token_s:
        return None
    unknown = any(each.is_guess for each in times) + shape.is_estimate + (len(set(places)) > 1)
    unknown += 2 * (sum(each.fixed_s for each in times) > _MUCH * token_s)
    return Speed(
        _range(token_s, _WIDTH + _UNKNOWN_ADDS * unknown),
        _range(prompt_token_s, _PROMPT_WIDTH + _UNKNOWN_ADDS * unknown),
        n_tokens,
    )


def describe_speed(speed: Speed) -> str:
    """In plain words: about 12 to 15 tokens/s, first word of a 2,000-token prompt after 3 s."""
    low, high = _number(speed.generation.low), _number(speed.generation.high)
    rate = f"about {low}" if low == high else f"about {low} to {high}"
    wait = speed.first_word_s
    after = "less than 1 s" if wait < 1 else f"{wait:.0f} s" if wait < 100 else f"{wait / 60:.0f} minutes"
    return f"{rate} tokens/s, first word of a {speed.prompt_tokens:,}-token prompt after {after}"


@dataclass(frozen=True, slots=True)
class _Part:
    """A layer or the output: its weights, the cache's bytes it reads for a token, its multiplications with the cache.

    `is_output`: of a prompt only the last token passes it.
    """

    weights: tuple[Touched, ...]
    cache_bytes: int = 0
    attention_flops: float = 0.0
    is_output: bool = False


@dataclass(frozen=True, slots=True)
class _Times:
    token_s: float
    prompt_token_s: float
    fixed_s: float
    is_guess: bool


class _Rates:
    """What one device does, with a neighbour in place of a type that was not measured."""

    def __init__(self, measured: Measured, place: str) -> None:
        self._is_cpu = place == RAM
        device = _CPU if self._is_cpu else place
        self._types = {each.name: each for each in measured.types if each.device == device}

    def times(self, part: _Part) -> _Times | None:
        """Seconds for a new token and for a prompt's token; None when nothing near was measured."""
        rates = [self._near(each.type_name) for each in part.weights]
        cache = self._near("F16")
        known = [rate for rate in rates if rate is not None]
        if cache is None or len(known) < len(rates):
            return None
        pairs = list(zip(part.weights, known, strict=True))
        bytes_s = sum(each.size_bytes / rate.generation_bytes_per_s for each, rate in pairs)
        flops_s = sum(2 * each.n_weights / rate.prompt_flops_per_s for each, rate in pairs)
        fixed_s = _LAYER_S if self._is_cpu else 0.0
        return _Times(
            bytes_s + part.cache_bytes / cache.generation_bytes_per_s + fixed_s,
            0.0 if part.is_output else flops_s + part.attention_flops / cache.prompt_flops_per_s,
            fixed_s,
            any(rate.name != each.type_name for each, rate in pairs),
        )

    def _near(self, name: str) -> TypeSpeed | None:
        if name in self._types:
            return self._types[name]
        neighbour, generation, prompt = _NEIGHBOURS.get(name, ("", 1.0, 1.0))
        if like := self._types.get(neighbour):
            rates = like.generation_bytes_per_s * generation, like.prompt_flops_per_s * prompt
            return TypeSpeed(neighbour, *rates, like.device)
        family = [each for each in self._types.values() if each.name.startswith("IQ") == name.startswith("IQ")]
        return min(family, key=lambda each: abs(bits_of(each.name) - bits_of(name)), default=None)


def _parts(shape: SpeedShape, plan: LoadPlan, places: tuple[str, ...], n_tokens: int) -> Iterator[tuple[str, _Part]]:
    """Every layer and the output, with where each is computed."""
    filled = replace(plan.params, n_ctx=n_tokens, n_seq_max=1, n_ubatch=1)
    memory = shape.memory
    for place, weights, layer in zip(places, shape.layers, memory.layers, strict=False):
        seen = min(n_tokens, memory.window) if layer.has_window else n_tokens
        flops = 2.0 * memory.n_embd * seen if layer.k_numbers else 0.0  # half of them on average: 4 / 2
        yield place, _Part(weights, layer_cache_bytes(memory, layer, filled), flops)
    yield places[-1], _Part(shape.output, is_output=True)


def _width_factor(n_embd: int) -> float:
    """A prompt's speed against that of matrices as wide as the measured ones, 0 to 1."""
    measured = _MEASURED_WIDTH / (_MEASURED_WIDTH + _NARROW)
    return min(1.0, n_embd / (n_embd + _NARROW) / measured)


def _range(seconds: float, width: float) -> SpeedRange:
    part = min(width, _MAX_WIDTH)
    return SpeedRange((1 - part) / seconds, (1 + part) / seconds)


def _number(rate: float) -> str:
    return f"{rate:.1f}" if rate < 10 else f"{rate:,.0f}"
