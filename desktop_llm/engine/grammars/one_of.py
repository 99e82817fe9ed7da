"""`oneOf`: exactly one branch of a JSON schema may hold. A grammar can keep that for branches that exclude each other.

They do when their types differ, when their constants differ, or when one property, which a text
then has to have, is a different constant in each: a discriminated union, as pydantic writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any, Final

from desktop_llm.errors import GrammarError

Schema = Mapping[str, Any]
#: A constant that can be told from others: its type's name, because true is not 1, and the value.
Constant = tuple[str, object]

_TYPES: Final = frozenset(["object", "array", "string", "number", "boolean", "null"])
_OBJECT: Final = frozenset(["object"])
_MAX_DEPTH: Final = 32


def discriminator(branches: list[Any], resolve: Callable[[Any], Any]) -> str | None:
    """The property that tells branches which are objects apart; None when none is needed.

    `resolve` follows references. Raises GrammarError when two branches may hold at once.
    """
    views = [_View.of(branch, resolve, 0) for branch in branches]
    objects = [view for view in views if "object" in view.produced]
    name = _common_tag(objects) if len(objects) > 1 else None
    for one, other in combinations(views, 2):
        if one.can_meet(other, name) or other.can_meet(one, name):
            raise GrammarError(
                "The JSON schema's oneOf has branches that may hold at once. Give each a property that is required and "
                "has another constant in each, or use anyOf."
            )
    return name


def makes_objects(branch: Any, resolve: Callable[[Any], Any]) -> bool:
    """Whether texts made for a branch can be objects."""
    return "object" in _View.of(branch, resolve, 0).produced


class _View:
    """What is known of a branch: what it accepts, what is made for it, its constants, and its properties' constants."""

    def __init__(self, accepted: frozenset[str], produced: frozenset[str]) -> None:
        self.accepted = accepted
        self.produced = produced
        self.constants: frozenset[Constant] | None = None
        self.tags: dict[str, frozenset[Constant]] = {}

    @classmethod
    def of(cls, schema: Any, resolve: Callable[[Any], Any], depth: int) -> _View:
        schema = resolve(schema)
        if depth > _MAX_DEPTH:
            raise GrammarError("The JSON schema refers in a circle.")
        if not isinstance(schema, Mapping):
            return cls(_TYPES, _TYPES)
        for key in ("oneOf", "anyOf"):
            if isinstance(schema.get(key), list) and schema[key]:
                return _joined([cls.of(part, resolve, depth + 1) for part in schema[key]], schema)
        constants = _constants(schema)
        accepted = _declared(schema) if constants is None else frozenset(kind for kind, _ in constants)
        is_object = "properties" in schema and "type" not in schema
        view = cls(accepted, accepted & _OBJECT if is_object else accepted)
        view.constants = constants
        properties = schema.get("properties")
        for name, value in properties.items() if isinstance(properties, Mapping) else ():
            known = _constants(resolve(value))
            if known is not None:
                view.tags[name] = known
        return view

    def can_meet(self, other: _View, tag: str | None) -> bool:
        """Whether a text made for this branch may be one that the other accepts."""
        shared = self.produced & other.accepted
        if tag is not None:
            shared -= _OBJECT
        if self.constants is not None and other.constants is not None:
            return bool(self.constants & other.constants)
        return bool(shared)


def _joined(views: list[_View], schema: Schema) -> _View:
    """A choice within a choice."""
    declared = _declared(schema)
    accepted, produced = (
        frozenset().union(*(getattr(view, name) for view in views)) & declared for name in ("accepted", "produced")
    )
    whole = _View(accepted, produced)
    for name in views[0].tags:
        if all(name in view.tags for view in views):
            whole.tags[name] = frozenset().union(*(view.tags[name] for view in views))
    return whole


def _common_tag(views: list[_View]) -> str | None:
    for name in views[0].tags:
        if all(name in view.tags for view in views) and not any(
            one.tags[name] & other.tags[name] for one, other in combinations(views, 2)
        ):
            return name
    return None


def _declared(schema: Schema) -> frozenset[str]:
    kinds = schema.get("type")
    if kinds is None:
        return _TYPES
    names = kinds if isinstance(kinds, list) else [kinds]
    return frozenset("number" if name == "integer" else str(name) for name in names)


def _constants(schema: Any) -> frozenset[Constant] | None:
    """The values that a schema lists; None when it lists none, or some that are not plain."""
    if not isinstance(schema, Mapping):
        return None
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(values, list):
        return None
    constants = [_constant(value) for value in values]
    return None if None in constants else frozenset(constant for constant in constants if constant is not None)


def _constant(value: object) -> Constant | None:
    match value:
        case None:
            return "null", None
        case bool():
            return "boolean", value
        case int() | float():
            return "number", value
        case str():
            return "string", value
        case _:
            return None
