"""Calls as Python writes them, [name(key=value), …], and as Gemma 4 does, call:name{key:value}."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from desktop_llm.engine.replies.forcing import Written
from desktop_llm.engine.replies.reading import Reading
from desktop_llm.engine.replies.tape import Steps
from desktop_llm.engine.replies.values import GEMMA, PYTHON

_MAX_KEY = 256
_KEY = re.compile(r"\w*")


@dataclass(frozen=True, slots=True)
class PythonCalls:
    """Python calls, in a list or one after the other; `prefixes` may stand before a name."""

    written: Written
    openers: tuple[str, ...]
    closers: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ("print(", "default_api.", "functions.")
    leading: tuple[str, ...] = ()

    @property
    def inner(self) -> tuple[str, ...]:
        """The marks at the end."""
        return self.closers

    def read(self, reading: Reading, opener: str) -> Steps[bool]:
        """Read calls, their opener read; False when there is none."""
        tape = reading.tape
        yield from tape.skip_space()
        if opener != "[":
            yield from tape.accept(("[",))
        if not (yield from self._read_one(reading)):
            return False
        while True:
            tape.hold()
            yield from tape.skip_space()
            comma = yield from tape.accept((",", ";"))
            yield from tape.skip_space()
            ending = yield from tape.accept(("]",)) if comma is None else _nothing()
            if ending is not None or not (yield from self._read_one(reading)):
                break
        if ending is None:
            tape.back()
        tape.hold()
        yield from tape.skip_space()
        if (yield from tape.accept(self.closers)) is None:
            tape.back()
        return True

    def _read_one(self, reading: Reading) -> Steps[bool]:
        tape = reading.tape
        n_brackets = 1
        while (prefix := (yield from tape.accept(self.prefixes))) is not None:
            n_brackets += prefix.endswith("(")
        name = yield from tape.accept(tuple(reading.tools))
        if name is None or (yield from tape.accept(("(",))) is None:
            return False
        reading.begin_call(name)
        is_whole = yield from _read_named(reading)
        if is_whole:
            for _ in range(n_brackets - 1):
                yield from tape.skip_space()
                yield from tape.accept((")",))
        return True


def _read_named(reading: Reading) -> Steps[bool]:
    """key=value, … up to the bracket that closes."""
    tape = reading.tape
    separator = "{"
    if (yield from tape.accept(("**",))) is not None:
        is_whole = yield from PYTHON.read_value(tape, reading.add_arguments)
        yield from tape.skip_space()
        return is_whole and (yield from tape.accept((")",))) is not None
    while True:
        yield from tape.skip_space()
        if (yield from tape.accept((")",))) is not None:
            reading.add_arguments("{}" if separator == "{" else "}")
            return True
        key = yield from tape.read_while(_KEY, _MAX_KEY)
        yield from tape.skip_space()
        if not key or (yield from tape.accept(("=",))) is None:
            return False
        reading.add_arguments(f"{separator}{json.dumps(key, ensure_ascii=False)}: ")
        separator = ", "
        yield from tape.skip_space()
        if not (yield from PYTHON.read_value(tape, reading.add_arguments)):
            return False
        yield from tape.skip_space()
        if (yield from tape.accept((",",))) is None and (yield from tape.peek()) != ")":
            return False


def _nothing() -> Steps[None]:
    return None
    yield


@dataclass(frozen=True, slots=True)
class GemmaCalls:
    """Gemma 4's own: an opener, call:name{…}, a closer."""

    written: Written
    openers: tuple[str, ...] = ("<|tool_call>",)
    closers: tuple[str, ...] = ("<tool_call|>",)
    leading: tuple[str, ...] = ()

    @property
    def inner(self) -> tuple[str, ...]:
        """The closer and the quote."""
        return (*self.closers, *GEMMA.raw_quotes)

    def read(self, reading: Reading, opener: str) -> Steps[bool]:
        """Read a call, its opener read; False when there is none."""
        del opener
        tape = reading.tape
        yield from tape.skip_space()
        yield from tape.accept(("call:",))
        name = yield from tape.accept(tuple(reading.tools))
        if name is None:
            return False
        yield from tape.skip_space()
        if (yield from tape.peek()) != "{":
            return False
        reading.begin_call(name)
        if (yield from GEMMA.read_value(tape, reading.add_arguments)):
            tape.hold()
            yield from tape.skip_space()
            if (yield from tape.accept(self.closers)) is None:
                tape.back()
        return True
