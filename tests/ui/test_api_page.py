"""The page of the local API: a real server, real keys in a file, a real client."""

from __future__ import annotations

import json
import shlex
import socket
import threading
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any

import openai
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_llm.server.config import ServerConfig, TlsFiles
from desktop_llm.services import Services
from desktop_llm.ui.api.api_page import ApiPage
from desktop_llm.ui.api.examples import EXAMPLES, MASK, example
from desktop_llm.ui.api.guide_dialog import GuideDialog
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.pages import API, CHAT
from tests.ui.conftest import REPLY, TIMEOUT_MS, Script, banner_texts

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def port(services: Services) -> int:
    """A free one, in the settings."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    services.settings.set("server_port", number)
    return number


@pytest.fixture
def page(qtbot: QtBot, port: int, desk: Desk) -> ApiPage:
    """The page, shown, with its keys read."""
    desk.content.show_page(API)
    page = desk.content.pages.widget(API)
    assert isinstance(page, ApiPage)
    qtbot.waitUntil(lambda: desk.outside.api.keys is not None, timeout=TIMEOUT_MS)
    return page


def switch_on(qtbot: QtBot, desk: Desk, page: ApiPage) -> str:
    """Returns the address."""
    page.switch.box.click()
    qtbot.waitUntil(lambda: desk.outside.api.serving is not None, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: not desk.outside.api.is_switching, timeout=TIMEOUT_MS)
    return page.switch.address.text()


def make_key(qtbot: QtBot, page: ApiPage, name: str) -> str:
    """Returns the key as it is shown."""
    page.keys.name_field.setText(name)
    page.keys.make_button.click()
    name = "-".join(name.split())
    qtbot.waitUntil(lambda: name in [row.key.name for row in page.keys.rows], timeout=TIMEOUT_MS)
    return page.keys.shown.field.text()


CLOSED_S = 5.0


class Client(threading.Thread):
    """A program that asks, beside the window."""

    def __init__(self, url: str, key: str, body: dict[str, Any] | None = None) -> None:
        super().__init__(name="client")
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers)
        self.status = 0
        self.text = ""
        self.is_broken = False
        self.start()

    def run(self) -> None:
        """One request."""
        try:
            with urllib.request.urlopen(self._request, timeout=TIMEOUT_MS / 1000) as answer:
                self.status = answer.status
                self.text = answer.read().decode()
        except urllib.error.HTTPError as error:
            self.status = error.code
        except (OSError, HTTPException):
            self.is_broken = True


def asked(qtbot: QtBot, url: str, key: str, body: dict[str, Any] | None = None) -> Client:
    """The client, once it has its answer; the window goes on meanwhile."""
    client = Client(url, key, body)
    qtbot.waitUntil(lambda: not client.is_alive(), timeout=TIMEOUT_MS)
    return client


HELLO = {"messages": [{"role": "user", "content": "Hello"}]}


def test_nothing_listens_until_it_is_switched_on_and_then_the_windows_model_answers(
    qtbot: QtBot, desk: Desk, page: ApiPage, services: Services, port: int
) -> None:
    assert asked(qtbot, f"http://127.0.0.1:{port}/health", "").is_broken
    key = make_key(qtbot, page, "editor")
    address = switch_on(qtbot, desk, page)
    assert address == f"http://127.0.0.1:{port}"
    answer = asked(qtbot, f"{address}/v1/chat/completions", key, {"model": "starter", **HELLO})
    assert answer.status == 200
    assert json.loads(answer.text)["choices"][0]["message"]["content"] == REPLY
    assert services.settings.flag("server_enabled")
    page.switch.box.click()
    qtbot.waitUntil(lambda: desk.outside.api.serving is None, timeout=TIMEOUT_MS)
    assert asked(qtbot, f"{address}/health", "").is_broken
    assert not services.settings.flag("server_enabled")


def test_a_key_is_shown_once_and_opens_nothing_once_it_is_revoked(qtbot: QtBot, desk: Desk, page: ApiPage) -> None:
    address = switch_on(qtbot, desk, page)
    key = make_key(qtbot, page, "mail add-in")
    assert [row.key.name for row in page.keys.rows] == ["mail-add-in"]
    page.keys.shown.copy_button.click()
    assert QApplication.clipboard().text() == key
    page.keys.shown.done_button.click()
    assert page.keys.shown.field.text() == ""
    assert asked(qtbot, f"{address}/v1/models", key).status == 200
    page.keys.rows[0].revoke_button.click()
    question = page.keys.question
    assert question is not None and "mail-add-in" in question.text()
    next(each for each in question.buttons() if each.text() == "Revoke").click()
    qtbot.waitUntil(lambda: not page.keys.rows, timeout=TIMEOUT_MS)
    assert asked(qtbot, f"{address}/v1/models", key).status == 401


def test_the_switch_keeps_the_keyboards_focus(qtbot: QtBot, desk: Desk, page: ApiPage) -> None:
    page.switch.box.setFocus()
    switch_on(qtbot, desk, page)
    assert desk.frame.focusWidget() is page.switch.box


def test_a_name_that_is_taken_is_refused_in_one_sentence(qtbot: QtBot, page: ApiPage) -> None:
    make_key(qtbot, page, "editor")
    page.keys.name_field.setText("editor")
    page.keys.make_button.click()
    qtbot.waitUntil(lambda: bool(page.banners.banners()), timeout=TIMEOUT_MS)
    assert page.banners.banners()[0].label.text().startswith("There is a key named editor already.")


def test_who_uses_it_is_seen_while_it_lasts_and_can_be_disconnected(
    qtbot: QtBot, desk: Desk, page: ApiPage, script: Script
) -> None:
    address = switch_on(qtbot, desk, page)
    key = make_key(qtbot, page, "editor")
    script.may_speak.clear()
    client = Client(f"{address}/v1/chat/completions", key, {"model": "starter", "stream": True, **HELLO})
    qtbot.waitUntil(lambda: bool(page.live.rows), timeout=TIMEOUT_MS)
    (row,) = page.live.rows.values()
    qtbot.waitUntil(lambda: "starter" in row.words.whole_text, timeout=TIMEOUT_MS)
    assert row.client.text() == "editor"
    qtbot.waitUntil(lambda: "1 token" in row.words.whole_text, timeout=TIMEOUT_MS)
    line = desk.content.side_bar.api_line
    qtbot.waitUntil(lambda: line.isVisible() and "1" in line.words.whole_text, timeout=TIMEOUT_MS)
    row.end_button.click()
    script.open()
    qtbot.waitUntil(lambda: not client.is_alive() and not page.live.rows, timeout=TIMEOUT_MS)
    assert REPLY not in client.text


def test_the_window_closes_at_once_while_a_program_reads_a_reply(
    qtbot: QtBot, desk: Desk, page: ApiPage, script: Script, services: Services
) -> None:
    address = switch_on(qtbot, desk, page)
    key = make_key(qtbot, page, "editor")
    script.may_speak.clear()
    client = Client(f"{address}/v1/chat/completions", key, {"model": "starter", "stream": True, **HELLO})
    qtbot.waitUntil(lambda: bool(page.live.rows), timeout=TIMEOUT_MS)
    began = time.monotonic()
    desk.close()
    services.server.stop()
    client.join(TIMEOUT_MS / 1000)
    assert time.monotonic() - began < CLOSED_S
    assert not client.is_alive()
    assert REPLY not in client.text


def test_a_port_that_is_taken_is_said_at_the_switch_and_it_is_off(
    qtbot: QtBot, desk: Desk, page: ApiPage, port: int
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        page.switch.box.click()
        qtbot.waitUntil(lambda: desk.outside.api.problem is not None, timeout=TIMEOUT_MS)
    assert f"Port {port}" in page.switch.words.text()
    assert not page.switch.box.isChecked()


def test_it_starts_with_the_window_where_it_was_on(qtbot: QtBot, services: Services, port: int, opened: Desk) -> None:
    services.settings.set("server_enabled", True)
    opened.outside.api.start_if_wanted()
    qtbot.waitUntil(lambda: opened.outside.api.serving is not None, timeout=TIMEOUT_MS)
    assert opened.content.side_bar.api_line.isVisible()


def test_what_the_window_knows_of_it_and_what_it_shows_change_together(
    services: Services, qtbot: QtBot, port: int, opened: Desk
) -> None:
    services.server.start(services.server_config(), services.api_keys)
    assert opened.outside.api.serving is None  # the window was not told yet
    qtbot.waitUntil(lambda: opened.outside.api.serving is not None, timeout=TIMEOUT_MS)
    assert opened.content.side_bar.api_line.isVisible()


def test_a_start_that_fails_is_said_beside_the_conversation(
    qtbot: QtBot, services: Services, port: int, opened: Desk
) -> None:
    services.settings.set("server_enabled", True)
    opened.content.show_page(CHAT)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        opened.outside.api.start_if_wanted()
        qtbot.waitUntil(lambda: opened.outside.api.problem is not None, timeout=TIMEOUT_MS)
    assert any("Port" in text for text in banner_texts(opened.content.chat_page))


def test_changed_settings_wait_for_the_next_start_or_are_taken_over_now(
    qtbot: QtBot, desk: Desk, page: ApiPage, services: Services
) -> None:
    switch_on(qtbot, desk, page)
    assert page.settings.changed_note.isHidden()
    page.settings.fields["server_origins"].take("https://app.example")
    assert services.settings.text("server_origins") == "https://app.example"
    assert not page.settings.changed_note.isHidden()
    page.settings.apply_button.click()
    qtbot.waitUntil(lambda: not desk.outside.api.is_switching, timeout=TIMEOUT_MS)
    serving = desk.outside.api.serving
    assert serving is not None and serving.config.origins == ("https://app.example",)
    assert page.settings.changed_note.isHidden()


def test_other_computers_are_served_with_encryption_only(page: ApiPage, services: Services) -> None:
    page.settings.host.set_value("0.0.0.0")
    assert services.settings.flag("server_tls")


def test_what_is_typed_wrong_is_not_kept(page: ApiPage, services: Services) -> None:
    page.settings.fields["server_origins"].take("app.example/page")
    page.settings.fields["server_hosts"].take("not a_name!")
    page.settings.fields["server_certificate"].take("/no/such/file.pem")
    for name in ("server_origins", "server_hosts", "server_certificate"):
        assert services.settings.text(name) == ""


def test_that_changes_wait_is_seen_wherever_the_page_is_scrolled_to(qtbot: QtBot, desk: Desk, page: ApiPage) -> None:
    switch_on(qtbot, desk, page)
    bar = page.area.verticalScrollBar()
    bar.setValue(bar.maximum())
    page.settings.fields["server_hosts"].take("office")
    qtbot.waitUntil(lambda: not page.settings.apply_button.visibleRegion().isEmpty(), timeout=TIMEOUT_MS)


def test_an_example_names_the_port_of_the_settings_before_it_is_on(page: ApiPage, port: int) -> None:
    assert f"127.0.0.1:{port}" in page.examples.text.toPlainText()


def test_every_setting_of_the_api_has_a_control(page: ApiPage, services: Services) -> None:
    assert {*page.controls} == {setting.name for setting in services.settings.declared if setting.place == "api"}


def test_the_guide_is_the_one_that_is_documented(desk: Desk, page: ApiPage) -> None:
    page.help_button.click()
    dialog = desk.content.findChild(GuideDialog)
    assert dialog is not None
    dialog.reject()


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_example_holds_a_key_and_each_trusts_the_certificate(name: str, services: Services) -> None:
    folder = services.paths.models
    config = ServerConfig(port=1234, tls=TlsFiles(folder / "a certificate.pem", folder / "key.pem"))
    text = example(name, config, "starter")
    assert MASK in text and "https://127.0.0.1:1234" in text
    assert "a certificate.pem" in text


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_go_over_the_unix_socket_where_there_is_one(name: str) -> None:
    text = example(name, ServerConfig(socket_path=Path("/tmp/a b/it's.sock")), 'a "model"')
    assert "http://localhost" in text
    if name == "curl":
        words = shlex.split(text)
        assert words[words.index("--unix-socket") + 1] == "/tmp/a b/it's.sock"
        assert json.loads(words[-1])["model"] == 'a "model"'
    else:
        assert '"/tmp/a b/it\'s.sock"' in text
        assert r'"a \"model\""' in text
    if name.startswith("Python"):
        compile(text, name, "exec")
    if name == "Python (openai)":  # whose package takes another's transport, and fails at the first request
        assert f"from {openai.DefaultHttpxClient.__mro__[2].__module__.partition('.')[0]} import HTTPTransport" in text
