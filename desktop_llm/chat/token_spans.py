"""Where each token of a reply stands in the texts that are made of it: what is said, and what was thought. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktop_llm.chat.reply_record import ReplyRecord
from desktop_llm.engine.messages import Message
from desktop_llm.engine.replies.deltas import Said, Thought
from desktop_llm.engine.token_record import TokenRecord

#: First and last + 1 character of a token; None where it is none of this text, as a mark or white space around one.
Span = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class TokenSpans:
    """One span a token, counted in characters, in each of the two texts. Tokens that share a character overlap."""

    said: tuple[Span, ...]
    thought: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of the whole reply, and where its text stands in what is said or thought."""

    is_said: bool
    start: int
    end: int
    place: int


def token_spans(record: ReplyRecord, tokens: TokenRecord, message: Message) -> TokenSpans:
    """The spans of a model's tokens in a reply's message, which may still grow."""
    whole = tokens.text_bytes
    text = whole.decode("utf-8", "replace")
    places = character_places(whole, tokens.ends())
    runs = tuple(_runs(record, text, message))
    said, thought = [run for run in runs if run.is_said], [run for run in runs if not run.is_said]
    return TokenSpans(
        tuple(_span(first, last, said) for first, last in places),
        tuple(_span(first, last, thought) for first, last in places),
    )


def character_places(whole: bytes, ends: list[int]) -> list[tuple[int, int]]:
    """The characters that each token has a part in; those of a token of no bytes are none."""
    text = whole.decode("utf-8", "replace")
    if len(text) == len(whole):
        return list(zip([0, *ends[:-1]], ends, strict=True)) if ends else []
    character_of = _characters_of_bytes(whole)
    places = []
    start = 0
    for end in ends:
        places.append((character_of[start], character_of[end - 1] + 1) if end > start else (0, 0))
        start = end
    return places


def _characters_of_bytes(whole: bytes) -> list[int]:
    """The number of the character that each byte belongs to, as decoding with "replace" counts them."""
    numbers: list[int] = []
    n_characters, at = 0, 0
    while at < len(whole):
        length = _valid_length(whole, at)
        numbers += [n_characters] * length
        n_characters, at = n_characters + 1, at + length
    return numbers


def _valid_length(whole: bytes, at: int) -> int:
    """The bytes at a place that become one character, be it U+FFFD."""
    for length in range(min(4, len(whole) - at), 1, -1):
        if len(whole[at : at + length].decode("utf-8", "replace")) == 1:
            return length
    return 1


def _runs(record: ReplyRecord, text: str, message: Message) -> Iterator[_Run]:
    """The stretches of a reply that are said or thought, in order."""
    at, n_said, n_thought = 0, 0, 0
    for is_said, part in _parts(record, text, message):
        start = text.find(part, _after_marks(text, at, record.style.markers, part))
        if start < 0:
            return
        at = start + len(part)
        yield _Run(is_said, start, at, n_said if is_said else n_thought)
        n_said, n_thought = n_said + len(part) * is_said, n_thought + len(part) * (not is_said)


def _parts(record: ReplyRecord, text: str, message: Message) -> list[tuple[bool, str]]:
    if not message.reasoning:
        return [(True, message.text)] if message.text else []
    from desktop_llm.engine.replies.parser import ReplyParser

    parser = ReplyParser(record.style)
    deltas = [*parser.feed(text), *parser.finish()]
    parts: list[tuple[bool, str]] = []
    for delta in deltas:
        if isinstance(delta, Said | Thought):
            is_said = isinstance(delta, Said)
            if parts and parts[-1][0] is is_said:
                parts[-1] = is_said, parts[-1][1] + delta.text
            else:
                parts.append((is_said, delta.text))
    return parts


def _after_marks(text: str, at: int, marks: tuple[str, ...], part: str) -> int:
    """A place after white space and marks, from which on `part` is to be found."""
    while not text.startswith(part, at):
        inner = at + len(text[at:]) - len(text[at:].lstrip())
        mark = next((mark for mark in marks if mark and text.startswith(mark, inner)), None)
        if mark is None:
            return at
        at = inner + len(mark)
    return at


def _span(first: int, last: int, runs: list[_Run]) -> Span:
    for run in runs:
        start, end = max(first, run.start), min(last, run.end)
        if start < end:
            return start - run.start + run.place, end - run.start + run.place
    return None
