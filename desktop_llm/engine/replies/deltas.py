"""What a reply consists of, as frozen values: said text, thought text, tool calls."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """Text for the reader."""

    text: str


@dataclass(frozen=True, slots=True)
class Thought:
    """The model's reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class CallBegun:
    """A tool is called: `index` counts the calls from 0; `id` is nine letters and digits, or the model's own."""

    index: int
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class CallArguments:
    """More of a call's arguments. All of them, joined, are a JSON object, unless the reply broke off or went wrong."""

    index: int
    text: str


Delta = Said | Thought | CallBegun | CallArguments


def joined(deltas: list[Delta]) -> list[Delta]:
    """The same with neighbours of one kind made one, and nothing empty."""
    result: list[Delta] = []
    for delta in deltas:
        last = result[-1] if result else None
        match last, delta:
            case _, Said("") | Thought("") | CallArguments(_, ""):
                pass
            case Said(before), Said(text):
                result[-1] = Said(before + text)
            case Thought(before), Thought(text):
                result[-1] = Thought(before + text)
            case CallArguments(index, before), CallArguments(other, text) if index == other:
                result[-1] = CallArguments(index, before + text)
            case _:
                result.append(delta)
    return result
