"""The OpenAPI document, gathered from the operations themselves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from desktop_llm import __version__
from desktop_llm.server.errors import ErrorShape, shape_of, to_anthropic, to_ollama
from desktop_llm.server.http.sse import SSE
from desktop_llm.server.operation import Operation

_REF: Final = "#/components/schemas/{model}"
_PARAMETER: Final = re.compile(r"\{(\w+)(?::\w+)?\}")

#: What may be answered beside what an operation says of itself.
_REFUSALS: Final = {
    400: "The request is not valid HTTP.",
    401: "No key was shown, or it is not known, or was revoked.",
    403: "The address or the web page that asks is not allowed.",
    408: "The request did not come in time.",
    429: "Too many requests are being served. `Retry-After` says when to try again.",
    431: "The headers are too large.",
    503: "The model cannot be loaded now; the message says why.",
}
#: May be answered before the path is known, and so in OpenAI's shape.
_EARLY: Final = {400, 408, 431}
_BODY_REFUSALS: Final = {
    400: "The request is not as described, or cannot be fulfilled; `param` names what is wrong.",
    413: "The body is too large.",
    415: "The body is not declared as JSON.",
}
_NOT_FOUND: Final = "There is no such model, or nothing of that name."


class OpenAIErrorBody(BaseModel):
    """What is wrong. `code` is for programs."""

    model_config = ConfigDict(extra="forbid")

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(BaseModel):
    """OpenAI's shape."""

    model_config = ConfigDict(extra="forbid")

    error: OpenAIErrorBody


class AnthropicErrorBody(BaseModel):
    """What is wrong."""

    type: str
    message: str


class AnthropicError(BaseModel):
    """Anthropic's shape."""

    type: Literal["error"]
    error: AnthropicErrorBody


class OllamaError(BaseModel):
    """Ollama's shape."""

    error: str


class Document(BaseModel):
    """An OpenAPI document."""

    model_config = ConfigDict(extra="allow")

    openapi: str


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """The document, as a value of JSON."""
    operations = tuple(operations)
    schemas = _Schemas(operations)
    names = _names(operations)
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        path = _PARAMETER.sub(r"{\1}", each.path)
        paths.setdefault(path, {})[each.method.lower()] = _operation(each, names[each], schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Desktop LLM",
            "version": __version__,
            "description": "The models of this computer, as OpenAI's, Anthropic's and Ollama's clients ask for them.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas.definitions,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
        "security": [{"bearer": []}, {"header": []}],
    }


class _Schemas:
    """The schemas of all models, each under one name; requests and answers may differ in what is required."""

    def __init__(self, operations: tuple[Operation, ...]) -> None:
        wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
        for each in operations:
            if each.request is not None:
                wanted[each.request, "validation"] = None
            for model in each.answers.values():
                if isinstance(model, type):
                    wanted[model, "serialization"] = None
        for model in (OpenAIError, AnthropicError, OllamaError):
            wanted[model, "serialization"] = None
        self._references, document = models_json_schema(list(wanted), ref_template=_REF)
        self.definitions: dict[str, Any] = document.get("$defs", {})

    def of(self, model: type[BaseModel], mode: JsonSchemaMode) -> dict[str, Any]:
        """Leads to a model's schema."""
        return self._references[model, mode]


def _operation(operation: Operation, name: str, schemas: _Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": name,
        "summary": operation.summary,
        "responses": {str(status): answer for status, answer in sorted(_answers(operation, schemas).items())},
    }
    parameters = _PARAMETER.findall(operation.path)
    if parameters:
        described["parameters"] = [
            {"name": each, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
            for each in parameters
        ]
    if operation.request is not None:
        content = {"application/json": {"schema": schemas.of(operation.request, "validation")}}
        described["requestBody"] = {"required": True, "content": content}
    if operation.is_open:
        described["security"] = []
    return described | dict(operation.details)


#: What a stream of server-sent events is described by, before OpenAPI 3.2: one of them.
_EVENT: Final[dict[str, Any]] = {
    "description": "Each event of the stream.",
    "type": "object",
    "properties": {
        "event": {"type": "string", "description": "Its name, where the API names them."},
        "data": {"type": "string", "description": "A JSON object; or [DONE], the last one of OpenAI's."},
    },
    "required": ["data"],
}


def _answers(operation: Operation, schemas: _Schemas) -> dict[int, Any]:
    own = schemas.of(_error_model(shape_of(operation.path)), "serialization")
    early = {"anyOf": [own, schemas.of(OpenAIError, "serialization")]}
    refusals = dict(_REFUSALS)
    if operation.is_open:
        refusals = {status: _REFUSALS[status] for status in (400, 403, 408, 431)}
    elif operation.request is not None or _PARAMETER.search(operation.path):
        refusals |= {404: _NOT_FOUND}
    if operation.request is not None:
        refusals |= _BODY_REFUSALS
    answers: dict[int, Any] = {
        status: {"description": text, "content": {"application/json": {"schema": early if status in _EARLY else own}}}
        for status, text in refusals.items()
    }
    for status, model in operation.answers.items():
        content: dict[str, Any] = {}
        if isinstance(model, str):
            content[model] = {"schema": {"type": "string"}}
        elif model is not None:
            content["application/json"] = {"schema": schemas.of(model, "serialization")}
        if operation.streams is not None and status == 200:
            content[operation.streams] = {"schema": _EVENT if operation.streams == SSE else {"type": "string"}}
        answers[status] = {"description": "The answer."} | ({"content": content} if content else {})
    return answers


def _error_model(shape: ErrorShape) -> type[BaseModel]:
    if shape is to_anthropic:
        return AnthropicError
    return OllamaError if shape is to_ollama else OpenAIError


def _names(operations: tuple[Operation, ...]) -> dict[Operation, str]:
    """The handlers' names; where two are alike, their paths tell them apart."""
    counts = Counter(each.handler.__name__ for each in operations)
    names = {}
    for each in operations:
        name: str = each.handler.__name__
        names[each] = name if counts[name] == 1 else f"{name}{re.sub(r'[^a-z0-9]+', '_', each.path.lower())}"
    return names
