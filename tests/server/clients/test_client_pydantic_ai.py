"""pydantic-ai against the real port: tools and structured output."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput, ToolOutput, UsageLimits
from pydantic_ai.exceptions import UsageLimitExceeded
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from tests.server.conftest import Api

pytestmark = pytest.mark.model

_SETTINGS = ModelSettings(temperature=0, max_tokens=300, parallel_tool_calls=False)


class _Verdict(BaseModel):
    is_good: bool
    colour: Literal["red", "green"]


@pytest.fixture(scope="module")
def model(api: Api) -> OpenAIChatModel:
    return OpenAIChatModel("starter", provider=OpenAIProvider(base_url=f"{api.url}/v1", api_key=api.key))


def test_pydantic_ai_gets_a_text(model: OpenAIChatModel) -> None:
    result = Agent(model, model_settings=ModelSettings(temperature=0, max_tokens=6)).run_sync("Say hello.")
    assert result.output and result.usage.output_tokens > 0


def test_pydantic_ai_gets_a_value_by_a_tool(model: OpenAIChatModel) -> None:
    agent = Agent(model, output_type=ToolOutput(_Verdict), model_settings=_SETTINGS)
    assert isinstance(agent.run_sync("Is this good?").output, _Verdict)


def test_pydantic_ai_gets_a_value_by_a_schema(model: OpenAIChatModel) -> None:
    agent = Agent(model, output_type=NativeOutput(_Verdict), model_settings=_SETTINGS)
    assert isinstance(agent.run_sync("Is this good?").output, _Verdict)


def test_pydantic_ai_has_its_tools_called(model: OpenAIChatModel) -> None:
    called: list[object] = []
    agent = Agent(model, output_type=ToolOutput(_Verdict, name="verdict"), model_settings=_SETTINGS)

    @agent.tool_plain
    def look_up(number: int) -> str:
        """Look up a number."""
        called.append(number)
        return "good"

    outputs: list[object] = []
    with suppress(UsageLimitExceeded):  # so small a model looks up again and again
        outputs.append(agent.run_sync("Look up 3.", usage_limits=UsageLimits(request_limit=2)).output)
    assert called or outputs
    assert all(isinstance(number, int) for number in called)
    assert all(isinstance(output, _Verdict) for output in outputs)
