"""The verbs of the command line that need the services alone; each is imported when it is asked for."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_llm.cli.terminal import Terminal
    from desktop_llm.services import Services


def run_command(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Do what `arguments.verb` says; returns the exit status. Raises AppError."""
    match arguments.verb:
        case "chat":
            from desktop_llm.cli.chat import chat as command
        case "hardware":
            from desktop_llm.cli.hardware import hardware as command
        case "plan":
            from desktop_llm.cli.plan import plan as command
        case "recommend":
            from desktop_llm.cli.recommend import recommend_models as command
        case "accuracy":
            from desktop_llm.cli.accuracy import accuracy as command
        case "models":
            command = _run_models
        case "serve":
            from desktop_llm.cli.serve import serve as command
        case "keys":
            from desktop_llm.cli.keys import run as command
        case "monitor" | "tokens" | "bench":
            command = _run_lab
        case verb:
            raise ValueError(f"the verb {verb} has no command")
    return command(services, arguments, terminal)


def _run_lab(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """The verbs that look inside: what a tokenizer does, what the machine does, how fast a model is."""
    if arguments.verb == "monitor":
        from desktop_llm.cli.monitor import monitor as command
    elif arguments.verb == "bench":
        from desktop_llm.cli.bench import bench as command
    else:
        from desktop_llm.cli.tokens import tokens as command
    return command(services, arguments, terminal)


def _run_models(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """The same for `arguments.models_verb`."""
    match arguments.models_verb:
        case "search":
            from desktop_llm.cli.hub import search as command
        case "show":
            from desktop_llm.cli.hub import show as command
        case "pull":
            from desktop_llm.cli.pull import pull as command
        case "import":
            from desktop_llm.cli.models_import import import_models as command
        case "find":
            from desktop_llm.cli.models_import import find as command
        case "bundle":
            from desktop_llm.cli.models_bundle import bundle as command
        case _:
            from desktop_llm.cli.models_library import run as command
    return command(services, arguments, terminal)
