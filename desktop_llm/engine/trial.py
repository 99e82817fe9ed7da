"""What is done in a throw-away child process, because a bad file or grammar can end the process that meets it.

A trial load, the compiling of a grammar, and the dry run for memory. Each has limits of time and
memory and ends with a result or a typed error; the parent lives on whatever happens to the child.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from desktop_llm.engine.child_process import (
    Answer,
    ChildCancelledError,
    ChildDiedError,
    ChildLimits,
    ChildTooLargeError,
    ChildTooSlowError,
    Request,
    run_child,
    serve_once,
)
from desktop_llm.engine.grammars.reading import read_schema
from desktop_llm.engine.memory import CacheLayers, DeviceMemory, MemoryEstimate
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.errors import (
    GrammarError,
    LoadCancelledError,
    ModelLoadError,
    ModelNotFoundError,
    ModelTooLargeError,
    ModelTooSlowError,
)

_GIB = 1024**3
#: A trial needs little context; the real load checks that the wished one fits.
_TRIAL_N_CTX = 512
_SLOW_DISK_BYTES_PER_S = 20_000_000
_GRAMMAR_LIMITS = ChildLimits(timeout_s=10.0, memory_bytes=_GIB)
_KEPT_GRAMMARS = 64


@dataclass(frozen=True, slots=True)
class ModelVerdict:
    """A model that passed its trial: it was loaded, it tokenized, and it gave two tokens.

    `template_problem` says what is wrong with its chat template ("" when nothing is).
    """

    n_vocab: int
    n_ctx_train: int
    template_problem: str


def try_model(
    path: Path,
    params: LoadParams,
    is_cancelled: Callable[[], bool] = lambda: False,
    limits: ChildLimits | None = None,
) -> ModelVerdict:
    """Load a file in a child, tokenize, render its template, decode two tokens. Any thread; it waits.

    Raises ModelError with a sentence that says what is wrong, or LoadCancelledError.
    """
    request = {"task": "try", "path": _absolute(path), "params": _small(params)}
    answer = _run_model(path, request, limits or trial_limits(path, params), is_cancelled)
    try:
        return ModelVerdict(**answer)
    except TypeError as error:
        raise _crashed(path) from error


def try_vocabulary(path: Path, is_cancelled: Callable[[], bool] = lambda: False) -> None:
    """Open a file's vocabulary alone in a child, and tokenize. Any thread; it waits some tenths of a second.

    Raises ModelError with a sentence that says what is wrong, or LoadCancelledError.
    """
    limits = ChildLimits(timeout_s=60.0, memory_bytes=4 * _GIB)  # of the file only the header is read
    _run_model(path, {"task": "vocabulary", "path": _absolute(path)}, limits, is_cancelled)


def dry_run(
    header_file: Path,
    params: LoadParams,
    is_cancelled: Callable[[], bool] = lambda: False,
    limits: ChildLimits = ChildLimits(timeout_s=30.0, memory_bytes=2 * _GIB),  # noqa: B008 (frozen)
) -> MemoryEstimate:
    """What a context of this model needs, without loading or allocating it. Any thread; it waits.

    The header is enough, in a sparse file of the model's length. Raises ModelError or LoadCancelledError.
    """
    request = {"task": "plan", "path": _absolute(header_file), "params": asdict(params)}
    answer = _run_model(header_file, request, limits, is_cancelled)
    try:
        return _estimate(answer)
    except (TypeError, ValueError, LookupError) as error:
        raise _crashed(header_file) from error


def _estimate(answer: Answer) -> MemoryEstimate:
    caches = (
        CacheLayers(int(cache["size_bytes"]), tuple(int(layer) for layer in cache["layers"]))
        for cache in answer["caches"]
    )
    devices = tuple(DeviceMemory(**device) for device in answer["devices"])
    places = tuple(str(place) for place in answer["places"])
    refused = tuple((int(layer), int(size_bytes)) for layer, size_bytes in answer["refused"])
    return MemoryEstimate(devices, tuple(caches), places, refused, int(answer["copied_bytes"]))


def compile_grammar(params: SamplingParams) -> str | None:
    """The GBNF of these params' grammar or JSON schema, compiled by llama.cpp in a child; None when there is none.

    Any thread; it waits some tenths of a second the first time, not at all for one that is known
    to be good. Raises GrammarError.
    """
    if params.json_schema is not None:
        read_schema(params.json_schema)
        return _compiled("schema", params.json_schema)
    if params.grammar is not None:
        return _compiled("gbnf", params.grammar)
    return None


@functools.lru_cache(maxsize=_KEPT_GRAMMARS)
def _compiled(kind: str, text: str) -> str:
    try:
        answer = run_child({"task": "grammar", "kind": kind, "text": text}, _GRAMMAR_LIMITS)
    except (ChildTooSlowError, ChildTooLargeError) as error:
        raise GrammarError("The grammar or JSON schema is too complex.") from error
    except ChildDiedError as error:
        raise GrammarError("The grammar or JSON schema makes the engine crash, so it was not used.") from error
    return str(answer["gbnf"])


def trial_limits(path: Path, params: LoadParams) -> ChildLimits:
    """Limits by the file's size: time to read it from a slow disk, memory for a repacked copy of all its weights."""
    size = path.stat().st_size if path.is_file() else 0
    copies = 1 if params.use_mmap else 2
    return ChildLimits(timeout_s=60.0 + size / _SLOW_DISK_BYTES_PER_S, memory_bytes=2 * _GIB + copies * size * 5 // 4)


def child_main() -> int:
    """What the verb `_trial` does: read one request, answer it, end. Returns the exit status."""
    return serve_once(_perform)


def _perform(request: Request) -> Answer:
    from desktop_llm.engine import trial_tasks  # only a child may meet the file: llama.cpp is loaded here

    return trial_tasks.perform(request)


def _run_model(path: Path, request: Request, limits: ChildLimits, is_cancelled: Callable[[], bool]) -> Answer:
    if not path.is_file():
        raise ModelNotFoundError("There is no model file {path}.", path=path)
    try:
        return run_child(request, limits, is_cancelled)
    except ChildCancelledError as error:
        raise LoadCancelledError("Loading {name} was cancelled.", name=path.name) from error
    except ChildTooSlowError as error:
        raise ModelTooSlowError(
            "{name} was not loaded: trying it took longer than {seconds} seconds.",
            name=path.name,
            seconds=round(limits.timeout_s),
        ) from error
    except ChildTooLargeError as error:
        raise ModelTooLargeError(
            "{name} was not loaded: it takes far more memory than its size explains. The file may be damaged.",
            name=path.name,
        ) from error
    except ChildDiedError as error:
        raise _crashed(path) from error
    except OSError as error:
        raise ModelLoadError(
            "{name} could not be tried: {reason}.", name=path.name, reason=error.strerror or str(error)
        ) from error


def _crashed(path: Path) -> ModelLoadError:
    return ModelLoadError(
        "{name} makes the engine crash, so it was not loaded. The file may be damaged: download it again, "
        "or choose another model.",
        name=path.name,
    )


def _absolute(path: Path) -> str:
    return str(path.expanduser().absolute())


def _small(params: LoadParams) -> dict[str, Any]:
    n_ctx = min(params.n_ctx or _TRIAL_N_CTX, _TRIAL_N_CTX)
    n_batch = min(params.n_batch, _TRIAL_N_CTX)
    return asdict(replace(params, n_ctx=n_ctx, n_batch=n_batch, n_ubatch=min(params.n_ubatch, n_batch)))
