"""CompareControls: which tokenizers, on what basis, shown how; and how it is exported."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QWidget

from desktop_llm.errors import SettingsError
from desktop_llm.models.library.library import STARTER
from desktop_llm.services import Services
from desktop_llm.tokens.comparing import FEWEST, MOST
from desktop_llm.ui.pieces.tokenizer_box import TokenizerBox
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.hub_text import short
from desktop_llm.ui.widgets.parts import IconButton, IconTextButton, Label
from desktop_llm.ui.widgets.theme import GRID

#: What is compared: a text, or the passage by language, measured against English or in tokens.
TEXT, RATIO, COUNT = "text", "ratio", "count"
#: How languages are shown; of a text both have room.
CHART, TABLE = "chart", "table"
_NAMES: Final = (STARTER, "phi-3", "qwen2", "o200k_base")
_SETTING: Final = "compared_tokenizers"


class CompareControls(QWidget):
    """One row. The chosen tokenizers are kept in the settings."""

    #: Something else is to be counted or measured.
    changed = Signal()
    #: Languages are to be shown as a chart or as a table.
    view_changed = Signal()
    #: The document is to be put away.
    put_away = Signal()
    #: A file was chosen for the export; with its Path.
    export_requested = Signal(object)
    #: The choice could not be kept; with an AppError.
    failed = Signal(object)

    def __init__(self, services: Services, appearance: Appearance) -> None:
        super().__init__()
        self._services = services
        self.box = TokenizerBox(services, appearance, self._kept_names(), most=MOST)
        self.box.changed.connect(self._keep_names)
        self.box.changed.connect(self.changed)
        choices = (
            (TEXT, self.tr("This text")),
            (RATIO, self.tr("Languages, against English")),
            (COUNT, self.tr("Languages, in tokens")),
        )
        self.basis = ChoiceBox(appearance, choices)
        self.basis.setAccessibleName(self.tr("What is compared"))
        self.basis.currentIndexChanged.connect(self.changed)
        self.view = ChoiceBox(appearance, ((CHART, self.tr("Chart")), (TABLE, self.tr("Table"))))
        self.view.setAccessibleName(self.tr("How it is shown"))
        self.view.currentIndexChanged.connect(self.view_changed)
        self.document = Label("", "muted")
        self.away_button = IconButton(appearance, "close", self.tr("Compare the text of the Text tab again"))
        self.away_button.clicked.connect(self.put_away)
        self.export_button = IconTextButton(appearance, "arrow-down", self.tr("Export"))
        self.export_button.setMenu(self._export_menu())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for widget in (self.box, self.basis, self.view, self.document, self.away_button):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.export_button)

    def show_document(self, name: str | None) -> None:
        """Name the document that is compared; None: it is the Text tab's text, or languages are."""
        if name is not None:
            self.document.setText(self.tr("Document: {name}").format(name=short(name)))
        for widget in (self.document, self.away_button):
            widget.setVisible(name is not None)
        self.view.setVisible(self.basis.value != TEXT)

    def _kept_names(self) -> list[str]:
        kept = self._services.settings.text(_SETTING).split(",")
        names = list(dict.fromkeys(name.strip() for name in kept if name.strip()))[:MOST]
        return names if len(names) >= FEWEST else list(_NAMES)

    def _keep_names(self) -> None:
        """For the next time; a path with a comma in it is not kept."""
        names = [name for name in self.box.names if "," not in name]
        try:
            self._services.settings.set(_SETTING, ", ".join(names))
        except SettingsError as error:
            self.failed.emit(error)

    def _export_menu(self) -> QMenu:
        menu = QMenu(self)
        for words, ending, kinds in (
            (self.tr("Table (CSV)…"), "csv", self.tr("Tables (*.csv)")),
            (self.tr("Chart as a picture (PNG)…"), "png", self.tr("Pictures (*.png)")),
            (self.tr("Chart as a drawing (SVG)…"), "svg", self.tr("Drawings (*.svg)")),
        ):
            menu.addAction(words, partial(self._ask_where, ending, kinds))
        return menu

    def _ask_where(self, ending: str, kinds: str) -> None:
        dialog = QFileDialog(self, self.tr("Export the comparison"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([kinds])
        dialog.setDefaultSuffix(ending)
        name = self.tr("tokens", "the name of a file")
        dialog.selectFile(f"{name}.{ending}")
        dialog.fileSelected.connect(lambda path: self.export_requested.emit(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
