"""langchain-openai against the real port."""

from __future__ import annotations

from typing import Literal

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, SecretStr

from tests.server.conftest import Api

pytestmark = pytest.mark.model


class _Verdict(BaseModel):
    """A verdict on a text."""

    is_good: bool
    colour: Literal["red", "green"]


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@pytest.fixture(scope="module")
def model(api: Api) -> ChatOpenAI:
    return ChatOpenAI(
        model="starter",
        base_url=f"{api.url}/v1",
        api_key=SecretStr(api.key),
        temperature=0,
        max_completion_tokens=300,
        max_retries=0,
    )


def test_langchain_gets_a_chat_whole_and_streamed(model: ChatOpenAI) -> None:
    whole = model.invoke([HumanMessage("Name the capital of France.")], max_tokens=6)
    assert whole.text
    assert whole.usage_metadata is not None and whole.usage_metadata["output_tokens"] > 0
    streamed = "".join(
        chunk.text for chunk in model.stream([HumanMessage("Name the capital of France.")], max_tokens=6)
    )
    assert streamed == whole.text


def test_langchain_has_a_tool_called_and_answers_it(model: ChatOpenAI) -> None:
    able = model.bind_tools([add], tool_choice="add", parallel_tool_calls=False)
    question = HumanMessage("What is 2 and 3?")
    asked = able.invoke([question])
    (call,) = asked.tool_calls
    assert call["name"] == "add" and set(call["args"]) == {"a", "b"}
    result = ToolMessage("5", tool_call_id=call["id"])
    assert isinstance(model.bind_tools([add]).invoke([question, asked, result], max_tokens=6), AIMessage)


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
def test_langchain_gets_a_value_of_a_pydantic_model(
    model: ChatOpenAI, method: Literal["json_schema", "function_calling"]
) -> None:
    chain = model.with_structured_output(_Verdict, method=method)
    assert isinstance(chain.invoke("Is this good?"), _Verdict)
