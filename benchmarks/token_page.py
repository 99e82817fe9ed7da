"""How smooth the Tokens page is with a megabyte of text, and how soon an edit is counted.

    python -m benchmarks.token_page [--tokenizer NAME] [--json FILE]

A real window, offscreen, with the tokenizer that ships with the app. A timer of 4 ms measures the gaps between its own
beats while a megabyte is pasted and counted, while the pieces are scrolled from end to end, and while somebody types in
the middle of it: 4 is ideal, and what is more is time in which nothing else could happen. Times are in ms, by two
clocks: the wall's, and that of the CPU time of the window's thread; a gap that is long by the first alone was spent
waiting for other processes. `edit` is the time from a key to the new count, in a text of 100 kB and in the megabyte.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QMimeData, QTimer
from PySide6.QtTest import QTest

from benchmarks.streaming_view import Heartbeat, Rows, spread
from benchmarks.tokens import document
from desktop_llm.models.library.library import STARTER
from desktop_llm.paths import find_paths
from desktop_llm.services import build_services
from desktop_llm.ui.run import make_application
from desktop_llm.ui.tokens.text_tab import TextTab
from desktop_llm.ui.tokens.token_page import TokenPage
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.theme import ThemeChoice

SIZE = (1264, 820)
N_EDITS = 60
N_SCROLLS = 300
EVERY_MS = 16
TIMEOUT_S = 120.0


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", default=STARTER)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    text = document()
    with tempfile.TemporaryDirectory() as home:
        os.environ["DESKTOP_LLM_HOME"] = home
        application = make_application()
        with build_services(find_paths()) as services:
            services.settings.set("tokenizer", arguments.tokenizer)
            page = TokenPage(services, Appearance(application, ThemeChoice.LIGHT))
            page.resize(*SIZE)
            page.show()
            results = measure(page.text_tab, text)
            page.close()
            page.deleteLater()
            _settle()
    for name, rows in results.items():
        print(f"{name:24}", *(f"{clock} {row}" for clock, row in rows.items()))
    if arguments.json:
        arguments.json.write_text(json.dumps({"tokenizer": arguments.tokenizer, **results}, indent=1))
    return 0


def measure(tab: TextTab, text: str) -> dict[str, Rows]:
    """Every figure, by name."""
    _wait(lambda: tab.counted.is_settled)
    pasted = QMimeData()
    pasted.setText(text)
    results = {"paste 1 MB": _during(lambda: tab.editor.insertFromMimeData(pasted), lambda: _is_ready(tab))}
    results["analysis and hints"] = _during(lambda: None, lambda: tab.answers.is_at_rest)
    results["scroll 1 MB"] = _scroll(tab)
    results["type in 1 MB"], edits = _type(tab)
    results["edit in 1 MB"] = edits
    tab.set_text(text[:100_000])
    _wait(lambda: _is_ready(tab))
    results["type in 100 kB"], edits = _type(tab)
    results["edit in 100 kB"] = edits
    return results


def _is_ready(tab: TextTab) -> bool:
    return tab.counted.is_settled and not tab.editor.is_loading


def _during(act: Callable[[], None], is_done: Callable[[], bool]) -> Rows:
    heart = Heartbeat()
    act()
    _wait(is_done)
    return heart.stop()


def _scroll(tab: TextTab) -> Rows:
    bar = tab.view.verticalScrollBar()
    heart, step = Heartbeat(), 0
    loop = QEventLoop()

    def scroll() -> None:
        nonlocal step
        step += 1
        if step % 3:  # most scrolling is by some rows, some of it by far
            bar.setValue(bar.value() + 72)
        else:
            bar.setValue(bar.maximum() * step // N_SCROLLS)
        if step == N_SCROLLS:
            loop.quit()

    timer = QTimer(interval=EVERY_MS)
    timer.timeout.connect(scroll)
    timer.start()
    loop.exec()
    timer.stop()
    return heart.stop()


def _type(tab: TextTab) -> tuple[Rows, Rows]:
    """Keys in the middle of the text: the gaps meanwhile, and from each key to the count."""
    middle = tab.counted.desk.text.n_units // 2
    tab.editor.select_units(middle, middle)
    tab.editor.setFocus()
    _settle()
    heart, took, cpu = Heartbeat(), [], []
    for count in range(N_EDITS):
        started, began = time.perf_counter(), time.thread_time()
        QTest.keyClicks(tab.editor, "ab cd e"[count % 7])
        _wait(lambda: tab.counted.is_settled)
        took.append((time.perf_counter() - started) * 1000)
        cpu.append((time.thread_time() - began) * 1000)
        _settle(40)
    return heart.stop(), {"wall": spread(took), "cpu": spread(cpu)}


def _wait(is_done: Callable[[], bool]) -> None:
    loop, started = QEventLoop(), time.perf_counter()
    while not is_done():
        loop.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 2)
        if time.perf_counter() - started > TIMEOUT_S:
            raise TimeoutError


def _settle(duration_ms: int = 100) -> None:
    loop = QEventLoop()
    QTimer.singleShot(duration_ms, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
