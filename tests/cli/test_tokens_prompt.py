"""`desktop-llm tokens prompt`, and comparisons for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from desktop_llm.cli.arguments import parse
from desktop_llm.cli.terminal import Terminal
from desktop_llm.cli.tokens import tokens
from desktop_llm.errors import GenerationError, UsageError
from desktop_llm.services import Services

TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello."},
    {"role": "user", "content": "Why?"},
]


def said(services: Services, *arguments: str) -> str:
    out = io.StringIO()
    assert tokens(services, parse(["tokens", *arguments]), Terminal(out, io.StringIO())) == 0
    return out.getvalue()


@pytest.fixture
def talk(tmp_path: Path) -> str:
    path = tmp_path / "talk.json"
    path.write_text(json.dumps(TALK), encoding="utf-8")
    return str(path)


def test_messages_are_shown_as_the_built_in_model_sees_them(services: Services, talk: str) -> None:
    text = said(services, "prompt", talk)
    assert text.startswith("<|im_start|>system\nBe brief.<|im_end|>\n")
    assert "1 system: Be brief." in text
    assert text.splitlines()[-1].endswith("added by the template")


def test_as_json_every_token_has_its_message(services: Services, talk: str) -> None:
    (record,) = json.loads(said(services, "prompt", talk, "--model", "qwen2", "--json"))
    assert record["tokenizer"] == "qwen2"
    assert record["has_own_template"]
    assert record["n_tokens"] == len(record["ids"]) == len(record["messages"])
    assert sum(share["n_tokens"] for share in record["shares"]) == record["n_tokens"]
    own = [piece for piece, message in zip(record["pieces"], record["messages"], strict=True) if message == 3]
    assert "".join(own) == "Why?"


def test_two_models_are_shown_as_the_difference_of_their_templates(services: Services, talk: str) -> None:
    lines = said(services, "prompt", talk, "--model", "starter", "--model", "phi-3").splitlines()
    assert lines[0].startswith("--- starter: ")
    assert lines[1].startswith("+++ phi-3: ")
    assert "-<|im_start|>user" in lines
    assert "+<|assistant|>" in lines


def test_more_than_two_and_what_is_no_conversation_are_refused(services: Services, talk: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="At most two"):
        said(services, "prompt", talk, "--model", "starter", "--model", "phi-3", "--model", "qwen2")
    with pytest.raises(GenerationError, match="without a chat template"):
        said(services, "prompt", talk, "--model", "cl100k_base")
    (tmp_path / "no.json").write_text("{", encoding="utf-8")
    with pytest.raises(GenerationError, match="not JSON"):
        said(services, "prompt", str(tmp_path / "no.json"))


def test_prompt_alone_is_a_text_like_any_other(services: Services) -> None:
    assert said(services, "prompt").startswith("starter: 1 token")


def test_a_comparison_is_a_table_for_spreadsheets(services: Services, tmp_path: Path) -> None:
    document = tmp_path / "text.txt"
    document.write_text("Hello world\n", encoding="utf-8")
    text = said(services, "compare", str(document), "--csv", "--tokenizer", "gpt-2", "bert")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["tokenizer"] for row in rows] == ["gpt-2", "bert"]
    assert rows[0]["tokens"] == "3"
    assert rows[0]["English"] == "1"
    assert float(rows[0]["Spanish"]) > 1
