"""How long the window stands still while a reply streams into it.

    python benchmarks/streaming_view.py [--seconds 20] [--json FILE]

Streams mixed Markdown at 200 tokens a second, in ticks of 16 ms, into the transcript, and then the
same into `QTextDocument.setMarkdown(whole text)` in the same run. A timer of 4 ms measures the gaps
between its own beats: 4 is ideal, and what is more is time in which nothing else could happen. Also
opens and scrolls a conversation of 1,000 messages, and streams one word of 1 MB. Times are in ms, by
two clocks: the wall's, and that of the CPU time the window's thread took meanwhile. A gap that is long
by the first alone was spent waiting for other processes. `gc` is Python's longest collection in it.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QTextBrowser, QWidget

from desktop_llm.engine.messages import Role
from desktop_llm.ui.transcript import MessageItem, Transcript
from desktop_llm.ui.widgets.theme import LIGHT

TOKENS_PER_S = 200
TICK_MS = 16
BEAT_MS = 4
CHARACTERS_PER_TOKEN = 4

Row = dict[str, float]
Rows = dict[str, Row]
T = TypeVar("T", bound=QWidget)


class Stopwatch:
    """Measures stretches by the wall's clock and by this thread's CPU time, in ms."""

    def __init__(self) -> None:
        self._walls: list[float] = []
        self._cpus: list[float] = []
        self._collections: list[float] = [0.0]
        self._collecting = 0.0
        self.start()
        gc.callbacks.append(self._on_collection)

    def start(self) -> None:
        """Begin a stretch."""
        self._wall, self._cpu = time.perf_counter(), time.thread_time()

    def lap(self) -> None:
        """End a stretch and begin the next."""
        wall, cpu = self._wall, self._cpu
        self.start()
        self._walls.append((self._wall - wall) * 1000)
        self._cpus.append((self._cpu - cpu) * 1000)

    def stop(self) -> Rows:
        """End; the distributions by both clocks, and the longest collection."""
        gc.callbacks.remove(self._on_collection)
        return {"wall": spread(self._walls), "cpu": spread(self._cpus), "gc": {"max": round(max(self._collections), 1)}}

    def _on_collection(self, phase: str, _details: dict[str, int]) -> None:
        if phase == "start":
            self._collecting = time.thread_time()
        else:
            self._collections.append((time.thread_time() - self._collecting) * 1000)


class Heartbeat(QObject):
    """Beats every 4 ms and measures from beat to beat."""

    def __init__(self) -> None:
        super().__init__()
        self._watch = Stopwatch()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._watch.lap)
        self._timer.start()

    def stop(self) -> Rows:
        """End; the gaps' distributions."""
        self._timer.stop()
        return self._watch.stop()


def spread(values: list[float]) -> Row:
    """The median, the 99th percentile and the largest of values in ms."""
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1), "max": round(max(values), 1), "n": len(values)}


def mixed_markdown(n_tokens: int) -> str:
    """Prose, lists, code, tables and quotes of about this many tokens of 4 characters, the same each time."""
    dice = random.Random(7)
    words = "the engine reads a **model** from `disk` and answers with one *token* after another in [order](https://example.org)".split()

    def prose(n: int) -> str:
        return " ".join(dice.choices(words, k=n)) + "."

    makers: list[Callable[[], str]] = [
        lambda: f"## {prose(4)}",
        lambda: prose(80),
        lambda: "\n".join(f"{n}. {prose(12)}\n   - {prose(8)}" for n in range(1, 9)),
        lambda: "```python\n" + "\n".join(_code_line(dice, n) for n in range(40)) + "\n```",
        lambda: "| a | b | c |\n|---|--:|:-:|\n" + "\n".join(f"| {prose(3)} | {n} | `x{n}` |" for n in range(30)),
        lambda: "> " + prose(40),
        lambda: "- [x] " + prose(6) + "\n- [ ] " + prose(6),
    ]
    text = ""
    while len(text) < n_tokens * CHARACTERS_PER_TOKEN:
        text += "\n\n".join(maker() for maker in makers) + "\n\n"
    return text[: n_tokens * CHARACTERS_PER_TOKEN]


def _code_line(dice: random.Random, number: int) -> str:
    name = dice.choice(["total", "value", "row", "path"])
    return f'    {name}_{number} = compute("{name}", {number}) if {name} is not None else {number}  # step {number}'


def stream(text: str, add: Callable[[str], None]) -> Rows:
    """Give a text to `add` as a model would, and measure the gaps meanwhile."""
    loop, heart, started = QEventLoop(), Heartbeat(), time.perf_counter()
    given = 0

    def tick() -> None:
        nonlocal given
        goal = min(int((time.perf_counter() - started) * TOKENS_PER_S) * CHARACTERS_PER_TOKEN, len(text))
        if goal > given:
            add(text[given:goal])
            given = goal
        if given == len(text):
            loop.quit()

    timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start()
    loop.exec()
    timer.stop()
    return heart.stop()


def stream_into_transcript(text: str) -> Rows:
    """Gaps while the text streams into the transcript."""
    view = shown(Transcript(LIGHT))
    view.set_items(
        [MessageItem("q", Role.USER, "Question"), MessageItem("a", Role.ASSISTANT, "", "Model", is_streaming=True)]
    )
    row = stream(text, lambda piece: view.append_text("a", piece))
    close(view)
    return row


def stream_into_browser(text: str) -> Rows:
    """Gaps while the whole text is set again with each tick."""
    view = shown(QTextBrowser())
    whole = ""

    def add(piece: str) -> None:
        nonlocal whole
        whole += piece
        view.document().setMarkdown(whole)
        view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())

    row = stream(text, add)
    close(view)
    return row


def stream_one_word(n_characters: int) -> Rows:
    """Gaps while one unbroken word streams in, in 100 pieces."""
    view = shown(Transcript(LIGHT))
    view.set_items([MessageItem("a", Role.ASSISTANT, "", "Model", is_streaming=True)])
    loop, heart = QEventLoop(), Heartbeat()
    pieces = iter(["x" * (n_characters // 100)] * 100)

    def tick() -> None:
        if piece := next(pieces, ""):
            view.append_text("a", piece)
        elif not view.is_busy:
            loop.quit()

    timer = QTimer(interval=TICK_MS)
    timer.timeout.connect(tick)
    timer.start()
    loop.exec()
    row = heart.stop()
    close(view)
    return row


def open_and_scroll(n_messages: int) -> tuple[float, Rows]:
    """The time until a long conversation is shown, and of each frame while it is scrolled by 240 pixels."""
    body = mixed_markdown(250)
    items = [
        MessageItem(str(n), Role.ASSISTANT if n % 2 else Role.USER, body if n % 2 else f"Question {n}?", "Model")
        for n in range(n_messages)
    ]
    view = shown(Transcript(LIGHT))
    started = time.perf_counter()
    view.set_items(items)
    view.repaint()
    QApplication.processEvents()
    opened = (time.perf_counter() - started) * 1000
    bar, watch = view.verticalScrollBar(), Stopwatch()
    for _ in range(600):
        bar.setValue(bar.value() - 240)
        QApplication.processEvents()
        watch.lap()
    rows = watch.stop()
    close(view)
    return round(opened, 1), rows


def shown(view: T) -> T:
    """A view on the screen."""
    view.resize(900, 800)
    view.show()
    QApplication.processEvents()
    return view


def close(view: QWidget) -> None:
    """Close a view for good."""
    view.close()
    view.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def print_table(rows: dict[str, Rows]) -> None:
    """One line a measurement."""
    clocks, columns = ("wall", "cpu"), ("p50", "p99", "max")
    titles = "".join(f"{clock + ' ' + column:>10}" for clock in clocks for column in columns)
    print(f"{'ms':34}{titles}{'gc max':>10}")
    for name, row in rows.items():
        figures = "".join(f"{row[clock][column]:10.1f}" for clock in clocks for column in columns)
        print(f"{name:34}{figures}{row['gc']['max']:10.1f}")


def main() -> int:
    """Measure, print a table, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=50.0, help="length of each stream (50 is 10,000 tokens)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    application = QApplication([])
    text = mixed_markdown(round(options.seconds * TOKENS_PER_S))
    opened, scrolled = open_and_scroll(1_000)
    rows = {
        "transcript": stream_into_transcript(text),
        "setMarkdown of the whole text": stream_into_browser(text),
        "one word of 1 MB": stream_one_word(1_000_000),
        "scrolling 1,000 messages (frame)": scrolled,
    }
    print_table(rows)
    print(f"{'opening 1,000 messages':34}{opened:8.1f}")
    figures = {"characters": len(text), "opening_1000_messages_ms": opened, "gaps_ms": rows}
    print(json.dumps(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
