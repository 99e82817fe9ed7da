"""Values in a call's arguments, as JSON, Python or Gemma write them, handed on as JSON while they arrive."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from desktop_llm.engine.replies.tape import Steps, Tape

Emit = Callable[[str], None]

MAX_DEPTH = 64
_MAX_NUMBER = 64
_MAX_SPACE = 10_000
_MAX_KEY = 256

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER_RUN = re.compile(r"[-+.0-9eE]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_BARE_KEY = re.compile(r"[\w.$-]*")
_HEX = re.compile(r"[0-9a-fA-F]+")
_LITERALS: Final = {
    "true": "true",
    "false": "false",
    "null": "null",
    "True": "true",
    "False": "false",
    "None": "null",
}
#: What may follow a backslash in JSON.
_JSON_ESCAPES: Final = frozenset('"\\/bfnrt')


@dataclass(frozen=True, slots=True)
class Notation:
    """How values are written: quotes of texts, quotes of texts without escapes, keys with or without quotes."""

    quotes: tuple[str, ...] = ('"',)
    raw_quotes: tuple[str, ...] = ()
    has_bare_keys: bool = False

    def read_value(self, tape: Tape, emit: Emit, depth: int = 0) -> Steps[bool]:
        """Read one value and hand it on as JSON. False where it is none: the tape then stands before what is wrong."""
        quote = yield from tape.accept((*self.quotes, *self.raw_quotes))
        if quote is not None:
            return (yield from self.read_text(tape, emit, quote))
        first = yield from tape.peek()
        if first in ("{", "[") and depth < MAX_DEPTH:
            return (yield from self._read_items(tape, emit, depth))
        if first == "-" or first.isdecimal():
            return (yield from _read_number(tape, emit))
        return (yield from _read_word(tape, emit))

    def _read_items(self, tape: Tape, emit: Emit, depth: int) -> Steps[bool]:
        opener = tape.take(1)
        closer = "}" if opener == "{" else "]"
        emit(opener)
        yield from skip_space(tape)
        if (yield from tape.peek()) == closer:
            emit(tape.take(1))
            return True
        while True:
            if opener == "{" and not (yield from self._read_key(tape, emit)):
                return False
            if not (yield from self.read_value(tape, emit, depth + 1)):
                return False
            yield from skip_space(tape)
            after = yield from tape.peek()
            if after not in (",", closer) or not after:
                return False
            emit(tape.take(1) + (" " if after == "," else ""))
            if after == closer:
                return True
            yield from skip_space(tape)

    def _read_key(self, tape: Tape, emit: Emit) -> Steps[bool]:
        """A key and its colon."""
        quote = yield from tape.accept((*self.quotes, *self.raw_quotes))
        if quote is not None:
            if not (yield from self.read_text(tape, emit, quote)):
                return False
        elif self.has_bare_keys:
            key = yield from tape.read_while(_BARE_KEY, _MAX_KEY)
            emit(json.dumps(key))
        yield from skip_space(tape)
        if (yield from tape.peek()) != ":":
            return False
        emit(tape.take(1) + " ")
        yield from skip_space(tape)
        return True

    def read_text(self, tape: Tape, emit: Emit, quote: str) -> Steps[bool]:
        """A text whose opening quote has been read."""
        emit('"')
        ends = (quote,) if quote in self.raw_quotes else (quote, "\\")
        while (end := (yield from tape.pass_until(ends, lambda text: emit(escaped(text)), trims=False))) is not None:
            tape.take(len(end))
            if end == quote:
                emit('"')
                return True
            if not (yield from _read_escape(tape, emit)):
                return False
        return False


JSON = Notation()
PYTHON = Notation(quotes=('"', "'"))
GEMMA = Notation(raw_quotes=('<|"|>',), has_bare_keys=True)


def escaped(text: str) -> str:
    """A text as it stands between the quotes of a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def skip_space(tape: Tape) -> Steps[None]:
    """Read JSON's white space."""
    yield from tape.read_while(_SPACE, _MAX_SPACE)


def read_json_text(tape: Tape) -> Steps[str | None]:
    """A JSON string's value; None where there is none."""
    parts: list[str] = []
    if (yield from tape.peek()) != '"':
        return None
    if not (yield from JSON.read_value(tape, parts.append)):
        return None
    return str(json.loads("".join(parts)))


def _read_escape(tape: Tape, emit: Emit) -> Steps[bool]:
    """What follows a backslash. Escapes that JSON does not know are taken as Python takes them."""
    letter = yield from tape.peek()
    if not letter:
        return False
    if letter in ("u", "x"):
        n_digits = 4 if letter == "u" else 2
        digits = (yield from tape.peek(1 + n_digits))[1:]
        if len(digits) == n_digits and _HEX.fullmatch(digits):
            tape.take(1 + n_digits)
            emit("\\u" + digits.rjust(4, "0"))
            return True
    tape.take(1)
    if letter in _JSON_ESCAPES:
        emit("\\" + letter)
    elif letter == "'":
        emit("'")
    else:
        emit(escaped("\\" + letter))
    return True


def _read_number(tape: Tape, emit: Emit) -> Steps[bool]:
    text = yield from tape.read_while(_NUMBER_RUN, _MAX_NUMBER)
    if _NUMBER.fullmatch(text) is None:
        return False
    emit(text)
    return True


def _read_word(tape: Tape, emit: Emit) -> Steps[bool]:
    word = yield from tape.starts_with(tuple(_LITERALS))
    if word is None:
        return False
    tape.take(len(word))
    emit(_LITERALS[word])
    return True
