"""Tools and a schema in one request: the reply is a call, or JSON of the schema."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_llm.engine.replies.either import either
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.server.exchange.reply_planning import planned
from desktop_llm.server.http.bodies import checked
from desktop_llm.server.openai.chat_prompt import chat_wish
from desktop_llm.server.openai.chat_request import ChatRequest

_TOOL = {"type": "function", "function": {"name": "add", "parameters": {"type": "object", "properties": {}}}}
_FORMAT = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "boolean"}}}


def _params(**body: Any) -> SamplingParams:
    wish = chat_wish(checked(ChatRequest, {"messages": [{"role": "user", "content": "a"}], **body}), SamplingParams())
    return planned(None, wish)[1]


def test_a_reply_may_be_a_call_or_keep_to_the_schema() -> None:
    params = _params(tools=[_TOOL], response_format=_FORMAT)
    assert params.json_schema is None and params.grammar is not None
    assert "add" in params.grammar and "true" in params.grammar


@pytest.mark.parametrize("choice", ["none", "required"])
def test_where_it_may_not_choose_only_one_holds(choice: str) -> None:
    params = _params(tools=[_TOOL], response_format=_FORMAT, tool_choice=choice)
    rules = params.grammar or params.json_schema or ""
    assert ("add" in rules) is (choice == "required")
    assert ("boolean" in rules or "true" in rules) is (choice == "none")


def test_rules_of_one_name_stay_apart() -> None:
    grammar = either('root ::= "a" x\nx ::= [x"] "x"\n', 'root ::= x\nx ::= "b"\n')
    assert grammar == 'a-root ::= "a" a-x\na-x ::= [x"] "x"\nb-root ::= b-x\nb-x ::= "b"\nroot ::= a-root | b-root\n'
