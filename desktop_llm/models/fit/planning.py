"""Plan a load before a byte of weights is read: from a model file, from a header alone, or from a shape.

The figures are llama.cpp's own where its dry run can answer, else our arithmetic; the plan says which.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from desktop_llm.engine.memory import MemoryEstimate
from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import LoadCancelledError, ModelError, ModelNotFoundError
from desktop_llm.models.fit.plan import LoadPlan, estimate_plan, exact_plan, placement
from desktop_llm.models.fit.room import RAM, Room
from desktop_llm.models.fit.shape import MemoryShape, shape_of_header
from desktop_llm.models.fit.step_down import SmallerFile, Step, step_down
from desktop_llm.models.gguf.info import describe
from desktop_llm.models.gguf.reader import Header, parse_header, read_header

logger = logging.getLogger(__name__)

#: llama.cpp's own plan of a file: `engine.trial.dry_run`. Raises ModelError.
DryRun = Callable[[Path, LoadParams], MemoryEstimate]


@dataclass(frozen=True, slots=True)
class Advice:
    """A plan, and the ways down from it when it does not fit."""

    plan: LoadPlan
    steps: tuple[Step, ...]


def plan_file(path: Path, shape: MemoryShape, room: Room, wish: LoadParams, dry_run: DryRun) -> LoadPlan:
    """Plan the load of a file whose shape was read (`shape_of_file`). Any thread; it waits for a child process.

    Raises LoadCancelledError; where the dry run fails otherwise, the plan is an estimate.
    """
    try:
        dry = dry_run(path, wish)
    except LoadCancelledError:
        raise
    except ModelError as error:
        logger.debug("no dry run, so the plan is an estimate: %s", type(error).__name__)
        return estimate_plan(shape, room, wish)
    if not _saw_the_same(dry, shape, room, wish):
        return estimate_plan(shape, room, wish)
    return exact_plan(shape, room, wish, dry)


def plan_header(header: bytes, size_bytes: int, room: Room, wish: LoadParams, dry_run: DryRun) -> LoadPlan:
    """The same for a model that is not here: the first bytes of its file, and how long it is. Raises ModelError."""
    with hollow_file(header, size_bytes) as path:
        parsed = parse_header(header, size_bytes)
        describe(path, parsed, size_bytes)
        return plan_file(path, shape_of_header(parsed), room, wish, dry_run)


def advise(plan: LoadPlan, shape: MemoryShape, room: Room, smaller: tuple[SmallerFile, ...] = ()) -> Advice:
    """The plan with its ways down."""
    return Advice(plan, step_down(plan, shape, room, smaller))


def shape_of_file(path: Path) -> MemoryShape:
    """A file's shape, from a header that was checked; of a model in parts, of all of them.

    Raises ModelError or OSError.
    """
    return shape_of_header(whole_header(path))


def whole_header(path: Path) -> Header:
    """A file's header, checked; of a model in parts the first one's, with the tensors of all.

    Raises ModelError or OSError.
    """
    header, size = _header_of(path)
    info = describe(path, header, size)
    others = _other_parts(path, info.split_count)
    tensors = [tensor for each in (header, *(_header_of(part)[0] for part in others)) for tensor in each.tensors]
    return replace(header, tensors=tuple(tensors))


def _header_of(path: Path) -> tuple[Header, int]:
    size = path.stat().st_size
    with path.open("rb") as file:
        return read_header(file, size, path.name), size


def _other_parts(path: Path, count: int) -> list[Path]:
    """The files beside a first part, by llama.cpp's names. Raises ModelNotFoundError when one is missing."""
    if count < 2:
        return []
    first = f"-00001-of-{count:05}"
    parts = [path.with_name(path.name.replace(first, f"-{index:05}-of-{count:05}")) for index in range(2, count + 1)]
    for part in parts:
        if part == path or not part.is_file():
            raise ModelNotFoundError(
                "{name} is one of {count} parts, and {part} is not beside it.",
                name=path.name,
                count=count,
                part=part.name,
            )
    return parts


@contextmanager
def hollow_file(header: bytes, size_bytes: int) -> Iterator[Path]:
    """A file of a model's length that holds its header and then nothing; it takes no room where files may have holes.

    It is gone at the end of the `with`.
    """
    with hollow_model([(header, size_bytes)]) as path:
        yield path


@contextmanager
def hollow_model(parts: Sequence[tuple[bytes, int]]) -> Iterator[Path]:
    """The same for a model in parts: the header and the length of each; yields the first one's path."""
    with tempfile.TemporaryDirectory(prefix="desktop-llm-plan-") as folder:
        names = [f"model-{number:05}-of-{len(parts):05}.gguf" for number in range(1, len(parts) + 1)]
        for name, (header, size_bytes) in zip(names, parts, strict=True):
            with (Path(folder) / name).open("wb") as file:
                file.write(header[:size_bytes])
                file.truncate(size_bytes)
        yield Path(folder) / names[0]


def _saw_the_same(dry: MemoryEstimate, shape: MemoryShape, room: Room, wish: LoadParams) -> bool:
    """Whether llama.cpp computed where this room says: not so for a machine that is only imagined."""
    seen = {device.device for device in dry.devices if device.compute_bytes}
    planned = set(placement(len(shape.layers), wish, room)) - {RAM}
    known = {gpu.name for gpu in room.gpus}
    return planned <= seen and not any(
        name not in known and not name.startswith("CPU") and not name.endswith("_Host") for name in seen if name
    )
