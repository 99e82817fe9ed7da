"""pydantic-ai against the real port: tools and structured output."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Literal, TypeVar

import pytest
from httpx2 import AsyncClient
from pydantic import BaseModel
from pydantic_ai import Agent, AgentRunResult, NativeOutput, ToolOutput, UsageLimits
from pydantic_ai.exceptions import UsageLimitExceeded
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from tests.server.conftest import Api

pytestmark = pytest.mark.model

T = TypeVar("T")

_SETTINGS = ModelSettings(temperature=0, max_tokens=300, parallel_tool_calls=False)


class _Verdict(BaseModel):
    is_good: bool
    colour: Literal["red", "green"]


def _run(api: Api, agent: Agent[None, T], prompt: str, n_requests: int = 4) -> AgentRunResult[T]:
    """In a loop of its own, whose end closes what the client keeps open."""

    async def run() -> AgentRunResult[T]:
        async with AsyncClient() as client:
            provider = OpenAIProvider(base_url=f"{api.url}/v1", api_key=api.key, http_client=client)
            model = OpenAIChatModel("starter", provider=provider)
            return await agent.run(prompt, model=model, usage_limits=UsageLimits(request_limit=n_requests))

    return asyncio.run(run())


def test_pydantic_ai_gets_a_text(api: Api) -> None:
    result = _run(api, Agent(model_settings=ModelSettings(temperature=0, max_tokens=6)), "Say hello.")
    assert result.output and result.usage.output_tokens > 0


def test_pydantic_ai_gets_a_value_by_a_tool(api: Api) -> None:
    agent = Agent(output_type=ToolOutput(_Verdict), model_settings=_SETTINGS)
    assert isinstance(_run(api, agent, "Is this good?").output, _Verdict)


def test_pydantic_ai_gets_a_value_by_a_schema(api: Api) -> None:
    agent = Agent(output_type=NativeOutput(_Verdict), model_settings=_SETTINGS)
    assert isinstance(_run(api, agent, "Is this good?").output, _Verdict)


def test_pydantic_ai_has_its_tools_called(api: Api) -> None:
    called: list[object] = []
    agent = Agent(output_type=ToolOutput(_Verdict, name="verdict"), model_settings=_SETTINGS)

    @agent.tool_plain
    def look_up(number: int) -> str:
        """Look up a number."""
        called.append(number)
        return "good"

    outputs: list[object] = []
    with suppress(UsageLimitExceeded):  # so small a model looks up again and again
        outputs.append(_run(api, agent, "Look up 3.", n_requests=2).output)
    assert called or outputs
    assert all(isinstance(number, int) for number in called)
    assert all(isinstance(output, _Verdict) for output in outputs)
