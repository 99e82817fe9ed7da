"""How fast llama.cpp is on this machine: the values, and the file they are kept in."""

from __future__ import annotations

import json
import logging
import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from desktop_llm.durable import write_durably

_log = logging.getLogger(__name__)

_DISTURBING = 0.15
#: Of the file. What an older release kept does not count: it is measured again.
_FORMAT: Final = 3
#: The numbers in a row of the matrices that were measured: of a small model, and of most types.
SHORT_ROW: Final = 1024
LONG_ROW: Final = 3072
#: Operations of a layer that are no matrix and have no weights: positions, cache, attention, sums, the gate.
_OTHER_STEPS = 9
#: What experts add: choosing them, weighing and adding up what they say.
_EXPERT_STEPS = 8


@dataclass(frozen=True, slots=True)
class TypeSpeed:
    """What one device does with weights of one quantization type.

    `device` is llama.cpp's name, as CPU or CUDA0. A token of a single reply touches all weights
    once: `generation_bytes_per_s` is weight bytes by time, `few_bytes_per_s` the same of a step of
    four replies at once, `short_few_bytes_per_s` of one whose matrices have short rows (`SHORT_ROW`
    numbers instead of `LONG_ROW`). A prompt's token multiplies and adds with every weight:
    `prompt_flops_per_s` is 2 x weights x tokens by time. `expert_bytes_per_s` and
    `expert_flops_per_s` are the same for weights of experts, of which each token has others. 0: not
    measured.
    """

    name: str
    generation_bytes_per_s: float
    prompt_flops_per_s: float
    device: str = "CPU"
    few_bytes_per_s: float = 0.0
    expert_bytes_per_s: float = 0.0
    expert_flops_per_s: float = 0.0
    short_few_bytes_per_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Overheads:
    """What a device takes beside the weights. Seconds.

    `step_s`: one small operation of the model's graph, whatever its size. `activation_s`: each
    number that goes into or comes out of a matrix, for each token of a prompt. `attention_s`: each
    number of a head's keys and values, for each token it looks at; `prompt_attention_s` the same
    for a prompt's token, which shares the work with others.
    """

    device: str = "CPU"
    step_s: float = 0.0
    activation_s: float = 0.0
    attention_s: float = 0.0
    prompt_attention_s: float = 0.0


@dataclass(frozen=True, slots=True)
class FewerThreads:
    """A device whose single replies are computed with fewer threads; prompts and several replies take all.

    The engine finds out while replies run which number is the fastest (engine/thread_tuner.py).
    """

    n_threads: int
    types: tuple[TypeSpeed, ...]
    overheads: Overheads


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement. `at` is seconds since 1970; `key` says for which CPU, driver and engine it holds.

    `others_fraction` is the share of the processor that other programs used meanwhile, 0 to 1:
    where it is not near 0 the figures are too low.
    """

    types: tuple[TypeSpeed, ...]
    n_threads: int
    at: float
    key: str
    others_fraction: float = 0.0
    overheads: tuple[Overheads, ...] = ()
    fewer: tuple[FewerThreads, ...] = ()

    @property
    def is_disturbed(self) -> bool:
        """Whether other programs took so much that it should be measured again."""
        return self.others_fraction > _DISTURBING

    def speed(self, name: str, device: str = "CPU") -> TypeSpeed | None:
        """The speed of a type on a device; None when it was not measured."""
        return next((each for each in self.types if (each.name, each.device) == (name, device)), None)

    def overhead(self, device: str = "CPU") -> Overheads | None:
        """What a device takes beside the weights; None when it was not measured."""
        return next((each for each in self.overheads if each.device == device), None)

    def with_fewer(self, fewer: FewerThreads) -> Measured:
        """The same with a device's figures for fewer threads."""
        device = fewer.overheads.device
        types = tuple(each for each in self.types if each.device != device)
        overheads = tuple(each for each in self.overheads if each.device != device)
        return replace(self, types=(*fewer.types, *types), overheads=(fewer.overheads, *overheads), fewer=())


def layer_steps(n_matrices: int, n_vectors: int, n_expert_used: int = 0) -> int:
    """Operations of a layer, about: a matrix takes two (its input is converted first), a norm or bias one."""
    experts = _EXPERT_STEPS + n_expert_used if n_expert_used else 0
    return 2 * n_matrices + n_vectors + _OTHER_STEPS + experts


def load_measured(file: Path, key: str) -> Measured | None:
    """What was kept for this machine; None when nothing was, or it holds for another CPU, driver or engine."""
    try:
        measured = _read(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, LookupError):
        _log.debug("the kept speeds could not be read")
        return None
    return measured if measured.key == key else None


def save_measured(file: Path, measured: Measured) -> None:
    """Keep a measurement, replacing the old one whole. A disk that refuses is no fault: it is measured again."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_durably(file, json.dumps({"format": _FORMAT, **asdict(measured)}, indent=1).encode())
    except OSError:
        _log.debug("the speeds could not be kept")


def _read(values: dict[str, Any]) -> Measured:
    if values["format"] != _FORMAT:
        raise ValueError("another format")
    return Measured(
        types=tuple(_read_speed(each) for each in values["types"]),
        n_threads=int(values["n_threads"]),
        at=float(values["at"]),
        key=str(values["key"]),
        others_fraction=float(values["others_fraction"]),
        overheads=tuple(_read_overheads(each) for each in values["overheads"]),
        fewer=tuple(_read_fewer(each) for each in values["fewer"]),
    )


def _read_fewer(values: dict[str, Any]) -> FewerThreads:
    types = tuple(_read_speed(each) for each in values["types"])
    return FewerThreads(int(values["n_threads"]), types, _read_overheads(values["overheads"]))


def _read_speed(values: dict[str, Any]) -> TypeSpeed:
    speed = TypeSpeed(
        name=str(values["name"]),
        generation_bytes_per_s=_figure(values["generation_bytes_per_s"]),
        prompt_flops_per_s=_figure(values["prompt_flops_per_s"]),
        device=str(values["device"]),
        few_bytes_per_s=_figure(values["few_bytes_per_s"]),
        expert_bytes_per_s=_figure(values["expert_bytes_per_s"]),
        expert_flops_per_s=_figure(values["expert_flops_per_s"]),
        short_few_bytes_per_s=_figure(values["short_few_bytes_per_s"]),
    )
    if not speed.generation_bytes_per_s or not speed.prompt_flops_per_s:
        raise ValueError("no speed")
    return speed


def _read_overheads(values: dict[str, Any]) -> Overheads:
    return Overheads(
        device=str(values["device"]),
        step_s=_figure(values["step_s"]),
        activation_s=_figure(values["activation_s"]),
        attention_s=_figure(values["attention_s"]),
        prompt_attention_s=_figure(values["prompt_attention_s"]),
    )


def _figure(value: object) -> float:
    number = float(value) if isinstance(value, int | float) else math.nan
    if not 0 <= number < math.inf:
        raise ValueError("no figure")
    return number
