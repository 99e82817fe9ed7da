"""A JSON schema as a grammar in llama.cpp's GBNF: every text that the grammar allows is JSON the schema allows.

llama-cpp-python carries a converter too, but it silently drops what it cannot express (bounds of
numbers, `uniqueItems` …), cannot follow a schema that refers to itself, and takes additional names
that collide with declared ones. Here what cannot be kept is refused by name. The grammar may
allow less than the schema: properties come in the schema's order, others only where
`additionalProperties` asks for them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from desktop_llm.engine.grammars.gbnf import ANY_CHARACTER, literal, number_rule, quoted, repeat, string_except
from desktop_llm.engine.grammars.one_of import discriminator, makes_objects
from desktop_llm.engine.grammars.pattern import pattern_rule
from desktop_llm.errors import GrammarError

Schema = Mapping[str, Any]

_SPACE = '| " " | "\\n"{1,2} [ \\t]{0,20}'
_PRIMITIVES = {
    "char": ANY_CHARACTER,
    "string": '"\\"" char* "\\""',
    "integer": '"-"? ("0" | [1-9] [0-9]{0,15})',
    "number": '"-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?',
    "boolean": '"true" | "false"',
    "null": '"null"',
    "value": "object | array | string | number | boolean | null",
    "object": '"{" space (string ":" space value space ("," space string ":" space value space)*)? "}"',
    "array": '"[" space (value space ("," space value space)*)? "]"',
}
_FORMATS = {
    "date": '"\\"" date-text "\\""',
    "time": '"\\"" time-text "\\""',
    "date-time": '"\\"" date-text "T" time-text "\\""',
    "uuid": '"\\"" [0-9a-f]{8} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{12} "\\""',
}
_TEXTS = {
    # The 28 days that every month has.
    "date-text": '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])',
    "time-text": '("0" [0-9] | "1" [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] "Z"',
}
_REFUSED = frozenset(
    """not if then else dependentRequired dependentSchemas dependencies patternProperties propertyNames contains
    minContains maxContains multipleOf minProperties maxProperties unevaluatedItems additionalItems $dynamicRef
    $recursiveRef""".split()
)
_NOTES = frozenset(
    """title description default examples example deprecated readOnly writeOnly $schema $id $comment $defs
    definitions $anchor nullable discriminator xml externalDocs unevaluatedProperties contentEncoding
    contentMediaType""".split()
)
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def schema_to_gbnf(schema: Schema | bool) -> str:
    """The grammar, with a rule `root`. Raises GrammarError with what cannot be kept."""
    return _Converter(schema).grammar()


class _Converter:
    def __init__(self, schema: Schema | bool) -> None:
        self._root = schema
        self._rules: dict[str, str] = {"space": _SPACE}
        self._references: dict[str, str] = {}

    def grammar(self) -> str:
        self._rules["root"] = f"{self._visit(self._root)} space"
        return "\n".join(f"{name} ::= {body}" for name, body in self._rules.items()) + "\n"

    def _visit(self, schema: Schema | bool) -> str:
        """An expression for one schema: a rule's name, or a text in brackets."""
        schema = _constraints(schema)
        if "$ref" in schema:
            return self._reference(schema)
        for key in ("allOf", "anyOf", "oneOf"):
            if key in schema:
                return self._combined(schema, key)
        if "const" in schema or "enum" in schema:
            values = [schema["const"]] if "const" in schema else _list(schema["enum"], "enum")
            return _union(literal(_json(value)) for value in values)
        kinds = schema.get("type", _guess(schema))
        if isinstance(kinds, list):
            return _union(self._kind(kind, schema) for kind in kinds)
        return self._kind(kinds, schema)

    def _kind(self, kind: object, schema: Schema) -> str:
        match kind:
            case "object":
                return self._object(schema)
            case "array":
                return self._array(schema)
            case "string":
                return self._string(schema)
            case "integer" | "number":
                if any(key in schema for key in _BOUNDS):
                    return number_rule({key: schema[key] for key in _BOUNDS if key in schema}, kind == "integer")
                return self._primitive(kind)
            case "boolean" | "null" | "value":
                return self._primitive(kind)
            case _:
                raise GrammarError("The JSON schema names the type {type}, which does not exist.", type=str(kind)[:64])

    # references and combinations

    def _reference(self, schema: Schema) -> str:
        """A rule of its own for each reference, and for what stands beside it: a schema may refer to itself."""
        reference = schema["$ref"]
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        key = json.dumps([reference, rest], sort_keys=True)
        if key not in self._references:
            name = self._new_name("ref")
            self._references[key] = name  # before the visit
            target = self._resolve(reference)
            self._rules[name] = ""
            self._rules[name] = self._visit(_merged([target, rest]) if rest else target)
        return self._references[key]

    def _resolve(self, reference: object) -> Any:
        if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
            raise GrammarError(
                "The JSON schema refers to {reference}, which is not in it.", reference=str(reference)[:64]
            )
        target: Any = self._root
        for part in reference.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            try:
                target = target[int(key)] if isinstance(target, list) else target[key]
            except (KeyError, IndexError, TypeError, ValueError) as error:
                raise GrammarError(
                    "The JSON schema refers to {reference}, which is not in it.", reference=reference[:64]
                ) from error
        return target

    def _combined(self, schema: Schema, key: str) -> str:
        listed = _list(schema[key], key)
        rest = {name: value for name, value in schema.items() if name != key}
        parts = [self._dereferenced(part) for part in listed]
        if len(listed) == 1 and not rest:
            return self._visit(listed[0])
        if key == "allOf":
            return self._visit(_merged([*parts, rest]))
        branches = [_merged([rest, part]) for part in parts] if rest else listed
        if key == "oneOf":
            branches = self._exclusive(branches)
        return _union(self._visit(branch) for branch in branches)

    def _exclusive(self, branches: list[Any]) -> list[Any]:
        """The branches of a `oneOf`, where each that is an object has to have the property that tells which it is."""
        name = discriminator(branches, self._dereferenced)
        if name is None:
            return branches
        return [
            {**branch, "required": [*_required(branch), name]}
            if makes_objects(branch, self._dereferenced) and name not in _required(self._dereferenced(branch))
            else branch
            for branch in branches
        ]

    def _dereferenced(self, schema: Any) -> Any:
        for _ in range(32):
            if not isinstance(schema, Mapping) or set(schema) - _NOTES != {"$ref"}:
                return schema
            schema = self._resolve(schema["$ref"])
        raise GrammarError("The JSON schema refers in a circle.")

    # kinds

    def _object(self, schema: Schema) -> str:
        properties = schema.get("properties", {})
        more = schema.get("additionalProperties", not properties)
        required = schema.get("required", [])
        if not isinstance(properties, Mapping) or not isinstance(required, list):
            raise GrammarError("The JSON schema has properties that are none.")
        missing = [name for name in required if name not in properties]
        properties = {**properties, **{str(name): more if isinstance(more, Mapping) else True for name in missing}}
        if not properties and more is True:
            return self._primitive("object")
        tail = self._additional(more, list(properties)) if more else ('""', '""')
        for name, value in reversed(list(properties.items())):
            pair = f'{quoted(name)} space ":" space {self._visit(value)} space'
            tail = self._property(pair, name in required, tail)
        return f'"{{" space {self._rule("object", tail[0])} "}}"'

    def _property(self, pair: str, is_required: bool, tail: tuple[str, str]) -> tuple[str, str]:
        """What may follow from this property on: when none was written before, and when one was."""
        first, later = (self._rule("rest", part) for part in tail)
        if is_required:
            return f"{pair} {later}", f'"," space {pair} {later}'
        return f"{pair} {later} | {first}", f'"," space {pair} {later} | {later}'

    def _additional(self, schema: Schema | bool, names: list[str]) -> tuple[str, str]:
        pair = f'{self._rule("name", string_except(names))} space ":" space {self._visit(schema)} space'
        pair = self._rule("additional", pair)
        return f'({pair} ("," space {pair})*)?', f'("," space {pair})*'

    def _array(self, schema: Schema) -> str:
        low, high = _count(schema, "minItems") or 0, _count(schema, "maxItems")
        first = schema.get("prefixItems", schema["items"] if isinstance(schema.get("items"), list) else [])
        items = schema.get("items", not first)
        if isinstance(items, list):
            items = False
        if low > len(first) and first and items is False:
            items = True  # what lies beyond the listed ones may be anything
        listed = [self._visit(item) for item in _list(first, "prefixItems", can_be_empty=True)][:high]
        head = ' "," space '.join(f"{item} space" for item in listed)
        if items is False or high == len(listed):
            return f'"[" space {head} "]"'
        low, high = max(0, low - len(listed)), None if high is None else high - len(listed)
        if high is not None and high < low:
            raise GrammarError("The JSON schema wants more items than it allows.")
        item = self._rule("item", f"{self._visit(items)} space")
        another = f'("," space {item})'
        if listed:
            return f'"[" space {head} {repeat(another, low, high)} "]"'
        some = f"{item} {repeat(another, max(0, low - 1), None if high is None else high - 1)}"
        return f'"[" space {some if low else f"({some})?"} "]"'

    def _string(self, schema: Schema) -> str:
        low, high = _count(schema, "minLength"), _count(schema, "maxLength")
        if "pattern" in schema:
            if low is not None or high is not None:
                raise GrammarError("The JSON schema gives a text both a pattern and a length.")
            return self._rule("pattern", pattern_rule(schema["pattern"], self._primitive("char")))
        if low is not None or high is not None:
            if high is not None and high < (low or 0):
                raise GrammarError("The JSON schema wants a longer text than it allows.")
            return f'("\\"" {repeat(self._primitive("char"), low or 0, high)} "\\"")'
        name = schema.get("format")
        if name in _FORMATS:
            self._rules.update({key: body for key, body in _TEXTS.items() if key in _FORMATS[name]})
            return self._rule("format", _FORMATS[name])
        return self._primitive("string")

    # rules

    def _primitive(self, name: str) -> str:
        if name not in self._rules:
            self._rules[name] = _PRIMITIVES[name]
            for other in _PRIMITIVES:
                if (
                    other in _PRIMITIVES[name].split()
                    or f"{other}*" in _PRIMITIVES[name]
                    or f"({other}" in _PRIMITIVES[name]
                ):
                    self._primitive(other)
        return name

    def _rule(self, hint: str, body: str) -> str:
        name = self._new_name(hint)
        self._rules[name] = body
        return name

    def _new_name(self, hint: str) -> str:
        return f"{hint}-{len(self._rules) + len(self._references)}"


def _constraints(schema: Schema | bool) -> Schema:
    """What a schema asks for, without notes. Raises GrammarError when it asks for what cannot be kept."""
    if isinstance(schema, bool):
        if not schema:
            raise GrammarError("The JSON schema allows nothing where it says false.")
        return {}
    if not isinstance(schema, Mapping):
        raise GrammarError("The JSON schema has something that is no schema where one belongs.")
    for key in schema:
        if key in _REFUSED or (key == "uniqueItems" and schema[key]):
            raise GrammarError("The JSON schema uses {keyword}, which a grammar cannot keep.", keyword=key)
    return {key: value for key, value in schema.items() if key not in _NOTES}


def _union(alternatives: Iterable[str]) -> str:
    return f"({' | '.join(alternatives)})"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _list(value: object, key: str, *, can_be_empty: bool = False) -> list[Any]:
    if not isinstance(value, list) or not (value or can_be_empty):
        raise GrammarError("The JSON schema gives {keyword} no list of values.", keyword=key)
    return value


def _required(schema: Schema) -> list[Any]:
    return _list(schema.get("required", []), "required", can_be_empty=True)


def _count(schema: Schema, key: str) -> int | None:
    value = schema.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise GrammarError("The JSON schema gives {keyword} no whole number.", keyword=key)
    return value


def _guess(schema: Schema) -> str:
    """The type of a schema that does not say one."""
    for kind, keys in (
        ("object", ("properties", "required", "additionalProperties")),
        ("array", ("items", "prefixItems", "minItems", "maxItems")),
        ("string", ("pattern", "minLength", "maxLength", "format")),
        ("number", _BOUNDS),
    ):
        if any(key in schema for key in keys):
            return kind
    return "value"


def _merged(schemas: list[Any]) -> dict[str, Any]:
    """One schema that keeps what several ask for. Raises GrammarError when they disagree."""
    result: dict[str, Any] = {}
    for schema in schemas:
        if not isinstance(schema, Mapping):
            raise GrammarError("The JSON schema combines what cannot be combined.")
        for key, value in schema.items():
            if key in _NOTES or result.get(key, value) == value:
                result[key] = value
            elif key == "required":
                result[key] = [*result[key], *(name for name in value if name not in result[key])]
            elif key == "properties" and not any(result[key].get(name, value[name]) != value[name] for name in value):
                result[key] = {**result[key], **value}
            else:
                raise GrammarError("The JSON schema combines different values of {keyword}.", keyword=key)
    return result
