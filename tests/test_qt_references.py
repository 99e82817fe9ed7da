"""PySide6 6.12.0 loses a reference to None at every void call on Python 3.11, until the process aborts."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

_CALLS = 3_000
_NOISE = 100


@pytest.mark.gui
def test_void_calls_leave_the_references_to_none_alone(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for _ in range(_CALLS):
        label.setIndent(1)
    assert abs(sys.getrefcount(None) - before) < _NOISE


@pytest.mark.gui
def test_emits_and_connects_leave_the_references_to_true_alone(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)

    def receive(_name: str) -> None:
        pass

    before = sys.getrefcount(True)
    for _ in range(_CALLS):
        label.objectNameChanged.connect(receive)
        label.objectNameChanged.emit("name")
        label.objectNameChanged.disconnect(receive)
    assert abs(sys.getrefcount(True) - before) < _NOISE
