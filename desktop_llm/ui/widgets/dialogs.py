"""The few dialogs: confirm a link, the list of shortcuts, about."""

from __future__ import annotations

import platform
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, Qt, qVersion
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_llm import __version__
from desktop_llm.ui.widgets.parts import Label, breakable, line
from desktop_llm.ui.widgets.theme import GRID

#: Only these may be opened, and only after the dialog.
LINK_SCHEMES = ("http", "https", "mailto")
LONGEST_SHOWN_ADDRESS = 400


def link_host(address: str) -> str | None:
    """Whom a link reaches: a host, or the recipient of a mail; None when it must not be opened."""
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in LINK_SCHEMES:
        return None
    if parts.scheme.lower() == "mailto":
        return parts.path or None
    if host is None:
        return None
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return None


class LinkDialog(QDialog):
    """Shows where a link leads, as plain text, and asks whether to open it in the browser."""

    def __init__(self, address: str, host: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open a link"))
        self.host_label = Label(host, "heading", wraps=True)
        shown = address if len(address) <= LONGEST_SHOWN_ADDRESS else address[:LONGEST_SHOWN_ADDRESS] + "…"
        self.address_label = Label(breakable(shown), "muted", wraps=True)
        self.address_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = self.tr("The reply links to a page outside this computer. Its host learns that the link was opened.")
        buttons = QDialogButtonBox()
        self.open_button = buttons.addButton(self.tr("Open in the browser"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.cancel_button = buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 3, GRID * 3, GRID * 2)
        column.setSpacing(GRID)
        column.addWidget(self.host_label)
        column.addWidget(self.address_label)
        column.addSpacing(GRID)
        column.addWidget(Label(words, wraps=True))
        column.addSpacing(GRID)
        column.addWidget(buttons)
        self.open_button.setAutoDefault(False)
        self.cancel_button.setDefault(True)
        self.cancel_button.setFocus()
        self.setFixedWidth(480)


class ShortcutsDialog(QDialog):
    """Every action with its keys, by menu."""

    def __init__(self, menus: list[tuple[str, list[QAction]]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        inner = QWidget()
        inner.setProperty("part", "scrolled")
        grid = QGridLayout(inner)
        grid.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        grid.setHorizontalSpacing(GRID * 3)
        grid.setVerticalSpacing(GRID)
        grid.setColumnStretch(0, 1)
        row = 0
        for title, actions in menus:
            heading = Label(title, "strong")
            heading.setContentsMargins(0, GRID if row else 0, 0, 0)
            grid.addWidget(heading, row, 0, 1, 2)
            row += 1
            for action in actions:
                grid.addWidget(Label(plain_action_text(action)), row, 0)
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                grid.addWidget(Label(keys, "key"), row, 1, Qt.AlignmentFlag.AlignRight)
                row += 1
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self.windowTitle())
        area.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, GRID * 2)
        column.setSpacing(0)
        column.addWidget(area, 1)
        column.addWidget(line())
        column.addSpacing(GRID * 2)
        column.addLayout(_close_row(self))
        self.resize(480, 560)


class AboutDialog(QDialog):
    """What this program is, and of which versions."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Desktop LLM"))
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 3, GRID * 3, GRID * 2)
        column.setSpacing(GRID)
        column.addWidget(Label("Desktop LLM", "title"))
        column.addWidget(Label(self.tr("Version {version}").format(version=__version__), "muted"))
        column.addSpacing(GRID)
        column.addWidget(
            Label(self.tr("Private language models on this computer. Nothing that is written leaves it."), wraps=True)
        )
        column.addWidget(
            Label(self.tr("Free software under the Apache License 2.0, built on llama.cpp, Qt and Python."), wraps=True)
        )
        column.addWidget(Label(f"Python {platform.python_version()} · Qt {qVersion()}", "small"))
        column.addSpacing(GRID)
        column.addLayout(_close_row(self, margin=0))
        self.setFixedWidth(440)


def plain_action_text(action: QAction) -> str:
    """An action's text without its mnemonic mark."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


def _close_row(dialog: QDialog, margin: int = GRID * 3) -> QVBoxLayout:
    button = QPushButton(QCoreApplication.translate("dialogs", "Close"))
    button.clicked.connect(dialog.accept)
    button.setDefault(True)
    row = QVBoxLayout()
    row.setContentsMargins(margin, 0, margin, 0)
    row.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)
    return row
