"""The seconds that the parts of a model take on one device, from what was measured there. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import mean
from typing import Final

from desktop_llm.engine.pace import N_FEW
from desktop_llm.hardware.measured import LONG_ROW, SHORT_ROW, Measured, Overheads, TypeSpeed
from desktop_llm.models.fit.room import RAM
from desktop_llm.models.speed.shape import SpeedLayer, Touched, bits_of

_CPU: Final = "CPU"
#: From so many replies at once on, a step costs what a prompt of as many tokens does.
_MANY: Final = 64
#: Choosing from the vocabulary, for each of its tokens: of 262,000 it takes a millisecond.
_VOCABULARY_S: Final = 4e-9
#: What multiplying with an expert's weights costs that another reply has just read, as a part of the first time.
_AGAIN: Final = 0.7
_STATE_BYTES: Final = 8  # a number of a recurrent state is read and written
#: For a type that was not measured: one that is decoded in a like way, and its own part of that one's two speeds.
_NEIGHBOURS: Final[dict[str, tuple[str, float, float]]] = {
    "F32": ("F16", 1.0, 0.5),
    "BF16": ("F16", 1.0, 1.0),
    "NVFP4": ("MXFP4", 1.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """Tokens of a prompt, tokens in the context of each reply, replies at once, and tokens computed at once.

    `row`: the numbers in a row of most of the model's matrices; 0: long ones.
    """

    n_prompt: int
    n_filled: int
    n_replies: int
    n_ubatch: int
    row: int = 0


@dataclass(frozen=True, slots=True)
class Seconds:
    """Of one step of all replies, and of one prompt; what of them comes from a type that was not measured."""

    step_s: float = 0.0
    prompt_s: float = 0.0
    guessed_step_s: float = 0.0
    guessed_prompt_s: float = 0.0

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(
            self.step_s + other.step_s,
            self.prompt_s + other.prompt_s,
            self.guessed_step_s + other.guessed_step_s,
            self.guessed_prompt_s + other.guessed_prompt_s,
        )


class Costs:
    """One device in one situation."""

    def __init__(self, measured: Measured, place: str, situation: Situation) -> None:
        device = _CPU if place == RAM else place
        self._types = {each.name: each for each in measured.types if each.device == device}
        self._overheads = measured.overhead(device) or self._usual_overheads(device)
        self._situation = situation

    def of_layer(self, layer: SpeedLayer, window: int, state_numbers: int) -> Seconds | None:
        """A layer that sees the last `window` tokens (0: all); None when nothing near its types was measured."""
        cache = self._near("F16")
        if cache is None:
            return None
        now, asked = self._overheads, self._situation
        whole = Seconds(
            layer.n_steps * now.step_s
            + asked.n_replies * layer.attention_numbers * _seen(asked.n_filled, window) * now.attention_s
            + asked.n_replies * state_numbers * _STATE_BYTES / cache.generation_bytes_per_s,
            -(-asked.n_prompt // asked.n_ubatch) * layer.n_steps * now.step_s
            + layer.attention_numbers * _seen_by_prompt(asked.n_prompt, window) * now.prompt_attention_s,
        )
        for weights, is_late in ((layer.weights, False), (layer.late, True)):
            for each in weights:
                speed = self._near(each.type_name)
                if speed is None:
                    return None
                whole += self._of_weights(each, speed, is_late=is_late)
        return whole

    def of_vocabulary(self, n_vocab: int) -> Seconds:
        """Choosing the replies' tokens."""
        return Seconds(self._situation.n_replies * n_vocab * _VOCABULARY_S)

    def _of_weights(self, weights: Touched, speed: TypeSpeed, *, is_late: bool) -> Seconds:
        asked = self._situation
        step_s = self._step(weights, speed, asked.n_replies)
        prompt_s = self._step(weights, speed, 1) if is_late else self._prompt(weights, speed)
        is_guess = speed.name != weights.type_name
        return Seconds(step_s, prompt_s, step_s * is_guess, prompt_s * is_guess)

    def _step(self, weights: Touched, speed: TypeSpeed, n_replies: int) -> float:
        if weights.idle_bytes:
            return self._experts_step(weights, speed, n_replies)
        one_s = weights.size_bytes / speed.generation_bytes_per_s
        if n_replies == 1:
            return one_s
        many_s = _MANY * 2 * weights.n_weights / speed.prompt_flops_per_s
        few_rate = self._few_rate(speed)
        few_s = weights.size_bytes / few_rate if few_rate else one_s + many_s * N_FEW / _MANY
        if n_replies <= N_FEW:
            return _between(n_replies, (1, one_s), (N_FEW, few_s))
        return max(few_s, _between(n_replies, (N_FEW, few_s), (_MANY, many_s)))

    def _few_rate(self, speed: TypeSpeed) -> float:
        """Bytes a second of some replies at once: slower where rows are short. 0: not measured."""
        row = self._situation.row
        if not row or not speed.few_bytes_per_s:
            return speed.few_bytes_per_s
        known = [each for each in self._types.values() if each.short_few_bytes_per_s and each.few_bytes_per_s]
        if not known:
            return speed.few_bytes_per_s
        like = min(known, key=lambda each: (each.name != speed.name, abs(_gain(each) - _gain(speed))))
        part = like.short_few_bytes_per_s / like.few_bytes_per_s
        log_row = math.log(max(SHORT_ROW, min(LONG_ROW, row)))
        return speed.few_bytes_per_s * _between(log_row, (math.log(SHORT_ROW), part), (math.log(LONG_ROW), 1.0))

    def _experts_step(self, weights: Touched, speed: TypeSpeed, n_replies: int) -> float:
        """The experts that any of the replies chooses are read once; what is read is multiplied for each reply."""
        one_s = weights.size_bytes / self._expert_rates(speed)[0]
        chosen = _chosen(weights, n_replies)
        return one_s * (chosen + _AGAIN * (n_replies - chosen))

    def _prompt(self, weights: Touched, speed: TypeSpeed) -> float:
        asked = self._situation
        between_s = asked.n_prompt * weights.n_numbers * self._overheads.activation_s
        flops = asked.n_prompt * 2 * weights.n_weights
        if not weights.idle_bytes:
            return between_s + flops / speed.prompt_flops_per_s
        n_batches = -(-asked.n_prompt // asked.n_ubatch)
        chosen = _chosen(weights, min(asked.n_prompt, asked.n_ubatch))
        bytes_per_s, flops_per_s = self._expert_rates(speed)
        read_s = n_batches * chosen * weights.size_bytes / bytes_per_s
        return between_s + max(read_s, flops / flops_per_s)

    def _expert_rates(self, speed: TypeSpeed) -> tuple[float, float]:
        """Bytes and operations a second; where they were not measured for the type: what experts lose with others."""
        if speed.expert_bytes_per_s and speed.expert_flops_per_s:
            return speed.expert_bytes_per_s, speed.expert_flops_per_s
        known = [each for each in self._types.values() if each.expert_bytes_per_s and each.expert_flops_per_s]
        if not known:
            return speed.generation_bytes_per_s, speed.prompt_flops_per_s
        read = mean(each.expert_bytes_per_s / each.generation_bytes_per_s for each in known)
        multiplied = mean(each.expert_flops_per_s / each.prompt_flops_per_s for each in known)
        return read * speed.generation_bytes_per_s, multiplied * speed.prompt_flops_per_s

    def _near(self, name: str) -> TypeSpeed | None:
        """The type's speed, or that of one that is decoded in a like way."""
        if name in self._types:
            return self._types[name]
        neighbour, generation, prompt = _NEIGHBOURS.get(name, ("", 1.0, 1.0))
        if like := self._types.get(neighbour):
            rates = like.generation_bytes_per_s * generation, like.prompt_flops_per_s * prompt
            return TypeSpeed(neighbour, *rates, like.device, like.few_bytes_per_s * generation)
        family = [each for each in self._types.values() if each.name.startswith("IQ") == name.startswith("IQ")]
        return min(family, key=lambda each: abs(bits_of(each.name) - bits_of(name)), default=None)

    def _usual_overheads(self, device: str) -> Overheads:
        """Where they were not measured: attention reads and multiplies as fast as weights of two bytes are."""
        half = self._near("F16")
        if half is None:
            return Overheads(device)
        return Overheads(device, 0.0, 0.0, 2 / half.generation_bytes_per_s, 2 / half.prompt_flops_per_s)


def _gain(speed: TypeSpeed) -> float:
    """How much faster some replies together are than one: it tells the types with kernels for this from the others."""
    return speed.few_bytes_per_s / speed.generation_bytes_per_s


def _seen(n_filled: int, window: int) -> int:
    """The tokens that a reply's next token looks at."""
    return min(n_filled, window) if window else n_filled


def _seen_by_prompt(n_prompt: int, window: int) -> float:
    """The tokens that all tokens of a prompt look at, added up: each at those before it."""
    seen = min(n_prompt, window) if window else n_prompt
    return seen * seen / 2 + (n_prompt - seen) * seen


def _chosen(weights: Touched, n_tokens: int) -> float:
    """How many times one token's experts are chosen by any of so many tokens, if they choose at random."""
    n_times = (weights.size_bytes + weights.idle_bytes) / max(1, weights.size_bytes)
    return n_times * (1 - (1 - 1 / n_times) ** n_tokens)


def _between(x: float, low: tuple[float, float], high: tuple[float, float]) -> float:
    return low[1] + (high[1] - low[1]) * (x - low[0]) / (high[0] - low[0])
