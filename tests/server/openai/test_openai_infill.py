"""A gap between two texts, for models that were trained to fill gaps."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.messages import TextPrompt, TokenPrompt
from desktop_llm.engine.model import InfillTokens
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.errors import ApiError
from desktop_llm.server.openai.infill import infill_prompt
from tests.fakes import PlainTemplate, ScriptedModel, opens, scripted_facts

_MARKS = InfillTokens(prefix=1, suffix=2, middle=3)


def _asked(infill: InfillTokens | None, prompt: TextPrompt | TokenPrompt) -> TokenPrompt:
    facts = replace(scripted_facts(), infill=infill)
    entry = ModelEntry("coder", Path("coder.gguf"), 0)
    with Engine(opens(ScriptedModel(facts)), make_template=lambda _: PlainTemplate()) as engine:
        engine.load(Path("coder.gguf")).result(10)
        return asyncio.run(infill_prompt(Lease(engine, facts, entry, lambda: None), prompt, "yz"))


@pytest.mark.parametrize("prompt", [TextPrompt("ab"), TokenPrompt((97, 98))])
def test_what_stands_before_and_after_is_marked(prompt: TextPrompt | TokenPrompt) -> None:
    assert _asked(_MARKS, prompt).ids == (1, *b"ab", 2, *b"yz", 3)


def test_a_model_without_marks_cannot_fill_a_gap() -> None:
    with pytest.raises(ApiError, match="coder cannot fill a gap") as caught:
        _asked(None, TextPrompt("ab"))
    assert (caught.value.status, caught.value.param) == (400, "suffix")
