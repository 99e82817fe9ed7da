"""The families of models by how they write calls, told by what stands in a chat template's source."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from desktop_llm.engine.replies.forcing import Written
from desktop_llm.engine.replies.json_calls import JsonCalls
from desktop_llm.engine.replies.parser import CallForm
from desktop_llm.engine.replies.python_calls import GemmaCalls, PythonCalls
from desktop_llm.engine.replies.tag_calls import ArgumentMarks, TagCalls


def _json_list(opener: str, closer: str, name: str = "name", arguments: str = "arguments") -> JsonCalls:
    written = Written(f'{{"{name}": "', f'", "{arguments}": ', "}", f"{opener}[", f"]{closer}", between=", ")
    return JsonCalls(written, (opener,), (closer,) if closer else ())


HERMES = JsonCalls(
    Written('<tool_call>\n{"name": "', '", "arguments": ', "}\n</tool_call>"), ("<tool_call>",), ("</tool_call>",)
)
GENERIC = JsonCalls(
    Written('{"name": "', '", "arguments": ', "}", '{"tool_calls": [', "]}", between=", "),
    ("<tool_call>", "<|tool_call|>", "<tool_calls>", "[TOOL_CALLS]", "functools[", "<|python_tag|>"),
    ("</tool_call>", "<|/tool_call|>", "</tool_calls>"),
    ("{", "[{", "```json\n{", "```json\n[{"),
)
#: For templates that show tools, but no form that is known: forced as many models were trained to.
UNKNOWN = replace(GENERIC, written=HERMES.written)
LLAMA = JsonCalls(Written('{"name": "', '", "parameters": ', "}", between=None), ("<|python_tag|>",), leading=("{",))
MISTRAL = TagCalls(
    Written("[TOOL_CALLS]", "[ARGS]", "", between=""),
    openers=("[TOOL_CALLS]",),
    begins=("[TOOL_CALLS]",),
    name_ends=("[ARGS]", "[CALL_ID]"),
)
MISTRAL_LIST = replace(MISTRAL, written=_json_list("[TOOL_CALLS]", "").written)
QWEN_CODER = TagCalls(
    Written(
        "<tool_call>\n<function=",
        ">\n",
        "</function>\n</tool_call>",
        argument=("<parameter=", ">\n", "\n</parameter>\n"),
        whole=("", "\n"),
    ),
    openers=("<tool_call>", "<function="),
    begins=("<function=",),
    name_ends=(">",),
    closers=("</function>", "</tool_call>"),
    marks=ArgumentMarks("<parameter=", (">",), "</parameter>", has_lines=True),
)
SEED = replace(
    QWEN_CODER,
    written=Written(
        "<seed:tool_call>\n<function=",
        ">\n",
        "</function>\n</seed:tool_call>",
        argument=("<parameter=", ">", "</parameter>\n"),
        whole=("", "\n"),
    ),
    openers=("<seed:tool_call>", "<function="),
    closers=("</function>", "</seed:tool_call>"),
    marks=ArgumentMarks("<parameter=", (">",), "</parameter>"),
)
FUNCTION_TAG = TagCalls(
    Written("<function=", ">", "</function>", between=""),
    openers=("<function=",),
    begins=("<function=",),
    name_ends=(">",),
    closers=("</function>",),
)
GLM = TagCalls(
    Written(
        "<tool_call>",
        "\n",
        "</tool_call>",
        argument=("<arg_key>", "</arg_key>\n<arg_value>", "</arg_value>\n"),
        whole=("", "\n"),
    ),
    openers=("<tool_call>",),
    begins=("<tool_call>",),
    name_ends=("\n",),
    closers=("</tool_call>",),
    marks=ArgumentMarks("<arg_key>", ("</arg_key>",), "</arg_value>", "<arg_value>"),
)
HUNYUAN = TagCalls(
    Written(
        "<tool_call:opensource>",
        "<tool_sep:opensource>\n",
        "</tool_call:opensource>",
        "<tool_calls:opensource>\n",
        "\n</tool_calls:opensource>",
        argument=(
            "<arg_key:opensource>",
            "</arg_key:opensource>\n<arg_value:opensource>",
            "</arg_value:opensource>\n",
        ),
        whole=("", "\n"),
    ),
    openers=("<tool_calls:opensource>", "<tool_call:opensource>"),
    begins=("<tool_call:opensource>",),
    name_ends=("<tool_sep:opensource>",),
    closers=("</tool_call:opensource>", "</tool_calls:opensource>"),
    marks=ArgumentMarks(
        "<arg_key:opensource>", ("</arg_key:opensource>",), "</arg_value:opensource>", "<arg_value:opensource>"
    ),
)
MINIMAX = TagCalls(
    Written(
        '<invoke name="',
        '">\n',
        "</invoke>",
        "<minimax:tool_call>\n",
        "\n</minimax:tool_call>",
        argument=('<parameter name="', '">', "</parameter>\n"),
        whole=("", "\n"),
    ),
    openers=("<minimax:tool_call>",),
    begins=('<invoke name="',),
    name_ends=('">',),
    closers=("</invoke>", "</minimax:tool_call>"),
    marks=ArgumentMarks('<parameter name="', ('">',), "</parameter>"),
)
MINICPM = TagCalls(
    Written('<function name="', '">', "</function>", argument=('<param name="', '">', "</param>")),
    openers=('<function name="',),
    begins=('<function name="',),
    name_ends=('">',),
    closers=("</function>",),
    marks=ArgumentMarks('<param name="', ('">',), "</param>"),
)
DEEPSEEK = TagCalls(
    Written(
        "<｜tool▁call▁begin｜>",
        "<｜tool▁sep｜>",
        "<｜tool▁call▁end｜>",
        "<｜tool▁calls▁begin｜>",
        "<｜tool▁calls▁end｜>",
        between="",
    ),
    # R1's distilled models write them in these ways too.
    openers=("<｜tool▁calls▁begin｜>", "<｜tool_calls_begin｜>", "<｜tool calls begin｜>", "<｜tool▁call▁begin｜>"),
    begins=("<｜tool▁call▁begin｜>", "<｜tool_call_begin｜>", "<｜tool call begin｜>"),
    prefixes=("function<｜tool▁sep｜>", "function<｜tool_sep｜>", "function<｜tool sep｜>"),
    name_ends=("<｜tool▁sep｜>", "<｜tool_sep｜>", "<｜tool sep｜>", "\n```json\n"),
    closers=(
        "```",
        "<｜tool▁call▁end｜>",
        "<｜tool_call_end｜>",
        "<｜tool call end｜>",
        "<｜tool▁calls▁end｜>",
        "<｜tool_calls_end｜>",
        "<｜tool calls end｜>",
    ),
)
DEEPSEEK_FENCED = replace(
    DEEPSEEK,
    written=Written(
        "<｜tool▁call▁begin｜>function<｜tool▁sep｜>",
        "\n```json\n",
        "\n```<｜tool▁call▁end｜>",
        "<｜tool▁calls▁begin｜>",
        "<｜tool▁calls▁end｜>",
    ),
)
KIMI = TagCalls(
    Written(
        "<|tool_call_begin|>functions.",
        ":0<|tool_call_argument_begin|>",
        "<|tool_call_end|>",
        "<|tool_calls_section_begin|>",
        "<|tool_calls_section_end|>",
        between="",
    ),
    openers=("<|tool_calls_section_begin|>", "<|tool_call_begin|>"),
    begins=("<|tool_call_begin|>",),
    prefixes=("functions.",),
    suffix=re.compile(r"[:0-9]*"),
    name_ends=("<|tool_call_argument_begin|>",),
    closers=("<|tool_call_end|>", "<|tool_calls_section_end|>"),
)
SOLAR = TagCalls(
    Written(
        "<|tool_call:begin|>call00000<|tool_call:name|>",
        "<|tool_call:args|>",
        "<|tool_call:end|>",
        "<|tool_calls|>",
        between="",
    ),
    openers=("<|tool_calls|>", "<|tool_call:begin|>"),
    begins=("<|tool_call:begin|>",),
    id_end="<|tool_call:name|>",
    name_ends=("<|tool_call:args|>",),
    closers=("<|tool_call:end|>", "<|calls|>"),
)
FUNCTIONARY = TagCalls(Written(">>>", "\n", "", between=""), openers=(">>>",), begins=(">>>",), name_ends=("\n",))
PYTHONIC = PythonCalls(
    Written("", "(", ")", "<|tool_call_start|>[", "]<|tool_call_end|>", ", ", ("", "=", ""), ", ", ("**", "")),
    ("<|tool_call_start|>",),
    ("<|tool_call_end|>",),
    leading=("[",),
)
TOOL_CODE = PythonCalls(
    Written("", "(", ")", "```tool_code\n", "\n```", "\n", ("", "=", ""), ", ", ("**", "")),
    ("```tool_code", "```python\n"),
    ("```",),
    leading=("[",),
)


def _dsml(section: str) -> TagCalls:
    return TagCalls(
        Written(
            '<｜DSML｜invoke name="',
            '">\n',
            "</｜DSML｜invoke>",
            f"<｜DSML｜{section}>\n",
            f"\n</｜DSML｜{section}>",
            argument=('<｜DSML｜parameter name="', '" string="{is_text}">', "</｜DSML｜parameter>\n"),
            whole=("", "\n"),
        ),
        openers=(f"<｜DSML｜{section}>",),
        begins=('<｜DSML｜invoke name="',),
        name_ends=('">',),
        closers=("</｜DSML｜invoke>", f"</｜DSML｜{section}>"),
        marks=ArgumentMarks(
            '<｜DSML｜parameter name="', ('" string="true">', '" string="false">', '">'), "</｜DSML｜parameter>"
        ),
    )


def _names(*texts: str) -> Callable[[str], bool]:
    return lambda source: all(text in source for text in texts)


#: In this order: the first that a template names is its own.
FAMILIES: tuple[tuple[Callable[[str], bool], CallForm], ...] = (
    (_names("｜DSML｜", "function_calls"), _dsml("function_calls")),
    (_names("｜DSML｜", "tool_calls"), _dsml("tool_calls")),
    (_names("<｜tool▁calls▁begin｜>", "```json"), DEEPSEEK_FENCED),
    (_names("<｜tool▁calls▁begin｜>"), DEEPSEEK),
    (_names("<|tool_calls_section_begin|>"), KIMI),
    (_names("<minimax:tool_call>"), MINIMAX),
    (_names("<seed:tool_call>"), SEED),
    (_names("tool_call", "arg_key", ":opensource"), HUNYUAN),
    (_names("<|tool_call:begin|>"), SOLAR),
    (_names("<|tool_call>", "<tool_call|>"), GemmaCalls(Written("<|tool_call>call:", "", "<tool_call|>", between=""))),
    (_names("<arg_key>", "<tool_call>"), GLM),
    (_names("<function=", "<parameter="), QWEN_CODER),
    (_names('<function name="', '<param name="'), MINICPM),
    (_names("<function="), FUNCTION_TAG),
    (_names(">>>all"), FUNCTIONARY),
    (_names("[TOOL_CALLS]", "[ARGS]"), MISTRAL),
    (_names("[TOOL_CALLS]"), MISTRAL_LIST),
    (_names("<|START_ACTION|>"), _json_list("<|START_ACTION|>", "<|END_ACTION|>", "tool_name", "parameters")),
    (
        _names("<|tools_prefix|>"),
        JsonCalls(
            Written('{"', '": ', "}", "<|tools_prefix|>[", "]<|tools_suffix|>", ", "),
            ("<|tools_prefix|>",),
            ("<|tools_suffix|>",),
            name_is_key=True,
        ),
    ),
    (_names("<TOOLCALL>"), _json_list("<TOOLCALL>", "</TOOLCALL>")),
    (_names("<|tool_call_start|>"), PYTHONIC),
    (_names("<|tool_list_start|>"), PYTHONIC),
    (_names("<tool_calls>["), _json_list("<tool_calls>", "</tool_calls>")),
    (_names("<tool_call>"), HERMES),
    (_names("<tool_calls>"), _json_list("<tool_calls>", "</tool_calls>")),
    # Granite 3 ends them with the turn, Phi 4 with a mark.
    (_names("<|tool_call|>"), replace(_json_list("<|tool_call|>", ""), closers=("<|/tool_call|>",))),
    (
        _names("<|function_call|>"),
        JsonCalls(
            Written('<|function_call|>{"name": "', '", "arguments": ', "}", between=None), ("<|function_call|>",)
        ),
    ),
    (
        _names("function call", "<|role_sep|>"),
        JsonCalls(
            Written('<|message_sep|>\n\nfunction call<|role_sep|>\n{"name": "', '", "arguments": ', "}", between=None),
            ("<|message_sep|>\n\nfunction call<|role_sep|>\n", "function call<|role_sep|>\n"),
        ),
    ),
    (_names("functools["), _json_list("functools", "")),
    (_names("<|python_tag|>"), LLAMA),
    (_names('"parameters"', "ipython"), LLAMA),
    (_names("tool_code"), TOOL_CODE),
)

#: Marks around a reply's text, which are not shown.
_DROPPED = (
    "<response>", "</response>", "<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>",
    "[BEGIN FINAL RESPONSE]", "[END FINAL RESPONSE]", ">>>all\n", "<|open|>response<|sep|>", "<|close|>response<|sep|>",
    "<|begin|>assistant", "<|content|>", "<|CHATBOT_TOKEN|>", "<|channel>", "<channel|>",
)  # fmt: skip


def is_harmony(template: str) -> bool:
    """Whether replies are messages of channels, as gpt-oss writes them."""
    return "<|channel|>" in template and "<|message|>" in template


def form_of(template: str) -> CallForm | None:
    """How calls are written by the model with this template; None when it names no form that is known."""
    return next((form for is_named, form in FAMILIES if is_named(template)), None)


def dropped_of(template: str) -> tuple[str, ...]:
    """The marks around a reply's text that the template names."""
    return tuple(mark for mark in _DROPPED if mark.strip() in template)
