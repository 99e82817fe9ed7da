"""JSON schemas on their way to a grammar: what is refused before a child process converts them."""

from __future__ import annotations

import json
from typing import Any

from desktop_llm.engine.sampling import MAX_GRAMMAR_BYTES
from desktop_llm.errors import GrammarError

MAX_SCHEMA_DEPTH = 32

Schema = dict[str, Any] | bool


def read_schema(text: str) -> Schema:
    """A JSON schema from its text. Raises GrammarError when it is none, too large, too deep, or refers elsewhere."""
    if len(text.encode("utf-8", "replace")) > MAX_GRAMMAR_BYTES:
        raise GrammarError("The JSON schema is too large; at most {n} bytes are possible.", n=MAX_GRAMMAR_BYTES)
    try:
        schema = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise GrammarError("The JSON schema is nested too deeply.") from error
    except ValueError as error:
        raise GrammarError("The JSON schema is not valid JSON: {reason}.", reason=str(error)) from error
    if not isinstance(schema, dict | bool):
        raise GrammarError("A JSON schema must be an object.")
    _check(schema, 1)
    return schema


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _check(node: object, depth: int) -> None:
    if depth > MAX_SCHEMA_DEPTH:
        raise GrammarError("The JSON schema is nested too deeply; at most {n} levels are possible.", n=MAX_SCHEMA_DEPTH)
    if isinstance(node, list):
        for child in node:
            _check(child, depth + 1)
    elif isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            raise GrammarError("The JSON schema refers to another document, which is not possible.")
        for child in node.values():
            _check(child, depth + 1)
