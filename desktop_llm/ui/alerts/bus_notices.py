"""BusNotices: notifications by the desktop's own service, org.freedesktop.Notifications, over D-Bus.

QtDBus cannot say what this service insists on (it sends Python's numbers as signed, the first must be unsigned), so
jeepney speaks it: pure Python, there with keyring on Linux. Specification: Desktop Notifications 1.3.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

logger = logging.getLogger(__name__)

_NAME: Final = "org.freedesktop.Notifications"
_PATH: Final = "/org/freedesktop/Notifications"
_APP: Final = "desktop-llm"
_NORMAL: Final = 1
#: As long as the desktop likes.
_ITS_OWN_TIME: Final = -1
_ANSWER_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notification says. A newer one of the same `topic` takes the place of the one before."""

    topic: str
    title: str
    body: str
    button: str = ""


class BusNotices:
    """A thread of its own, begun with the first notice, which hears clicks from then on. Any thread may call."""

    def __init__(
        self, shown: Callable[[Notice, bool], None], clicked: Callable[[], None], address: str = "SESSION"
    ) -> None:
        """`shown` hears whether the desktop took a notice, `clicked` that one was clicked; both on that thread."""
        self._shown, self._clicked, self._address = shown, clicked, address
        self._lock = threading.Lock()
        self._wanted: queue.SimpleQueue[Notice | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._wake: Callable[[], None] | None = None

    def show(self, notice: Notice) -> None:
        """Ask the desktop to show it; at once."""
        self._wanted.put(notice)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
                self._thread.start()
            elif self._wake is not None:
                self._wake()

    def close(self) -> None:
        """End the thread."""
        with self._lock:
            thread = self._thread
            self._wanted.put(None)
            if self._wake is not None:
                self._wake()
        if thread is not None:
            thread.join(_ANSWER_S)

    # the notices' thread

    def _run(self) -> None:
        talk: _Talk | None = None
        try:
            talk = _Talk(self._address, self._shown, self._clicked)
            with self._lock:
                self._wake = talk.wake
            self._converse(talk)
        except Exception as error:  # noqa: BLE001  no bus, or one that went: the window shows what is left
            logger.debug("the desktop's notifications cannot be reached: %s", type(error).__name__)
        finally:
            with self._lock:
                self._thread = self._wake = None
            left = talk.close() if talk is not None else []
            while not self._wanted.empty():
                notice = self._wanted.get()
                left += [notice] if notice is not None else []
            for each in left:
                self._shown(each, False)

    def _converse(self, talk: _Talk) -> None:
        while True:
            while not self._wanted.empty():
                notice = self._wanted.get()
                if notice is None:
                    return
                talk.send(notice)
            talk.listen()


class _Talk:
    """One connection. `wake` may be called by any thread, all else by the notices' thread."""

    def __init__(self, address: str, shown: Callable[[Notice, bool], None], clicked: Callable[[], None]) -> None:
        from jeepney import DBusAddress, MatchRule, message_bus
        from jeepney.io.threading import open_dbus_connection

        self._shown, self._clicked = shown, clicked
        self._service = DBusAddress(_PATH, bus_name=_NAME, interface=_NAME)
        self._serials = count(1000)
        self._asked: dict[int, tuple[Notice, float]] = {}
        self._ids: dict[str, int] = {}
        self._connection = open_dbus_connection(address)
        rule = MatchRule(type="signal", interface=_NAME, member="ActionInvoked")
        self._connection.send(message_bus.AddMatch(rule), serial=next(self._serials))

    def wake(self) -> None:
        """Let `listen` return."""
        self._connection.interrupt()

    def send(self, notice: Notice) -> None:
        """Ask for a notification."""
        from jeepney import new_method_call

        actions = ["default", notice.button] if notice.button else []
        hints = {"urgency": ("y", _NORMAL), "desktop-entry": ("s", _APP)}
        replaced = self._ids.get(notice.topic, 0)
        body = ("Desktop LLM", replaced, _APP, notice.title, notice.body, actions, hints, _ITS_OWN_TIME)
        serial = next(self._serials)
        self._asked[serial] = notice, time.monotonic()
        self._connection.send(new_method_call(self._service, "Notify", "susssasa{sv}i", body), serial=serial)

    def listen(self) -> None:
        """Wait for one message, or to be woken; an answer that does not come is a refusal."""
        from jeepney.io.threading import ReceiveStopped

        try:
            message = self._connection.receive(timeout=_ANSWER_S if self._asked else None)
        except ReceiveStopped:
            self._connection.reset_interrupt()
        except TimeoutError:
            pass
        else:
            self._take(message)
        late = [serial for serial, (_, at) in self._asked.items() if time.monotonic() - at > _ANSWER_S]
        for serial in late:
            self._shown(self._asked.pop(serial)[0], False)

    def close(self) -> list[Notice]:
        """Returns what was not answered."""
        self._connection.close()
        return [notice for notice, _ in self._asked.values()]

    def _take(self, message: Any) -> None:
        from jeepney import HeaderFields, MessageType

        kind, fields = message.header.message_type, message.header.fields
        if kind is MessageType.signal:
            if fields.get(HeaderFields.member) == "ActionInvoked" and message.body[0] in self._ids.values():
                self._clicked()
            return
        notice, _ = self._asked.pop(fields.get(HeaderFields.reply_serial, -1), (None, 0.0))
        if notice is None:
            return
        is_shown = kind is MessageType.method_return
        if is_shown:
            self._ids[notice.topic] = message.body[0]
        self._shown(notice, is_shown)
