"""Every action of the window with its words, keys and menu, as one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action: its words with a mnemonic, its keys, and what it does. No words: a line between groups."""

    text: str = ""
    keys: str = ""
    do: Callable[[], None] = lambda: None


def add_menu(bar: QMenuBar, title: str, rows: tuple[ActionRow, ...]) -> tuple[str, list[QAction]]:
    """Add a menu to the bar; returns its plain title and its actions."""
    menu = QMenu(title, bar)
    actions: list[QAction] = []
    for row in rows:
        if not row.text:
            menu.addSeparator()
            continue
        action = QAction(row.text, bar)
        action.setShortcut(QKeySequence(row.keys))
        action.triggered.connect(lambda _checked=False, do=row.do: do())
        menu.addAction(action)
        actions.append(action)
    bar.addMenu(menu)
    return title.replace("&", ""), actions
