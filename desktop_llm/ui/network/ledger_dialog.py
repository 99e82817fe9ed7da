"""LedgerDialog: what reached the outside and what was refused, with the switch for all of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_llm.models.hub.ledger import Ledger
from desktop_llm.ui.network.ledger_table import BYTES, HOST, LedgerListModel
from desktop_llm.ui.network.network_watch import NetworkWatch
from desktop_llm.ui.network.offline_switch import OfflineSwitch
from desktop_llm.ui.network.state_panel import StatePanel
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconTextButton, Label, line
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.tick_box import TickBox

_SIZE = (760, 560)
_READ_MS = 500
_ROW_HEIGHT = 32


class LedgerDialog(QDialog):
    """A table that grows while it is open, at most twice a second."""

    def __init__(self, appearance: Appearance, ledger: Ledger, network: NetworkWatch, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("What reaches the outside"))
        self._ledger = ledger
        self.switch = OfflineSwitch(appearance, network)
        self.refused_box = TickBox(appearance, self.tr("Show only what was refused"))
        self.refused_box.setAccessibleName(self.refused_box.text())
        self.refused_box.toggled.connect(self.read)
        self.model = LedgerListModel()
        self.table = QTableView()
        self.state = StatePanel(appearance)
        self.said = Label("", "small", wraps=True)
        self.export_button = IconTextButton(appearance, "arrow-down", self.tr("Export…"))
        self.export_button.setAccessibleName(self.tr("Export the ledger as a table (CSV)"))
        self.export_button.clicked.connect(self._ask_where)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_READ_MS)
        self._later.timeout.connect(self.read)
        self._prepare_table()
        self._build()
        network.visited.connect(self._read_soon)
        self.read()

    def read(self) -> None:
        """Show the ledger as it is now."""
        attempts = self._ledger.attempts()
        if self.refused_box.isChecked():
            attempts = tuple(each for each in attempts if not each.is_allowed)
        bar = self.table.verticalScrollBar()
        place = bar.value()
        self.model.show_attempts(attempts)
        bar.setValue(place)
        self.table.setVisible(bool(attempts))
        self.export_button.setEnabled(bool(attempts) or self.refused_box.isChecked())
        if attempts:
            self.state.clear()
        elif self.refused_box.isChecked():
            self.state.say(self.tr("Nothing was refused."))
        else:
            self.state.say(self.tr("This program has never reached outside this computer."), icon="lock")

    def export(self, path: Path) -> None:
        """Write all of it as CSV, and say so."""
        try:
            self._ledger.export(path)
        except OSError as error:
            words = self.tr("{file} could not be written: {reason}. Another place can be chosen.")
            self.said.setText(words.format(file=path, reason=error.strerror or type(error).__name__))
        else:
            self.said.setText(self.tr("Written to {file}.").format(file=path))

    def _read_soon(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, self.tr("Export the ledger"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("Tables (*.csv)")])
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("desktop-llm-ledger.csv")
        dialog.fileSelected.connect(lambda path: self.export(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _prepare_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName(self.windowTitle())
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(50)
        header.setSectionResizeMode(HOST, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(GRID * 8)
        assert self.model.columnCount() > BYTES

    def _build(self) -> None:
        words = self.tr(
            "Every attempt to reach another computer stands here. Questions, replies and files are never among "
            "them; what was searched for is not kept."
        )
        buttons = QDialogButtonBox()
        self.close_button = buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        head = QVBoxLayout()
        head.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID)
        head.setSpacing(GRID)
        head.addWidget(self.switch)
        head.addWidget(line())
        head.addWidget(Label(words, "muted", wraps=True))
        row = QHBoxLayout()
        row.addWidget(self.refused_box)
        row.addStretch(1)
        row.addWidget(self.export_button)
        head.addLayout(row)
        head.addWidget(self.said)
        head.addWidget(self.state)
        foot = QVBoxLayout()
        foot.setContentsMargins(GRID * 3, GRID, GRID * 3, GRID * 2)
        foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        table = QVBoxLayout()
        table.setContentsMargins(GRID * 3, 0, GRID * 3, 0)
        table.addWidget(self.table, 1)
        table.addStretch(0)
        column.addLayout(table, 1)
        column.addWidget(line())
        column.addLayout(foot)
        self.resize(*_SIZE)
