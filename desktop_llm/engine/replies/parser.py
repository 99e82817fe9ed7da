"""ReplyParser: text in as it comes, deltas out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from desktop_llm.engine.grammars.gbnf import literal
from desktop_llm.engine.replies.deltas import Delta, joined
from desktop_llm.engine.replies.forcing import Rules, Written
from desktop_llm.engine.replies.reading import Reading
from desktop_llm.engine.replies.tape import Steps
from desktop_llm.engine.replies.thoughts import ThoughtMarks


class CallForm(Protocol):
    """How a family of models writes calls."""

    @property
    def written(self) -> Written:
        """How calls are written when they are forced."""

    @property
    def openers(self) -> tuple[str, ...]:
        """The markers that a call, or several, begin with, anywhere in a reply."""

    @property
    def leading(self) -> tuple[str, ...]:
        """What begins a call only where nothing was said before."""

    @property
    def inner(self) -> tuple[str, ...]:
        """The other markers there are; they may be control tokens."""

    def read(self, reading: Reading, opener: str) -> Steps[bool]:
        """Read calls, their opener read; False when there is none. Once a call was begun it is one."""


class ReplyStyle(Protocol):
    """How one model writes replies."""

    @property
    def markers(self) -> tuple[str, ...]:
        """All that has to be seen in the reply's text, also where a marker is a control token."""

    def read(self, reading: Reading) -> Steps[None]:
        """Read a whole reply."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Text with marks in it, as nearly all models write.

    `starts_in` are the marks of a thought that the prompt has begun. `dropped` are marks around the
    reply's text, which are not shown. `can_think`: a thought may stand before a forced call.
    `calls_end_thoughts`: also those that the reply itself has begun. White space next to a mark belongs to the mark.
    """

    marks: tuple[ThoughtMarks, ...] = ()
    starts_in: ThoughtMarks | None = None
    calls: CallForm | None = None
    dropped: tuple[str, ...] = ()
    can_think: bool = False
    calls_end_thoughts: bool = False

    @property
    def markers(self) -> tuple[str, ...]:
        """Every mark of it."""
        calls = (*self.calls.openers, *self.calls.leading, *self.calls.inner) if self.calls else ()
        return (*(text for marks in self.marks for text in (marks.begin, marks.end)), *self.dropped, *calls)

    def read(self, reading: Reading) -> Steps[None]:
        """Read a whole reply."""
        if self.starts_in is not None:
            yield from self._think(reading, self.starts_in.end, ends_by_call=True)
        is_fresh = True  # nothing was said since the reply, a thought or a call began
        is_first = self.starts_in is None
        while True:
            marker = yield from self._next(reading, is_fresh, keeps_space=is_first)
            if marker is None:
                return
            is_first = False
            is_fresh = yield from self._open(reading, marker)

    def thought(self, rules: Rules) -> str:
        """An expression for what may be thought before a forced call."""
        space = "[ \\n]{0,3}"
        if self.starts_in is not None:
            return f"{rules.until(self.starts_in.end)} {space}"
        if not self.can_think:
            return '""'
        marks = self.marks[-1]  # the one that the template names, where it names one
        return f"({literal(marks.begin)} {rules.until(marks.end)} {space})?"

    def _next(self, reading: Reading, is_fresh: bool, *, keeps_space: bool) -> Steps[str | None]:
        """Say what stands before the next marker; the tape then holds the place before that one's white space."""
        tape = reading.tape
        anywhere = self._anywhere()
        if is_fresh:
            tape.hold()
            yield from tape.skip_space()
            marker = yield from tape.starts_with((*self._first(), *anywhere))
            if marker is not None:
                tape.back()
                tape.hold()
                return marker
            if keeps_space:
                tape.back()
            tape.release()
        marker = yield from tape.pass_until(anywhere, reading.say)
        tape.hold()
        return marker

    def _anywhere(self) -> tuple[str, ...]:
        openers = self.calls.openers if self.calls else ()
        return (*(marks.begin for marks in self.marks if marks.anywhere), *self.dropped, *openers)

    def _first(self) -> tuple[str, ...]:
        """Also the end of a thought: a model may close one that the prompt has closed already."""
        marks = (text for marks in self.marks for text in (marks.begin, marks.end))
        return (*marks, *(self.calls.leading if self.calls else ()))

    def _open(self, reading: Reading, marker: str) -> Steps[bool]:
        """Read what a marker opens. True when text after it is the first again."""
        tape = reading.tape
        yield from tape.skip_space()
        tape.take(len(marker))
        if marker in self.dropped or any(marker == marks.end for marks in self.marks):
            tape.release()
            return True
        thought = next((marks for marks in self.marks if marks.begin == marker), None)
        if thought is not None:
            tape.release()
            yield from self._think(reading, thought.end, ends_by_call=self.calls_end_thoughts)
            return True
        if self.calls is not None and (yield from self.calls.read(reading, marker)):
            tape.release()
            return True
        tape.back()
        reading.say((yield from tape.skip_space()) + tape.take(len(marker)))
        return False

    def _think(self, reading: Reading, end: str, *, ends_by_call: bool = False) -> Steps[None]:
        """Read a thought up to its end. A call may end one that the prompt began: models forget to."""
        tape = reading.tape
        yield from tape.skip_space()
        openers = self.calls.openers if self.calls and ends_by_call else ()
        while (marker := (yield from tape.pass_until((end, *openers), reading.think))) is not None:
            tape.hold()
            space = yield from tape.skip_space()
            tape.take(len(marker))
            if marker == end:
                tape.release()
                return
            assert self.calls is not None
            if (yield from self.calls.read(reading, marker)):
                tape.release()
                return
            tape.back()
            yield from tape.skip_space()
            reading.think(space + tape.take(len(marker)))


class ReplyParser:
    """Splits one reply. Any thread, one at a time. It takes every text: what is no good call is said text.

    However the text is cut, the deltas joined are the same; nothing is lost or doubled but marks and
    the white space next to them; and only what may become a mark is kept waiting.
    """

    def __init__(self, style: ReplyStyle, tools: Mapping[str, Any] | None = None, before: str = "") -> None:
        """`tools` are the schemas of the parameters by the tools' names; other names are no calls."""
        self._reading = Reading(tools or {})
        self._reading.tape.feed(before)
        self._steps = style.read(self._reading)
        self._is_read = False

    def feed(self, text: str) -> list[Delta]:
        """What became known with this piece of text."""
        self._reading.tape.feed(text)
        return self._advance()

    def finish(self) -> list[Delta]:
        """What was kept waiting, now that the reply is over. Nothing may be fed afterwards."""
        self._reading.tape.end()
        return self._advance()

    def _advance(self) -> list[Delta]:
        if not self._is_read:
            self._is_read = next(self._steps, self) is self
        return joined(self._reading.take())
