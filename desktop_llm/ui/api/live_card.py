"""LiveCard: who is using the local API now, and a way to end each request."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_llm.server.use.clients import LiveSnapshot
from desktop_llm.ui.api.api_watch import ApiWatch
from desktop_llm.ui.widgets.number_text import seconds, whole
from desktop_llm.ui.widgets.parts import ElidedLabel, Label
from desktop_llm.ui.widgets.theme import GRID


class LiveCard(QFrame):
    """One row for each request, as long as it lasts. No content is known here."""

    def __init__(self, watch: ApiWatch) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self._watch = watch
        self.rows: dict[int, LiveRow] = {}
        self.state = Label(self.tr("Nobody is using it now."), "small", wraps=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(GRID // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID // 2)
        column.addWidget(self.state)
        column.addLayout(self._list)
        watch.used.connect(self.read)
        watch.changed.connect(self.read)

    def showEvent(self, event: QShowEvent) -> None:
        """They are followed while somebody looks."""
        super().showEvent(event)
        self.read()

    def read(self) -> None:
        """Show the requests there are; rows stay the same widgets."""
        if not self.isVisible():
            return
        requests = {request.id: request for request in self._watch.requests if request.client}
        for number in [each for each in self.rows if each not in requests]:
            row = self.rows.pop(number)
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        for number, request in requests.items():
            row = self.rows.get(number) or self._add(number)
            row.show_request(request)
        self.state.setVisible(not self.rows)

    def _add(self, number: int) -> LiveRow:
        row = LiveRow()
        row.end_button.clicked.connect(lambda: self._watch.disconnect_request(number))
        self.rows[number] = row
        self._list.addWidget(row)
        return row


class LiveRow(QWidget):
    """Who, what and how long."""

    def __init__(self) -> None:
        super().__init__()
        self.client = Label("", "strong")
        self.words = ElidedLabel("", "small")
        self.end_button = QPushButton(self.tr("Disconnect"))
        self.end_button.setProperty("part", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.client)
        row.addWidget(self.words, 1)
        row.addWidget(self.end_button)

    def show_request(self, request: LiveSnapshot) -> None:
        """As it is now."""
        self.client.setText(request.client)
        self.end_button.setAccessibleName(self.tr("Disconnect {name}").format(name=request.client))
        n_tokens = request.completion_tokens
        parts = [request.model, request.route, self.tr("for {time}").format(time=seconds(request.duration_s))]
        if n_tokens:
            parts.append(self.tr("%n token(s)", None, n_tokens).replace(str(n_tokens), whole(n_tokens)))
        self.words.set_whole_text(ElidedLabel.PART_SEPARATOR.join(part for part in parts if part))
