"""Pieces of llama.cpp's grammar language (GBNF): literals, repetitions, numbers within bounds, names but some."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from desktop_llm.errors import GrammarError

#: The characters that stand for themselves in a JSON text.
PLAIN_CHARACTER = '[^"\\\\\\x7F\\x00-\\x1F]'
#: The others. Halves of surrogate pairs are left out: two escapes would be one character.
_ESCAPED = '"\\\\" (["\\\\bfnrt] | "u" ([0-9a-cA-Ce-fE-F] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}))'
#: One character of a JSON text.
ANY_CHARACTER = f"{PLAIN_CHARACTER} | {_ESCAPED}"
_MAX_DIGITS = 15
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(text: str) -> str:
    """A text as it is."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def quoted(text: str) -> str:
    """A text as a JSON string."""
    return literal(json.dumps(text, ensure_ascii=False))


def repeat(item: str, low: int, high: int | None) -> str:
    """An item from `low` to `high` times; None: without end."""
    if high == 0:
        return '""'
    if (low, high) == (0, None):
        return f"{item}*"
    return f"{item}{{{low},{'' if high is None else high}}}"


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return f"\\x{ord(character):02X}" if ord(character) < 32 or ord(character) == 127 else character


# names


def string_except(names: Sequence[str]) -> str:
    """A JSON string of plain characters that is none of these names."""
    tree: dict[str, Any] = {}
    for name in names:
        node = tree
        for character in name:
            node = node.setdefault(character, {})
        node[""] = {}
    return f'"\\"" {_other_than(tree)} "\\""'


def _other_than(node: dict[str, Any]) -> str:
    children = {character: child for character, child in node.items() if character}
    ways = [f"{literal(character)} {_other_than(child)}" for character, child in children.items()]
    known = "".join(_in_class(character) for character in children)
    ways.append(f"{PLAIN_CHARACTER[:-1]}{known}] {PLAIN_CHARACTER}*")
    return f"({' | '.join(ways)})" + ("" if "" in node else "?")


def _in_class(character: str) -> str:
    """A character inside the brackets of a class; quotes and backslashes are excluded there anyway."""
    if character in '"\\':
        return ""
    return f"\\x{ord(character):02X}" if character in "[]^-" else _escaped(character)


# numbers


def number_rule(bounds: Mapping[str, Any], is_integer: bool) -> str:
    """A number between bounds, by JSON schema's names of them. Raises GrammarError when no grammar can say so."""
    for key, value in bounds.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise GrammarError("The JSON schema gives {keyword} no number.", keyword=key)
        if not is_integer and value != int(value):
            raise GrammarError("The JSON schema bounds a number by a fraction, which a grammar cannot keep.")
    low, low_open = _bound(bounds, "minimum", "exclusiveMinimum", max, -(10**_MAX_DIGITS))
    high, high_open = _bound(bounds, "maximum", "exclusiveMaximum", min, 10**_MAX_DIGITS)
    if is_integer:
        low, low_open = (math.floor(low) + 1 if low_open else math.ceil(low)), False
        high, high_open = (math.ceil(high) - 1 if high_open else math.floor(high)), False
    ways = []
    if high > 0 or (high == 0 and not high_open):
        starts_open = low_open and low >= 0
        ways += _magnitudes(int(max(low, 0)), starts_open, int(high), high_open, is_integer)
    if low < 0:
        from_zero = high >= 0
        start, starts_open = (0, True) if from_zero else (int(-high), high_open)
        ways += [f'"-" ({way})' for way in _magnitudes(start, starts_open, int(-low), low_open, is_integer)]
    if not ways:
        raise GrammarError("The JSON schema bounds a number so that there is none.")
    return f"({' | '.join(ways)})"


def _bound(bounds: Mapping[str, Any], closed: str, opened: str, choose: Any, default: int) -> tuple[float, bool]:
    values = [(bounds[key], key == opened) for key in (closed, opened) if key in bounds]
    if not values:
        return default, False
    tightest = choose(value for value, _ in values)
    return tightest, any(is_open for value, is_open in values if value == tightest)


def _magnitudes(low: int, low_open: bool, high: int, high_open: bool, is_integer: bool) -> list[str]:
    """Ways to write numbers from `low` to `high`, both from 0 up."""
    if is_integer:
        first, last = low + low_open, high - high_open
        return [_whole(first, last)] if first <= last else []
    ways = []
    if low < high:
        if low_open:
            ways.append(f'{literal(str(low))} "." [0-9]{{0,14}} [1-9]')
        first = low + low_open
        if first <= high - 1:
            ways.append(f'({_whole(first, high - 1)}) ("." [0-9]{{1,15}})?')
    if low <= high and not high_open and not (low == high and low_open):
        ways.append(literal(str(high)))
    return ways


def _whole(low: int, high: int) -> str:
    """Whole numbers from `low` to `high`, by their number of digits."""
    ways = []
    for n_digits in range(len(str(low)), len(str(high)) + 1):
        first = max(low, 10 ** (n_digits - 1) if n_digits > 1 else 0)
        last = min(high, 10**n_digits - 1)
        ways.append(_digits(str(first), str(last)))
    return " | ".join(ways)


def _digits(low: str, high: str) -> str:
    """Digits between two texts of the same length."""
    if low == high:
        return literal(low) if low else '""'
    if set(low) == {"0"} and set(high) == {"9"}:
        return f"[0-9]{{{len(low)}}}"
    if low[0] == high[0]:
        return f"{literal(low[0])} ({_digits(low[1:], high[1:])})"
    if len(low) == 1:
        return f"[{low}-{high}]"
    rest = len(low) - 1
    first, last = int(low[0]), int(high[0])
    ways = []
    if set(low[1:]) != {"0"}:
        ways.append(f"{literal(low[0])} ({_digits(low[1:], '9' * rest)})")
        first += 1
    if set(high[1:]) != {"9"}:
        last -= 1
    if first <= last:
        ways.append(f"[{first}-{last}] [0-9]{{{rest}}}")
    if set(high[1:]) != {"9"}:
        ways.append(f"{literal(high[0])} ({_digits('0' * rest, high[1:])})")
    return " | ".join(ways)
