"""What holds for every test: a temporary home, a shut network, no Qt screen, and nothing left behind."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

X11_PASS = os.environ.get("DESKTOP_LLM_TEST_X11") == "1"

# Set before anything is imported that reads them; child processes inherit them.
_HOME = tempfile.TemporaryDirectory(prefix="desktop-llm-tests-")
for _name, _folder in {
    "HOME": "home",
    "USERPROFILE": "home",
    "DESKTOP_LLM_HOME": "desktop-llm",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "runtime",
    "HF_HOME": "hf",
}.items():
    _path = Path(_HOME.name) / _folder
    _path.mkdir(mode=0o700, exist_ok=True)
    os.environ[_name] = str(_path)
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["GGML_NO_BACKTRACE"] = "1"
# Tests start some hundred processes: without kept bytecode each would compile the whole app again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
os.environ["LANGUAGE"] = os.environ["LC_ALL"] = "C.UTF-8"
os.environ["QT_QPA_PLATFORM"] = "xcb" if X11_PASS else "offscreen"
if not X11_PASS:
    os.environ.pop("DISPLAY", None)
    os.environ.pop("WAYLAND_DISPLAY", None)

# A busy machine is no bug: how long an example takes is not what property tests are about.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.register_profile("nightly", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("house")

# A shell starts what it runs in the background with Ctrl+C ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

_THREAD_GRACE_S = 5.0


class NetworkUsedError(AssertionError):
    """A test reached for the network."""


def _refuse_foreign_addresses(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        if not isinstance(address, tuple):
            return  # a Unix socket's path
        host = address[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if host not in {None, "", "localhost", "::1"} and not str(host).startswith("127."):
        raise NetworkUsedError(f"{event} to {host}: tests run without a network")


sys.addaudithook(_refuse_foreign_addresses)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `x11` run in their own pass, and only they do."""
    for item in list(items):
        if (item.get_closest_marker("x11") is not None) is not X11_PASS:
            items.remove(item)


def pytest_collection_finish() -> None:
    """What importing made stays: looking through it after every test took half of the run."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own, where the others' is shared."""
    monkeypatch.setenv("DESKTOP_LLM_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def starter_model() -> Path:
    """The built-in model's file. Setup puts it there, so that its absence is a failure and never a skip."""
    path = Path(__file__).parents[1] / "resources" / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert path.is_file(), f"{path} is missing: run `make test`, which fetches it"
    return path


class _Records(logging.Handler):
    """Keeps what was logged at WARNING or above, but what a test expects."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.unexpected: list[logging.LogRecord] = []
        self._expected: set[str] = set()

    def expect(self, name: str) -> None:
        self._expected.add(name)

    def emit(self, record: logging.LogRecord) -> None:
        if not any(record.name == name or record.name.startswith(f"{name}.") for name in self._expected):
            self.unexpected.append(record)


@pytest.fixture(autouse=True)
def _log_guard() -> Iterator[_Records]:
    handler = _Records()
    root = logging.getLogger()
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    messages = [f"{record.name}: {record.getMessage()}" for record in handler.unexpected]
    assert not messages, f"logged without being expected (see the fixture expect_log): {messages}"


@pytest.fixture
def expect_log(_log_guard: _Records, caplog: pytest.LogCaptureFixture) -> ExpectLog:
    """`expect_log("desktop_llm.engine")`: this logger may warn in this test. `caplog` holds what it said."""
    caplog.set_level(logging.WARNING)
    return ExpectLog(_log_guard)


class ExpectLog:
    """Allows one logger, and those below it, to warn."""

    def __init__(self, records: _Records) -> None:
        self._records = records

    def __call__(self, logger_name: str) -> None:
        """Allow it until the test ends."""
        self._records.expect(logger_name)


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _THREAD_GRACE_S
    for thread in _new_threads(before):
        thread.join(max(0.0, deadline - time.monotonic()))
    leaked = [thread.name for thread in _new_threads(before)]
    assert not leaked, f"threads outlived the test: {leaked}"


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()]


@pytest.fixture(autouse=True)
def _no_leaked_widgets(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    core = sys.modules.get("PySide6.QtWidgets")
    if "qapp" not in request.fixturenames or core is None or core.QApplication.instance() is None:
        return
    _settle(core.QApplication)
    widgets = [repr(widget) for widget in core.QApplication.topLevelWidgets() if _is_alive(widget)]
    timers = [repr(timer) for timer in _running_timers() if _is_alive(timer)]
    assert not widgets, f"top-level widgets outlived the test (use qtbot.addWidget): {widgets}"
    assert not timers, f"running timers outlived the test: {timers}"


def _settle(application: Any) -> None:
    """Let deferred deletions happen."""
    from PySide6.QtCore import QEvent

    gc.collect()
    for _ in range(2):
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        application.processEvents()


def _running_timers() -> list[Any]:
    from PySide6.QtCore import QTimer

    return [each for each in gc.get_objects() if isinstance(each, QTimer) and _is_alive(each) and each.isActive()]


def _is_alive(each: Any) -> bool:
    from shiboken6 import Shiboken

    return bool(Shiboken.isValid(each))
