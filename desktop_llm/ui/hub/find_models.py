"""FindModels: searching the hub. Nothing is asked of it before the user asks for it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from desktop_llm.errors import AppError
from desktop_llm.models.hub.files import HubHit
from desktop_llm.models.hub.hub import Hub, HubQuery
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.hub.find_filters import FindFilters
from desktop_llm.ui.hub.hit_row import HitRow
from desktop_llm.ui.network.network_watch import NetworkWatch
from desktop_llm.ui.network.state_panel import StatePanel
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.number_text import whole
from desktop_llm.ui.widgets.parts import IconTextButton, Label, line
from desktop_llm.ui.widgets.scroll_page import ScrollPage
from desktop_llm.ui.widgets.theme import GRID

FIRST_HITS = 20
MOST_HITS = 200
_LONGEST = 200


class FindModels(ScrollPage):
    """A field, filters, and repositories as rows. A new search takes the place of one that is under way."""

    #: The way back to the models' page.
    back_requested = Signal()
    #: A repository is to be shown; with its HubHit.
    repository_chosen = Signal(object)

    def __init__(self, appearance: Appearance, hub: Hub, network: NetworkWatch) -> None:
        super().__init__("")
        self.area.setAccessibleName(self.tr("Find models"))
        self._appearance, self._hub, self._network = appearance, hub, network
        self._background = Background(self)
        self._job: Job[tuple[HubHit, ...]] | None = None
        self._query = HubQuery(limit=FIRST_HITS)
        self.rows: list[HitRow] = []
        self.back_button = IconTextButton(appearance, "chevron-left", self.tr("Models"), part="quiet")
        self.back_button.setAccessibleName(self.tr("Back to the models page"))
        self.back_button.clicked.connect(self.back_requested)
        self.field = QLineEdit()
        self.field.setMaxLength(_LONGEST)
        self.field.setPlaceholderText(self.tr("Name of a model, as qwen3 8b"))
        self.field.setAccessibleName(self.tr("Search for models"))
        self.field.returnPressed.connect(self.search)
        self.search_button = IconTextButton(appearance, "search", self.tr("Search"), part="primary")
        self.search_button.clicked.connect(self.search)
        self.filter_button = IconTextButton(appearance, "sliders", self.tr("Filters"), part="quiet")
        self.filter_button.clicked.connect(self._toggle_filters)
        self.filters = FindFilters(appearance)
        self.filters.hide()
        self.filters.submitted.connect(self.search)
        self.sort_box = ChoiceBox(
            appearance,
            (
                ("downloads", self.tr("Most used")),
                ("trending_score", self.tr("Most talked about now")),
                ("likes", self.tr("Best liked")),
                ("last_modified", self.tr("Changed last")),
                ("created_at", self.tr("Newest")),
            ),
        )
        self.sort_box.setAccessibleName(self.tr("Order of the results"))
        self.sort_box.currentIndexChanged.connect(self._sort)
        self.host_label = Label("", "small", wraps=True)
        self.state = StatePanel(appearance)
        self.more_button = QPushButton(self.tr("Show more"))
        self.more_button.clicked.connect(self._show_more)
        self._list = QVBoxLayout()
        self._build()
        self.setFocusProxy(self.field)
        network.changed.connect(self._show_network)
        self._show_network()
        self._show_start()

    @property
    def is_searching(self) -> bool:
        """Whether an answer is waited for."""
        return self._job is not None

    def search(self) -> None:
        """Ask the hub for what is typed and chosen."""
        self._query = HubQuery(
            text=self.field.text().strip(),
            author=self.filters.author.text().strip(),
            architecture=self.filters.architecture.text().strip(),
            n_params=self.filters.n_params,
            sort=self.sort_box.value,
            limit=FIRST_HITS,
        )
        self._ask()

    def _ask(self) -> None:
        self._stop()
        query = self._query
        self.state.say(self.tr("Asking {host} …").format(host=self._network.host), icon="search")
        self.state.offer(self.tr("Cancel"), self._cancel)
        self.more_button.hide()
        self._show_filter_count()

        def done(hits: tuple[HubHit, ...]) -> None:
            self._job = None
            self._show_hits(hits)

        def failed(error: AppError) -> None:
            self._job = None
            self._show_hits(())
            self.state.show_error(error, self._network, self._ask)

        self._job = self._background.run(lambda _: self._hub.search(query), done, failed)

    def _cancel(self) -> None:
        self._stop()
        self._show_start()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.forget()
            self._job = None

    def _sort(self) -> None:
        if self.rows or self.is_searching:
            self.search()

    def _show_more(self) -> None:
        self._query = replace(self._query, limit=min(MOST_HITS, self._query.limit * 2))
        self._ask()

    def _show_start(self) -> None:
        if self.rows:
            self.state.clear()
            return
        if self._network.is_offline:
            words = self.tr("Offline mode is on. To search, this program has to reach {host}.")
            self.state.say(words.format(host=self._network.host), icon="lock", colour="success")
            if not self._network.is_forced:
                self.state.offer(self.tr("Go online"), lambda: self._network.go(offline=False))
            return
        self.state.say(self.tr("Any model in the GGUF format can be fetched. Or begin with those used most:"))
        self.state.offer(self.tr("Show the most used"), self.search)

    def _show_network(self) -> None:
        words = self.tr(
            "Only what is typed here is sent to {host}. The visit is kept in the ledger, its words are not."
        )
        self.host_label.setText(words.format(host=self._network.host))
        if not self.is_searching and not self.rows:
            self._show_start()

    def _show_hits(self, hits: tuple[HubHit, ...]) -> None:
        had_focus = any(row.hasFocus() for row in self.rows)
        kept = [row for row, hit in zip(self.rows, hits, strict=False) if row.hit == hit]
        if [row.hit for row in self.rows[: len(kept)]] != [row.hit for row in kept]:
            kept = []
        for row in self.rows[len(kept) :]:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = kept
        for hit in hits[len(kept) :]:
            row = HitRow(self._appearance, hit)
            row.clicked.connect(lambda _=False, hit=hit: self.repository_chosen.emit(hit))
            self.rows.append(row)
            self._list.addWidget(row)
        self.more_button.setVisible(len(hits) >= self._query.limit < MOST_HITS)
        self._say_found(len(hits))
        if had_focus and self.rows:
            self.rows[min(len(kept), len(self.rows) - 1)].setFocus()

    def _say_found(self, n_hits: int) -> None:
        if n_hits:
            self.state.clear()
            return
        self.state.say(self.tr("{host} knows no model like that.").format(host=self._network.host))
        if self.filters.n_set:
            self.state.offer(self.tr("Search without filters"), self._search_without_filters)

    def _search_without_filters(self) -> None:
        self.filters.clear()
        self.search()

    def _toggle_filters(self) -> None:
        self.filters.setVisible(self.filters.isHidden())
        if not self.filters.isHidden():
            self.filters.author.setFocus()

    def _show_filter_count(self) -> None:
        n = self.filters.n_set
        words = self.tr("Filters ({n})").format(n=whole(n)) if n else self.tr("Filters")
        self.filter_button.set_words(words)

    def _build(self) -> None:
        title = QHBoxLayout()
        title.addWidget(Label(self.tr("Find models"), "title"), 1)
        title.addWidget(self.back_button)
        search = QHBoxLayout()
        search.setSpacing(GRID)
        search.addWidget(self.field, 1)
        search.addWidget(self.search_button)
        narrow = QHBoxLayout()
        narrow.setSpacing(GRID)
        narrow.addWidget(self.filter_button)
        narrow.addStretch(1)
        label = Label(self.tr("Order"), "muted")
        label.setBuddy(self.sort_box)
        narrow.addWidget(label)
        narrow.addWidget(self.sort_box)
        more = QHBoxLayout()
        more.addWidget(self.more_button)
        more.addStretch(1)
        self.more_button.hide()
        self._list.setSpacing(GRID)
        column = self.column
        column.addLayout(title)
        column.addSpacing(GRID)
        column.addLayout(search)
        column.addWidget(self.host_label)
        column.addLayout(narrow)
        column.addWidget(self.filters)
        column.addWidget(line())
        column.addWidget(self.state)
        column.addLayout(self._list)
        column.addLayout(more)
        column.addStretch(1)
