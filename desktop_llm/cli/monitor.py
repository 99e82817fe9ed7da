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

from desktop_llm.cli.alert_words import alert_sentence
from desktop_llm.cli.finding_words import sentence
from desktop_llm.cli.monitor_words import line_of, missing_words
from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import UsageError
from desktop_llm.hardware.monitor.alerts import Alert
from desktop_llm.hardware.monitor.findings import Finding, FindingKind
from desktop_llm.hardware.monitor.record import alert_record, as_record, finding_record
from desktop_llm.hardware.monitor.sample import ResourceSample
from desktop_llm.services import Services

_LEAST_INTERVAL_S: Final = 0.1
_LOOK_S: Final = 0.2
_NO_MODEL: Final = "No model is loaded in this process: what the window or a server computes is in their own figures."


def monitor(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print until it was enough; returns the exit status. Raises UsageError."""
    if arguments.interval < _LEAST_INTERVAL_S:
        raise UsageError("The interval is {least} seconds at least.", least=_LEAST_INTERVAL_S)
    if arguments.count is not None and arguments.count < 1:
        raise UsageError("The count is 1 at least.")
    samples: queue.SimpleQueue[ResourceSample] = queue.SimpleQueue()
    alerts: queue.SimpleQueue[Alert] = queue.SimpleQueue()
    services.monitor.alerts.on_alert(alerts.put)
    services.monitor.on_sample(samples.put)
    services.monitor.start(period_s=arguments.interval)
    try:
        told: frozenset[FindingKind] = frozenset()
        for number, sample in enumerate(_whole(samples), start=1):
            findings = services.monitor.findings()
            if number == 1 and not arguments.json:
                _greet(sample, terminal)
            _show(sample, (findings, services.monitor.alerts.alerts), arguments, terminal)
            if not arguments.json:
                told = _explain(findings, told, terminal)
                _tell(alerts, terminal)
            if number == arguments.count:
                break
    except KeyboardInterrupt:
        pass
    terminal.clear_status()
    return 0


def _whole(samples: queue.SimpleQueue[ResourceSample]) -> Iterator[ResourceSample]:
    """Without the first one, which has no speeds yet."""
    is_first = True
    while True:
        try:
            sample = samples.get(timeout=_LOOK_S)
        except queue.Empty:
            continue  # Windows hears Ctrl+C only between two waits
        if not is_first:
            yield sample
        is_first = False


def _show(
    sample: ResourceSample,
    said: tuple[tuple[Finding, ...], tuple[Alert, ...]],
    arguments: Namespace,
    terminal: Terminal,
) -> None:
    """One line; `said` are findings and alerts, which only JSON has in it."""
    if arguments.json:
        findings, alerts = said
        record = as_record(sample) | {"findings": [finding_record(finding) for finding in findings]}
        record["alerts"] = [alert_record(alert) for alert in alerts]
        terminal.write(json.dumps(record, ensure_ascii=False) + "\n")
        return
    line = f"{datetime.fromtimestamp(sample.at).astimezone():%H:%M:%S}  {line_of(sample)}"
    if arguments.count is None and sys.stdout.isatty() and sys.stderr.isatty():
        terminal.status(line[: shutil.get_terminal_size().columns - 1])
    else:
        terminal.write(line + "\n")


def _explain(findings: tuple[Finding, ...], told: frozenset[FindingKind], terminal: Terminal) -> frozenset[FindingKind]:
    """Say what is new, once while it lasts; returns what is said by now."""
    for finding in findings:
        if finding.kind not in told:
            terminal.note(sentence(finding))
    return frozenset(finding.kind for finding in findings)


def _tell(alerts: queue.SimpleQueue[Alert], terminal: Terminal) -> None:
    """What the settings want to be notified of, once each, outside quiet hours."""
    while not alerts.empty():
        terminal.note(alert_sentence(alerts.get()))


def _greet(sample: ResourceSample, terminal: Terminal) -> None:
    if not sample.engines:
        terminal.note(_NO_MODEL)
    if sample.missing:
        terminal.note(f"This computer does not tell: {missing_words(sample.missing)}.")
