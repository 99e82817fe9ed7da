"""A desktop in a test: a session bus of its own, and a small service that takes notifications."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SERVICE = Path(__file__).with_name("notification_service.py")
TIMEOUT_S = 10.0


class Desktop:
    """A bus, and what its notification service was sent."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._told: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def was_told(self) -> bool:
        """Whether there is a notification that was not looked at yet."""
        return not self._told.empty()

    def told(self) -> dict[str, Any]:
        """The next notification."""
        return self._told.get(timeout=TIMEOUT_S)

    def click(self, number: int) -> None:
        """As the user would."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """End the service."""
        self._process.terminate()
        self._process.communicate()
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._told.put(json.loads(line))


@contextmanager
def session_bus() -> Iterator[str]:
    """The address of a session bus of our own."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@contextmanager
def desktop_on(bus: str, *options: str) -> Iterator[Desktop]:
    """A service on the bus."""
    pipe = subprocess.PIPE
    command = [sys.executable, str(SERVICE), bus, *options]
    desktop = Desktop(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True))
    try:
        assert desktop.told() == {"ready": True}
        yield desktop
    finally:
        desktop.close()
