"""Collect the window's texts into resources/translations/*.ts, and compile these to *.qm.

Usage: python -m tools.translations

Texts come from two places: `tr()` and `translate()` in desktop_llm/ui/, and the templates of errors
raised anywhere in the package (context "errors"), which the window shows in the user's language.
English needs a file for its plurals only. Needs PySide6 (its lupdate and lrelease).
"""

from __future__ import annotations

import ast
import builtins
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "desktop_llm"
TRANSLATIONS = ROOT / "resources" / "translations"
ERRORS_CONTEXT = "errors"

#: These talk to a terminal or to a program, in English, and never reach the window.
_TERMINAL_ERRORS = {"ApiError", "bad_parameter", "OutputError", "UsageError"}


def error_templates(package: Path = PACKAGE) -> list[str]:
    """Every literal template an error is made from, sorted; errors of Python's own are left out."""
    found: set[str] = set()
    for path in sorted(package.rglob("*.py")):
        found.update(_templates_in(ast.parse(path.read_text(encoding="utf8"))))
    return sorted(found)


def update() -> None:
    """Bring the .ts files up to date with the sources; translations that are there stay."""
    TRANSLATIONS.mkdir(parents=True, exist_ok=True)
    sources = sorted(str(path) for path in (PACKAGE / "ui").rglob("*.py"))
    with tempfile.TemporaryDirectory() as folder:
        errors = Path(folder) / "errors_source.py"
        errors.write_text(_as_source(error_templates()), encoding="utf8")
        for language, options in (("es", ()), ("en", ("-pluralonly",))):
            target = TRANSLATIONS / f"desktop_llm_{language}.ts"
            flags = ("-no-obsolete", "-locations", "none", "-source-language", "en", "-target-language", language)
            _run("lupdate", *sources, str(errors), *options, *flags, "-silent", "-ts", str(target))


def release(folder: Path = TRANSLATIONS) -> None:
    """Compile every .ts into a .qm in `folder`."""
    for source in sorted(TRANSLATIONS.glob("*.ts")):
        _run("lrelease", "-silent", str(source), "-qm", str(folder / f"{source.stem}.qm"))


def _templates_in(tree: ast.AST) -> Iterator[str]:
    """What is raised, also by a function that makes the error, or made to be kept."""
    for node in ast.walk(tree):
        call = node.exc if isinstance(node, ast.Raise) else node
        if not isinstance(call, ast.Call) or not call.args:
            continue
        name, first = _name(call.func), call.args[0]
        is_error = isinstance(node, ast.Raise) or name.endswith("Error")
        if is_error and _is_ours(name) and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def _is_ours(name: str) -> bool:
    return not hasattr(builtins, name) and name not in _TERMINAL_ERRORS


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _as_source(templates: list[str]) -> str:
    """A file that lupdate reads like any other."""
    rows = (f"QCoreApplication.translate({_quoted(ERRORS_CONTEXT)}, {_quoted(text)})\n" for text in templates)
    return "from PySide6.QtCore import QCoreApplication\n" + "".join(rows)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _run(tool: str, *arguments: str) -> None:
    command = Path(sys.executable).with_name(f"pyside6-{tool}")
    subprocess.run([str(command), *arguments], check=True)


if __name__ == "__main__":
    update()
    release()
