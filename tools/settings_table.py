"""Write the table of settings into the administrator guide: `python tools/settings_table.py`.

tests/test_docs.py checks that it was done.
"""

from __future__ import annotations

from pathlib import Path

from desktop_llm.settings import SETTINGS, Setting

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "administrator-guide.md"
START, END = "<!-- settings -->", "<!-- /settings -->"


def table() -> str:
    """All settings as a Markdown table."""
    rows = [f"| `{each.name}` | {_default(each)} | {_allowed(each)} | {each.help} |" for each in SETTINGS]
    return "\n".join(["| setting | default | allowed | meaning |", "|---|---|---|---|", *rows])


def with_table(guide: str) -> str:
    """The guide with the table between its two marks."""
    before, rest = guide.split(START, 1)
    _, after = rest.split(END, 1)
    return f"{before}{START}\n{table()}\n{END}{after}"


def _default(setting: Setting) -> str:
    if isinstance(setting.default, bool):
        return f"`{str(setting.default).lower()}`"
    return f"`{setting.default}`" if setting.default != "" else "(empty)"


def _allowed(setting: Setting) -> str:
    if setting.choices:
        return ", ".join(f"`{choice}`" for choice in setting.choices)
    if setting.low is not None:
        return f"from {setting.low}" + (f" to {setting.high}" if setting.high is not None else "")
    return {bool: "`true`, `false`", str: "text"}.get(type(setting.default), "number")


if __name__ == "__main__":
    GUIDE.write_text(with_table(GUIDE.read_text(encoding="utf8")), encoding="utf8")
