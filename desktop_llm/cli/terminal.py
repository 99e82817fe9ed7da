"""Writing to a terminal or a pipe: UTF-8, flushed, and without control characters from models."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from desktop_llm.errors import OutputError

#: What a model must not send to a terminal: escape sequences could rewrite the screen or its title.
_CONTROLS = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


def use_utf8() -> None:
    """Make the standard streams UTF-8 that never fails on a character (Windows' code pages do)."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


class Terminal:
    """The streams of one command."""

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self._out = out
        self._err = err
        self._has_status = False

    @property
    def is_screen(self) -> bool:
        """Whether somebody looks at the result itself, rather than a file or a program."""
        return self._out.isatty()

    def write_dimmed(self, text: str) -> None:
        """Write a part that is less than the result, on a terminal only. Raises as `write` does."""
        if self.is_screen:
            self._put(f"\x1b[2m{text.translate(_CONTROLS)}\x1b[0m")

    def write(self, text: str) -> None:
        """Write a part of the result at once; on a terminal its control characters are left out.

        Raises OutputError; BrokenPipeError when the reader of a pipe went away, which is no fault.
        """
        self._put(text.translate(_CONTROLS) if self.is_screen else text)

    def _put(self, text: str) -> None:
        self.clear_status()
        try:
            self._out.write(text)
            self._out.flush()
        except BrokenPipeError:
            self._give_up()
            raise
        except OSError as error:
            self._give_up()
            raise OutputError("The reply could not be written: {reason}.", reason=error.strerror) from error

    def _give_up(self) -> None:
        """Lead what is still held back to nowhere: Python would complain once more when it flushes at exit."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._out.fileno())
        os.close(nowhere)

    def status(self, text: str) -> None:
        """Show a passing line, on a terminal only."""
        if self._err.isatty():
            self._err.write(f"\r\x1b[K{text}")
            self._err.flush()
            self._has_status = True

    def clear_status(self) -> None:
        """Take the passing line away."""
        if self._has_status:
            self._err.write("\r\x1b[K")
            self._err.flush()
            self._has_status = False

    def fail(self, sentence: str) -> None:
        """Say what went wrong, as one line on standard error."""
        self.note(" ".join(sentence.split()))

    def note(self, line: str) -> None:
        """Say something beside the result: a line on standard error, its spaces as they are."""
        self.clear_status()
        self._err.write(line.translate(_CONTROLS) + "\n")
        self._err.flush()
