"""Orders as text, for another process: `blob nth=2 resumed file=*.gguf: reset after=1000`.

Before the colon: kinds of request (none: all), then `nth`, `times` (`times=None`: from then on), `file`, `method`,
`resumed` or `fresh`. After it: a fault's name with hyphens (`wrong-content-range`), then its values in order or by
name.
"""

from __future__ import annotations

import ast
import re
from typing import Any, get_args

from tests.hub import faults
from tests.hub.faults import Fault, Order
from tests.hub.journal import Kind

_KINDS: tuple[Kind, ...] = get_args(Kind)
_FUNCTIONS = {
    "rate-limited": faults.rate_limited,
    "throttle": faults.throttle,
    "too-many-requests": faults.too_many_requests,
}


def names() -> list[str]:
    """All faults that can be spoken of."""
    return sorted([*_CLASSES, *_FUNCTIONS])


def order(text: str) -> Order:
    """An order from its text; raises ValueError."""
    when, colon, what = text.partition(":")
    if not colon:
        raise ValueError(f"{text!r} has no colon")
    words = when.split()
    kinds = [kind for kind in _KINDS if kind in words]
    about: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name in {"nth", "times", "file", "method"}:
            about[name] = value if name in {"file", "method"} else ast.literal_eval(value)
        elif word in {"resumed", "fresh"}:
            about["resumed"] = word == "resumed"
        elif word not in kinds:
            raise ValueError(f"{word!r} is not understood; kinds of request are {', '.join(_KINDS)}")
    return Order(fault(what), *kinds, **about)


def fault(text: str) -> Fault:
    """A fault from its text; raises ValueError."""
    name, *words = text.split()
    make: Any = _FUNCTIONS.get(name) or _CLASSES.get(name)
    if make is None:
        raise ValueError(f"{name!r} is no fault; those are {', '.join(names())}")
    pairs = [re.fullmatch(r"(?:([a-z_]+)=)?(.*)", word) for word in words]
    values = [(found[1], _value(found[2])) for found in pairs if found]
    try:
        made = make(*[value for key, value in values if not key], **{key: value for key, value in values if key})
    except TypeError as error:
        raise ValueError(f"{text!r}: {error}") from error
    assert isinstance(made, Fault)
    return made


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


_CLASSES = {_kebab(each.__name__): each for each in Fault.__subclasses__()}
