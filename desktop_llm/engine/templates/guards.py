"""What the operators, methods and filters of a chat template would make, checked before they make it.

Each operation is either bounded by its input (which the meter has bounded already) or has a rule
here. What has no rule and is not known to be bounded does not exist for templates: they have no use
for it.
"""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jinja2 import filters as jinja_filters
from jinja2.exceptions import SecurityError
from jinja2.utils import Cycler, Joiner, Namespace, pass_environment

from desktop_llm.engine.templates.meter import MAX_ITEMS, MAX_WIDTH, LimitError, Meter

_MAX_SLOW_TEXT = 200_000  # characters, for what is written in Python or grows its input
_MAX_NEEDLE = 1_000  # characters, where the search is quadratic
_MAX_POWER_BITS = 1 << 14

Arguments = Sequence[Any]
Keywords = Mapping[str, Any]


class HasMeter(Protocol):
    """The environment, as far as this file knows it."""

    meter: Meter


# operators


def check_binop(meter: Meter, operator: str, left: Any, right: Any) -> None:
    """Raise LimitError when an operator would make too much."""
    if operator == "*":
        _check_product(meter, left, right)
    elif operator == "**":
        _check_power(left, right)
    elif operator == "%" and isinstance(left, str):
        check_format(meter, left, "%", [right])
    elif operator == "+" and isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
        meter.check_size(len(left) + len(right) * (5 if hasattr(left, "__html__") else 1))


def _check_product(meter: Meter, left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int) and _bits(left) + _bits(right) > _MAX_POWER_BITS:
        raise LimitError("makes too large a number")
    for value, count in ((left, right), (right, left)):
        if isinstance(count, int) and isinstance(value, str | list | tuple):
            size = len(value) if isinstance(value, str) else meter.weigh(value)
            meter.check_size(size * max(count, 0))


def _bits(number: int) -> int:
    return number.bit_length()


def _check_power(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int) and _bits(left) * abs(right) > _MAX_POWER_BITS:
        raise LimitError("makes too large a number")


def check_format(meter: Meter, text: str, mark: str, values: Iterable[Any]) -> None:
    """Raise LimitError when `text % values` or `text.format(values)` could make too much. `mark` is % or {."""
    if _WIDE_FORMAT[mark].search(text):
        raise LimitError("makes too wide a text")
    widest = max((meter.weigh(value) for value in values), default=0)
    meter.check_size((text.count(mark) * (widest + MAX_WIDTH) + len(text)) // 4)


#: A width or precision of five digits, or one that comes from a value.
_WIDE_FORMAT = {
    "%": re.compile(r"%(?:\([^)]{0,100}\))?[^a-zA-Z%]*?(?:\*|\d{5})"),
    "{": re.compile(r":[^{}]{0,100}?(?:\{|\d{5})"),
}

# calls


def check_call(meter: Meter, function: Any, args: Arguments, kwargs: Keywords) -> None:
    """Raise LimitError when a call would make too much, SecurityError when templates have no use for it."""
    if isinstance(function, type):
        if not issubclass(function, Namespace | Cycler | Joiner):
            raise SecurityError(f"{function.__name__} cannot be called")
        return
    if not isinstance(function, types.BuiltinMethodType | types.MethodWrapperType):
        return
    owner, name = function.__self__, function.__name__
    if isinstance(owner, str):
        _check_str_method(meter, owner, name, [*args, *kwargs.values()])
    elif name not in _OTHER_METHODS:
        raise SecurityError(f"the method {name} cannot be called")


_OTHER_METHODS = frozenset(
    ["get", "items", "keys", "values", "copy", "count", "index", "is_integer", "bit_length", "conjugate", "decode"]
)
_STR_METHODS = frozenset(
    """capitalize casefold count endswith find index isalnum isalpha isascii isdecimal isdigit isidentifier islower
    isnumeric isprintable isspace istitle isupper lower partition removeprefix removesuffix startswith swapcase title
    upper""".split()
)


def _check_str_method(meter: Meter, text: str, name: str, args: Sequence[Any]) -> None:
    if name in _STR_METHODS:
        return
    match name:
        case "strip" | "lstrip" | "rstrip" | "rfind" | "rindex" | "rpartition":
            _check_needles(args)
        case "split" | "rsplit" | "splitlines":
            _check_split(text, name, args)
        case "ljust" | "rjust" | "center" | "zfill":
            _check_widths(args)
        case "expandtabs":
            _check_widths(args)
            meter.check_size(len(text) + text.count("\t") * max([8, *(n for n in args if isinstance(n, int))]))
        case "replace":
            _check_replace(meter, text, *args[:2])
        case "join":
            _check_join(meter, text, args)
        case _:
            raise SecurityError(f"the method {name} cannot be called")


def _check_needles(args: Sequence[Any]) -> None:
    if any(isinstance(arg, str) and len(arg) > _MAX_NEEDLE for arg in args):
        raise LimitError("searches for too long a text")


def _check_widths(args: Iterable[Any]) -> None:
    if any(isinstance(arg, int) and abs(arg) > MAX_WIDTH for arg in args):
        raise LimitError("makes too wide a text")


def _check_split(text: str, name: str, args: Sequence[Any]) -> None:
    separator = args[0] if args and isinstance(args[0], str) and name != "splitlines" else None
    if name == "rsplit":
        _check_needles(args)
    n_pieces = text.count(separator) if separator else len(text) // 4
    if n_pieces > MAX_ITEMS:
        raise LimitError("makes too many values")


def _check_replace(meter: Meter, text: Any, old: Any = "", new: Any = "", *_: Any) -> None:
    source, needle = str(text), str(old)
    n_times = source.count(needle)
    meter.check_size(len(source) + n_times * len(str(new)) * (5 if hasattr(text, "__html__") else 1))


def _check_join(meter: Meter, separator: str, args: Sequence[Any]) -> None:
    if not args:
        return
    values = args[0]
    if not isinstance(values, str | list | tuple | dict):
        raise LimitError("joins what has no length")  # an iterator cannot be counted without using it up
    meter.check_size(meter.weigh(values) + len(separator) * len(values))


# filters

Guard = Callable[[Meter, Any, Arguments, Keywords], None]


@dataclass(frozen=True, slots=True)
class FilterRule:
    """A filter and what is checked first; `takes_items` says that it goes through its value's items at once."""

    function: Callable[..., Any]
    guard: Guard | None = None
    takes_items: bool = False


def guarded(environment: HasMeter, name: str, rule: FilterRule) -> Callable[..., Any]:
    """A filter that ticks, is checked before, and whose result is kept."""
    function = rule.function
    index = 1 if hasattr(function, "jinja_pass_arg") else 0

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        meter = environment.meter
        meter.enter()
        try:
            value, options = args[index], args[index + 1 :]
            if rule.guard is not None:
                rule.guard(meter, value, options, kwargs)
            if rule.takes_items:
                _check_paths(options, kwargs)
                value = meter.bounded(value)
            return meter.keep(function(*args[:index], value, *options, **kwargs))
        finally:
            meter.leave()

    return run


def ticked(environment: HasMeter, test: Callable[..., Any]) -> Callable[..., Any]:
    """A test (`is defined`) that ticks."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> Any:
        environment.meter.tick()
        return test(*args, **kwargs)

    return run


def _check_paths(args: Arguments, kwargs: Keywords) -> None:
    for option in (*args, *kwargs.values()):
        if isinstance(option, str) and len(option) > MAX_WIDTH:
            raise LimitError("searches for too long a text")


def _options(args: Arguments, kwargs: Keywords) -> list[Any]:
    return [*args, *kwargs.values()]


def _small_numbers(meter: Meter, value: Any, args: Arguments, kwargs: Keywords) -> None:
    _check_widths(_options(args, kwargs))


def _short_text(meter: Meter, value: Any, args: Arguments, kwargs: Keywords) -> None:
    if meter.weigh(value) > _MAX_SLOW_TEXT:
        raise LimitError("works on too long a text")


def _small_precision(meter: Meter, value: Any, args: Arguments, kwargs: Keywords) -> None:
    if any(isinstance(number, int) and abs(number) > 100 for number in _options(args, kwargs)):
        raise LimitError("makes too large a number")


def _indents(meter: Meter, value: Any, args: Arguments, kwargs: Keywords) -> None:
    options = _options(args, kwargs)
    _check_widths(options)
    width = max((len(option) if isinstance(option, str) else int(option) for option in options), default=4)
    text = str(value)
    meter.check_size(len(text) + len(text.splitlines()) * width if len(text) <= MAX_ITEMS else len(text) * (width + 1))


def _replaces(meter: Meter, value: Any, args: Arguments, kwargs: Keywords) -> None:
    _check_replace(meter, value, *_options(args, kwargs)[:2])


def _trims(meter: Meter, value: Any, args: Arguments, kwargs: Keywords) -> None:
    _check_needles(_options(args, kwargs))


def _formats(meter: Meter, value: Any, args: Arguments, kwargs: Keywords) -> None:
    check_format(meter, str(value), "%", _options(args, kwargs))


@pass_environment
def _join(environment: Any, value: Any, d: Any = "", attribute: Any = None) -> str:
    """Jinja's join, with the length of what it makes known before. (No autoescape here.)"""
    values: Iterable[Any] = value
    if attribute is not None:
        values = map(jinja_filters.make_attrgetter(environment, attribute), value)
    separator = str(d)
    return str(environment.concat(_between(separator, values)))


def _between(separator: str, values: Iterable[Any]) -> Iterable[str]:
    for index, value in enumerate(values):
        if index and separator:
            yield separator
        yield str(value)


@pass_environment
def _sum(environment: Any, iterable: Any, attribute: Any = None, start: Any = 0) -> Any:
    """Jinja's sum; built-in sum() of lists is quadratic and cannot be interrupted."""
    values = iterable
    if attribute is not None:
        values = map(jinja_filters.make_attrgetter(environment, attribute), iterable)
    if isinstance(start, str):
        raise TypeError("sum() can't sum strings")
    for value in values:
        start = environment.call_binop(None, "+", start, value)
    return start


def _jinja(name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = jinja_filters.FILTERS[name]
    return function


_SIMPLE = """abs attr capitalize count d default first items last length lower reverse safe string
    truncate upper""".split()
_TAKES_ITEMS = "dictsort groupby list map max min reject rejectattr select selectattr sort unique".split()
_GUARDS: dict[str, Guard] = {
    "center": _small_numbers,
    "indent": _indents,
    "round": _small_precision,
    "replace": _replaces,
    "trim": _trims,
    "format": _formats,
    "e": _short_text,
    "escape": _short_text,
    "forceescape": _short_text,
    "title": _short_text,
    "urlencode": _short_text,
    "int": _short_text,
    "float": _short_text,
}

#: Every filter a template can use, besides tojson. Jinja's others are for web pages.
FILTERS: dict[str, FilterRule] = {
    **{name: FilterRule(_jinja(name)) for name in _SIMPLE},
    **{name: FilterRule(_jinja(name), takes_items=True) for name in _TAKES_ITEMS},
    **{name: FilterRule(_jinja(name), guard) for name, guard in _GUARDS.items()},
    "batch": FilterRule(_jinja("batch"), _small_numbers, takes_items=True),
    "slice": FilterRule(_jinja("slice"), _small_numbers, takes_items=True),
    "join": FilterRule(_join, takes_items=True),
    "sum": FilterRule(_sum, takes_items=True),
}
