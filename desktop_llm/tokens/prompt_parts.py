"""Who says what in a rendered prompt: each message's own words, the tools, and what the template adds.

A template is a program: what it makes of a message is seen by rendering the same conversation with marks in the place
of every text. Between the marks stands what the template adds; what stands in their place in the true prompt is the
messages'. Where a template treats texts by what is in them, the two do not match, and the texts are looked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from desktop_llm.engine.messages import ChatPrompt, Message, TextPart, ToolCall
from desktop_llm.engine.prompt import ChatTemplate
from desktop_llm.errors import TemplateError

_TAIL: Final = 24
_MOST_MISSES: Final = 64
_THOUGHT_END: Final = "</think>"


class PartKind(StrEnum):
    """Whose words a part of a prompt are."""

    TEMPLATE = "template"
    TOOLS = "tools"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Part:
    """A run of characters; `place` is the message's index, -1 where it is none's."""

    start: int
    end: int
    kind: PartKind
    place: int = -1
    is_reasoning: bool = False


@dataclass(frozen=True, slots=True)
class DividedPrompt:
    """A prompt's text; its parts follow each other without gaps.

    `unsaid` are the indices of messages that say something of which nothing stands in the prompt, `unthought` of those
    whose reasoning does not.
    """

    text: str
    parts: tuple[Part, ...]
    unsaid: tuple[int, ...]
    unthought: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    place: int
    is_reasoning: bool


def divide_prompt(template: ChatTemplate, prompt: ChatPrompt) -> DividedPrompt:
    """Render a conversation and tell whose words are whose. Raises TemplateError as the template does."""
    text = template.render(prompt)
    marks = _Marks(text, prompt)
    marked = marks.mark(prompt)
    try:
        skeleton = marks.split(template.render(marked))
    except TemplateError:  # it insists on what the texts say
        skeleton = [""] + [each for mark in marks.said for each in (mark, "")]
    found = _matched(text, skeleton, marks)
    if found is None:
        found = _searched(text, skeleton, marks)
    elif prompt.tools:
        found += _tool_parts(template, marked, skeleton, marks, found)
    ordered = sorted((part for part in found if part.end > part.start), key=lambda part: part.start)
    unsaid = _missing(found, marks, {False, True})
    unthought = tuple(place for place in _missing(found, marks, {True}) if place not in unsaid)
    return DividedPrompt(text, tuple(_filled(ordered, len(text))), unsaid, unthought)


@dataclass
class _Marks:
    """Texts by their marks: short words that no template treats in a way of their own."""

    text: str
    prompt: ChatPrompt
    said: dict[str, _Said] = field(default_factory=dict)

    def __post_init__(self) -> None:
        everything = self.text + json.dumps([message.text for message in self.prompt.messages])
        number = 0
        while (stem := f"Qx{number}Mark") in everything:
            number += 1
        self._stem = stem
        self._pattern = re.compile(f"({stem}[0-9]{{6}}Z)")

    def mark(self, prompt: ChatPrompt) -> ChatPrompt:
        """The same conversation with marks for texts; blank texts stay, since templates ask for them."""
        return replace(
            prompt, messages=tuple(self._message(message, place) for place, message in enumerate(prompt.messages))
        )

    def split(self, rendered: str) -> list[str]:
        """What stands between the marks and the marks, by turns; it begins and ends with what stands between."""
        return self._pattern.split(rendered)

    def _new(self, text: str, place: int, *, is_reasoning: bool = False) -> str:
        if not text.strip():
            return text
        mark = f"{self._stem}{len(self.said):06}Z"
        self.said[mark] = _Said(text, place, is_reasoning)
        return mark

    def _message(self, message: Message, place: int) -> Message:
        content: str | tuple[TextPart, ...]
        if isinstance(message.content, str):
            content = self._new(message.content, place)
        else:
            content = tuple(TextPart(self._new(part.text, place)) for part in message.content)
        reasoning = None if message.reasoning is None else self._new(message.reasoning, place, is_reasoning=True)
        calls = tuple(self._call(call, place) for call in message.tool_calls)
        return replace(message, content=content, reasoning=reasoning, tool_calls=calls)

    def _call(self, call: ToolCall, place: int) -> ToolCall:
        name = self._new(call.name, place)
        try:
            arguments = json.dumps(self._value(json.loads(call.arguments), place), ensure_ascii=False)
        except (ValueError, RecursionError):
            arguments = self._new(call.arguments, place)
        return replace(call, name=name, arguments=arguments)

    def _value(self, value: Any, place: int) -> Any:
        match value:
            case str():
                return self._new(value, place)
            case dict():
                return {name: self._value(each, place) for name, each in value.items()}
            case list():
                return [self._value(each, place) for each in value]
        return value


def _forms(text: str) -> list[str]:
    """How templates write a text: as it is, trimmed, as JSON; the longest first where one holds another."""
    trimmed = [text, text.rstrip(), text.lstrip(), text.strip()]
    escaped = [json.dumps(each, ensure_ascii=ascii_only)[1:-1] for each in trimmed for ascii_only in (False, True)]
    said = [text.rpartition(_THOUGHT_END)[2].strip()] if _THOUGHT_END in text else []
    return [form for form in dict.fromkeys([*trimmed, *escaped, *said]) if form]


def _matched(text: str, skeleton: Sequence[str], marks: _Marks) -> list[Part] | None:
    """The marks' places in the true prompt; None when it is not the skeleton with texts in the place of marks."""
    if not text.startswith(skeleton[0]):
        return None
    parts, at = [], len(skeleton[0])
    for mark, between in _pairs(skeleton):
        said = marks.said[mark]
        ends = (at + len(form) for form in _forms(said.text) if text.startswith(form, at))
        end = next((end for end in ends if text.startswith(between, end)), None)
        if end is None:
            return None
        parts.append(Part(at, end, PartKind.MESSAGE, said.place, is_reasoning=said.is_reasoning))
        at = end + len(between)
    return parts if at == len(text) else None


def _searched(text: str, skeleton: Sequence[str], marks: _Marks) -> list[Part]:
    """The texts where they are found one after the other, each behind what the template writes before it."""
    parts: list[Part] = []
    at, n_misses, before = 0, 0, skeleton[0]
    for mark, between in _pairs(skeleton):
        said = marks.said[mark]
        tail = before[-_TAIL:]
        before = between
        span = None if n_misses > _MOST_MISSES else _find(text, tail, _forms(said.text), at)
        if span is None:
            n_misses += 1
            continue
        parts.append(Part(*span, PartKind.MESSAGE, said.place, is_reasoning=said.is_reasoning))
        at = span[1]
    return parts


def _find(text: str, tail: str, forms: Sequence[str], at: int) -> tuple[int, int] | None:
    for lead in dict.fromkeys((tail, "")):
        places = [(place, form) for form in forms if (place := text.find(lead + form, max(0, at - len(lead)))) >= 0]
        if places:
            place, form = min(places, key=lambda found: (found[0], -len(found[1])))
            start = place + len(lead)
            return start, start + len(form)
    return None


def _pairs(skeleton: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each mark with what stands behind it."""
    return zip(skeleton[1::2], skeleton[2::2], strict=True)


def _tool_parts(
    template: ChatTemplate, marked: ChatPrompt, skeleton: Sequence[str], marks: _Marks, found: Sequence[Part]
) -> list[Part]:
    """What is there only because of the tools: what the prompt without them lacks between the same marks."""
    try:
        bare = marks.split(template.render(replace(marked, tools=())))
    except TemplateError:
        return []
    if bare[1::2] != skeleton[1::2]:
        return []
    starts = [0, *(part.end for part in found)]
    parts = []
    for start, between, without in zip(starts, skeleton[::2], bare[::2], strict=True):
        front = _n_common(between, without)
        back = _n_common(between[front:][::-1], without[front:][::-1])
        parts.append(Part(start + front, start + len(between) - back, PartKind.TOOLS))
    return parts


def _n_common(first: str, second: str) -> int:
    """How many characters two texts begin with alike."""
    n = min(len(first), len(second))
    return next((i for i in range(n) if first[i] != second[i]), n)


def _filled(parts: Sequence[Part], length: int) -> Iterator[Part]:
    """The parts, with the template's words between them."""
    at = 0
    for part in parts:
        if part.start > at:
            yield Part(at, part.start, PartKind.TEMPLATE)
        yield part
        at = part.end
    if at < length:
        yield Part(at, length, PartKind.TEMPLATE)


def _missing(found: Sequence[Part], marks: _Marks, reasoning: set[bool]) -> tuple[int, ...]:
    """The messages of whose texts none was found."""
    there = {part.place for part in found if part.is_reasoning in reasoning}
    return tuple(sorted({said.place for said in marks.said.values() if said.is_reasoning in reasoning} - there))
