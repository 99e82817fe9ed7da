"""`desktop-llm monitor`: what this computer is doing, one line a second, until Ctrl+C."""

from __future__ import annotations

import json
import queue
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from desktop_llm.cli.monitor_words import line_of, missing_words
from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import UsageError
from desktop_llm.hardware.monitor.record import as_record
from desktop_llm.hardware.monitor.sample import ResourceSample
from desktop_llm.services import Services

_LEAST_INTERVAL_S: Final = 0.1
_NO_MODEL: Final = "No model is loaded in this process: what the window or a server computes is in their own figures."


def monitor(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print until it was enough; returns the exit status. Raises UsageError."""
    if arguments.interval < _LEAST_INTERVAL_S:
        raise UsageError("The interval is {least} seconds at least.", least=_LEAST_INTERVAL_S)
    if arguments.count is not None and arguments.count < 1:
        raise UsageError("The count is 1 at least.")
    samples: queue.SimpleQueue[ResourceSample] = queue.SimpleQueue()
    services.monitor.on_sample(samples.put)
    services.monitor.start(period_s=arguments.interval)
    try:
        for number, sample in enumerate(_whole(samples), start=1):
            _show(sample, arguments, terminal, is_first=number == 1)
            if number == arguments.count:
                break
    except KeyboardInterrupt:
        pass
    terminal.clear_status()
    return 0


def _whole(samples: queue.SimpleQueue[ResourceSample]) -> Iterator[ResourceSample]:
    """Without the first one, which has no speeds yet."""
    samples.get()
    while True:
        yield samples.get()


def _show(sample: ResourceSample, arguments: Namespace, terminal: Terminal, *, is_first: bool) -> None:
    if arguments.json:
        terminal.write(json.dumps(as_record(sample), ensure_ascii=False) + "\n")
        return
    if is_first:
        for note in _notes(sample):
            terminal.note(note)
    line = f"{datetime.fromtimestamp(sample.at).astimezone():%H:%M:%S}  {line_of(sample)}"
    if arguments.count is None and sys.stdout.isatty() and sys.stderr.isatty():
        terminal.status(line[: shutil.get_terminal_size().columns - 1])
    else:
        terminal.write(line + "\n")


def _notes(sample: ResourceSample) -> Iterator[str]:
    if not sample.engines:
        yield _NO_MODEL
    if sample.missing:
        yield f"This computer does not tell: {missing_words(sample.missing)}."
