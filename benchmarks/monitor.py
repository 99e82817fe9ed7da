"""What the monitor costs: processor time of its thread over a minute, with the starter model at rest and at work.

Usage: python -m benchmarks.monitor [seconds] [--window] [--trace FILE]

Prints a table and one line of JSON. With --window the real window is open (offscreen), and what its thread takes is
measured too: with the monitor's page never opened, hidden behind another, and shown with ten minutes in its charts.
With --trace the samples are kept as a trace for the tests: the model reads a long prompt and writes replies meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil

SECONDS = 60.0
BUDGET = 0.01
_TIMEOUT_S = 120.0
_PROMPT = "The archive holds the minutes of every meeting since the harbour was built. " * 110


def main(seconds: float = SECONDS, trace: Path | None = None) -> dict[str, float]:
    """Measure both; fractions of one core."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["DESKTOP_LLM_HOME"] = home
        from desktop_llm.paths import find_paths
        from desktop_llm.services import Services, build_services

        with build_services(find_paths(), offline=True) as services:
            assert isinstance(services, Services)
            services.load_model(services.model_to_start_with()).result()
            services.monitor.start()
            idle = _cost(services.monitor, seconds)
            with _at_work(services.engine):
                busy = _cost(services.monitor, seconds)
            if trace is not None:
                _keep(services.monitor.seconds()[-60:], trace)
    result = {"idle": idle, "busy": busy, "n_processes": float(len(psutil.pids())), "cores": float(os.cpu_count() or 1)}
    print(f"at rest {idle:8.3%} of one core")
    print(f"at work {busy:8.3%} of one core  (budget {BUDGET:.0%})")
    print(json.dumps({"benchmark": "monitor", **result}))
    return result


def in_window(seconds: float = SECONDS) -> dict[str, float]:
    """Processor time of the monitor's thread and of the window's, as shares of one core."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        os.environ["DESKTOP_LLM_HOME"] = home
        from desktop_llm.paths import find_paths
        from desktop_llm.services import build_services
        from desktop_llm.ui.desk import Desk
        from desktop_llm.ui.pages import CHAT, MONITOR
        from desktop_llm.ui.run import make_application, make_frame

        application = make_application()
        services = stack.enter_context(build_services(find_paths(), offline=True))
        frame = make_frame(services.settings)
        frame.resize(1440, 900)
        frame.show()
        desk = Desk(application, services, frame)
        stack.callback(desk.close)
        desk.open()
        _wait(lambda: desk.content.machine.seen is not None)
        _fill(services.monitor)
        result = {f"never_opened_{name}": value for name, value in _window_cost(services.monitor, seconds).items()}
        desk.content.show_page(MONITOR)
        watch = _PaintWatch(desk.content.pages.page(MONITOR))
        desk.content.show_page(CHAT)
        _wait(lambda: desk.loader.current is not None)
        watch.n_paints = 0
        result |= {f"hidden_{name}": value for name, value in _window_cost(services.monitor, seconds).items()}
        result["hidden_paints"] = float(watch.n_paints)
        desk.content.show_page(MONITOR)
        result |= {f"shown_{name}": value for name, value in _window_cost(services.monitor, seconds).items()}
        result["shown_paints_per_s"] = (watch.n_paints - result["hidden_paints"]) / seconds
    for name, value in result.items():
        print(f"{name:28} {value:8.3f}" if "paints" in name else f"{name:28} {value:8.3%} of one core")
    print(json.dumps({"benchmark": "monitor_window", **result}))
    return result


def _window_cost(monitor: Any, seconds: float) -> dict[str, float]:
    _run(2.0)  # let what was begun come to rest
    begun, looking, window = time.perf_counter(), monitor.thread_s, time.thread_time()
    _run(seconds)
    passed = time.perf_counter() - begun
    looking, window = (monitor.thread_s - looking) / passed, (time.thread_time() - window) / passed
    return {"looking": looking, "window": window, "both": looking + window}


def _run(seconds: float) -> None:
    """The window's own loop, for so long; waiting in a test's way would cost more than the window."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _fill(monitor: Any) -> None:
    """Ten minutes of history, as after ten minutes: the newest sample, told of earlier seconds."""
    from dataclasses import replace

    newest = monitor.latest
    history = monitor._history  # noqa: SLF001  a benchmark waits for no ten minutes
    for second in range(600, 0, -1):
        history.add(replace(newest, at=newest.at - second))


def _wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _TIMEOUT_S
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("the window did not come to rest")
        _run(0.02)


class _PaintWatch:
    """Counts how often anything of a page is painted."""

    def __init__(self, page: Any) -> None:
        from PySide6.QtCore import QEvent, QObject
        from PySide6.QtWidgets import QWidget

        self.n_paints = 0
        watch = self

        class Filter(QObject):
            def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
                watch.n_paints += event.type() == QEvent.Type.Paint
                return False

        self._filter = Filter()
        for widget in (page, *page.findChildren(QWidget)):
            widget.installEventFilter(self._filter)


def _cost(monitor: Any, seconds: float) -> float:
    """Its thread's processor time as a share of the time that passed."""
    begun, before = time.perf_counter(), monitor.thread_s
    time.sleep(seconds)
    return float(monitor.thread_s - before) / (time.perf_counter() - begun)


@contextmanager
def _at_work(engine: Any) -> Iterator[None]:
    """Replies, one after the other, each to a long prompt of its own."""
    from desktop_llm.engine.messages import ChatPrompt, Message, Role
    from desktop_llm.engine.sampling import SamplingParams

    end = threading.Event()

    def write() -> None:
        number = 0
        while not end.is_set():
            number += 1
            prompt = ChatPrompt((Message(Role.USER, f"{number}. {_PROMPT}"),))
            stream = engine.submit(prompt, SamplingParams(max_tokens=200))
            for _ in stream:
                if end.is_set():
                    stream.close()
                    break

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def _keep(samples: tuple[Any, ...], file: Path) -> None:
    from desktop_llm.hardware.monitor.record import as_record

    about = "Recorded by python -m benchmarks.monitor: the starter model, a long prompt, two shared cores."
    lines = ",\n".join(json.dumps(_rounded(as_record(sample))) for sample in samples)
    file.write_text(
        f'{{"about": {json.dumps(about)}, "is_written": false, "samples": [\n{lines}\n]}}\n', encoding="utf8"
    )


def _rounded(value: Any) -> Any:
    """Six digits are more than a sensor has; a trace is read by people, too."""
    if isinstance(value, float):
        return float(f"{value:.6g}") if abs(value) < 1e8 else value
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("seconds", nargs="?", type=float, default=SECONDS)
    parser.add_argument("--trace", type=Path)
    parser.add_argument("--window", action="store_true")
    given = parser.parse_args()
    if given.window:
        in_window(given.seconds)
    else:
        main(given.seconds, given.trace)
