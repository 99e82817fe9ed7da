"""The window chats while another program uses its model over the local API: real model, real port, real client."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
from openai import OpenAI
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_llm.paths import find_paths
from desktop_llm.server.access.key_file import KeyFile
from desktop_llm.server.access.keys import ApiKeys
from desktop_llm.services import build_services
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.run import make_application, make_frame

pytestmark = [pytest.mark.model, pytest.mark.gui]
WAIT_MS = 60_000
N_ASKED = 3


class Program(threading.Thread):
    """Asks for one city after the other, streamed."""

    def __init__(self, address: str, key: str) -> None:
        super().__init__(name="program")
        self._address, self._key = address, key
        self.is_under_way = threading.Event()
        self.answers: list[str] = []

    def run(self) -> None:
        """All questions, over one connection."""
        with OpenAI(base_url=f"{self._address}/v1", api_key=self._key, max_retries=0, timeout=60) as client:
            for _ in range(N_ASKED):
                self.answers.append(self._ask(client, "Name the capital of Italy."))

    def _ask(self, client: OpenAI, question: str) -> str:
        parts = []
        with client.chat.completions.create(
            model="starter",
            messages=[{"role": "user", "content": question}],
            temperature=0,
            max_tokens=24,
            stream=True,
        ) as stream:
            for chunk in stream:
                self.is_under_way.set()
                parts.append(chunk.choices[0].delta.content or "")
        return "".join(parts)


def test_a_program_and_the_window_are_answered_by_the_same_model_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    keys = ApiKeys(KeyFile(tmp_path / "keys"))
    with build_services(find_paths()) as services:
        for name, value in {"max_tokens": 24, "temperature": 0.0, "server_port": port}.items():
            services.settings.set(name, value)
        frame = make_frame(services.settings)
        frame.show()
        qtbot.waitUntil(lambda: frame.is_painted, timeout=WAIT_MS)
        desk = Desk(make_application(), services, frame)
        try:
            desk.open()
            qtbot.waitUntil(lambda: desk.loader.current is not None, timeout=WAIT_MS)
            serving = services.server.start(services.server_config(), keys)
            program = Program(serving.address, keys.create("editor"))
            program.start()
            page = desk.content.chat_page
            QTest.keyClicks(page.composer.field, "Name the capital of France.")
            qtbot.waitUntil(program.is_under_way.is_set, timeout=WAIT_MS)
            page.composer.send_button.click()
            qtbot.waitUntil(lambda: page.session.is_replying, timeout=WAIT_MS)
            was_shared = program.is_alive()
            qtbot.waitUntil(lambda: not page.session.is_replying and not program.is_alive(), timeout=WAIT_MS)
            said = page.conversation.path()[-1].message.text
            n_models = len(services.pool.residents())
        finally:
            desk.close()
    assert was_shared
    assert "Paris" in said
    assert len(program.answers) == N_ASKED
    assert all("Rome" in answer for answer in program.answers)
    assert n_models == 1
