"""reply_plan: how a reply to a prompt will be split, and what has to be asked of the engine for it."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from desktop_llm.engine.messages import ChatPrompt, Message, Role, ToolSpec
from desktop_llm.engine.prompt import ChatTemplate
from desktop_llm.engine.replies.described import calls_in_words, with_tools_described
from desktop_llm.engine.replies.families import GENERIC, KIMI, UNKNOWN, dropped_of, form_of, is_harmony
from desktop_llm.engine.replies.forcing import Rules, forced_calls, schema_grammar
from desktop_llm.engine.replies.harmony import HarmonyStyle
from desktop_llm.engine.replies.parser import CallForm, ReplyParser, ReplyStyle, TextStyle
from desktop_llm.engine.replies.thoughts import closed, left_open, marks_of, opened
from desktop_llm.engine.sampling import MAX_GRAMMAR_BYTES, SamplingParams
from desktop_llm.errors import GrammarError, TemplateError

_KEPT_TEMPLATES = 8
_NO_PARAMETERS = {"type": "object", "properties": {}, "additionalProperties": False}


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
    where the template knows none. `before` is text of the prompt's end that the parser has to see.
    """

    prompt: ChatPrompt
    style: ReplyStyle
    tools: Mapping[str, Any] = field(default_factory=dict)
    grammar: str | None = None
    before: str = ""

    def parser(self) -> ReplyParser:
        """A parser for one reply."""
        return ReplyParser(self.style, self.tools, self.before)

    def params(self, params: SamplingParams) -> SamplingParams:
        """The same with what the plan asks of the engine.

        A forced call's grammar takes the place of the caller's grammar or schema; these otherwise
        hold for what is said, not for a thought that the prompt has begun. Raises GrammarError.
        """
        params = dataclasses.replace(params, special_texts=tuple(dict.fromkeys(self.style.markers)))
        if self.grammar is not None:
            return dataclasses.replace(params, grammar=self.grammar, json_schema=None)
        said = schema_grammar(params.json_schema) if params.json_schema is not None else params.grammar
        if said is None or not (isinstance(self.style, TextStyle) and self.style.starts_in):
            return params
        rules = Rules()
        root = f"{rules.until(self.style.starts_in.end)} [ \\n]{{0,3}} {rules.include(said)}"
        return dataclasses.replace(params, grammar=rules.text(root), json_schema=None)


def reply_plan(
    template: str | None,
    prompt: ChatPrompt,
    choice: ToolChoice | Named = ToolChoice.AUTO,
    parallel: bool = True,
) -> ReplyPlan:
    """Plan a reply. `template` is the model's (`ModelFacts.chat_template`); `parallel` allows several calls in a reply.

    Any thread; renders the prompt once. Raises GrammarError when a call is to be forced and a tool is
    unknown, or its parameters cannot be kept.
    """
    chat_template = _compiled(template)
    source = template if template is not None and chat_template is not _compiled(None) else ""
    tools = _schemas(prompt.tools, choice)
    form = form_of(source) or (UNKNOWN if chat_template.supports_tools else GENERIC)
    must_call = choice is ToolChoice.REQUIRED or isinstance(choice, Named)
    planned = prompt if choice is not ToolChoice.NONE else dataclasses.replace(prompt, tools=())
    planned = _shown(planned, chat_template, source, form, must_call=must_call)
    style, before = _style(chat_template, source, planned, form if tools else None)
    grammar = _grammar(style, tools, form, before, parallel) if must_call else None
    return ReplyPlan(planned, style, tools, grammar, before)


def _schemas(tools: tuple[ToolSpec, ...], choice: ToolChoice | Named) -> dict[str, Any]:
    """The schemas of the parameters of the tools that may be called, by name."""
    if choice is ToolChoice.NONE:
        return {}
    functions = [tool.get("function", tool) for tool in tools]
    named = [function for function in functions if isinstance(function, Mapping) and function.get("name")]
    schemas = {str(function["name"]): _parameters(function.get("parameters")) for function in named}
    if isinstance(choice, Named):
        if choice.name not in schemas:
            raise GrammarError("The tool {tool} that is to be called is not among the tools.", tool=choice.name[:64])
        return {choice.name: schemas[choice.name]}
    if choice is ToolChoice.REQUIRED and not schemas:
        raise GrammarError("A tool is to be called, but there is none.")
    return schemas


def _parameters(schema: Any) -> Any:
    if not isinstance(schema, Mapping) or not schema:
        return _NO_PARAMETERS
    is_object = schema.get("type", "object") == "object"
    if is_object and not schema.get("properties") and set(schema) <= {"type", "properties", "required", "$schema"}:
        return _NO_PARAMETERS
    return schema if {"type", "$ref"} & set(schema) else {"type": "object", **schema}


def _shown(prompt: ChatPrompt, template: ChatTemplate, source: str, form: CallForm, *, must_call: bool) -> ChatPrompt:
    """The prompt with tools and calls as the template takes them, or in words."""
    messages = prompt.messages
    if "tool_calls" not in source and any(_is_of_tools(message) for message in messages):
        messages = calls_in_words(messages, form.written)
    if not prompt.tools or template.supports_tools:
        return dataclasses.replace(prompt, messages=messages)
    described = with_tools_described(messages, prompt.tools, form.written, must_call=must_call)
    return dataclasses.replace(prompt, messages=described, tools=())


def _is_of_tools(message: Message) -> bool:
    return message.role is Role.TOOL or bool(message.tool_calls)


def _style(template: ChatTemplate, source: str, prompt: ChatPrompt, form: CallForm | None) -> tuple[ReplyStyle, str]:
    """How the reply is written, and what of the prompt's end the parser has to see."""
    if is_harmony(source):
        return HarmonyStyle(), ""
    marks = marks_of(source)
    if prompt.continue_last:
        starts_in = left_open(prompt.messages[-1].text, marks) if prompt.messages else None
        return TextStyle(marks, starts_in, form, dropped_of(source)), ""
    try:
        text = template.render(prompt).rstrip()
    except TemplateError:  # the engine will say so
        text = ""
    style = TextStyle(
        marks,
        opened(text, marks),
        form,
        dropped_of(source),
        calls_end_thoughts=form is KIMI,
        can_think=not closed(text, marks) and any(each.begin in source for each in marks),
    )
    return style, ">>>" if text.endswith(">>>") and ">>>all" in source else ""


def _grammar(style: ReplyStyle, tools: Mapping[str, Any], form: CallForm, before: str, parallel: bool) -> str:
    rules = Rules()
    if isinstance(style, HarmonyStyle):
        root = style.forced(rules, tools)
    else:
        written = form.written
        if before:  # functionary's mark, which also stands between calls
            written = dataclasses.replace(written, head=written.head.removeprefix(before), between=before)
        thought = style.thought(rules) if isinstance(style, TextStyle) else '""'
        root = f"{thought} {forced_calls(rules, written, tools, parallel)}"
    grammar = rules.text(root)
    if len(grammar.encode()) > MAX_GRAMMAR_BYTES:
        raise GrammarError("The tools make too large a grammar. Name the tool to be called, or offer fewer.")
    return grammar


@functools.lru_cache(maxsize=_KEPT_TEMPLATES)
def _compiled(source: str | None) -> ChatTemplate:
    """A template without the texts of BOS and EOS, which stand in front; the fallback as the engine takes it."""
    if source is not None:
        try:
            return ChatTemplate(source, "", "")
        except TemplateError:
            pass
    return ChatTemplate.fallback("", "") if source is None else _compiled(None)
