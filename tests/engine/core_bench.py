"""A core with a scripted model, driven step by step."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop_llm.engine.core import EngineCore
from desktop_llm.engine.events import Event, Finish, Token
from desktop_llm.engine.messages import ChatPrompt, Prompt, TextPrompt, TokenPrompt
from desktop_llm.engine.request import ContextOverflow, Submission
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.sharing import WORTH_WAITING
from desktop_llm.engine.stream import TokenStream
from tests.fakes import PlainTemplate, ScriptedModel

_MAX_STEPS = 5000


@dataclass
class Bench:
    """A core with a scripted model, and the streams of what was submitted."""

    model: ScriptedModel = field(default_factory=ScriptedModel)
    worth_waiting: int = WORTH_WAITING

    def __post_init__(self) -> None:
        self.core = EngineCore(self.model, PlainTemplate(), worth_waiting=self.worth_waiting)
        self.numbers = itertools.count(1)

    def submit(
        self,
        prompt: Prompt | Sequence[int],
        overflow: ContextOverflow = ContextOverflow.REFUSE,
        **params: object,
    ) -> tuple[int, TokenStream]:
        if not isinstance(prompt, ChatPrompt | TextPrompt | TokenPrompt):
            prompt = TokenPrompt(tuple(prompt))
        number = next(self.numbers)
        stream = TokenStream()
        self.core.add(Submission(number, prompt, SamplingParams(**params), overflow, stream))  # type: ignore[arg-type]
        return number, stream

    def run(self) -> None:
        for _ in range(_MAX_STEPS):
            if not self.core.has_work:
                return
            self.core.step()
        raise AssertionError("a request starves")


def tokens_of(events: list[Event]) -> list[int]:
    return [event.id for event in events if isinstance(event, Token)]


def finish_of(events: list[Event]) -> Finish:
    assert isinstance(events[-1], Finish)
    return events[-1]
