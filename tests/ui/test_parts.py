"""Small parts of the window."""

from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from desktop_llm.ui.widgets.parts import ElidedLabel


def test_a_line_without_room_loses_whole_parts_before_it_is_cut(qtbot: QtBot) -> None:
    label = ElidedLabel("40 tokens/s · first word after 0.3 s")
    qtbot.addWidget(label)
    metrics = QFontMetrics(label.font())
    for width, shown in (
        (metrics.horizontalAdvance(label.whole_text) + 2, label.whole_text),
        (metrics.horizontalAdvance("40 tokens/s") + 2, "40 tokens/s"),
    ):
        label.resize(width, 20)
        label.show()
        assert label.text() == shown
    label.resize(metrics.horizontalAdvance("40 tok"), 20)
    assert label.text().endswith("…")
    assert label.whole_text in label.toolTip()
