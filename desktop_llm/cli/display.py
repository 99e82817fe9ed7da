"""Whether a window can be opened here. Asked before Qt is, which would end the process with a trace instead."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Mapping

from desktop_llm.errors import UsageError

#: A display of this machine's X server: ":0", ":10.0", "unix:0".
_LOCAL_DISPLAY = re.compile(r"(?:unix)?:(\d+)(?:\.\d+)?")


def require_window(environment: Mapping[str, str], platform: str = sys.platform) -> None:
    """Raises UsageError when no window can be opened, with what to do instead."""
    if importlib.util.find_spec("PySide6") is None:
        raise UsageError('The window needs PySide6, which is not installed; try: desktop-llm chat "…"')
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM") or environment.get("WAYLAND_DISPLAY"):
        return
    display = environment.get("DISPLAY")
    if not display:
        raise UsageError('There is no display to open the window on; try: desktop-llm chat "…"')
    if not _answers(display):
        raise UsageError('The display {display} does not answer; try: desktop-llm chat "…"', display=display)


def _answers(display: str) -> bool:
    """Whether an X server listens; a display of another machine is left for Qt to try."""
    local = _LOCAL_DISPLAY.fullmatch(display)
    if local is None:
        return True
    path = f"/tmp/.X11-unix/X{local[1]}"  # noqa: S108  where X servers listen, as X(7) says
    return any(_connects(address) for address in (f"\0{path}", path))


def _connects(address: str) -> bool:
    import socket  # two milliseconds, which a window on Wayland need not wait

    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(address)
        except OSError:
            return False
    return True
