"""Render every page and state of the window to PNG files, with the real starter model on imagined computers.

Usage: python -m tools.screenshots [--all FOLDER]

Without arguments the pictures of the README are written to docs/screenshots/. With --all every
state is written to FOLDER in light and dark, English and Spanish, at 100 % and 150 %, at 900 x 600
and 1,440 x 900. Each scale runs in a process of its own, since Qt reads it once.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_llm.hardware.machine import Hardware
    from desktop_llm.services import Services
    from desktop_llm.ui.desk import Desk
    from desktop_llm.ui.models.models_page import ModelsPage
    from tools.stage import Stage

ROOT = Path(__file__).resolve().parents[1]
README_FOLDER = ROOT / "docs" / "screenshots"
README_PICTURES = (
    "api-light-en",
    "api-dark-es",
    "bench-result-light-en",
    "confidence-token-light-en",
    "conversation-light-en",
    "conversation-dark-en",
    "downloads-light-en",
    "downloads-dark-es",
    "first-start-light-es",
    "first-start-dark-en",
    "formatting-light-en",
    "formatting-dark-en",
    "load-gives-up-light-en",
    "models-light-en",
    "ledger-light-en",
    "monitor-light-en",
    "monitor-dark-es",
    "models-dark-es",
    "tokens-light-en",
    "settings-light-en",
    "settings-dark-es",
)
SIZES = ((900, 600), (1440, 900))
SCALES = ("1", "1.5")
TIMEOUT_S = 240.0
LAYOUT_ROUNDS = 8

#: A reply with everything that can be shown, for the states that are about looks and not about the model.
SAMPLE = '''Here is a small function and how its cases compare.

## The function

```python
def median(values: list[float]) -> float:
    """The middle of sorted values."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2  # the mean of both
```

## Its cases

| Values | Sorted | Median |
|:-------|:-------|-------:|
| 3, 1, 2 | 1, 2, 3 | 2 |
| 4, 1, 3, 2 | 1, 2, 3, 4 | 2.5 |

1. **Odd count**: the middle value.
2. **Even count**: the mean of the two middle values.

> An empty list has no median: `ordered[-1]` raises an `IndexError`.
'''


@dataclass(frozen=True, slots=True)
class Look:
    """One way to render everything."""

    theme: str
    language: str
    size: tuple[int, int]


def main() -> int:
    """Render here, or start one process a scale."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every state in every look")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        _render(arguments.all)
        return 0
    forwarded = ["--all", str(arguments.all.resolve())] if arguments.all else []
    for scale in SCALES if arguments.all else ("1.5",):
        with tempfile.TemporaryDirectory() as home:
            environment = os.environ | {"QT_SCALE_FACTOR": scale, "DESKTOP_LLM_HOME": home}
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
            command = [sys.executable, "-m", "tools.screenshots", "--here", *forwarded]
            subprocess.run(command, env=environment, cwd=ROOT, check=True)
    return 0


def _render(every: Path | None) -> None:
    if every is None:
        README_FOLDER.mkdir(parents=True, exist_ok=True)
        for theme in ("light", "dark"):
            for language in ("en", "es"):
                _render_look(Look(theme, language, (1180, 760)), README_FOLDER, f"-{theme}-{language}", README_PICTURES)
        return
    every.mkdir(parents=True, exist_ok=True)
    scale = os.environ.get("QT_SCALE_FACTOR", "1")
    for theme in ("light", "dark"):
        for language in ("en", "es"):
            for size in SIZES:
                suffix = f"-{theme}-{language}-{size[0]}-{scale}"
                _render_look(Look(theme, language, size), every, suffix, None)


def _render_look(look: Look, folder: Path, suffix: str, wanted: tuple[str, ...] | None) -> None:
    """Open the window in one look and save its states, all or those wanted."""
    from desktop_llm.paths import find_paths
    from desktop_llm.services import build_services
    from desktop_llm.ui.desk import Desk
    from desktop_llm.ui.run import make_application, make_frame
    from tools.stage import Stage

    application = make_application()
    with ExitStack() as stack:
        stage = Stage()
        stack.callback(stage.close)
        services = stage.set(stack.enter_context(build_services(find_paths())))
        for name, value in (("theme", look.theme), ("language", look.language), ("max_tokens", 120), ("seed", 7)):
            services.settings.set(name, value)
        frame = make_frame(services.settings)
        frame.resize(*look.size)
        frame.show()
        _wait(lambda: frame.is_painted)
        desk = Desk(application, services, frame)
        stack.callback(desk.close)
        camera = _Camera(desk, services, lambda name: folder / f"{name}{suffix}.png", wanted)
        camera.run()
        camera.take_models(stage)
        camera.take_hub()
        camera.take_tokens()
        camera.take_prompts()
        camera.take_confidence()
        camera.take_benchmark()
        camera.take_api()
        camera.take_monitor(stage)


class _Camera:
    """Walks the window through its states and takes their pictures."""

    def __init__(
        self, desk: Desk, services: Services, place: Callable[[str], Path], wanted: tuple[str, ...] | None
    ) -> None:
        self._desk, self._services = desk, services
        self._place, self._wanted = place, wanted
        self._page = desk.content.chat_page

    def run(self) -> None:
        """Every state but those of the models page, one after the other."""
        from desktop_llm.ui.pages import SETTINGS

        desk, page = self._desk, self._page
        desk.open()
        _wait(lambda: desk.loader.is_loading)
        self._take("loading")
        _wait(lambda: desk.loader.current is not None and not desk.loader.is_loading)
        _wait(lambda: desk.content.machine.seen is not None)
        self._take("first-start")
        self._take_streaming()
        self._show_sample()
        self._take("formatting")
        self._take_branches()
        self._take_popups()
        page.set_panel_visible(True)
        self._take("drawer")
        page.set_panel_visible(False)
        desk.content.open_model_file(ROOT / "README.md")
        _wait(lambda: not desk.loader.is_loading)
        desk.content.delete_conversation(page.conversation)
        self._take("banners")
        desk.content.show_page(SETTINGS)
        self._take("settings")
        area = desk.content.pages.currentWidget()
        if area is not None:
            area.area.verticalScrollBar().setValue(100_000)  # type: ignore[attr-defined]
        self._take("settings-below")

    def take_models(self, stage: Stage) -> None:
        """The models page on each imagined computer, and in its other states."""
        from desktop_llm.ui.models.models_page import ModelsPage
        from desktop_llm.ui.pages import MODELS
        from tools.bundle_pictures import BundlePictures
        from tools.load_pictures import Camera, LoadPictures, forged_models
        from tools.machines import MACHINES
        from tools.shelf_pictures import ShelfPictures

        self._desk.content.show_page(MODELS)
        page = self._desk.content.pages.currentWidget()
        assert isinstance(page, ModelsPage)
        for name, machine in MACHINES.items():
            self._look_at(stage, machine(), page)
            if name == "igpu-16gb":
                self._take("models")
            self._take_whole(f"models-{name}", page)
        page.show_disk()
        self._take("models-disk")
        page.area.verticalScrollBar().setValue(0)
        laptop = MACHINES["laptop-8gb"]()
        page.computer.speed_panel.measure_button.click()
        self._take("models-measuring")
        page.computer.speed_panel.cancel_button.click()
        self._look_at(stage, replace(laptop, measured=None), page)
        self._take("models-unmeasured")
        self._look_at(stage, replace(laptop, memory=replace(laptop.memory, available_bytes=2**28)), page)
        self._take_whole("models-nothing-fits", page)
        with forged_models(self._services.paths.models):
            LoadPictures(page, stage, Camera(self._take, _wait)).take()
        ShelfPictures(page, self._services, Camera(self._take, _wait)).take()
        BundlePictures(page, self._services, self._take, _wait).take()

    def take_hub(self) -> None:
        """Search, repository, downloads, ledger and network settings, on a hub of this computer's own."""
        from tools.hub_pictures import HubPictures

        HubPictures(self._desk, self._services, self._take, _wait).take()

    def take_tokens(self) -> None:
        """A text in pieces."""
        from tools.token_pictures import TokenPictures

        TokenPictures(self._desk, self._take, _wait).take()

    def take_prompts(self) -> None:
        """Tokenizers compared, and conversations as models see them."""
        from tools.prompt_pictures import PromptPictures

        PromptPictures(self._desk, self._services, self._take, _wait).take()

    def take_confidence(self) -> None:
        """How sure the model was of a reply."""
        from tools.confidence_pictures import ConfidencePictures

        ConfidencePictures(self._desk, self._services, self._take, _wait).take(SAMPLE)

    def take_monitor(self, stage: Stage) -> None:
        """The monitor's page on computers at work."""
        from tools.monitor_pictures import MonitorPictures

        MonitorPictures(self._desk, stage.player, self._take, _wait).take()

    def take_benchmark(self) -> None:
        """The monitor's second tab."""
        from tools.bench_pictures import BenchPictures

        BenchPictures(self._desk, self._services, self._take, _wait).take()

    def take_api(self) -> None:
        """The page of the local API."""
        from tools.api_pictures import ApiPictures

        ApiPictures(self._desk, self._services, self._take, _wait).take()

    def _look_at(self, stage: Stage, machine: Hardware, page: ModelsPage) -> None:
        stage.hardware = machine
        page.look_button.click()
        _wait(lambda: not self._desk.content.machine.is_looking)

    def _take_whole(self, name: str, page: ModelsPage) -> None:
        """The page's top, and one window's height further down."""
        bar = page.area.verticalScrollBar()
        bar.setValue(0)
        self._take(name)
        bar.setValue(page.area.viewport().height() - 48)
        self._take(f"{name}-below")
        bar.setValue(0)

    def _take(self, name: str, widget: QWidget | None = None) -> None:
        place = self._place(name)
        if self._wanted is not None and place.stem not in self._wanted:
            return
        for _ in range(LAYOUT_ROUNDS):  # nested layouts follow each other, one round each
            _settle(30)
        (widget or self._desk.frame).grab().save(str(place))

    def _take_streaming(self) -> None:
        page = self._page
        page.home.examples[0].click()
        _wait(lambda: page.session.is_replying)
        _wait(lambda: len(page.conversation.path()[-1].message.text) > 120 or not page.session.is_replying)
        self._take("streaming")
        _wait(lambda: not page.session.is_replying)
        self._take("conversation")

    def _show_sample(self) -> None:
        """A conversation with a written text in the place of a reply, labelled as an example, to show formatting."""
        from desktop_llm.chat.conversation import ReplyFacts
        from desktop_llm.engine.messages import Message, Role

        page = self._page
        facts = ReplyFacts(model_name="Example text", is_finished=True)
        conversation = self._services.new_conversation()
        question = conversation.add(
            None, Message(Role.USER, "Write a median function in Python and compare its cases.")
        )
        conversation.add(question.id, Message(Role.ASSISTANT, SAMPLE), facts)
        self._desk.content.conversation_list.read()
        self._desk.content.show_conversation(conversation)
        _settle(300)
        page.transcript.verticalScrollBar().setValue(0)

    def _take_branches(self) -> None:
        page = self._page
        page.edit()
        page.composer.set_text("Write a median function in Rust.\nExplain each step.")
        self._take("edit")
        page.composer.send_button.click()
        _wait(lambda: not page.session.is_replying)
        page.regenerate()
        _wait(lambda: not page.session.is_replying)
        page.transcript.setFocus()
        self._take("branches")

    def _take_popups(self) -> None:
        from desktop_llm.ui.widgets.dialogs import AboutDialog, LinkDialog, ShortcutsDialog

        page, content = self._page, self._desk.content
        page.picker.open_list()
        if page.picker.popup is not None:
            self._take("picker", page.picker.popup)
            page.picker.popup.close()
        for name, dialog in (
            ("shortcuts", ShortcutsDialog(content.menus, content)),
            ("about", AboutDialog(content)),
            ("link", LinkDialog("https://example.org/wiki/Median?action=view", "example.org", content)),
        ):
            dialog.show()
            self._take(name, dialog)
            dialog.close()
            dialog.deleteLater()


def _wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + TIMEOUT_S
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("the window did not come into the wanted state")
        _settle(5)


def _settle(milliseconds: int) -> None:
    from PySide6.QtTest import QTest

    QTest.qWait(milliseconds)


if __name__ == "__main__":
    sys.exit(main())
