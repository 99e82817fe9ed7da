"""GuideDialog: what the documentation says of the local API."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop_llm.ui.transcript.document_dialog import DocumentDialog
from desktop_llm.ui.widgets.appearance import Appearance

_SIZE = (820, 640)


class GuideDialog(DocumentDialog):
    """The file lies beside the program: nothing is fetched."""

    def __init__(self, appearance: Appearance, path: Path, parent: QWidget) -> None:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError:
            text = QCoreApplication.translate(
                "GuideDialog",
                "The documentation is missing in this installation. It is the file docs/api.md of the program.",
            )
        name = QCoreApplication.translate("GuideDialog", "The local API")
        super().__init__(appearance, name, "docs/api.md", text, parent)
        self.setWindowTitle(name)
        self.resize(*_SIZE)
