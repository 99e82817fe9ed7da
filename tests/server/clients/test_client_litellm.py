"""litellm's `openai/` provider against the real port."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.server.conftest import Api

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches prices from the network when it is imported

import litellm
from litellm.exceptions import AuthenticationError, ContextWindowExceededError, NotFoundError

pytestmark = [
    pytest.mark.model,
    # Its own: older ways of pydantic, and of asyncio.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning"),
]

_HELLO = [{"role": "user", "content": "Name the capital of France."}]
_TOOL = {
    "type": "function",
    "function": {
        "name": "add",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "required": ["a", "b"],
            "additionalProperties": False,
        },
    },
}


@pytest.fixture(autouse=True, scope="module")
def _loop() -> Iterator[None]:
    """It asks for the current event loop, and would make one that nobody closes."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


def _ask(api: Api, **more: Any) -> Any:
    wish = {"model": "openai/starter", "messages": _HELLO, "max_tokens": 300, "temperature": 0, "num_retries": 0}
    return litellm.completion(api_base=f"{api.url}/v1", api_key=api.key, **{**wish, **more})


def test_litellm_gets_a_chat_whole_and_streamed(api: Api) -> None:
    whole = _ask(api, max_tokens=6)
    assert whole.choices[0].message.content and whole.usage.completion_tokens > 0
    chunks = list(_ask(api, max_tokens=6, stream=True, stream_options={"include_usage": True}))
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == whole.choices[0].message.content


def test_litellm_has_a_tool_called(api: Api) -> None:
    answer = _ask(api, tools=[_TOOL], tool_choice="required", parallel_tool_calls=False)
    (call,) = answer.choices[0].message.tool_calls
    arguments = json.loads(call.function.arguments)
    assert call.function.name == "add" and set(arguments) == {"a", "b"}


def test_litellm_raises_its_own_errors(api: Api) -> None:
    with pytest.raises(NotFoundError):
        _ask(api, model="openai/nobody")
    with pytest.raises(AuthenticationError):
        litellm.completion(model="openai/starter", messages=_HELLO, api_base=f"{api.url}/v1", api_key="wrong")
    with pytest.raises(ContextWindowExceededError):
        _ask(api, messages=[{"role": "user", "content": "word " * 9000}])
