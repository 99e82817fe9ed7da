"""Calls between marks: a name, then its arguments as JSON, or one by one between marks of their own."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from desktop_llm.engine.replies.forcing import Written
from desktop_llm.engine.replies.json_calls import JsonCalls
from desktop_llm.engine.replies.kinds import Kind, as_json, kind_of, property_of, types_of
from desktop_llm.engine.replies.reading import Reading
from desktop_llm.engine.replies.tape import Steps
from desktop_llm.engine.replies.values import JSON, escaped

_MAX_KEY = 256
_JSON = JsonCalls(Written("", "", ""))
_JSON_TYPES = frozenset(["object", "array", "number", "boolean", "null"])


@dataclass(frozen=True, slots=True)
class ArgumentMarks:
    """What stands around each argument: key_begin NAME key_end [value_begin] VALUE value_end.

    With `has_lines` the value stands on lines of its own. A key end that says string="true" or "false"
    tells the value's kind; otherwise the tool's schema does.
    """

    key_begin: str
    key_ends: tuple[str, ...]
    value_end: str
    value_begin: str = ""
    has_lines: bool = False


@dataclass(frozen=True, slots=True)
class TagCalls:
    """Calls as [section] begin [prefix] NAME [suffix] name_end ARGUMENTS closers.

    `openers` are those marks that a call, or several, start with: sections, begins or both.
    `id_end`: an id stands before the name, ended by this. `suffix` is read and with the prefix and name is
    the call's id. Without `marks` the arguments are JSON. JSON calls are read in their place, too.
    """

    written: Written
    openers: tuple[str, ...]
    begins: tuple[str, ...]
    name_ends: tuple[str, ...]
    closers: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    suffix: re.Pattern[str] | None = None
    id_end: str = ""
    marks: ArgumentMarks | None = None
    leading: tuple[str, ...] = ()

    @property
    def inner(self) -> tuple[str, ...]:
        """The other marks."""
        marks = self.marks
        of_arguments = (marks.key_begin, *marks.key_ends, marks.value_begin, marks.value_end) if marks else ()
        all_marks = (*self.begins, *self.prefixes, *self.name_ends, self.id_end, *of_arguments, *self.closers)
        return tuple(mark for mark in all_marks if mark)

    def read(self, reading: Reading, opener: str) -> Steps[bool]:
        """Read calls, their opener read; False when there is none."""
        tape = reading.tape
        yield from tape.skip_space()
        if (yield from tape.peek()) in ("{", "["):
            if not (yield from _JSON.read(reading, opener)):
                return False
            yield from self._close(reading)
            return True
        if opener not in self.begins and (yield from tape.accept(self.begins)) is None:
            return False
        if not (yield from self._read_one(reading)):
            return False
        while True:
            yield from self._close(reading)
            tape.hold()
            yield from tape.skip_space()
            if (yield from tape.accept(self.begins)) is None or not (yield from self._read_one(reading)):
                tape.back()
                return True

    def _close(self, reading: Reading) -> Steps[None]:
        tape = reading.tape
        while True:
            tape.hold()
            yield from tape.skip_space()
            if (yield from tape.accept(self.closers)) is None:
                tape.back()
                return

    def _read_one(self, reading: Reading) -> Steps[bool]:
        """A call from its name on; False when it is none."""
        tape = reading.tape
        call_id = (yield from tape.read_to(self.id_end, _MAX_KEY)) if self.id_end else ""
        if call_id is None:
            return False
        yield from tape.skip_space()
        prefix = yield from tape.accept(self.prefixes)
        name = yield from tape.accept(tuple(reading.tools))
        if name is None:
            return False
        if self.suffix is not None:
            suffix = yield from tape.read_while(self.suffix, _MAX_KEY)
            call_id = f"{prefix or ''}{name}{suffix}" if suffix else ""
        is_named, given = yield from self._end_name(reading)
        if not is_named:
            return False
        reading.begin_call(name, given or call_id)
        yield from self._read_arguments(reading, name)
        return True

    def _end_name(self, reading: Reading) -> Steps[tuple[bool, str]]:
        """Whether the name ends here, and the id that stands behind it, if any."""
        tape = reading.tape
        given = ""
        if (yield from tape.starts_with(("[CALL_ID]",))) is not None and "[CALL_ID]" in self.name_ends:
            tape.take(len("[CALL_ID]"))
            given = (yield from tape.read_to("[ARGS]", _MAX_KEY)) or ""
            return bool(given), given
        if (yield from tape.accept(self.name_ends)) is not None:
            return True, given
        yield from tape.skip_space()
        ahead = (self.marks.key_begin, *self.closers) if self.marks else ("{",)
        return (yield from tape.starts_with((*ahead, *self.name_ends))) is not None, given

    def _read_arguments(self, reading: Reading, name: str) -> Steps[None]:
        tape = reading.tape
        yield from tape.skip_space()
        yield from tape.accept(self.name_ends)
        yield from tape.skip_space()
        if (yield from tape.peek()) == "{":
            yield from JSON.read_value(tape, reading.add_arguments)
        elif self.marks is not None:
            yield from self._read_marked(reading, self.marks, reading.tools[name])
        else:
            reading.add_arguments("{}")

    def _read_marked(self, reading: Reading, marks: ArgumentMarks, schema: Any) -> Steps[None]:
        tape = reading.tape
        separator = "{"
        while (yield from tape.accept((marks.key_begin,))) is not None:
            key = yield from tape.read_to_any(marks.key_ends, _MAX_KEY)
            if key is None:
                return
            reading.add_arguments(f"{separator}{json.dumps(key[0].strip(), ensure_ascii=False)}: ")
            separator = ", "
            if marks.value_begin:
                yield from tape.skip_space()
                yield from tape.accept((marks.value_begin,))
            argument = (schema, property_of(schema, key[0].strip()))
            if not (yield from _read_marked_value(reading, marks, key[1], argument)):
                return
            yield from tape.skip_space()
        is_over = (yield from tape.starts_with(self.closers)) is not None or not (yield from tape.peek())
        if is_over or not self.closers:
            reading.add_arguments("{}" if separator == "{" else "}")


def _read_marked_value(reading: Reading, marks: ArgumentMarks, key_end: str, argument: tuple[Any, Any]) -> Steps[bool]:
    """A value up to its end; a text is handed on as it comes."""
    tape = reading.tape
    end = marks.value_end
    ends: tuple[str, ...] = (end,)
    if marks.has_lines:
        yield from tape.accept(("\r\n", "\n"))
        ends = (f"\r\n{end}", f"\n{end}", end)
    elif (yield from tape.accept(("<![CDATA[",))) is not None:
        ends = (f"]]>{end}",)
    kind, types = kind_of(*argument), types_of(*argument)
    if 'string="' in key_end and types != {"string"}:
        kind, types = (Kind.TEXT, types) if 'string="true"' in key_end else (Kind.ANY, types | _JSON_TYPES)
    if kind is Kind.TEXT:
        reading.add_arguments('"')
        found = yield from tape.pass_until(ends, lambda text: reading.add_arguments(escaped(text)), trims=False)
        if found is not None:
            reading.add_arguments('"')
            tape.take(len(found))
        return found is not None
    parts: list[str] = []
    found = yield from tape.pass_until(ends, parts.append, trims=False)
    if found is None:
        return False
    tape.take(len(found))
    reading.add_arguments(as_json("".join(parts), kind, types))
    return True
