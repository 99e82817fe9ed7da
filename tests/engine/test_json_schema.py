"""What a schema's grammar allows is JSON the schema allows; what no grammar can keep is refused by name."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

from desktop_llm.engine.grammars.json_schema import schema_to_gbnf
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.trial import compile_grammar
from desktop_llm.errors import GrammarError
from tests.engine.gbnf_speaker import Speaker

_LIST = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
            },
            "required": ["value", "next"],
            "additionalProperties": False,
        }
    },
    "$ref": "#/$defs/node",
}

SCHEMAS: dict[str, Any] = {
    "anything": {},
    "true": True,
    "object": {"type": "object"},
    "array": {"type": "array"},
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "several types": {"type": ["string", "null", "integer"]},
    "enum": {"enum": ["a", 'b"c\\', 1, 2.5, None, True, {"x": [1]}, "é\n🙂"]},
    "const": {"const": {"a": 'é"\n\x7f'}},
    "all required": {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "string"}},
        "required": ["b", "a"],
        "additionalProperties": False,
    },
    "some required": {
        "type": "object",
        "properties": {name: {"type": "integer"} for name in "abcde"},
        "required": ["b", "d"],
        "additionalProperties": False,
    },
    "none required": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "null"}}},
    "no properties": {"type": "object", "properties": {}, "additionalProperties": False},
    "other properties": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 5}},
    "own and other properties": {
        "type": "object",
        "properties": {"a": {"type": "null"}, "ab": {"type": "null"}, "[x]": {"type": "null"}, '"': {"type": "null"}},
        "additionalProperties": {"type": "integer"},
    },
    "any other property": {"type": "object", "properties": {"a": {"const": 1}}, "additionalProperties": True},
    "required but not declared": {"type": "object", "required": ["x"], "additionalProperties": {"type": "boolean"}},
    "names to escape": {"properties": {'größe "x"\\': {"type": "integer"}}, "required": ['größe "x"\\']},
    "items": {"type": "array", "items": {"type": "boolean"}},
    "at least": {"type": "array", "items": {"type": "null"}, "minItems": 2},
    "at most": {"type": "array", "items": {"type": "null"}, "maxItems": 2},
    "from to": {"type": "array", "items": {"type": "null"}, "minItems": 1, "maxItems": 3},
    "exactly": {"type": "array", "items": {"type": "null"}, "minItems": 3, "maxItems": 3},
    "empty array": {"type": "array", "maxItems": 0},
    "tuple": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
    "tuple and more": {"type": "array", "prefixItems": [{"type": "null"}], "items": {"type": "integer"}, "minItems": 3},
    "any of": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]},
    "one of": {"oneOf": [{"type": "boolean"}, {"type": "null"}]},
    "one of two constants": {"oneOf": [{"const": 1}, {"const": True}, {"enum": ["1", None]}]},
    "one of objects that a property tells apart": {
        "oneOf": [
            {"type": "object", "properties": {"kind": {"const": "a"}, "x": {"type": "integer"}}, "required": ["kind"]},
            {"type": "object", "properties": {"kind": {"enum": ["b", "c"]}, "x": {"type": "integer"}}},
            {"type": "null"},
        ]
    },
    "one of objects without a type": {
        "oneOf": [{"properties": {"kind": {"const": "a"}}}, {"properties": {"kind": {"const": "b"}}}]
    },
    "one of with more": {
        "type": "object",
        "properties": {"kind": {"enum": ["a", "b"]}, "x": {"type": "boolean"}},
        "oneOf": [{"properties": {"y": {"const": 1}}}, {"properties": {"y": {"const": 2}}}],
    },
    "a union as pydantic writes it": {
        "$defs": {
            "Add": {
                "properties": {
                    "kind": {"const": "add", "default": "add", "title": "Kind", "type": "string"},
                    "left": {"$ref": "#/$defs/Term"},
                },
                "required": ["left"],
                "title": "Add",
                "type": "object",
            },
            "Number": {
                "properties": {
                    "kind": {"const": "number", "title": "Kind", "type": "string"},
                    "sign": {"const": "+", "type": "string"},
                },
                "required": ["kind", "sign"],
                "type": "object",
            },
            "Minus": {
                "properties": {
                    "kind": {"const": "number", "type": "string"},
                    "sign": {"const": "-", "type": "string"},
                },
                "required": ["kind", "sign"],
                "type": "object",
            },
            "Term": {
                "discriminator": {"mapping": {"add": "#/$defs/Add"}, "propertyName": "kind"},
                "oneOf": [
                    {"$ref": "#/$defs/Add"},
                    {
                        "discriminator": {"propertyName": "sign"},
                        "oneOf": [{"$ref": "#/$defs/Number"}, {"$ref": "#/$defs/Minus"}],
                    },
                ],
            },
        },
        "properties": {"term": {"$ref": "#/$defs/Term"}},
        "required": ["term"],
        "type": "object",
    },
    "any of with more": {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        "additionalProperties": False,
    },
    "all of": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
            {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]},
        ]
    },
    "a list that refers to itself": _LIST,
    "a tree": {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#"}}}},
    "a reference with a description": {
        "definitions": {"a/b": {"type": "integer"}},
        "properties": {"x": {"$ref": "#/definitions/a~1b", "description": "x"}},
        "required": ["x"],
    },
    "at least so long": {"type": "string", "minLength": 3},
    "at most so long": {"type": "string", "maxLength": 3},
    "so long": {"type": "string", "minLength": 2, "maxLength": 4},
    "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"},
    "uuid": {"type": "string", "format": "uuid"},
    "unknown format": {"type": "string", "format": "email"},
    "pattern": {"type": "string", "pattern": "^[a-z]{2,4}-\\d+$"},
    "pattern with quotes": {"type": "string", "pattern": '^(?:"|\\\\|/|[^x-z"])+$'},
    "pattern with ways": {"type": "string", "pattern": "^(ab|cd?|[\\w.]*)e$"},
    "pattern without ends": {"type": "string", "pattern": "ab+"},
    "from": {"type": "integer", "minimum": 0},
    "positive": {"type": "integer", "exclusiveMinimum": 0},
    "to": {"type": "integer", "maximum": -7},
    "between": {"type": "integer", "minimum": 3, "maximum": 17},
    "between, wide": {"type": "integer", "minimum": 98, "maximum": 12345},
    "around zero": {"type": "integer", "minimum": -13, "maximum": 204},
    "open bounds": {"type": "integer", "exclusiveMinimum": 9, "exclusiveMaximum": 11},
    "fractional bounds of a whole number": {"type": "integer", "minimum": 2.5, "maximum": 4.5},
    "a number from": {"type": "number", "minimum": 0},
    "a positive number": {"type": "number", "exclusiveMinimum": 0},
    "a share": {"type": "number", "minimum": 0, "maximum": 1},
    "a number around zero": {"type": "number", "minimum": -2, "exclusiveMaximum": 3},
    "a negative number": {"type": "number", "exclusiveMaximum": 0},
    "bounds without a type": {"minimum": 1, "maximum": 9},
    "as pydantic writes it": {
        "$defs": {
            "Step": {
                "properties": {
                    "explanation": {"title": "Explanation", "type": "string"},
                    "kind": {"enum": ["add", "take"], "title": "Kind", "type": "string"},
                    "weight": {"anyOf": [{"type": "number"}, {"type": "null"}], "default": None, "title": "Weight"},
                },
                "required": ["explanation", "kind"],
                "title": "Step",
                "type": "object",
            }
        },
        "properties": {
            "steps": {"items": {"$ref": "#/$defs/Step"}, "title": "Steps", "type": "array"},
            "final_answer": {"title": "Final Answer", "type": "string"},
        },
        "required": ["steps", "final_answer"],
        "title": "Maths",
        "type": "object",
    },
}

REFUSED: dict[str, tuple[Any, str]] = {
    "false": (False, "allows nothing"),
    "not": ({"not": {"type": "string"}}, "uses not"),
    "if": ({"if": {}, "then": {}}, "uses if"),
    "unique items": ({"type": "array", "uniqueItems": True}, "uses uniqueItems"),
    "multiple of": ({"type": "integer", "multipleOf": 3}, "uses multipleOf"),
    "pattern of names": ({"patternProperties": {"a": {}}}, "uses patternProperties"),
    "a type that does not exist": ({"type": "text"}, "type text"),
    "a reference to nothing": ({"$ref": "#/$defs/x"}, "not in it"),
    "a reference by anchor": ({"$ref": "#x"}, "not in it"),
    "a circle": ({"$defs": {"a": {"$ref": "#/$defs/a"}}, "allOf": [{"$ref": "#/$defs/a"}]}, "in a circle"),
    "a number of fractions": ({"type": "number", "minimum": 0.5}, "fraction"),
    "no number at all": ({"type": "integer", "minimum": 5, "maximum": 4}, "none"),
    "more items than allowed": ({"type": "array", "minItems": 3, "maxItems": 2}, "more items"),
    "longer than allowed": ({"type": "string", "minLength": 3, "maxLength": 2}, "longer"),
    "a look ahead": ({"type": "string", "pattern": "^(?=a)b$"}, "pattern"),
    "a back reference": ({"type": "string", "pattern": "^(a)\\1$"}, "pattern"),
    "an anchor inside": ({"type": "string", "pattern": "^a$|^b$"}, "pattern"),
    "a lazy repeat": ({"type": "string", "pattern": "^a+?$"}, "pattern"),
    "an open class": ({"type": "string", "pattern": "^[a"}, "pattern"),
    "pattern and length": ({"type": "string", "pattern": "^a$", "minLength": 1}, "both"),
    "different types at once": ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "different values of type"),
    "one of two that overlap": ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "at once"),
    "one of objects alike": (
        {"oneOf": [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}]},
        "at once",
    ),
    "one of the same constants": ({"oneOf": [{"const": 1}, {"enum": [1.0, 2]}]}, "at once"),
    "one of a text and what may be one": (
        {"oneOf": [{"properties": {"a": {"const": 1}}}, {"type": "string"}]},
        "at once",
    ),
    "one of itself": ({"oneOf": [{"$ref": "#"}, {"type": "null"}]}, "in a circle"),
    "an empty choice": ({"anyOf": []}, "anyOf"),
    "an enum of nothing": ({"enum": []}, "enum"),
    "a bound that is no number": ({"type": "integer", "minimum": "1"}, "minimum"),
    "a length that is no number": ({"type": "string", "minLength": -1}, "minLength"),
    "a property that is no schema": ({"properties": {"a": 5}}, "no schema"),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_the_grammar_says_the_schema_allows(name: str) -> None:
    schema = SCHEMAS[name]
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(("date", "uuid")))
    grammar = schema_to_gbnf(schema)
    for seed in range(60):
        text = Speaker(grammar, seed).say()
        value = json.loads(text)
        errors = [error.message for error in validator.iter_errors(value)]
        assert not errors, (text, errors)


def test_every_number_between_bounds_can_be_said() -> None:
    for low, high in ((3, 17), (0, 9), (95, 105), (-12, 8), (-5, -5), (0, 1000), (199, 1201)):
        grammar = schema_to_gbnf({"type": "integer", "minimum": low, "maximum": high})
        body = next(line for line in grammar.split("\n") if line.startswith("root")).removeprefix("root ::= ")
        expression = re.sub(r'"([^"]*)"', r"\1", body.removesuffix(" space").replace(" ", ""))
        allowed = [n for n in range(low - 2000, high + 2000) if re.fullmatch(expression, str(n))]
        assert allowed == list(range(low, high + 1))


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_grammar_cannot_keep_is_refused(name: str) -> None:
    schema, words = REFUSED[name]
    with pytest.raises(GrammarError, match=words):
        schema_to_gbnf(schema)


@pytest.mark.model
def test_llama_cpp_compiles_every_schema() -> None:
    every = {"anyOf": [{"$ref": f"#/$defs/{i}"} for i in range(len(SCHEMAS))]}
    own_references = {
        "a list that refers to itself",
        "a tree",
        "a reference with a description",
        "as pydantic writes it",
        "a union as pydantic writes it",
    }
    every["$defs"] = {
        str(i): {} if name in own_references else schema for i, (name, schema) in enumerate(SCHEMAS.items())
    }  # type: ignore[assignment]
    for schema in (every, *(SCHEMAS[name] for name in own_references)):
        assert compile_grammar(SamplingParams(json_schema=json.dumps(schema)))
