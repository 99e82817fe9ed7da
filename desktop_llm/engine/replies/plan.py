"""reply_plan: how a reply to a prompt will be split, and what has to be asked of the engine for it."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from desktop_llm.engine.messages import ChatPrompt
from desktop_llm.engine.prompt import ChatTemplate
from desktop_llm.engine.replies.parser import ReplyParser, ReplyStyle, TextStyle
from desktop_llm.engine.replies.thoughts import ThoughtMarks, left_open, marks_of, opened
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.errors import TemplateError

_KEPT_TEMPLATES = 8


class ToolChoice(Enum):
    """Whether the model calls tools."""

    AUTO = "auto"  #: as it likes
    NONE = "none"  #: it is not told of them
    REQUIRED = "required"  #: at least one


@dataclass(frozen=True, slots=True)
class Named:
    """It calls this tool."""

    name: str


@dataclass(frozen=True, slots=True)
class ReplyPlan:
    """What belongs together for one reply: submit `prompt` with `params(…)`, and read it with a `parser()`.

    `prompt` may differ from the one that was planned for: tools are taken out, or described in words
    where the template knows none.
    """

    prompt: ChatPrompt
    style: ReplyStyle
    tools: Mapping[str, Any] = field(default_factory=dict)
    grammar: str | None = None

    def parser(self) -> ReplyParser:
        """A parser for one reply."""
        return ReplyParser(self.style, self.tools)

    def params(self, params: SamplingParams) -> SamplingParams:
        """The same with what the plan asks of the engine."""
        return params


def reply_plan(
    template: str | None, prompt: ChatPrompt, choice: ToolChoice | Named = ToolChoice.AUTO, parallel: bool = True
) -> ReplyPlan:
    """Plan a reply. `template` is the model's (`ModelFacts.chat_template`); `parallel` allows several calls in a reply.

    Any thread; renders the prompt once. Raises GrammarError when a call is to be forced and a tool's
    parameters cannot be.
    """
    marks = marks_of(template or "")
    return ReplyPlan(
        prompt=dataclasses.replace(prompt, tools=()),
        style=TextStyle(marks, starts_in=_starts_in(template, prompt, marks)),
    )


def _starts_in(template: str | None, prompt: ChatPrompt, marks: tuple[ThoughtMarks, ...]) -> ThoughtMarks | None:
    """The marks of the thought that the reply begins in, if any."""
    if prompt.continue_last:
        return left_open(prompt.messages[-1].text, marks) if prompt.messages else None
    if template is None:
        return None
    try:
        return opened(_compiled(template).render(prompt), marks)
    except TemplateError:  # the engine will say so
        return None


@functools.lru_cache(maxsize=_KEPT_TEMPLATES)
def _compiled(source: str) -> ChatTemplate:
    """A template without the texts of BOS and EOS, which stand in front. Raises TemplateError."""
    return ChatTemplate(source, "", "")
