"""The items of a response's output while they grow, and what streams say of each. Pure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
#: An event's type and what it holds beside the item's place.
Said = tuple[str, Json]


def new_id(kind: str) -> str:
    """An id such as resp_…; nobody can guess it."""
    return f"{kind}_{uuid.uuid4().hex}{uuid.uuid4().hex[:16]}"


@dataclass(slots=True, eq=False)
class MessageOutput:
    """The text of the reply."""

    id: str = field(default_factory=lambda: new_id("msg"))
    status: str = "in_progress"
    texts: list[str] = field(default_factory=list)
    logprobs: list[Json] = field(default_factory=list)

    def begun(self) -> Json:
        """The item before it has content."""
        return {"id": self.id, "type": "message", "status": self.status, "role": "assistant", "content": []}

    def opening(self) -> list[Said]:
        """What follows on `output_item.added`."""
        part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        return [("response.content_part.added", {"content_index": 0, "part": part})]

    def grow(self, text: str, logprobs: list[Json]) -> list[Said]:
        """More text."""
        self.texts.append(text)
        self.logprobs += logprobs
        return [("response.output_text.delta", {"content_index": 0, "delta": text, "logprobs": logprobs})]

    def closing(self) -> list[Said]:
        """What precedes `output_item.done`."""
        part = self._part()
        text = {"content_index": 0, "text": part["text"], "logprobs": self.logprobs}
        return [
            ("response.output_text.done", text),
            ("response.content_part.done", {"content_index": 0, "part": part}),
        ]

    def item(self) -> Json:
        """The item as it stands."""
        return self.begun() | {"content": [self._part()]}

    def _part(self) -> Json:
        return {"type": "output_text", "text": "".join(self.texts), "annotations": [], "logprobs": self.logprobs}


@dataclass(slots=True, eq=False)
class ReasoningOutput:
    """What the model thought before or between its texts."""

    id: str = field(default_factory=lambda: new_id("rs"))
    status: str = "in_progress"
    texts: list[str] = field(default_factory=list)

    def begun(self) -> Json:
        """The item before it has content."""
        return {"id": self.id, "type": "reasoning", "status": self.status, "summary": [], "content": []}

    def opening(self) -> list[Said]:
        """What follows on `output_item.added`."""
        part = {"type": "reasoning_text", "text": ""}
        return [("response.content_part.added", {"content_index": 0, "part": part})]

    def grow(self, text: str, logprobs: list[Json]) -> list[Said]:
        """More thoughts; their log-probabilities are not told."""
        del logprobs
        self.texts.append(text)
        return [("response.reasoning_text.delta", {"content_index": 0, "delta": text})]

    def closing(self) -> list[Said]:
        """What precedes `output_item.done`."""
        part = self._part()
        return [
            ("response.reasoning_text.done", {"content_index": 0, "text": part["text"]}),
            ("response.content_part.done", {"content_index": 0, "part": part}),
        ]

    def item(self) -> Json:
        """The item as it stands."""
        return self.begun() | {"content": [self._part()]}

    def _part(self) -> Json:
        return {"type": "reasoning_text", "text": "".join(self.texts)}


@dataclass(slots=True, eq=False)
class CallOutput:
    """A function that the client shall call."""

    call_id: str
    name: str
    id: str = field(default_factory=lambda: new_id("fc"))
    status: str = "in_progress"
    texts: list[str] = field(default_factory=list)

    def begun(self) -> Json:
        """The item before it has arguments."""
        return self.item() | {"arguments": ""}

    def opening(self) -> list[Said]:
        """What follows on `output_item.added`: nothing."""
        return []

    def grow(self, text: str, logprobs: list[Json]) -> list[Said]:
        """More arguments."""
        del logprobs
        self.texts.append(text)
        return [("response.function_call_arguments.delta", {"delta": text})]

    def closing(self) -> list[Said]:
        """What precedes `output_item.done`."""
        done = {"name": self.name, "arguments": "".join(self.texts)}
        return [("response.function_call_arguments.done", done)]

    def item(self) -> Json:
        """The item as it stands."""
        return {
            "id": self.id,
            "type": "function_call",
            "status": self.status,
            "call_id": self.call_id,
            "name": self.name,
            "arguments": "".join(self.texts),
        }


Output = MessageOutput | ReasoningOutput | CallOutput
