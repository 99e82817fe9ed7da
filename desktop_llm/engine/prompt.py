"""A model's chat template: messages -> the text of the prompt.

The template is Jinja, carried by the model file, and rendered as Hugging Face's
`apply_chat_template` does, in a sandbox with limits of time and memory (`templates.sandbox`).
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import jinja2
from jinja2 import meta, nodes

from desktop_llm.engine.messages import ChatPrompt, Message, Role, TextPart, ToolCall
from desktop_llm.engine.templates.meter import LimitError, Meter, TemplateLimits
from desktop_llm.engine.templates.sandbox import RefusedError, TemplateEnvironment
from desktop_llm.errors import TemplateError

__all__ = ["ChatTemplate", "TemplateLimits"]

#: ChatML: what llama.cpp takes for a model that has no template.
_FALLBACK = """{%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"""

#: Names by which templates let a caller switch or measure the model's thinking.
_THINKING_OPTIONS = frozenset(
    [
        "enable_thinking",
        "thinking",
        "thinking_budget",
        "reasoning_effort",
        "reasoning",
        "thinking_mode",
        "reasoning_mode",
    ]
)

_CONTINUE_TAG = "CONTINUE_FINAL_MESSAGE_TAG "  # as in transformers: the space shows whether the template trims
_NEEDLE = "needle-4f1d"

_MAX_TREE_DEPTH = 100

Rendered = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Habits:
    """What this template expects of messages; found out by rendering small conversations."""

    takes_system: bool = True
    wants_parts: bool = False  # content as a list of {"type": "text", "text": …}
    wants_argument_text: bool = False  # a tool call's arguments as JSON text, not as an object


class ChatTemplate:
    """One model's template, compiled once. Any thread may render; one does at a time.

    `bos_text` and `eos_text` are the texts of those tokens, "" where the model has none.
    Raises TemplateError when the source cannot be compiled.
    """

    def __init__(
        self,
        source: str,
        bos_text: str,
        eos_text: str,
        limits: TemplateLimits = TemplateLimits(),  # noqa: B008 (frozen)
    ) -> None:
        self._lock = threading.Lock()
        self._limits = limits
        self._tokens = {"bos_token": bos_text, "eos_token": eos_text}
        self._environment = TemplateEnvironment(limits)
        if len(source) > limits.max_source:
            raise TemplateError("The model's chat template is too long ({n} characters).", n=len(source))
        self._source = source
        try:
            tree = self._environment.parse(source)
            if _is_deep(tree):
                raise LimitError("nests its parts too deeply")
            self._template = self._environment.from_string(source)
            self._variables = meta.find_undeclared_variables(tree)
        except LimitError as error:
            raise TemplateError("The model's chat template {reason}.", reason=str(error)) from error
        except Exception as error:  # a foreign program: the compiler may fail in any way
            raise TemplateError("The model's chat template is wrong: {reason}.", reason=_reason(error)) from error

    @classmethod
    def fallback(cls, bos_text: str, eos_text: str) -> ChatTemplate:
        """The template of a model that has none: ChatML."""
        return cls(_FALLBACK, bos_text, eos_text)

    @property
    def supports_tools(self) -> bool:
        """Whether the template tells the model of tools."""
        return "tools" in self._variables

    @property
    def supports_thinking(self) -> bool:
        """Whether the template has a switch or measure for thinking."""
        return bool(self._variables & _THINKING_OPTIONS)

    def render(self, prompt: ChatPrompt) -> str:
        """The prompt's text. Special tokens stand in it as text; a BOS may be in front.

        Raises TemplateError when the template refuses the messages, fails, or asks for too much.
        """
        if not prompt.messages:
            raise TemplateError("There is no message to send.")
        chat = self.to_dicts(prompt.messages)
        if not prompt.continue_last:
            return self._run(chat, prompt)
        tail = _tag_last(prompt.messages[-1], chat[-1])
        return _cut_at_tag(self._run(chat, prompt), tail)

    def to_dicts(self, messages: tuple[Message, ...]) -> list[dict[str, Any]]:
        """The messages as this template is given them."""
        habits = self._habits
        if not habits.takes_system:
            messages = _merge_system(messages)
        return [_to_dict(message, habits) for message in messages]

    def _run(self, chat: list[Rendered], prompt: ChatPrompt) -> str:
        variables = {
            **self._tokens,
            **dict(prompt.template_options),
            "messages": chat,
            "tools": list(prompt.tools) or None,
            "documents": dict(prompt.template_options).get("documents"),
            "add_generation_prompt": not prompt.continue_last,
        }
        with self._lock:
            self._environment.meter = Meter(self._limits, len(chat))
            try:
                return self._environment.concat(self._template.root_render_func(self._template.new_context(variables)))
            except RefusedError as error:
                raise TemplateError(
                    "The model's chat template refuses this conversation: {reason}.", reason=_reason(error)
                ) from error
            except LimitError as error:
                raise TemplateError("The model's chat template {reason}.", reason=str(error)) from error
            except RecursionError as error:
                raise TemplateError("The model's chat template calls itself too deeply.") from error
            except Exception as error:  # a foreign program: it may fail in any way
                raise TemplateError("The model's chat template failed: {reason}.", reason=_reason(error)) from error
            finally:
                self._environment.meter = Meter(self._limits)

    @functools.cached_property
    def _habits(self) -> _Habits:
        """Raises TemplateError when the template asks for too much even for one short message."""
        plain = _Habits()
        habits = plain
        if not self._shows(plain) and self._shows(replace(plain, wants_parts=True)):
            habits = replace(plain, wants_parts=True)
        system = Message(Role.SYSTEM, _NEEDLE)
        takes_system = _NEEDLE in self._try([system, Message(Role.USER, "a")], habits)
        habits = replace(habits, takes_system=takes_system)
        if "tool_calls" in self._source and not self._shows_call(habits):
            as_text = replace(habits, wants_argument_text=True)
            if self._shows_call(as_text):
                habits = as_text
        return habits

    def _shows(self, habits: _Habits) -> bool:
        text = self._try([Message(Role.USER, _NEEDLE)], habits)
        return _NEEDLE in text and "{'type'" not in text

    def _shows_call(self, habits: _Habits) -> bool:
        """Whether arguments of a tool call come out readable: neither as Python's repr nor escaped twice."""
        call = ToolCall("call00001", "look_up", json.dumps({_NEEDLE: "value"}))
        chat = [Message(Role.USER, "a"), Message(Role.ASSISTANT, "", tool_calls=(call,))]
        text = self._try(chat, habits)
        return _NEEDLE in text and f"'{_NEEDLE}'" not in text

    def _try(self, chat: Sequence[Message], habits: _Habits) -> str:
        try:
            return self._run([_to_dict(message, habits) for message in chat], ChatPrompt(tuple(chat)))
        except TemplateError as error:
            if isinstance(error.__cause__, LimitError):
                raise
            return ""


def _to_dict(message: Message, habits: _Habits) -> Rendered:
    """A message as templates know it. Reasoning goes by both names that are in use, as in transformers."""
    content: Any = message.text
    if habits.wants_parts:
        parts = [TextPart(message.content)] if isinstance(message.content, str) else message.content
        content = [{"type": "text", "text": part.text} for part in parts]
    result: Rendered = {"role": str(message.role), "content": content}
    if message.name is not None:
        result["name"] = message.name
    if message.reasoning is not None:
        result["reasoning_content"] = message.reasoning
        result["thinking"] = message.reasoning
    if message.tool_calls:
        result["tool_calls"] = [_call_to_dict(call, habits) for call in message.tool_calls]
    if message.tool_call_id is not None:
        result["tool_call_id"] = message.tool_call_id
    return result


def _call_to_dict(call: ToolCall, habits: _Habits) -> Rendered:
    arguments: Any = call.arguments
    if not habits.wants_argument_text:
        try:
            arguments = json.loads(call.arguments)
        except (ValueError, RecursionError):
            arguments = call.arguments  # as the model wrote it: it may not have been JSON
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _merge_system(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Put system messages in front of the next user message, as llama.cpp does for templates that refuse them."""
    merged: list[Message] = []
    held: list[str] = []
    for message in messages:
        if message.role is Role.SYSTEM:
            held.append(message.text)
        elif held and message.role is Role.USER:
            merged.append(replace(message, content="\n".join([*held, message.text])))
            held = []
        else:
            merged.append(message)
    if held:
        merged.append(Message(Role.USER, "\n".join(held)))
    return tuple(merged)


def _tag_last(last: Message, rendered: Rendered) -> str:
    """Mark the end of the last message, in place, and return its text."""
    if last.role is not Role.ASSISTANT or not last.text:
        raise TemplateError("Only an assistant's message that has begun can be continued.")
    if isinstance(rendered["content"], str):
        rendered["content"] += _CONTINUE_TAG
    else:
        rendered["content"][-1]["text"] += _CONTINUE_TAG
    return last.text


def _cut_at_tag(text: str, tail: str) -> str:
    at = text.rfind(_CONTINUE_TAG.strip())
    if at < 0 or tail.strip() not in text:
        raise TemplateError("The model's chat template cannot continue a message.")
    if text.startswith(_CONTINUE_TAG, at):
        return text[:at]
    return text[:at].rstrip()  # the template trims messages, so the reply's last spaces are gone too


def _is_deep(tree: nodes.Node) -> bool:
    """Whether the source nests so deeply that compiling it takes long; real templates reach about 30."""
    level: list[nodes.Node] = [tree]
    for _ in range(_MAX_TREE_DEPTH):
        level = [child for node in level for child in node.iter_child_nodes()]
    return bool(level)


def _reason(error: Exception) -> str:
    """An error of the template as the middle of a sentence, on one line."""
    text = " ".join(str(error).split()).rstrip(".!?")[:200]
    if isinstance(error, jinja2.TemplateSyntaxError):
        text = f"line {error.lineno}: {text}"
    return text or type(error).__name__
