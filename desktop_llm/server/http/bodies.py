"""Bodies of requests: read within limits, parsed strictly, checked against a model."""

from __future__ import annotations

import asyncio
import json
import math
import re
from typing import Annotated, Any, Final, NoReturn, TypeVar

import pydantic
from starlette.requests import ClientDisconnect, Request

from desktop_llm.server.config import Limits
from desktop_llm.server.errors import ApiError, QueueFullError
from desktop_llm.server.use.clients import current

#: Larger bodies are parsed on a thread of their own: the streams of others go on meanwhile.
_LARGE_BYTES: Final = 128 * 1024
_LARGEST_INT: Final = 2**53
#: More would hold the loop for seconds while they are checked.
_MOST_CONTAINERS: Final = 50_000
_STRING = re.compile(rb'"(?:[^"\\]+|\\.)*+"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

M = TypeVar("M", bound=pydantic.BaseModel)
T = TypeVar("T")


class _FirstFault(pydantic.FailFast):
    """FailFast as unions need it: with a hash."""

    def __hash__(self) -> int:
        return hash(self.fail_fast)


#: A list in a request: its first wrong item is told, and the rest is not looked at. A million faults take seconds.
Items = Annotated[list[T], _FirstFault()]


class Body(pydantic.BaseModel):
    """The root of request models: nothing is converted (no "5" for 5), and what is not declared is accepted."""

    model_config = pydantic.ConfigDict(extra="allow", strict=True, protected_namespaces=())


async def read_json(request: Request) -> dict[str, Any]:
    """The body, a JSON object. Raises ApiError: 415, 413, 400, or 429 when too many are being answered."""
    limits: Limits = request.app.state.parts.config.limits
    _require_json(request.headers.get("content-type", ""))
    raw = await _read(request, limits.body_bytes)
    if not request.scope["state"]["connection"].prove():
        raise QueueFullError
    if len(raw) > _LARGE_BYTES:
        return await asyncio.to_thread(parse, raw, limits.json_depth)
    return parse(raw, limits.json_depth)


def checked(model: type[M], data: dict[str, Any]) -> M:
    """The body as a value of `model`. Raises ApiError 400: one sentence that names the parameter.

    What the model does not declare is accepted; its names go into the header `x-ignored-parameters`.
    """
    try:
        value = model.model_validate(data)
    except pydantic.ValidationError as error:
        raise _refusal(error, data) from None
    ignore(*(value.model_extra or {}))
    return value


def ignore(*names: str) -> None:
    """These parameters were accepted and have no effect: the answer's headers will say so."""
    live = current()
    if live is not None:
        live.ignored.extend(names)


def parse(raw: bytes, max_depth: int) -> dict[str, Any]:
    """JSON as this API takes it: UTF-8, no NaN, numbers within 2^53, not too deep. Raises ApiError."""
    if _depth(raw) > max_depth:
        raise ApiError("The body is nested deeper than {depth} levels.", code="invalid_json", depth=max_depth)
    try:
        text = raw.decode("utf-8")
        data = json.loads(text, parse_int=_integer, parse_float=_real, parse_constant=_refuse_constant)
        if _SURROGATE.search(raw):
            json.dumps(data, ensure_ascii=False).encode()
    except UnicodeError as error:
        raise ApiError("The body is not valid UTF-8.", code="invalid_json") from error
    except (ValueError, RecursionError) as error:
        raise ApiError("The body is not valid JSON.", code="invalid_json") from error
    if not isinstance(data, dict):
        raise ApiError("The body must be a JSON object.", code="invalid_json")
    return data


def _require_json(content_type: str) -> None:
    kind, _, rest = content_type.partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", rest)
    if kind.strip().lower() != "application/json" or (charset and charset[1].lower() not in {"utf-8", "utf8"}):
        raise ApiError(
            "Send the body as JSON: Content-Type: application/json.", status=415, code="unsupported_media_type"
        )


async def _read(request: Request, most_bytes: int) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and (len(length) > 12 or int(length) > most_bytes):
        raise _too_large(most_bytes)
    parts = bytearray()
    try:
        async for chunk in request.stream():
            parts += chunk
            if len(parts) > most_bytes:
                raise _too_large(most_bytes)
    except ClientDisconnect:
        raise ApiError("The body ended too early.", code="incomplete_body") from None
    return bytes(parts)


def _too_large(most_bytes: int) -> ApiError:
    return ApiError(
        "The body has more than {most} MiB.", status=413, code="body_too_large", most=most_bytes // (1024 * 1024)
    )


def _depth(raw: bytes) -> int:
    deepest = depth = 0
    brackets = _BRACKET.findall(_STRING.sub(b"", raw))
    if len(brackets) > 2 * _MOST_CONTAINERS:
        raise ApiError("The body has more than {most} objects and arrays.", code="invalid_json", most=_MOST_CONTAINERS)
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _integer(digits: str) -> int:
    number = int(digits) if len(digits) <= 17 else _LARGEST_INT + 1
    if abs(number) > _LARGEST_INT:
        raise ApiError("Whole numbers must lie within 2^53.", code="invalid_json")
    return number


def _real(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ApiError("Numbers must be finite.", code="invalid_json")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ApiError("JSON has no {name}.", code="invalid_json", name=name)


def _refusal(error: pydantic.ValidationError, data: dict[str, Any]) -> ApiError:
    """Of several faults the one that lies deepest: of a union's branches it is the one that was meant."""
    faults = [(_place(each["loc"], each["type"] == "missing", data), each) for each in error.errors(include_url=False)]
    place, fault = max(faults, key=lambda each: len(each[0]))
    param = _as_path(place)
    if fault["type"] == "missing":
        return ApiError(
            "Missing required parameter: '{name}'.", code="missing_required_parameter", param=param, name=param
        )
    reason = fault["msg"].removeprefix("Value error, ").rstrip(".")
    reason = reason[:1].lower() + reason[1:]
    code = "invalid_type" if fault["type"].endswith("_type") else "invalid_value"
    return ApiError("Invalid value for '{name}': {reason}.", code=code, param=param, name=param, reason=reason)


def _place(loc: tuple[int | str, ...], is_missing: bool, data: Any) -> tuple[int | str, ...]:
    """The steps that lead into the body, without the names of a union's branches."""
    place: list[int | str] = []
    for index, step in enumerate(loc):
        is_there = isinstance(data, dict) and step in data
        is_there = is_there or (isinstance(data, list) and isinstance(step, int) and step < len(data))
        if is_there:
            data = data[step]
            place.append(step)
        elif is_missing and index == len(loc) - 1:
            place.append(step)
    return tuple(place)


def _as_path(place: tuple[int | str, ...]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return text.removeprefix(".")
