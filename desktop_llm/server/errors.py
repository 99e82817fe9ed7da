"""What an error is to an API's client: status, type, code, and the shape its own library expects.

Everything the house raises on purpose has its status here; whatever is not known here is a bug, logged
without content and answered with 500.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from desktop_llm.errors import (
    AppError,
    EngineError,
    GenerationError,
    GrammarError,
    ModelError,
    ModelNotFoundError,
    PromptTooLongError,
    TemplateError,
)
from desktop_llm.models.loading import ModelDoesNotFitError

#: A status, a JSON body and headers.
Answer = tuple[int, dict[str, Any], dict[str, str]]
ErrorShape = Callable[[Exception], Answer]

_RETRY_AFTER_S = 2


class ApiError(AppError):
    """A request that cannot be answered. `code` is for programs; `param` names what is wrong in the request."""

    def __init__(
        self, template: str, *, status: int = 400, code: str | None = None, param: str | None = None, **values: object
    ) -> None:
        super().__init__(template, **values)
        self.status = status
        self.code = code
        self.param = param
        #: More headers for the answer.
        self.headers: dict[str, str] = {}

    @property
    def type(self) -> str:
        """OpenAI's word for the kind of error."""
        return _TYPES.get(self.status, "invalid_request_error" if self.status < 500 else "server_error")


class QueueFullError(ApiError):
    """Too many are waiting already."""

    def __init__(self) -> None:
        super().__init__(
            "Too many requests are waiting. Try again in a few seconds.", status=429, code="too_many_requests"
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as any of the shapes tells it. `message` is a sentence."""

    status: int
    type: str
    message: str
    code: str | None = None
    param: str | None = None


_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    413: "invalid_request_error",
    429: "rate_limit_error",
    503: "server_error",
}

#: The first that fits counts.
_HOUSE: tuple[tuple[type[AppError], int, str, str | None], ...] = (
    (PromptTooLongError, 400, "context_length_exceeded", "messages"),
    (TemplateError, 400, "invalid_messages", "messages"),
    (GrammarError, 400, "invalid_grammar", None),
    (GenerationError, 400, "invalid_request", None),
    (ModelNotFoundError, 404, "model_not_found", "model"),
    (ModelDoesNotFitError, 503, "model_does_not_fit", "model"),
    (ModelError, 503, "model_unavailable", "model"),
    (EngineError, 503, "model_unavailable", None),
)


def problem_of(error: Exception) -> Problem:
    """What is said of an error. A bug says nothing of itself."""
    if isinstance(error, ApiError):
        return Problem(error.status, error.type, str(error), error.code, error.param)
    for kind, status, code, param in _HOUSE:
        if isinstance(error, kind):
            fallback = "invalid_request_error" if status < 500 else "server_error"
            return Problem(status, _TYPES.get(status, fallback), str(error), code, param)
    return Problem(500, "server_error", "The server failed unexpectedly. Its log says where.", "internal_error")


def to_openai(error: Exception) -> Answer:
    """OpenAI's shape: {"error": {"message", "type", "param", "code"}}."""
    problem = problem_of(error)
    # OpenAI's own API has this type for all of these; its clients go by the status.
    kind = "invalid_request_error" if problem.status in {401, 404} else problem.type
    body = {"message": problem.message, "type": kind, "param": problem.param, "code": problem.code}
    return problem.status, {"error": body}, _headers(problem)


def to_anthropic(error: Exception) -> Answer:
    """Anthropic's shape: {"type": "error", "error": {"type", "message"}}."""
    problem = problem_of(error)
    kinds = {413: "request_too_large", 503: "overloaded_error", 500: "api_error"}
    body = {"type": kinds.get(problem.status, problem.type), "message": problem.message}
    return problem.status, {"type": "error", "error": body}, _headers(problem)


def to_ollama(error: Exception) -> Answer:
    """Ollama's shape: {"error": "…"}."""
    problem = problem_of(error)
    return problem.status, {"error": problem.message}, _headers(problem)


def shape_of(path: str) -> ErrorShape:
    """The shape that clients of this path expect."""
    if path.startswith("/api/"):
        return to_ollama
    return to_anthropic if path == "/v1/messages" or path.startswith("/v1/messages/") else to_openai


@contextmanager
def refusing(param: str | None = None) -> Iterator[None]:
    """Values that check themselves (SamplingParams): their ValueError is the client's fault, 400."""
    try:
        yield
    except AppError:
        raise
    except ValueError as error:
        raise ApiError("{reason}", code="invalid_value", param=param, reason=error) from error


def _headers(problem: Problem) -> dict[str, str]:
    headers = {"retry-after": str(_RETRY_AFTER_S)} if problem.status in {429, 503} else {}
    if problem.status == 401:
        headers["www-authenticate"] = 'Bearer realm="Desktop LLM"'
    return headers
