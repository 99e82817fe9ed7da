"""How fast llama.cpp is on this machine, by quantization type: the values, and the file they are kept in."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)

_DISTURBING = 0.15


@dataclass(frozen=True, slots=True)
class TypeSpeed:
    """What one device does with weights of one quantization type.

    `device` is llama.cpp's name, as CPU or CUDA0. A token of a single reply touches all weights
    once: `generation_bytes_per_s` is weight bytes by time. A prompt's token multiplies and adds
    with every weight: `prompt_flops_per_s` is 2 x weights x tokens by time.
    """

    name: str
    generation_bytes_per_s: float
    prompt_flops_per_s: float
    device: str = "CPU"


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

    @property
    def is_disturbed(self) -> bool:
        """Whether other programs took so much that it should be measured again."""
        return self.others_fraction > _DISTURBING

    def speed(self, name: str, device: str = "CPU") -> TypeSpeed | None:
        """The speed of a type on a device; None when it was not measured."""
        return next((each for each in self.types if (each.name, each.device) == (name, device)), None)


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
    part = file.with_name(f"{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(asdict(measured), indent=1), encoding="utf-8")
        part.replace(file)
    except OSError:
        _log.debug("the speeds could not be kept")
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _read(values: dict[str, Any]) -> Measured:
    return Measured(
        types=tuple(_read_speed(each) for each in values["types"]),
        n_threads=int(values["n_threads"]),
        at=float(values["at"]),
        key=str(values["key"]),
        others_fraction=float(values["others_fraction"]),
    )


def _read_speed(values: dict[str, Any]) -> TypeSpeed:
    speed = TypeSpeed(
        name=str(values["name"]),
        generation_bytes_per_s=float(values["generation_bytes_per_s"]),
        prompt_flops_per_s=float(values["prompt_flops_per_s"]),
        device=str(values["device"]),
    )
    if not 0 < speed.generation_bytes_per_s < float("inf") or not 0 < speed.prompt_flops_per_s < float("inf"):
        raise ValueError("no speed")
    return speed
