"""LedgerTable: every visit to the outside as rows: when, what for, which host, how much, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QDateTime,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from desktop_llm.models.hub.gate import Why
from desktop_llm.models.hub.ledger import Attempt
from desktop_llm.ui.widgets.hub_text import short
from desktop_llm.ui.widgets.number_text import size

translate = QCoreApplication.translate

WHEN, WHY, HOST, BYTES, RESULT = range(5)
_NOWHERE: Final = QModelIndex()
_ERROR_STATUS = 400


class LedgerListModel(QAbstractTableModel):
    """The attempts, newest first; perhaps only the refused ones."""

    def __init__(self) -> None:
        super().__init__()
        self._attempts: tuple[Attempt, ...] = ()

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """What is shown."""
        return self._attempts

    def show_attempts(self, attempts: Sequence[Attempt]) -> None:
        """Show other ones; the same ones change nothing."""
        if tuple(attempts) == self._attempts:
            return
        self.beginResetModel()
        self._attempts = tuple(attempts)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """Attempts."""
        return 0 if parent.isValid() else len(self._attempts)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """When, why, host, bytes, result."""
        return 0 if parent.isValid() else RESULT + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The columns' names."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return _titles()[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return cell_words(self._attempts[index.row()], index.column())


def cell_words(attempt: Attempt, column: int) -> str:
    """One cell."""
    match column:
        case 0:
            at = QDateTime.fromSecsSinceEpoch(int(attempt.at))
            time = QLocale().toString(at.time(), "HH:mm:ss")
            day = QLocale().toString(at.date(), QLocale.FormatType.ShortFormat)
            return time if at.date() == QDateTime.currentDateTime().date() else f"{day} {time}"
        case 1:
            return why_words(attempt.why)
        case 2:
            return short(attempt.host)
        case 3:
            return size(attempt.received_bytes) if attempt.received_bytes else "–"
        case _:
            return result_words(attempt)


def why_words(why: str) -> str:
    """What a visit was for."""
    words = {
        Why.SEARCH: translate("ledger_table", "Search"),
        Why.REPOSITORY: translate("ledger_table", "Look at a model"),
        Why.HEADER: translate("ledger_table", "Beginning of a file"),
        Why.DOWNLOAD: translate("ledger_table", "Download"),
        Why.UPDATE_CHECK: translate("ledger_table", "Look for an update"),
        Why.ACCOUNT: translate("ledger_table", "Access token"),
    }
    return words[Why(why)] if why in set(Why) else short(why)


def result_words(attempt: Attempt) -> str:
    """Whether it was allowed, and what came of it."""
    if not attempt.is_allowed:
        if attempt.problem == "OfflineError":
            return translate("ledger_table", "Refused: offline mode")
        return translate("ledger_table", "Refused: not encrypted")
    if attempt.status is None:
        return translate("ledger_table", "Allowed, no answer")
    if attempt.status >= _ERROR_STATUS:
        return translate("ledger_table", "Allowed, error {status}").format(status=attempt.status)
    return translate("ledger_table", "Allowed")


def _titles() -> tuple[str, ...]:
    return (
        translate("ledger_table", "When"),
        translate("ledger_table", "What for"),
        translate("ledger_table", "Host"),
        translate("ledger_table", "Received"),
        translate("ledger_table", "Result"),
    )


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == BYTES else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
