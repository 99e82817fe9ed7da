"""`desktop-llm tokens`: a text, a file compared, a list; and one sentence for what cannot be done."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop_llm.cli.arguments import parse
from desktop_llm.cli.terminal import Terminal
from desktop_llm.cli.tokens import tokens
from desktop_llm.errors import ModelNotFoundError, UsageError
from desktop_llm.hardware.measured import Measured, TypeSpeed, save_measured
from desktop_llm.hardware.reading import machine_key, read_hardware
from desktop_llm.services import Services

ROOT = Path(__file__).parents[2]


def _said(services: Services, *arguments: str) -> str:
    out = io.StringIO()
    assert tokens(services, parse(["tokens", *arguments]), Terminal(out, io.StringIO())) == 0
    return out.getvalue()


def _json(services: Services, *arguments: str) -> Any:
    return json.loads(_said(services, *arguments, "--json"))


def test_a_text_is_shown_under_several_tokenizers(services: Services) -> None:
    said = _json(services, "Hello world", "--tokenizer", "gpt-2", "bert", "--tokenizer", "cl100k_base", "gpt-2")
    assert [each["tokenizer"] for each in said] == ["gpt-2", "bert", "cl100k_base"]
    assert said[0] == {
        "tokenizer": "gpt-2",
        "n_tokens": 2,
        "ids": [15496, 995],
        "pieces": ["Hello", " world"],
        "bytes": ["48656c6c6f", "20776f726c64"],
        "kinds": ["normal", "normal"],
    }
    assert said[2]["ids"] == [9906, 1917]


def test_without_a_name_the_built_in_model_counts(services: Services) -> None:
    said = _said(services, 'A tab\t, a quote " and é')
    assert said.startswith("starter: ")
    assert '"\\t"' in said


def test_special_tokens_are_added_and_read_when_wanted(services: Services) -> None:
    (added,) = _json(services, "hello", "--tokenizer", "bert", "--add-special")
    assert (added["pieces"][0], added["pieces"][-1], added["kinds"][0]) == ("[CLS]", "[SEP]", "special")
    (read,) = _json(services, "<|im_start|>user", "--tokenizer", "qwen2", "--parse-special")
    assert read["pieces"] == ["<|im_start|>", "user"]


def test_a_text_is_read_from_standard_input(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("list"))
    assert _json(services, "-", "--tokenizer", "gpt-2")[0]["pieces"] == ["list"]


def test_what_there_is_is_listed_without_opening_it(services: Services) -> None:
    listed = {each["tokenizer"]: each for each in _json(services, "list")}
    for name in ("phi-3", "qwen2", "falcon", "gpt-2", "bert", "cl100k_base", "o200k_base", "starter"):
        tokenizer = services.tokenizers.open(name)
        facts = tokenizer.facts
        tokenizer.close()
        assert (listed[name]["algorithm"], listed[name]["n_vocab"]) == (facts.algorithm, facts.n_vocab), name
        assert listed[name]["source"] in {"bundled", "tiktoken", "model"}
    assert "SentencePiece" in _said(services, "list")


def test_a_file_is_compared(services: Services, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("\ufeffOne line.  \n" * 50, encoding="utf-8")
    asked = ("compare", str(file), "--tokenizer", "phi-3", "o200k_base", "--context", "64", "--price", "2")
    phi, o200k = _json(services, *asked, "--speed", "100")
    assert phi["tokenizer"] == "phi-3"
    assert o200k["n_words"] == 100
    assert o200k["context"]["fits"] is False
    assert o200k["prompt_seconds"] == pytest.approx(o200k["n_tokens"] / 100)
    assert o200k["price"] == pytest.approx(o200k["n_tokens"] * 2e-6)
    assert {each["language"] for each in phi["languages"]} >= {"en", "es", "zh", "ar"}
    assert [hint["kind"] for hint in o200k["hints"]] == ["trailing_spaces", "invisible_characters"] or o200k["hints"]
    said = _said(services, *asked, "--speed", "100")
    assert "too long for a context of 64 tokens" in said
    assert "Saves" in said
    assert "Saves" not in _said(services, *asked, "--no-hints")


def test_the_time_comes_from_this_computers_measured_speed(services: Services, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("A short text.\n" * 100)
    assert _json(services, "compare", str(file), "--tokenizer", "starter")[0]["prompt_seconds"] is None
    machine = read_hardware(services.paths.models, services.paths.speeds_file)
    types = tuple(TypeSpeed(name, 20e9, 200e9) for name in ("Q8_0", "F16"))
    key = machine_key(machine.cpu, machine.devices, machine.engine)
    save_measured(services.paths.speeds_file, Measured(types, 2, 0.0, key))
    services.planner.look_again()
    starter, other = _json(services, "compare", str(file), "--tokenizer", "starter", "gpt-2")
    price = services.planner.price(services.library.find("starter").path, services.load_params())
    assert price.speed is not None
    assert starter["prompt_seconds"] == pytest.approx(starter["n_tokens"] / price.speed.prompt.low, rel=0.2, abs=0.001)
    assert other["prompt_seconds"] is None  # no model of it is here


def test_what_cannot_be_done_is_said_in_a_sentence(services: Services, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "file").write_text("x")
    file = str(tmp_path / "file")
    wrong: dict[str, tuple[str, ...]] = {
        "There is no text": (),
        "put it in quotation marks": ("two", "words"),
        "There is no file to compare": ("compare",),
        "cannot be read": ("compare", str(tmp_path / "nothing")),
        "is not a text in UTF-8": ("compare", str(tmp_path / "binary")),
        "The context is 1": ("compare", file, "--context", "0"),
        "The speed is": ("compare", file, "--speed", "nan"),
        "The price is": ("compare", file, "--price", "-1"),
    }
    for sentence, arguments in wrong.items():
        with pytest.raises(UsageError, match=sentence):
            _said(services, *arguments)
    with pytest.raises(UsageError, match="At most 6"):
        _said(services, "compare", str(tmp_path / "file"), "--tokenizer", *"abcdefg")
    with pytest.raises(ModelNotFoundError, match="There is no tokenizer named nothing"):
        _said(services, "text", "--tokenizer", "nothing")


def test_it_works_without_pyside_and_without_a_network(tmp_path: Path) -> None:
    (tmp_path / "PySide6.py").write_text("raise ImportError('PySide6 is not installed')\n")
    (tmp_path / "requests.py").write_text("raise ImportError('nothing is fetched')\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    command = [sys.executable, "-m", "desktop_llm", "tokens", "Hello", "--tokenizer", "o200k_base", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)[0]["ids"] == [13225]


@pytest.mark.model
def test_a_model_says_how_likely_it_finds_a_text(services: Services, tmp_path: Path) -> None:
    plain, odd = tmp_path / "plain.txt", tmp_path / "odd.txt"
    plain.write_text("The capital of France is Paris. The capital of Spain is Madrid.", encoding="utf-8")
    odd.write_text("Paris capital the is of. Madrid the France capital Spain of is.", encoding="utf-8")
    likely, unlikely = _json(services, "perplexity", str(plain)), _json(services, "perplexity", str(odd))
    assert likely["model"] == "starter"
    assert likely["n_judged"] == likely["n_tokens"] - 1
    assert likely["perplexity"] < 15 < unlikely["perplexity"]
    said = _said(services, "perplexity", str(plain), "--model", "starter")
    assert f"{likely['perplexity']:,.2f} under starter" in said
    assert "does not say that a text is true" in said


def test_a_text_is_judged_by_one_model_and_has_two_tokens_at_least(services: Services, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("a", encoding="utf-8")
    with pytest.raises(UsageError, match="one model at a time"):
        _said(services, "perplexity", str(file), "--model", "starter", "--model", "other")
