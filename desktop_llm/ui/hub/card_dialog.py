"""CardDialog: a repository's model card: text that others wrote."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop_llm.ui.transcript.document_dialog import DocumentDialog
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import Label

_SIZE = (760, 620)


class CardDialog(DocumentDialog):
    """The card, and whose words it is."""

    def __init__(self, appearance: Appearance, title: str, text: str, parent: QWidget) -> None:
        super().__init__(appearance, QCoreApplication.translate("CardDialog", "Model card"), title, text, parent)
        self.setWindowTitle(self.tr("Model card: {name}").format(name=title))
        note = Label(self.tr("Written by the publisher. Pictures are not loaded."), "small", wraps=True)
        self.foot.insertWidget(0, note)
        self.resize(*_SIZE)
