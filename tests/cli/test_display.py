"""Whether a window can be opened."""

import socket
import sys
from pathlib import Path

import pytest

from desktop_llm.cli.display import require_window
from desktop_llm.errors import UsageError


@pytest.mark.parametrize("environment", [{}, {"DISPLAY": ""}, {"DISPLAY": ":31998"}, {"DISPLAY": "unix:31998.0"}])
def test_without_a_display_that_answers_the_terminal_is_offered(environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="desktop-llm chat"):
        require_window(environment, "linux")


@pytest.mark.parametrize(
    "environment",
    [
        {"WAYLAND_DISPLAY": "wayland-0"},
        {"QT_QPA_PLATFORM": "offscreen"},
        {"DISPLAY": "elsewhere:0"},
    ],
)
def test_what_only_qt_can_judge_is_left_to_it(environment: dict[str, str]) -> None:
    require_window(environment, "linux")


def test_other_systems_always_have_a_display() -> None:
    require_window({}, "win32")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X servers listen on an abstract socket on Linux only")
def test_an_x_server_that_listens_is_found() -> None:
    assert not Path("/tmp/.X11-unix/X31999").exists()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/tmp/.X11-unix/X31999")
        server.listen()
        require_window({"DISPLAY": ":31999"}, "linux")
