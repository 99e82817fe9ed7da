"""What the monitor costs: processor time of its thread over a minute, with the starter model at rest and at work.

Usage: python -m benchmarks.monitor [seconds] [--trace FILE]

Prints a table and one line of JSON. With --trace the samples are kept as a trace for the tests: the model reads a long
prompt and writes replies meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

SECONDS = 60.0
BUDGET = 0.01
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
    given = parser.parse_args()
    main(given.seconds, given.trace)
