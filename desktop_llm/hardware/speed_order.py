"""What the child that measures speed is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SpeedOrder:
    """What a child shall measure: in `folder` it forges its models and writes how far it is.

    `device` is llama.cpp's name; one reply is timed with each of `fewer_threads`, too. One child a
    device: a driver that fails takes no other device along.
    """

    folder: Path
    device: str
    model_bytes: int
    budget_s: float
    fewer_threads: tuple[int, ...] = ()

    @property
    def progress_file(self) -> Path:
        """As many bytes as hundredths are done."""
        return self.folder / "progress"
