"""The rules of the house that a machine can check: who may know whom, and how long things may be."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "desktop_llm"
FILES = sorted(PACKAGE.rglob("*.py"))

_MAX_FILE_LINES = 500
_MAX_FUNCTION_LINES = 60
_MAX_CLASS_LINES = 300


def _imported(path: Path) -> Iterator[str]:
    """The top-level names of all modules a file imports, also inside functions and by name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                yield from (alias.name.partition(".")[0] for alias in node.names)
            case ast.ImportFrom(module=str(module)):
                yield module.partition(".")[0]
            case ast.Call(
                func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield module.partition(".")[0]
            case _:
                pass


def _importers(*modules: str) -> set[str]:
    return {path.relative_to(PACKAGE).as_posix() for path in FILES if not set(modules).isdisjoint(_imported(path))}


def test_the_import_contracts_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_the_window_imports_qt() -> None:
    outside = {name for name in _importers("PySide6", "shiboken6", "qasync") if not name.startswith("ui/")}
    assert not outside


def test_only_the_engines_door_imports_llama_cpp() -> None:
    doors = {name for name in _importers("llama_cpp") if not name.startswith(("engine/llama/", "engine/llama.py"))}
    assert not doors


def test_only_the_faces_that_wait_know_asyncio() -> None:
    assert not {name for name in _importers("asyncio") if not name.startswith(("ui/", "server/"))}


def test_no_part_of_the_app_knows_its_tests_or_tools() -> None:
    assert not _importers("tests", "tools", "benchmarks")


def test_files_functions_and_classes_keep_their_length() -> None:
    assert not list(_too_long())


def _too_long() -> Iterator[str]:
    for path in [*FILES, *sorted((ROOT / "tools").glob("*.py"))]:
        text = path.read_text(encoding="utf-8")
        lengths = [("the file", text.count("\n"), _MAX_FILE_LINES), *_lengths(ast.parse(text))]
        yield from (f"{path.relative_to(ROOT)}: {what}: {lines} lines" for what, lines, most in lengths if lines > most)


def _lengths(tree: ast.AST) -> Iterator[tuple[str, int, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            most = _MAX_CLASS_LINES if isinstance(node, ast.ClassDef) else _MAX_FUNCTION_LINES
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1, most


@pytest.fixture
def without_qt(tmp_path: Path) -> dict[str, str]:
    """An environment in which PySide6 cannot be imported, inherited by child processes."""
    for name in ("PySide6", "shiboken6"):
        (tmp_path / f"{name}.py").write_text(f"raise ImportError('{name} is not installed')\n")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}


@pytest.mark.model
def test_the_terminal_answers_where_pyside_is_not_installed(without_qt: dict[str, str], starter_model: Path) -> None:
    command = [sys.executable, "-m", "desktop_llm", "chat", "What is a kernel?", "--max-tokens", "8"]
    done = subprocess.run(command, env=without_qt, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()


def test_help_is_shown_where_pyside_is_not_installed(without_qt: dict[str, str]) -> None:
    command = [sys.executable, "-m", "desktop_llm", "--help"]
    done = subprocess.run(command, env=without_qt, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "chat" in done.stdout
