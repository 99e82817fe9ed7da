"""main(): read the command line, build the services, open a face."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from desktop_llm.cli.display import require_window
from desktop_llm.cli.terminal import Terminal, use_utf8
from desktop_llm.errors import AppError, UsageError

if TYPE_CHECKING:
    from argparse import Namespace

    from desktop_llm.services import Services

#: The hidden verbs of the throw-away child processes (engine/trial.py, hardware/child.py).
TRIAL_VERB = "_trial"
HARDWARE_VERB = "_hardware"

_INTERRUPTED = 130  # what shells expect of a program ended by Ctrl+C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the app; returns the exit status: 0, 1 for a failure, 2 for a wrong command line."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] in ([TRIAL_VERB], [HARDWARE_VERB]):
        return _serve_parent(given[0])
    use_utf8()
    level = logging.getLevelNamesMapping().get(os.environ.get("DESKTOP_LLM_LOG", "").upper(), logging.ERROR)
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    terminal = Terminal(sys.stdout, sys.stderr)
    try:
        return _run(given, terminal)
    except UsageError as error:
        terminal.fail(str(error))
        return 2
    except AppError as error:
        terminal.fail(str(error))
        return 1
    except KeyboardInterrupt:
        terminal.clear_status()
        return _INTERRUPTED
    except BrokenPipeError:
        return 1  # the reader of a pipe went away, as `| head` does


def _serve_parent(verb: str) -> int:
    """Be a throw-away child: do the one thing that the program which started this one asks."""
    if verb == HARDWARE_VERB:
        from desktop_llm.hardware import child

        return child.child_main()
    from desktop_llm.engine import trial

    return trial.child_main()


def _run(given: list[str], terminal: Terminal) -> int:
    if not given:
        return _open_window(None, offline=False)
    from desktop_llm.cli.arguments import parse  # the window opens without it

    arguments = parse(given)
    if arguments.verb in (None, "window"):
        return _open_window(arguments.file if arguments.verb == "window" else None, offline=arguments.offline)
    from desktop_llm.cli.commands import run_command
    from desktop_llm.paths import find_paths
    from desktop_llm.services import build_services

    with build_services(find_paths(), offline=arguments.offline) as services:
        if arguments.verb == "self-test":
            return _self_test(services, arguments, terminal)
        return run_command(services, arguments, terminal)


def _self_test(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    from desktop_llm.cli.self_test import self_test

    passed = self_test(services, terminal)
    if passed and arguments.window:
        require_window(os.environ)
        from desktop_llm.ui.self_test import run_window_self_test

        passed = run_window_self_test(services)
    return 0 if passed else 1


def _open_window(model_file: str | None, *, offline: bool) -> int:
    require_window(os.environ)
    gc.disable()  # until the window is filled: collecting among its imports finds nothing and takes time
    from desktop_llm.ui.run import run_window

    return run_window(model_file, offline=offline)
