"""The test hub in a process of its own, so that it takes no time from what is measured or killed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_ROOT = Path(__file__).parents[2]


class HubProcess:
    """Started with the arguments of `python -m tests.hub`; `close` it, or use it as a context. One thread."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "tests.hub", "--stdin", *arguments]
        self._process = subprocess.Popen(
            command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.addresses: dict[str, Any] = self._heard()

    @property
    def endpoint(self) -> str:
        """The Hub's own address."""
        return str(self.addresses["endpoint"])

    def order(self, text: str) -> None:
        """An order in words: `blob nth=2: reset after=1000`."""
        self.tell(f"order {text}")

    def seen(self) -> list[dict[str, Any]]:
        """All requests so far, oldest first."""
        found: list[dict[str, Any]] = self.tell("seen")
        return found

    def tell(self, command: str) -> Any:
        """One command; its answer. Raises ValueError."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        answer = self._heard()
        if isinstance(answer, dict) and "error" in answer:
            raise ValueError(answer["error"])
        return answer

    def close(self) -> None:
        """End it, and wait."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _heard(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the hub's process ended with {self._process.wait()}")
        return json.loads(line)
