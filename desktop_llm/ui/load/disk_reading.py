"""What is found out of a model file in the background: what it is, and what loading it takes. Any thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import AppError, ModelError, ModelLoadError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.models.catalog.catalog import Catalog
from desktop_llm.models.fit.planning import whole_header
from desktop_llm.models.gguf.info import ModelInfo, describe, read_chat_model_info
from desktop_llm.models.gguf.reader import Value
from desktop_llm.models.planner import Price

logger = logging.getLogger(__name__)

_T = TypeVar("_T")


class DiskPlanner(Protocol):
    """What is needed of the planner; all of it waits."""

    def hardware(self) -> Hardware:
        """This machine."""

    def catalog(self) -> Catalog:
        """The catalogue."""

    def price_at_once(self, path: Path, wish: LoadParams) -> Price:
        """An estimate."""

    def price_best(self, path: Path, wish: LoadParams) -> Price:
        """The exact price."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read. `problem` says why it is no model to chat with; it has no price then.

    `rope_scaling` is how the context was stretched, "" where it was not; `licence` the catalogue's
    name of it, or else the header's own.
    """

    info: ModelInfo
    price: Price | None
    rope_scaling: str
    licence: str
    problem: ModelError | None = None
    is_exact: bool = False


def read_model(planner: DiskPlanner, path: Path, wish: LoadParams) -> Reading:
    """Read a header and estimate its load. Waits a second for the machine at first. Raises ModelError."""
    return found_or_error(path, lambda: _read_model(planner, path, wish))


def found_or_error(path: Path, find_out: Callable[[], _T]) -> _T:
    """What was found out, at the top of a background thread. Raises ModelError, whatever went wrong with the file."""
    try:
        return find_out()
    except AppError:
        raise
    except OSError as error:
        raise ModelLoadError(
            "The file {path} could not be read: {reason}.", path=path, reason=error.strerror or type(error).__name__
        ) from error
    except Exception as error:  # the top of a thread: one file must not keep the others from being read
        logger.exception("reading a model file failed unexpectedly")
        raise ModelLoadError("A fault in this program stopped the reading of {name}.", name=path.name) from error


def _read_model(planner: DiskPlanner, path: Path, wish: LoadParams) -> Reading:
    header = whole_header(path)
    info = describe(path, header, path.stat().st_size)
    licence = _licence(planner.catalog(), info)
    rope = _rope_scaling(header.metadata, info.architecture)
    if info.is_projector or info.is_embedding:
        return Reading(info, None, rope, licence, _why_not(path))
    planner.hardware()
    return Reading(info, planner.price_at_once(path, wish), rope, licence)


def _why_not(path: Path) -> ModelError | None:
    try:
        read_chat_model_info(path)
    except ModelError as error:
        return error
    return None


def _licence(catalog: Catalog, info: ModelInfo) -> str:
    model = catalog.model_of_file(info.path.name)
    known = model.licence if model is not None else None
    return known.name if known is not None else info.licence


def _rope_scaling(metadata: dict[str, Value], architecture: str) -> str:
    kind = metadata.get(f"{architecture}.rope.scaling.type")
    factor = metadata.get(f"{architecture}.rope.scaling.factor")
    words = kind if isinstance(kind, str) and kind != "none" else ""
    if isinstance(factor, int | float) and factor not in (0, 1):
        return f"{words} × {factor:g}".strip()
    return words
