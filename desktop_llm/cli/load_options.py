"""How a model is to be loaded, as typed on a command line: the same options for every verb that loads or plans."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from typing import Any

from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.errors import UsageError


def add_load_options(parser: ArgumentParser, *, with_parallel: bool = True) -> None:
    """Declare them; what is not given stays as the settings say."""
    parser.add_argument("--context", type=int, metavar="N", help="tokens of context; 0 is the most that suits")
    if with_parallel:
        parser.add_argument("--parallel", type=int, metavar="N", help="conversations at the same time")
    parser.add_argument("--kv-type", metavar="T", help="number format of the KV cache: f16, q8_0, …")
    parser.add_argument("--gpu-layers", type=int, metavar="N", help="layers on the GPU; -1 is all that fit")


def load_wish(params: LoadParams, arguments: Namespace) -> LoadParams:
    """The settings' params with what was typed. Raises UsageError."""
    given: dict[str, Any] = {"n_ctx": arguments.context, "n_seq_max": getattr(arguments, "parallel", None)}
    given |= {"n_gpu_layers": arguments.gpu_layers}
    if arguments.kv_type is not None:
        if arguments.kv_type not in list(CacheType):
            raise UsageError("--kv-type must be one of {known}.", known=", ".join(CacheType))
        given |= {"cache_type_k": arguments.kv_type, "cache_type_v": arguments.kv_type}
    try:
        return replace(params, **{name: value for name, value in given.items() if value is not None})
    except ValueError as error:
        raise UsageError("{reason}", reason=str(error)) from error
