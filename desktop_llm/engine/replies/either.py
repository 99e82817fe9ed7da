"""One grammar of two: a text that the first allows, or the second."""

from __future__ import annotations

import re

#: A literal, a class of characters, or a name.
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|[a-zA-Z][a-zA-Z0-9-]*')


def either(first: str, second: str) -> str:
    """Both grammars have a rule `root`, and each rule on one line, as those that are made here."""
    rules = {**_renamed(first, "a"), **_renamed(second, "b"), "root": "a-root | b-root"}
    return "\n".join(f"{name} ::= {body}" for name, body in rules.items()) + "\n"


def _renamed(grammar: str, prefix: str) -> dict[str, str]:
    rules = dict(line.split(" ::= ", 1) for line in grammar.splitlines() if " ::= " in line)

    def rename(found: re.Match[str]) -> str:
        return f"{prefix}-{found[0]}" if found[0] in rules else found[0]

    return {f"{prefix}-{name}": _TOKEN.sub(rename, body) for name, body in rules.items()}
