"""A regular expression of a JSON schema's `pattern` as GBNF: the part of the language that a grammar can keep."""

from __future__ import annotations

from desktop_llm.engine.grammars.gbnf import PLAIN_CHARACTER, literal
from desktop_llm.errors import GrammarError

_CLASSES = {"d": "0-9", "w": "a-zA-Z0-9_", "s": " "}
_NOT_CLASSES = {"D": "0-9", "W": "a-zA-Z0-9_", "S": " "}
_OUTSIDE = PLAIN_CHARACTER[2:-1]  # what no JSON text holds unescaped
_MAX_NESTING = 32


def pattern_rule(pattern: object, any_character: str) -> str:
    """A JSON string that matches. Without ^ or $ anything may stand before or after. Raises GrammarError."""
    if not isinstance(pattern, str):
        raise GrammarError("The JSON schema gives pattern no text.")
    before = "" if pattern.startswith("^") else f"{any_character}* "
    ends = pattern.endswith("$") and not pattern.endswith("\\$")
    after = "" if ends else f" {any_character}*"
    inner = pattern.removeprefix("^")
    body = _Parser(inner[:-1] if ends else inner).parse()
    return f'"\\"" {before}({body}){after} "\\""'


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._nesting = 0

    def parse(self) -> str:
        body = self._alternatives()
        if self._at < len(self._text):
            raise self._unknown()
        return body

    def _alternatives(self) -> str:
        ways = [self._sequence()]
        while self._take("|"):
            ways.append(self._sequence())
        if len(ways) > 1 and self._nesting == 0 and not self._text.startswith("("):
            raise self._unknown()  # in ^a|b$ the anchors belong to one side each
        return " | ".join(ways)

    def _sequence(self) -> str:
        items = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            items.append(self._atom() + self._quantifier())
        return " ".join(items) or '""'

    def _atom(self) -> str:
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == ".":
            return PLAIN_CHARACTER
        if character == "\\":
            return self._escape()
        if character in "^$*+?{}":
            raise self._unknown()
        return _literal(character)

    def _group(self) -> str:
        if self._take("?") and not self._take(":"):
            raise self._unknown()
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise self._unknown()
        body = self._alternatives()
        self._nesting -= 1
        if not self._take(")"):
            raise self._unknown()
        return f"({body})"

    def _escape(self) -> str:
        character = self._next()
        if character in _CLASSES:
            return f"[{_CLASSES[character]}]"
        if character in _NOT_CLASSES:
            return f"[^{_OUTSIDE}{_NOT_CLASSES[character]}]"
        if character.isalnum():
            raise self._unknown()
        return _literal(character)

    def _class(self) -> str:
        negated = self._take("^")
        members = ""
        while not self._take("]"):
            character = self._next()
            if character == "\\":
                character = self._next()
                if character in _CLASSES:
                    members += _CLASSES[character]
                    continue
                if character.isalnum():
                    raise self._unknown()
            members += self._member(character)
        if negated:
            return f"[^{_OUTSIDE}{members}]"
        if not members:
            raise self._unknown()
        return f"[{members}]"

    def _member(self, character: str) -> str:
        """One character of a class, or a range. Quotes and backslashes are left out: JSON escapes them."""
        if self._text[self._at : self._at + 1] == "-" and self._text[self._at + 1 : self._at + 2] not in {"]", ""}:
            self._next()
            last = self._next()
            if not (character.isalnum() and last.isalnum() and character <= last):
                raise self._unknown()
            return f"{character}-{last}"
        return "" if character in '"\\' else f"\\x{ord(character):02X}" if character in "[]^-" else character

    def _quantifier(self) -> str:
        for mark in "*+?":
            if self._take(mark):
                return self._greedy(mark)
        if not self._take("{"):
            return ""
        end = self._text.find("}", self._at)
        numbers = self._text[self._at : end].split(",")
        if end < 0 or len(numbers) > 2 or not numbers[0].isdecimal() or not (numbers[-1] or "0").isdecimal():
            raise self._unknown()
        self._at = end + 1
        return self._greedy("{" + ",".join(numbers) + "}")

    def _greedy(self, mark: str) -> str:
        if self._take("?") or self._take("+"):
            raise self._unknown()
        return mark

    def _take(self, mark: str) -> bool:
        found = self._text.startswith(mark, self._at)
        self._at += len(mark) if found else 0
        return found

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise self._unknown()
        self._at += 1
        return self._text[self._at - 1]

    def _unknown(self) -> GrammarError:
        return GrammarError(
            "The JSON schema's pattern {pattern} uses what a grammar cannot keep.", pattern=self._text[:64]
        )


def _literal(character: str) -> str:
    if character in '"\\':
        return literal("\\" + character)
    if ord(character) < 32:
        raise GrammarError("The JSON schema's pattern has a control character, which a grammar cannot keep.")
    return literal(character)
