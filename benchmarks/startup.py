"""How long the window takes to its first picture, against a bare PySide6 window.

Usage: python -m benchmarks.startup [runs]

All start in processes of their own, one after the other in turns, so that whatever else the
machine does meets them alike. `ours` is the window's first picture (its frame, in place and
colours), `filled` the moment its content is built and takes keys. Prints a table and one line of
JSON; the ratio is of the medians of `ours` and `bare`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 15
BUDGET = 1.3
ROOT = Path(__file__).resolve().parents[1]

_SETTINGS = 'theme = "light"\nload_at_start = true\nwindow_geometry = ""\n'

_BARE = """
import os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

class Page(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, done)

def done():
    os.write(1, b"painted")
    os._exit(0)

application = QApplication(sys.argv[:1])
window = QMainWindow()
window.setCentralWidget(Page())
window.resize(1180, 780)
window.show()
application.exec()
"""

_OURS = """
import gc, os
from contextlib import ExitStack
import desktop_llm.app
gc.disable()  # as app.py does
from desktop_llm.paths import find_paths
from desktop_llm.ui.run import Opening, make_application

def done():
    os.write(1, b"painted")
    os._exit(0)

application = make_application()
with ExitStack() as stack:
    opening = Opening(application, find_paths(), stack)
    opening.{moment}.connect(done)
    application.exec()
"""


def main(runs: int = RUNS) -> dict[str, float]:
    """Measure both and print what came out. Seconds, from the start of the process to the first picture."""
    programs = {
        "bare": _BARE,
        "ours": _OURS.replace("{moment}", "frame.first_painted"),
        "filled": _OURS.replace("{moment}", "filled"),
    }
    with tempfile.TemporaryDirectory() as home:
        Path(home, "settings.toml").write_text(_SETTINGS)  # not the first start: there is a file to read
        environment = os.environ | {"DESKTOP_LLM_HOME": home, "PYTHONPATH": str(ROOT)}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        turns = [[_time_to_picture(program, environment) for program in programs.values()] for _ in range(runs + 1)]
    measured = zip(*turns[1:], strict=True)  # the first turn fills the disk's cache
    times = dict(zip(programs, measured, strict=True))
    medians = {name: statistics.median(values) for name, values in times.items()}
    ratio = medians["ours"] / medians["bare"]
    for name, values in times.items():
        print(f"{name:6} median {medians[name] * 1000:6.0f} ms   fastest {min(values) * 1000:6.0f} ms")
    print(f"ratio  {ratio:.2f}  (budget {BUDGET})")
    result = {"bare_s": medians["bare"], "ours_s": medians["ours"], "filled_s": medians["filled"], "ratio": ratio}
    print(json.dumps({"benchmark": "startup", **result}))
    return result


def _time_to_picture(program: str, environment: dict[str, str]) -> float:
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        said = process.stdout.read(7)
        elapsed = time.perf_counter() - start
    if said != b"painted":
        raise RuntimeError("the window was not painted")
    return elapsed


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
