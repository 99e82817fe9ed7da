"""Grammars that force calls: the family's marks around arguments that a JSON schema allows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_llm.engine.grammars.gbnf import literal
from desktop_llm.engine.grammars.json_schema import schema_to_gbnf
from desktop_llm.engine.grammars.reading import read_schema
from desktop_llm.engine.replies.kinds import Kind, constants_of, kind_of, resolved, types_of
from desktop_llm.errors import GrammarError

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|[a-zA-Z][a-zA-Z0-9-]*')
_NAME = re.compile(r"[\w.:/-]+")
_COMBINING = frozenset(["$ref", "allOf", "anyOf", "oneOf", "enum", "const"])
#: Rules that schema_to_gbnf always writes alike have no number; all others have one.
_NUMBERED = re.compile(r"-\d+$")


@dataclass(frozen=True, slots=True)
class Written:
    """How calls are written when they are forced: begin, (head NAME middle ARGUMENTS tail)…, end.

    `between` stands between two calls; None: one call only. `argument` are the texts before a key,
    between key and value, and after the value, where arguments are written one by one; in the middle
    one {is_text} becomes true or false. `separator` stands between those arguments.
    """

    head: str
    middle: str
    tail: str
    begin: str = ""
    end: str = ""
    between: str | None = "\n"
    argument: tuple[str, str, str] | None = None
    separator: str = ""
    whole: tuple[str, str] = ("", "")  # around arguments that cannot be written one by one


class Rules:
    """Rules of a grammar under construction."""

    def __init__(self) -> None:
        self._rules: dict[str, str] = {}

    def text(self, root: str) -> str:
        """The grammar."""
        return "\n".join(f"{name} ::= {body}" for name, body in {**self._rules, "root": root}.items()) + "\n"

    def add(self, hint: str, body: str) -> str:
        """A new rule; returns its name."""
        name = f"{hint}-r{len(self._rules)}"
        self._rules[name] = body
        return name

    def include(self, grammar: str) -> str:
        """Take another grammar's rules over; returns what its root is called here."""
        rules = dict(line.split(" ::= ", 1) for line in grammar.splitlines() if " ::= " in line)
        prefix = f"g{len(self._rules)}"
        names = {name: f"{prefix}-{name}" for name in rules if name == "root" or _NUMBERED.search(name)}
        for name, body in rules.items():
            self._rules[names.get(name, name)] = _TOKEN.sub(lambda found: names.get(found[0], found[0]), body)
        return names["root"]

    def schema(self, schema: Any) -> str:
        """A rule for the JSON that a schema allows. Raises GrammarError."""
        return self.include(schema_grammar(json.dumps(schema)))

    def until(self, end: str) -> str:
        """Any text up to the first `end`, and that."""
        names = [f"until-r{len(self._rules)}-{i}" for i in range(len(end))]
        letters = sorted(set(end))
        for i, name in enumerate(names):
            ways = [f"[^{''.join(_in_class(letter) for letter in letters)}] {names[0]}"]
            for letter in letters:
                n = _matched(end, i, letter)
                ways.append(literal(letter) + (f" {names[n]}" if n < len(end) else ""))
            self._rules[name] = " | ".join(ways)
        return names[0]


def forced_calls(rules: Rules, written: Written, tools: Mapping[str, Any], parallel: bool) -> str:
    """An expression for one call of one of the tools, or with `parallel` several. Raises GrammarError."""
    one = rules.add("call", " | ".join(_forced(rules, written, name, schema) for name, schema in tools.items()))
    calls = one
    if parallel and written.between is not None:
        calls = f"{one} ({literal(written.between)} {one})*" if written.between else f"{one}+"
    return f"{literal(written.begin)} {calls} {literal(written.end)}"


def _forced(rules: Rules, written: Written, name: str, schema: Any) -> str:
    if _NAME.fullmatch(name) is None:
        raise GrammarError(
            "The tool {tool} cannot be forced: its name has other characters than letters, digits, _, - and dots.",
            tool=name[:64],
        )
    try:
        if "object" not in types_of(schema, schema):
            raise GrammarError("A tool's parameters must be an object.")
        arguments = _arguments(rules, written, schema)
    except GrammarError as error:
        raise GrammarError(
            "The parameters of the tool {tool} cannot be forced. {reason}", tool=name, reason=str(error)
        ) from error
    return f"{literal(written.head + name + written.middle)} {arguments} {literal(written.tail)}"


def _arguments(rules: Rules, written: Written, schema: Any) -> str:
    if written.argument is not None and _is_plain(schema, written.argument):
        required = schema.get("required", [])
        named = {**schema["properties"], **{key: {} for key in required if key not in schema["properties"]}}
        try:
            pairs = [(_pair(rules, written.argument, key, schema, named[key]), key in required) for key in named]
        except GrammarError:
            pass  # a part may lean on the whole: try that
        else:
            return _in_order(rules, pairs, written.separator)
    return f"{literal(written.whole[0])} {rules.schema(schema)} {literal(written.whole[1])}"


def _is_plain(schema: Any, argument: tuple[str, str, str]) -> bool:
    """Whether the arguments can be written one by one."""
    if not isinstance(schema, Mapping) or set(schema) & _COMBINING:
        return False
    properties, required = schema.get("properties"), schema.get("required", [])
    if not isinstance(properties, Mapping) or not isinstance(required, list):
        return False
    keys = [str(key) for key in (*properties, *required)]
    if argument[1] == "=":
        return all(key.isidentifier() for key in keys)
    return all(key and key == key.strip() and not set(key) & set('<>"|\n') for key in keys)


def _pair(rules: Rules, argument: tuple[str, str, str], key: str, root: Any, schema: Any) -> str:
    before, middle, after = argument
    kind = kind_of(root, schema)
    lead = literal(before + key + middle.replace("{is_text}", "true" if kind is Kind.TEXT else "false"))
    if kind is Kind.TEXT and after:
        values = constants_of(resolved(root, schema))
        if values is not None:
            return f"{lead} ({' | '.join(literal(str(value)) for value in values)}) {literal(after)}"
        return f"{lead} {rules.until(after)}"
    definitions = {name: root[name] for name in ("$defs", "definitions") if name in root}
    return (
        f"{lead} {rules.schema({**definitions, **schema} if isinstance(schema, Mapping) else schema)} {literal(after)}"
    )


def _in_order(rules: Rules, pairs: Sequence[tuple[str, bool]], separator: str) -> str:
    """Pairs in their order, those not required may be left out, with separators between."""
    first, later = '""', '""'
    for pair, is_required in reversed(pairs):
        rest = rules.add("rest", later)
        with_pair = f"{pair} {rest}"
        separated = f"{literal(separator)} {with_pair}"
        skip_first, skip_later = rules.add("rest", first), rest
        first = with_pair if is_required else f"{with_pair} | {skip_first}"
        later = separated if is_required else f"{separated} | {skip_later}"
    return rules.add("arguments", first)


def _matched(end: str, n: int, letter: str) -> int:
    """How much of `end` stands at the end of its first `n` characters with `letter` behind them."""
    text = end[:n] + letter
    return next(i for i in range(min(len(end), n + 1), -1, -1) if text.endswith(end[:i]))


def _in_class(letter: str) -> str:
    if letter == "\n":
        return "\\n"
    return f"\\x{ord(letter):02X}" if letter in '[]^-"\\' else letter


def schema_grammar(text: str) -> str:
    """The grammar of a JSON schema's text. Raises GrammarError."""
    return schema_to_gbnf(read_schema(text))
