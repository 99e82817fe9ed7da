"""Says random texts that a GBNF grammar allows; enough of the language for the grammars made here."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|[A-Za-z][A-Za-z0-9-]*|\{[0-9,]+\}|[()|*+?]', re.DOTALL)
_ESCAPE = re.compile(r"\\x([0-9A-F]{2})|\\(.)", re.DOTALL)
_FOREIGN = "aZ09 é漢🙂~/'"


@dataclass
class _Node:
    kind: str
    text: str = ""
    parts: tuple[_Node, ...] = ()
    low: int = 1
    high: int = 1


class Speaker:
    """Speaks one grammar; the deeper it is, the sooner it stops."""

    def __init__(self, grammar: str, seed: int) -> None:
        self._dice = random.Random(seed)
        lines = (line.split(" ::= ", 1) for line in grammar.strip().split("\n"))
        self._rules = {name: _parse(body) for name, body in lines}
        self._depths = dict.fromkeys(self._rules, 1e9)
        for _ in self._rules:
            self._depths = {name: self._depth(body) for name, body in self._rules.items()}

    def say(self) -> str:
        """One text."""
        return self._say(self._rules["root"], 0)

    def _say(self, node: _Node, depth: int) -> str:
        most = node.low if depth > 12 else min(node.high, node.low + 3)
        return "".join(self._once(node, depth) for _ in range(self._dice.randint(node.low, max(node.low, most))))

    def _once(self, node: _Node, depth: int) -> str:
        if node.kind == "literal":
            return _unescape(node.text)
        if node.kind == "class":
            return self._dice.choice(_members(node.text))
        if node.kind == "rule":
            return self._say(self._rules[node.text], depth + 1)
        if node.kind == "either":
            ways = node.parts
            if depth > 12:
                ways = tuple(sorted(ways, key=self._depth)[:1])
            return self._say(self._dice.choice(ways), depth + 1)
        return "".join(self._say(part, depth) for part in node.parts)

    def _depth(self, node: _Node) -> float:
        """How many rules deep the shortest way to the end is."""
        if node.low == 0:
            return 0
        if node.kind == "rule":
            return 1 + self._depths[node.text]
        return (min if node.kind == "either" else max)(map(self._depth, node.parts), default=0)


def _parse(body: str) -> _Node:
    tokens = _TOKEN.findall(body)
    assert not _TOKEN.sub("", body).strip(), body
    node, rest = _either(tokens)
    assert not rest, body
    return node


def _either(tokens: list[str]) -> tuple[_Node, list[str]]:
    ways: list[_Node] = []
    parts: list[_Node] = []
    while tokens and tokens[0] != ")":
        token, tokens = tokens[0], tokens[1:]
        if token == "|":
            ways.append(_Node("all", parts=tuple(parts)))
            parts = []
        elif token == "(":
            node, tokens = _either(tokens)
            parts.append(node)
            tokens = tokens[1:]
        elif token[0] in "*+?{":
            last = parts[-1]
            last.low, last.high = _times(token)
        else:
            kind = {'"': "literal", "[": "class"}.get(token[0], "rule")
            parts.append(_Node(kind, token[1:-1] if kind != "rule" else token))
    ways.append(_Node("all", parts=tuple(parts)))
    return _Node("either", parts=tuple(ways)), tokens


def _times(mark: str) -> tuple[int, int]:
    if mark[0] != "{":
        return {"*": (0, 99), "+": (1, 99), "?": (0, 1)}[mark]
    low, _, high = mark[1:-1].partition(",")
    return int(low), int(high) if high else (99 if "," in mark else int(low))


def _unescape(text: str) -> str:
    return _ESCAPE.sub(
        lambda m: chr(int(m[1], 16)) if m[1] else {"n": "\n", "t": "\t", "r": "\r"}.get(m[2], m[2]), text
    )


def _members(text: str) -> str:
    negated = text.startswith("^")
    units = re.findall(r"\\x[0-9A-F]{2}|\\.|.", text[1:] if negated else text, re.DOTALL)
    characters: set[str] = set()
    i = 0
    while i < len(units):
        first = _unescape(units[i])
        if i + 2 < len(units) and units[i + 1] == "-":
            characters.update(chr(c) for c in range(ord(first), ord(_unescape(units[i + 2])) + 1))
            i += 3
        else:
            characters.add(first)
            i += 1
    if not negated:
        return "".join(sorted(characters))
    return "".join(c for c in _FOREIGN + "bc[]^-xyz" if c not in characters)
