"""How smooth the window stays while tokenizers are compared and prompts are looked through, and how long that takes.

    python -m benchmarks.compare_view [--json FILE]

A real Compare tab counts a megabyte under six tokenizers; a real Prompt tab shows a conversation of 400 messages, about
36,000 tokens, and its difference under another model's template. `seconds` is from the wish to the picture; the gaps
are those of a timer of 4 ms in the window's thread, in ms, by the wall's clock and by the thread's CPU time.
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
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QWidget

from benchmarks.streaming_view import Heartbeat
from benchmarks.tokens import document
from desktop_llm.chat.conversation import Conversation, ReplyFacts
from desktop_llm.engine.messages import Message, Role
from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services
from desktop_llm.ui.compare.compare_tab import CompareTab
from desktop_llm.ui.compare.controls import RATIO
from desktop_llm.ui.prompt.prompt_tab import DIFFERENCE, PromptTab
from desktop_llm.ui.run import make_application
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.theme import ThemeChoice

SIZE = (1264, 820)
SIX = "starter, phi-3, qwen2, gpt-2, cl100k_base, o200k_base"
N_MESSAGES = 400
TIMEOUT_S = 240.0


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["DESKTOP_LLM_HOME"] = home
        application = make_application()
        with build_services(find_paths()) as services:
            services.settings.set("compared_tokenizers", SIX)
            results = measure(services, Appearance(application, ThemeChoice.LIGHT))
    for name, row in results.items():
        print(f"{name:24}", *(f"{key} {value}" for key, value in row.items()))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1))
    return 0


def measure(services: Services, appearance: Appearance) -> dict[str, dict[str, Any]]:
    """Every figure, by name."""
    text = document()
    tab = CompareTab(services, appearance, lambda: text)
    counts = _during(lambda: _show(tab), lambda: tab.comparison is not None and tab.bar.isHidden())
    results = {"1 MB under six": counts}
    results["18 languages"] = _during(
        lambda: tab.controls.basis.set_value(RATIO), lambda: len(tab.table.figures.rows) > 6 and tab.bar.isHidden()
    )
    tab.close()
    prompt = PromptTab(services, appearance)
    prompt.show_conversation(_conversation(services))
    results["prompt"] = _during(lambda: _show(prompt), lambda: prompt.sight is not None and not prompt.waiting.text())
    assert prompt.sight is not None
    results["prompt"]["tokens"] = prompt.sight.seen.n_tokens
    results["difference"] = _during(
        lambda: prompt.view_box.set_value(DIFFERENCE), lambda: prompt.stack.currentIndex() == 1
    )
    prompt.close()
    return results


def _conversation(services: Services) -> Conversation:
    conversation, parent = services.new_conversation(), None
    for number in range(N_MESSAGES):
        role = Role.ASSISTANT if number % 2 else Role.USER
        words = f"Paragraph {number} of a conversation that goes on for long. " * 6
        parent = conversation.add(parent, Message(role, words), ReplyFacts()).id
    return conversation


def _show(tab: QWidget) -> None:
    tab.resize(*SIZE)
    tab.show()


def _during(act: Callable[[], None], is_done: Callable[[], bool]) -> dict[str, Any]:
    heart, started = Heartbeat(), time.perf_counter()
    act()
    loop = QEventLoop()
    while not is_done():
        loop.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 2)
        if time.perf_counter() - started > TIMEOUT_S:
            raise TimeoutError
    seconds = round(time.perf_counter() - started, 2)
    return {"seconds": seconds, **heart.stop()}


if __name__ == "__main__":
    sys.exit(main())
