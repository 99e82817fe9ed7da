"""ExamplesCard: how a program asks the local API, ready to be copied; the key is masked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from desktop_llm.ui.api.api_watch import ApiWatch
from desktop_llm.ui.api.examples import EXAMPLES, MASK, example
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.parts import IconTextButton, Label
from desktop_llm.ui.widgets.theme import GRID


class ExamplesCard(QFrame):
    """One example at a time."""

    def __init__(self, appearance: Appearance, watch: ApiWatch) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self._watch = watch
        self.choice = ChoiceBox(appearance, tuple((name, name) for name in EXAMPLES))
        self.choice.setAccessibleName(self.tr("Language of the example"))
        self.choice.currentIndexChanged.connect(self.read)
        self.text = QPlainTextEdit()
        self.text.setProperty("part", "field")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Example"))
        self.copy_button = IconTextButton(appearance, "copy", self.tr("Copy example"), part="quiet")
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        note = Label(self.tr("Put a key of your own in place of {mask}.").format(mask=MASK), "small", wraps=True)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.choice)
        head.addStretch(1)
        head.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.text)
        column.addWidget(note)
        watch.changed.connect(self.read)
        self.read()

    def read(self) -> None:
        """Show the chosen example for the address there is, or would be."""
        serving = self._watch.serving
        config = serving.config if serving is not None else self._watch.wanted_config
        text = example(self.choice.value, config, self._watch.example_model)
        if text == self.text.toPlainText():
            return
        self.text.setPlainText(text)
        rows = text.count("\n") + 1
        bar = self.text.horizontalScrollBar().sizeHint().height()
        metrics = QFontMetrics(self.text.font())
        self.text.setFixedHeight(rows * metrics.lineSpacing() + bar + GRID * 3)
