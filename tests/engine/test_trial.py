"""The throw-away child: what it finds out, what it survives, and that nothing is left of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from desktop_llm.engine import child_process
from desktop_llm.engine.child_process import ChildDiedError, ChildLimits, child_command, run_child
from desktop_llm.engine.grammars.reading import MAX_SCHEMA_DEPTH, read_schema
from desktop_llm.engine.llama import open_llama
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.trial import compile_grammar, dry_run, trial_limits, try_model
from desktop_llm.errors import (
    GrammarError,
    LoadCancelledError,
    ModelLoadError,
    ModelNotFoundError,
    ModelTooLargeError,
)

pytestmark = pytest.mark.model

_PARAMS = LoadParams(n_ctx=2048, n_seq_max=2, n_threads=1)
_GIB = 1024**3


@pytest.fixture(autouse=True)
def _no_child_is_left() -> Iterator[None]:
    yield
    assert psutil.Process().children(recursive=True) == []


# trying a model


def test_a_good_model_passes(starter_model: Path) -> None:
    verdict = try_model(starter_model, _PARAMS)
    assert (verdict.n_vocab, verdict.n_ctx_train, verdict.template_problem) == (49_152, 8192, "")


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="There is no model file"):
        try_model(tmp_path / "none.gguf", _PARAMS)


def test_a_file_that_is_no_model_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "text é.gguf"
    path.write_bytes(b"this is no model")
    with pytest.raises(ModelLoadError, match=r"^text é\.gguf could not be loaded: "):
        try_model(path, _PARAMS)


def test_a_trial_that_takes_too_long_is_ended(starter_model: Path) -> None:
    with pytest.raises(ModelLoadError, match="took longer than"):
        try_model(starter_model, _PARAMS, limits=ChildLimits(timeout_s=0.0))


def test_a_trial_that_takes_too_much_memory_is_ended(starter_model: Path) -> None:
    with pytest.raises((ModelTooLargeError, ModelLoadError)):
        try_model(starter_model, _PARAMS, limits=ChildLimits(memory_bytes=60_000_000))


def test_a_trial_can_be_cancelled(starter_model: Path) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(LoadCancelledError):
        try_model(starter_model, _PARAMS, cancelled.is_set)


def test_limits_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "large.gguf"
    with path.open("wb") as file:
        file.truncate(8 * _GIB)
    limits = trial_limits(path, _PARAMS)
    assert limits.timeout_s > 400
    assert limits.memory_bytes > 8 * _GIB


# the dry run


def test_a_dry_run_equals_a_real_load(starter_model: Path) -> None:
    plan = dry_run(starter_model, _PARAMS)
    model = open_llama(starter_model, _PARAMS, lambda fraction: True)
    real = model.facts.memory
    model.close()
    for name in ("cache_bytes", "recurrent_bytes", "compute_bytes", "output_bytes"):
        assert sum(getattr(each, name) for each in plan.devices) == sum(getattr(each, name) for each in real), name
    # 30 layers, 2048 cells, K and V of 3 heads of 64 numbers, two bytes each
    assert plan.cache_bytes == 30 * 2048 * 2 * 3 * 64 * 2
    assert plan.total_bytes > plan.cache_bytes
    assert [len(cache.layers) for cache in plan.caches] == [30]
    assert plan.places == ("CPU",) * 31


def test_a_dry_run_needs_only_the_header(starter_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "header.gguf"
    with starter_model.open("rb") as whole, path.open("wb") as header:
        header.write(whole.read(4_000_000))
        header.truncate(starter_model.stat().st_size)
    assert dry_run(path, _PARAMS) == dry_run(starter_model, _PARAMS)


# grammars

_BAD_GRAMMARS = {
    "unknown rule": "root ::= nothing",
    "left recursion": 'root ::= root "a" | "a"',
    "hidden left recursion": 'root ::= x root "a"\nx ::= "b"?',
    "no root": 'start ::= "a"',
    "huge repeat": 'root ::= "a"{100000000}',
    "open text": 'root ::= "a',
    "open class": "root ::= [a-",
    "open bracket": 'root ::= ("a"',
    "nothing": " ",
    "no grammar": "hello",
    "brackets without end": "root ::= " + "(" * 30_000,
}


def test_a_good_grammar_comes_back_as_it_is() -> None:
    grammar = 'root ::= "yes" | "no"'
    assert compile_grammar(SamplingParams(grammar=grammar)) == grammar


def test_without_a_grammar_there_is_nothing_to_compile() -> None:
    assert compile_grammar(SamplingParams()) is None


@pytest.mark.parametrize("name", _BAD_GRAMMARS)
def test_a_bad_grammar_is_refused(name: str) -> None:
    with pytest.raises(GrammarError) as caught:
        compile_grammar(SamplingParams(grammar=_BAD_GRAMMARS[name]))
    assert str(caught.value).endswith(".")


def test_a_schema_becomes_a_grammar() -> None:
    gbnf = compile_grammar(SamplingParams(json_schema='{"type": "boolean"}'))
    assert gbnf is not None
    assert "root ::=" in gbnf


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("{", "not valid JSON"),
        ("[1]", "must be an object"),
        ('{"minimum": NaN}', "not valid JSON"),
        ('{"$ref": "https://example.org/schema"}', "another document"),
        ('{"properties": {"a": {"$ref": "file:///etc/passwd"}}}', "another document"),
        ('{"a":' * (MAX_SCHEMA_DEPTH + 1) + "1" + "}" * (MAX_SCHEMA_DEPTH + 1), "too deeply"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "too deeply"),
    ],
)
def test_a_schema_that_cannot_be_taken_is_refused_before_a_child_starts(schema: str, words: str) -> None:
    with pytest.raises(GrammarError, match=words):
        compile_grammar(SamplingParams(json_schema=schema))


def test_a_schema_too_large_is_refused() -> None:
    with pytest.raises(GrammarError, match="too large"):
        read_schema('{"a": "' + "x" * 70_000 + '"}')


# the child itself


def test_a_child_knows_nothing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(name, "canary")
    environment = child_process._environment()
    assert "canary" not in environment.values()
    assert environment["GGML_NO_BACKTRACE"] == "1"


def test_a_task_that_no_child_knows_is_no_answer() -> None:
    with pytest.raises(ChildDiedError):
        run_child({"task": "unknown"}, ChildLimits(timeout_s=30))


def test_a_child_is_this_program_again() -> None:
    assert child_command("/usr/bin/python3", is_frozen=False)[0] == "/usr/bin/python3"
    assert child_command("/opt/app/desktop-llm", is_frozen=True) == [str(Path("/opt/app/desktop-llm")), "_trial"]


def test_the_window_program_of_a_bundle_starts_the_one_that_has_streams() -> None:
    command = child_command("/app/desktop-llm-window.exe", is_frozen=True)
    assert command == [str(Path("/app/desktop-llm.exe")), "_trial"]


_PARENT = """
import sys
from desktop_llm.engine.child_process import ChildLimits, run_child
run_child({"task": "grammar", "kind": "schema", "text": sys.argv[1]}, ChildLimits(timeout_s=100))
"""


def _endless_schema() -> str:
    """Each part holds the next twice, and asks for something more, so that it cannot be written once."""
    parts: dict[str, object] = {"60": {"type": "object"}}
    for i in range(60):
        both = {"allOf": [{"$ref": f"#/$defs/{i + 1}"}, {"required": ["a"]}]}
        parts[str(i)] = {"properties": {"a": both, "b": both}}
    return json.dumps({"$defs": parts, "$ref": "#/$defs/0"})


def test_a_child_ends_with_a_parent_that_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT, _endless_schema()]) as parent:
        children = psutil.Process(parent.pid).children()
        while not children or children[0].cpu_times().user < 1.0:  # until it is at work
            with suppress(subprocess.TimeoutExpired):
                parent.wait(0.05)
            assert parent.poll() is None
            children = psutil.Process(parent.pid).children()
        parent.kill()
        alive = psutil.wait_procs(children, timeout=20)[1]
    assert alive == []


@pytest.mark.parametrize(
    "error",
    [
        ["ModelLoadError", "{name:>999999999}", {"name": "x"}],
        ["ModelLoadError", "{name.__class__}", {"name": "x"}],
        ["ModelLoadError", "{missing}", {"other": 1}],
        ["ModelLoadError", "x" * 2000, {}],
        ["Path", "x", {}],
        ["_rebuild", "x", {}],
        ["ModelLoadError", "x", 5],
        ["ModelLoadError"],
    ],
)
def test_a_child_that_was_taken_over_cannot_choose_its_words(error: list[object]) -> None:
    with pytest.raises(ChildDiedError):
        child_process._read_answer(0, json.dumps({"error": error}).encode())


def test_a_childs_sentence_has_no_control_characters() -> None:
    answer = {"error": ["ModelLoadError", "It says {what}.", {"what": "a\x1b[2Jb\n"}]}
    with pytest.raises(ModelLoadError, match=r"^It says a \[2Jb \.$"):
        child_process._read_answer(0, json.dumps(answer).encode())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors in /proc")
def test_children_leave_no_descriptors_open(starter_model: Path) -> None:
    def n_open() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208

    before = n_open()
    for limits in (ChildLimits(timeout_s=0.0), ChildLimits(timeout_s=30)):
        with suppress(ModelLoadError):
            try_model(starter_model, _PARAMS, limits=limits)
    assert n_open() == before
