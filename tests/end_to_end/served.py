"""`desktop-llm serve` in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TIMEOUT_S = 60


@contextmanager
def serving(*arguments: str, home: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and its address once it says it. `home`: where it keeps everything."""
    command = [sys.executable, "-m", "desktop_llm", "serve", *arguments]
    environment = os.environ | ({"DESKTOP_LLM_HOME": str(home)} if home is not None else {})
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf8", env=environment
    ) as process:
        try:
            assert process.stderr is not None
            first = process.stderr.readline()
            address = re.search(r"https?://\S+|unix:\S+", first)
            assert address is not None, first + process.stderr.read()
            yield process, address[0]
        finally:
            if process.poll() is None:
                process.kill()
