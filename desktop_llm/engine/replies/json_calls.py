"""Calls as JSON objects with a name and arguments, alone or in a list, with or without marks around them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from desktop_llm.engine.replies.forcing import Written
from desktop_llm.engine.replies.reading import Reading
from desktop_llm.engine.replies.tape import Steps
from desktop_llm.engine.replies.values import JSON, read_json_text, skip_space

_NAMES: Final = frozenset(["name", "tool_name", "function", "tool"])
_ARGUMENTS: Final = frozenset(["arguments", "parameters", "args", "params", "input"])
_IDS: Final = frozenset(["id", "tool_call_id", "call_id"])
_WRAPPERS: Final = frozenset(["tool_calls", "tool_call", "function_call"])
_IGNORED: Final = frozenset(["type", "index"])
_FENCES: Final = ("```json", "```")


class _Outcome(Enum):
    NONE = 0  # no call was begun
    BROKEN = 1  # one was begun and went wrong
    WHOLE = 2


@dataclass(slots=True)
class _Call:
    """What is known of a call so far."""

    name: str | None = None
    id: str = ""
    arguments: list[str] = field(default_factory=list)
    is_begun: bool = False
    has_calls: bool = False  # it was a wrapper, and calls were read inside


@dataclass(frozen=True, slots=True)
class JsonCalls:
    """Calls as JSON. `closers` may stand after them. With `name_is_key`: {"name": {arguments}}."""

    written: Written
    openers: tuple[str, ...] = ()
    closers: tuple[str, ...] = ()
    leading: tuple[str, ...] = ()
    name_is_key: bool = False

    @property
    def inner(self) -> tuple[str, ...]:
        """The markers at the end."""
        return self.closers

    def read(self, reading: Reading, opener: str) -> Steps[bool]:
        """Read calls, their opener read; False when there is none."""
        tape = reading.tape
        if opener[-1] in "{[":
            tape.untake(len(opener) - len(opener.rstrip("{[")))
        else:
            yield from tape.skip_space()
            if (yield from tape.accept(_FENCES)) is not None:
                yield from tape.skip_space()
        outcome = yield from self._read_some(reading)
        if outcome is not _Outcome.WHOLE:
            return outcome is _Outcome.BROKEN
        yield from self._close(reading)
        return True

    def _close(self, reading: Reading) -> Steps[None]:
        tape = reading.tape
        for markers in (("```",), self.closers):
            tape.hold()
            yield from tape.skip_space()
            if (yield from tape.accept(markers)) is None:
                tape.back()
        tape.release()

    def _read_some(self, reading: Reading) -> Steps[_Outcome]:
        """A call, a list of calls, or calls one after the other."""
        tape = reading.tape
        first = yield from tape.peek()
        if first == "[":
            tape.take(1)
            yield from skip_space(tape)
        outcome = yield from self._read_one(reading)
        while outcome is _Outcome.WHOLE:
            tape.hold()
            yield from skip_space(tape)
            after = yield from tape.peek()
            if after == "]" and first == "[":
                tape.take(1)
                tape.release()
                break
            if after and after in ",;":
                tape.take(1)
                yield from skip_space(tape)
            another = yield from self._read_one(reading)
            if another is _Outcome.NONE:
                tape.back()
            if another is not _Outcome.WHOLE:
                break
        return outcome

    def _read_one(self, reading: Reading) -> Steps[_Outcome]:
        call = _Call()
        if (yield from reading.tape.peek()) != "{":
            return _Outcome.NONE
        is_whole = yield from self._read_members(reading, call)
        if is_whole and not call.is_begun and call.name is not None:
            _begin(reading, call)
            if not call.arguments:
                reading.add_arguments("{}")
        if call.is_begun or call.has_calls:
            return _Outcome.WHOLE if is_whole else _Outcome.BROKEN
        return _Outcome.NONE

    def _read_members(self, reading: Reading, call: _Call) -> Steps[bool]:
        """An object's keys and values. False when it is not whole, or has a key that no call has."""
        tape = reading.tape
        tape.take(1)
        while True:
            yield from skip_space(tape)
            key = yield from read_json_text(tape)
            if key is None:
                return False
            yield from skip_space(tape)
            if (yield from tape.peek()) != ":":
                return False
            tape.take(1)
            yield from skip_space(tape)
            if not (yield from self._read_member(reading, call, key)):
                return False
            yield from skip_space(tape)
            after = yield from tape.peek()
            if after not in (",", "}") or not after:
                return False
            tape.take(1)
            if after == "}":
                return True

    def _read_member(self, reading: Reading, call: _Call, key: str) -> Steps[bool]:
        if call.name is None and (key in _NAMES or key in _WRAPPERS or self.name_is_key):
            return (yield from self._read_name(reading, call, key))
        if key in _ARGUMENTS and not call.is_begun and not call.arguments:
            return (yield from _read_arguments(reading, call))
        if key not in _IDS and key not in _IGNORED:
            return False
        parts: list[str] = []
        is_whole = yield from JSON.read_value(reading.tape, parts.append)
        if key in _IDS:
            call.id = "".join(parts).strip('"')
        return is_whole

    def _read_name(self, reading: Reading, call: _Call, key: str) -> Steps[bool]:
        """The name, or what it stands in."""
        if self.name_is_key and key in reading.tools:
            call.name = key
            return (yield from _read_arguments(reading, call))
        if key in _WRAPPERS:
            outcome = yield from self._read_some(reading)
            call.has_calls = outcome is not _Outcome.NONE
            return outcome is _Outcome.WHOLE
        if key in _NAMES and (yield from reading.tape.peek()) == "{":
            return (yield from self._read_members(reading, call))
        call.name = yield from read_json_text(reading.tape)
        return call.name in reading.tools


def _read_arguments(reading: Reading, call: _Call) -> Steps[bool]:
    """Arguments: streamed when the name is known, else kept. A text with JSON in it and null are taken too."""
    tape = reading.tape
    first = yield from tape.peek()
    if first == '"':
        text = yield from read_json_text(tape)
        call.arguments.append(text or "")
        is_whole = _is_object(text)
        if is_whole and call.name is not None:
            _begin(reading, call)
        return is_whole
    if first == "n":
        call.arguments.append("{}")
        return (yield from JSON.read_value(tape, _drop))
    if first != "{":
        return False
    if call.name is None:
        return (yield from JSON.read_value(tape, call.arguments.append))
    _begin(reading, call)
    return (yield from JSON.read_value(tape, reading.add_arguments))


def _begin(reading: Reading, call: _Call) -> None:
    assert call.name is not None
    reading.begin_call(call.name, call.id)
    call.is_begun = True
    for text in call.arguments:
        reading.add_arguments(text)


def _is_object(text: str | None) -> bool:
    try:
        return isinstance(json.loads(text or ""), dict)
    except (ValueError, RecursionError):
        return False


def _drop(text: str) -> None:
    del text
