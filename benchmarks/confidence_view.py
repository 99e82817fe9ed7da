"""How smoothly a reply of 4,000 tokens scrolls with a heat map below it, and without one in the same run.

    python -m benchmarks.confidence_view [--tokens 4000] [--json FILE]

Frames are scrolled by 48 pixels, down and up again; a frame of 60 a second has 16.7 ms. Also how long it takes
from switching the map on until all in view is painted, and the longest of the frames meanwhile; and how long the
places of the tokens take to be found. Then the same reply streams at 200 tokens a second with its map: a timer of
4 ms measures the gaps (4 is ideal). Times are in ms, by the wall's clock and by this thread's CPU time.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.streaming_view import Rows, Stopwatch, close, mixed_markdown, shown, stream
from desktop_llm.chat.reply_record import ReplyRecord
from desktop_llm.chat.token_spans import token_spans
from desktop_llm.engine.events import Token
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.replies.parser import TextStyle
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.token_record import TokenRecord
from desktop_llm.ui.confidence.heat_map import HeatMap, heat_look
from desktop_llm.ui.transcript import MessageItem, Transcript
from desktop_llm.ui.widgets.theme import LIGHT

STEP = 48
FOLLOW_MS = 250
FRAME_MS = 1000 / 60


def recorded(n_tokens: int) -> tuple[str, ReplyRecord]:
    """A formatted reply, and its tokens of four characters with probabilities of all levels."""
    dice, text = random.Random(5), mixed_markdown(n_tokens)
    record = ReplyRecord(ChatPrompt(()), SamplingParams(), TextStyle(), "Model")
    for start in range(0, len(text), 4):
        record.tokens.add(Token(1, text[start : start + 4].encode(), "", -dice.expovariate(0.5)))
    return text, record


def scroll(view: Transcript) -> Rows:
    """Frame times from the top to the bottom and back."""
    bar = view.verticalScrollBar()
    bar.setValue(0)
    settle(view)
    watch = Stopwatch()
    for step in (STEP, -STEP):
        while bar.value() != (bar.maximum() if step > 0 else 0):
            bar.setValue(bar.value() + step)
            QApplication.processEvents()
            watch.lap()
    return watch.stop()


def settle(view: Transcript) -> None:
    """Wait until nothing waits to be read or painted."""
    end = time.monotonic() + 30
    QApplication.processEvents()
    while view.is_busy and time.monotonic() < end:
        QApplication.processEvents()


def switch_on(view: Transcript, heat: HeatMap) -> tuple[float, Rows]:
    """Time until the map is below all that is seen, and of the rounds meanwhile."""
    started, watch = time.perf_counter(), Stopwatch()
    view.heats.set_layer("a", heat)
    QApplication.processEvents()
    while view.is_busy:
        watch.lap()
        QApplication.processEvents()
    watch.lap()
    watch.lap()
    return round((time.perf_counter() - started) * 1000, 1), watch.stop()


def stream_heated(text: str, record: ReplyRecord) -> Rows:
    """Gaps while a reply streams at 200 tokens a second and its map follows, as in the window."""
    view, heat, shown_text = shown(Transcript(LIGHT)), HeatMap(heat_look(LIGHT)), ""
    tokens = TokenRecord()
    view.set_items([MessageItem("a", Role.ASSISTANT, "", "Model", is_streaming=True)])
    view.heats.set_layer("a", heat)

    def add(piece: str) -> None:
        nonlocal shown_text
        shown_text += piece
        view.append_text("a", piece)

    def follow() -> None:
        while len(tokens) < len(shown_text) // 4:
            tokens.add(record.tokens.token(len(tokens)))
        spans = token_spans(record, tokens, Message(Role.ASSISTANT, shown_text))
        heat.set_tokens(shown_text, spans.said, tokens.known_logprobs())
        view.heats.refresh("a")

    clock = QTimer(interval=FOLLOW_MS)
    clock.timeout.connect(follow)
    clock.start()
    gaps = stream(text, add)
    clock.stop()
    close(view)
    return gaps


def main() -> int:
    """Measure, print a table, and write JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--tokens", type=int, default=4000)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    application = QApplication([])
    text, record = recorded(options.tokens)
    started = time.thread_time()
    spans = token_spans(record, record.tokens, Message(Role.ASSISTANT, text))
    heat = HeatMap(heat_look(LIGHT))
    heat.set_tokens(text, spans.said, record.tokens.known_logprobs())
    found_ms = round((time.thread_time() - started) * 1000, 1)
    view = shown(Transcript(LIGHT))
    view.set_items([MessageItem("a", Role.ASSISTANT, text, "Model")])
    settle(view)
    plain = scroll(view)
    on_ms, rounds = switch_on(view, heat)
    heated = scroll(view)
    heated_again = scroll(view)
    close(view)
    rows = {"without": plain, "with, first time": heated, "with": heated_again, "switching on": rounds}
    rows["streaming with (gap)"] = stream_heated(text, record)
    for name, row in rows.items():
        print(
            f"{name:20}"
            + "".join(f"{k} {row[k]['p50']:6.1f} {row[k]['p99']:6.1f} {row[k]['max']:6.1f}  " for k in ("wall", "cpu"))
        )
    share = round(heated_again["cpu"]["p99"] / FRAME_MS, 2)
    print(f"places of {len(record.tokens)} tokens in {found_ms} ms, map in {on_ms} ms; p99 frame: {share} of 16.7 ms")
    figures = {"tokens": len(record.tokens), "places_ms": found_ms, "switch_on_ms": on_ms, "frames_ms": rows}
    print(json.dumps(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
