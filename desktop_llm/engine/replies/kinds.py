"""What kind of value a tool's parameter takes, where the reply's text alone does not tell: text or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

_MAX_DEPTH = 16
_ALL = frozenset(["object", "array", "number", "boolean", "null", "string"])
_CONSTRAINTS = ("pattern", "format", "minLength", "maxLength")
_LITERALS = {"True": "true", "False": "false", "None": "null"}


class Kind(Enum):
    """How a value is to be read."""

    TEXT = 0  #: a text as it stands
    QUOTED = 1  #: a text, perhaps in quotes
    ANY = 2  #: JSON where it is, else a text


def resolved(root: Any, schema: Any) -> Any:
    """A schema with its reference followed."""
    for _ in range(_MAX_DEPTH):
        reference = schema.get("$ref") if isinstance(schema, Mapping) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return schema
        schema = root
        for part in reference.split("/")[1:]:
            schema = schema.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(schema, Mapping) else None
    return None


def property_of(schema: Any, key: str) -> Any:
    """The schema of one argument; {} where none is declared."""
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    return properties.get(key, {}) if isinstance(properties, Mapping) else {}


def types_of(root: Any, schema: Any, depth: int = 0) -> frozenset[str]:
    """The JSON types that a schema allows, as far as it says."""
    schema = resolved(root, schema)
    if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
        return _ALL
    for key in ("anyOf", "oneOf"):
        if isinstance(schema.get(key), list):
            return frozenset[str]().union(*(types_of(root, part, depth + 1) for part in schema[key]))
    constants = constants_of(schema)
    if constants is not None:
        return frozenset(type_of(value) for value in constants)
    kinds = schema.get("type", sorted(_ALL))
    names = kinds if isinstance(kinds, list) else [kinds]
    return frozenset("number" if name == "integer" else str(name) for name in names)


def constants_of(schema: Any) -> list[Any] | None:
    """The values a schema lists; None when it lists none."""
    if not isinstance(schema, Mapping):
        return None
    if "const" in schema:
        return [schema["const"]]
    return schema["enum"] if isinstance(schema.get("enum"), list) else None


def type_of(value: object) -> str:
    """A value's JSON type."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def kind_of(root: Any, schema: Any) -> Kind:
    """How an argument with this schema is written."""
    if types_of(root, schema) != {"string"}:
        return Kind.ANY
    target = resolved(root, schema)
    if not isinstance(target, Mapping) or any(key in target for key in (*_CONSTRAINTS, "anyOf", "oneOf", "allOf")):
        return Kind.QUOTED
    return Kind.TEXT


def as_json(text: str, kind: Kind, types: frozenset[str]) -> str:
    """A value as JSON: itself where it is JSON of a type that is allowed, else a text."""
    bare = text.strip()
    bare = _LITERALS.get(bare, bare)
    try:
        found = type_of(json.loads(bare, parse_constant=_refuse))
    except (ValueError, RecursionError):
        return json.dumps(text, ensure_ascii=False)
    if found in types and (kind is Kind.ANY or found == "string"):
        return bare
    return json.dumps(text, ensure_ascii=False) if "string" in types else bare


def _refuse(name: str) -> None:
    raise ValueError(name)
