"""Replies of many models, split as llama.cpp splits them. The cases are llama.cpp's own (see their notice)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desktop_llm.engine.messages import ChatPrompt, Message, Role, ToolSpec
from desktop_llm.engine.replies.plan import reply_plan
from tests.engine.replies_reading import TEMPLATES, Reply, put_together, read

_FILE = json.loads((Path(__file__).parent / "llama_cpp_cases.json").read_text(encoding="utf-8"))
_CASES: list[dict[str, Any]] = _FILE["cases"]
_TEMPLATES = sorted({case["template"] for case in _CASES})


def _tool(name: str) -> ToolSpec:
    return {"type": "function", "function": {"description": "", **_FILE["tools"][name]}}


def _split(case: dict[str, Any], *, by_letter: bool) -> Reply:
    tools = tuple(_tool(name) for name in case["tools"])
    prompt = ChatPrompt((Message(Role.USER, "Hey"),), tools, (("enable_thinking", case["thinks"]),))
    plan = reply_plan((TEMPLATES / case["template"]).read_text(encoding="utf-8"), prompt)
    return put_together(read(plan.parser(), *(case["text"] if by_letter else [case["text"]])))


@pytest.mark.parametrize("template", _TEMPLATES)
def test_a_reply_is_split_as_llama_cpp_splits_it(template: str) -> None:
    for case in (case for case in _CASES if case["template"] == template):
        for by_letter in (False, True):
            reply = _split(case, by_letter=by_letter)
            assert (reply.said.strip(), reply.thought.strip()) == (case["said"], case["thought"]), case["text"]
            assert [list(call) for call in reply.values] == case["calls"], case["text"]
