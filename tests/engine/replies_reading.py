"""Helps tests of replies: tools to call, and what a parser made of a text."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_llm.engine.messages import ToolSpec
from desktop_llm.engine.replies.deltas import CallArguments, CallBegun, Delta, Said, Thought, joined
from desktop_llm.engine.replies.parser import ReplyParser

TEMPLATES = Path(__file__).parent / "templates"


def tool(name: str, required: Sequence[str] = (), **properties: Any) -> ToolSpec:
    """A tool as the OpenAI API describes it."""
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"type": "function", "function": {"name": name, "description": f"Calls {name}.", "parameters": schema}}


WEATHER = tool("get_weather", ["city"], city={"type": "string"}, n={"type": "integer"})
TIME = tool("get_time")


@dataclass
class Reply:
    """A reply put together from its deltas. Arguments are kept as they came."""

    said: str
    thought: str
    calls: list[tuple[str, str]]

    @property
    def values(self) -> list[tuple[str, Any]]:
        """The calls with their arguments read."""
        return [(name, json.loads(arguments)) for name, arguments in self.calls]


def put_together(deltas: Sequence[Delta]) -> Reply:
    """What deltas make up."""
    reply = Reply("", "", [])
    for delta in deltas:
        match delta:
            case Said(text):
                reply.said += text
            case Thought(text):
                reply.thought += text
            case CallBegun(index, _, name):
                assert index == len(reply.calls)
                reply.calls.append((name, ""))
            case CallArguments(index, text):
                reply.calls[index] = (reply.calls[index][0], reply.calls[index][1] + text)
    return reply


def read(parser: ReplyParser, *pieces: str) -> list[Delta]:
    """The deltas of a whole reply, joined, with the calls' ids left out."""
    deltas = [delta for piece in pieces for delta in parser.feed(piece)]
    nameless = [CallBegun(each.index, "", each.name) if isinstance(each, CallBegun) else each for each in deltas]
    rest = [CallBegun(each.index, "", each.name) if isinstance(each, CallBegun) else each for each in parser.finish()]
    return joined([*nameless, *rest])


def cut(text: str, places: Sequence[int]) -> list[str]:
    """A text in pieces."""
    borders = sorted({0, len(text), *(place % (len(text) + 1) for place in places)})
    return [text[a:b] for a, b in itertools.pairwise(borders)]
