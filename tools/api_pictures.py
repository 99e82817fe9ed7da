"""Pictures of the page of the local API: off, on, with keys, in use."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_llm.services import Services
    from desktop_llm.ui.desk import Desk

Take = Callable[..., None]
Wait = Callable[[Callable[[], bool]], None]

_BODY = {"model": "starter", "stream": True, "messages": [{"role": "user", "content": "Tell a long story."}]}


class ApiPictures:
    """Walks the page through its states; the server is a real one, and so is the program that asks it."""

    def __init__(self, desk: Desk, services: Services, take: Take, wait: Wait) -> None:
        self._desk, self._services, self._take, self._wait = desk, services, take, wait

    def take(self) -> None:
        """Every state, one after the other; it is off again afterwards."""
        from desktop_llm.ui.api.api_page import ApiPage
        from desktop_llm.ui.pages import API

        self._desk.content.show_page(API)
        page = self._desk.content.pages.currentWidget()
        assert isinstance(page, ApiPage)
        watch = self._desk.outside.api
        self._wait(lambda: watch.keys is not None)
        self._take("api-off")
        page.switch.box.click()
        self._wait(lambda: watch.serving is not None)
        self._make_keys(page)
        secret = page.keys.shown.field.text()
        self._take("api-key")
        page.keys.shown.put_away()
        client = threading.Thread(target=_ask, args=(f"{page.switch.address.text()}/v1/chat/completions", secret))
        client.start()
        self._wait(lambda: bool(page.live.rows))
        self._take("api")
        self._take_below(page)
        for row in page.live.rows.values():
            row.end_button.click()
        client.join()
        page.switch.box.click()
        self._wait(lambda: watch.serving is None and not watch.is_switching)
        kept = self._services.api_keys.keys()
        for key in kept:
            self._services.api_keys.revoke(key.name)

    def _make_keys(self, page: QWidget) -> None:
        from desktop_llm.ui.api.api_page import ApiPage

        assert isinstance(page, ApiPage)
        for count, name in enumerate(("mail-add-in", "editor"), start=1):
            page.keys.name_field.setText(name)
            page.keys.make_button.click()
            self._wait(lambda count=count: len(page.keys.rows) == count)  # type: ignore[misc]

    def _take_below(self, page: QWidget) -> None:
        from desktop_llm.ui.api.api_page import ApiPage

        assert isinstance(page, ApiPage)
        bar = page.area.verticalScrollBar()
        step = page.area.viewport().height() - 48
        for count in range(1, 4):
            bar.setValue(step * count)
            self._take(f"api-below-{count}")
        bar.setValue(0)


def _ask(url: str, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(_BODY).encode(), headers)  # noqa: S310  our own server
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            answer.read()
    except (OSError, HTTPException):
        pass  # it was disconnected
