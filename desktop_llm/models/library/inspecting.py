"""What a model that has arrived must pass before it counts as ready: its whole header, and a trial in a child."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from desktop_llm import __version__
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.trial import try_model
from desktop_llm.errors import ModelTooLargeError, ModelTooSlowError
from desktop_llm.models.fit.planning import whole_header
from desktop_llm.models.gguf.info import read_model_info
from desktop_llm.models.library.records import Verdict

_SMALL = LoadParams(n_ctx=512, n_seq_max=1)


def inspect_model(
    path: Path, is_cancelled: Callable[[], bool] = lambda: False, helpers: Iterable[Path] = ()
) -> Verdict | None:
    """Read a file, or the first of a model's parts, and its helpers strictly, and try it.

    None for what cannot be tried: vision parts, and what is too large or too slow here, which is no fault of the file.
    Any thread; it waits some seconds. Raises ModelError, or LoadCancelledError.
    """
    info = read_model_info(path)
    whole_header(path)
    for helper in helpers:
        if helper.suffix == ".gguf":
            read_model_info(helper)
    if info.is_projector:
        return None
    try:
        try_model(path, _SMALL, is_cancelled)
    except (ModelTooLargeError, ModelTooSlowError):
        return None
    return Verdict(is_good=True, version=trial_version())


def trial_version() -> str:
    """What a verdict holds for: this program and its engine."""
    return f"{__version__}/{engine_version()}"


def engine_version() -> str:
    """The engine's release, asked of its package without importing it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("llama-cpp-python")
    except PackageNotFoundError:  # a frozen bundle without its metadata
        return ""
