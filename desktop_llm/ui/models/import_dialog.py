"""ImportDialog: take models that are on this computer already: files that are chosen, and what other programs have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from desktop_llm.errors import AppError
from desktop_llm.models.library.finders import Findings, find_models, not_known, surroundings, wish_for
from desktop_llm.models.library.importing import Importer, Watch, Way, Wish
from desktop_llm.services import Services
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.models.import_row import ImportRow
from desktop_llm.ui.network.state_panel import StatePanel
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.number_text import size, whole
from desktop_llm.ui.widgets.parts import IconTextButton, Label, line
from desktop_llm.ui.widgets.scroll_page import ScrollPage
from desktop_llm.ui.widgets.theme import GRID

_SIZE = (720, 560)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an import: how many were taken, how many were here already, and what went wrong."""

    n_taken: int = 0
    n_known: int = 0
    problems: tuple[AppError, ...] = ()


class ImportDialog(QDialog):
    """Rows to tick, how to take them, and Import. Nothing is taken before that is pressed."""

    #: Models were taken: the list of models is another one.
    imported = Signal()

    def __init__(self, services: Services, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import models"))
        self._services, self._appearance = services, appearance
        self._background = Background(self)
        self._looking: Job[Findings] | None = None
        self._taking: Job[Taken] | None = None
        self.rows: list[ImportRow] = []
        self.way = ChoiceBox(
            appearance,
            (
                (Way.REFERENCE.value, self.tr("Use it where it is")),
                (Way.LINK.value, self.tr("A second name in the models folder (hard link)")),
                (Way.COPY.value, self.tr("Copy it into the models folder")),
            ),
        )
        self.way.setAccessibleName(self.tr("How models are taken in"))
        self.choose_button = IconTextButton(appearance, "folder", self.tr("Choose files…"))
        self.choose_button.clicked.connect(self._choose)
        self.state = StatePanel(appearance)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("How far the import is"))
        self.bar.hide()
        self.said = StatePanel(appearance)
        self._list = QVBoxLayout()
        buttons = QDialogButtonBox()
        self.import_button = buttons.addButton(self.tr("Import"), QDialogButtonBox.ButtonRole.ActionRole)
        self.import_button.setProperty("part", "primary")
        self.import_button.clicked.connect(self.take)
        self.close_button = buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        self._build(buttons)
        self._show()

    @property
    def is_taking(self) -> bool:
        """Whether models are being taken in."""
        return self._taking is not None

    def add_file(self, path: Path) -> None:
        """Offer a file, ticked."""
        wish = Wish(path)
        if all(row.wish.path != path for row in self.rows):
            self._add(ImportRow(self._appearance, path.stem, str(path.parent), wish, is_ticked=True))

    def showEvent(self, event: QShowEvent) -> None:
        """Look for what other programs have, once."""
        super().showEvent(event)
        if self._looking is None and not event.spontaneous():
            self._look()

    def take(self) -> None:
        """Import what is ticked."""
        way = Way(self.way.value)
        rows = [row for row in self.rows if row.box.isChecked()]
        if not rows or self.is_taking:
            return
        wishes = [row.wish_by(way) for row in rows]
        importer = Importer(self._services.records, self._services.library.folder)
        whole_bytes = max(1, sum(_length(wish.path) for wish in wishes))

        def done(taken: Taken) -> None:
            self._taking = None
            self._say(taken)
            for row in rows:
                self._remove(row)
            self._show()
            self.imported.emit()

        def failed(error: AppError) -> None:
            self._taking = None
            self.said.say(translate_error(error), icon="error", colour="danger")
            self._show()

        self._taking = self._background.run(
            lambda job: _take_all(importer, wishes, whole_bytes, job),
            done,
            failed,
            lambda fraction: self.bar.setValue(round(fraction * 1000)),
        )
        self._show()

    def _look(self) -> None:
        self.state.say(self.tr("Looking for the models of other programs …"), icon="search")
        library = self._services.library

        def look(_job: Job[Findings]) -> Findings:
            found = find_models(surroundings())
            return Findings(tuple(not_known(found.models, library.models())), found.is_complete, found.unreadable)

        def done(found: Findings) -> None:
            for model in found.models:
                words = f"{model.app} · {size(model.size_bytes)}"
                self._add(ImportRow(self._appearance, model.name, words, wish_for(model, Way.REFERENCE)))
            if found.models:
                self.state.clear()
            else:
                self.state.say(
                    self.tr("No other models of LM Studio, Ollama, Jan, GPT4All or Hugging Face were found.")
                )

        def failed(error: AppError) -> None:
            self.state.say(translate_error(error), icon="error", colour="danger")

        self._looking = self._background.run(look, done, failed)

    def _say(self, taken: Taken) -> None:
        parts = []
        if taken.n_taken:
            parts.append(self.tr("%n model(s) taken in.", "", taken.n_taken))
        if taken.n_known:
            parts.append(self.tr("%n model(s) were here already.", "", taken.n_known))
        parts += [translate_error(error) for error in taken.problems]
        look = ("error", "danger") if taken.problems else ("check", "success")
        self.said.say(" ".join(parts), icon=look[0], colour=look[1])

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose models"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([self.tr("Models (*.gguf)"), self.tr("All files (*)")])
        dialog.filesSelected.connect(self._add_files)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _add_files(self, paths: Sequence[str]) -> None:
        for path in paths:
            self.add_file(Path(path))

    def _add(self, row: ImportRow) -> None:
        row.box.toggled.connect(self._show)
        self.rows.append(row)
        self._list.addWidget(row)
        self._show()

    def _remove(self, row: ImportRow) -> None:
        self.rows.remove(row)
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _show(self) -> None:
        n = sum(row.box.isChecked() for row in self.rows)
        self.import_button.setText(self.tr("Import ({n})").format(n=whole(n)) if n else self.tr("Import"))
        self.import_button.setEnabled(n > 0 and not self.is_taking)
        self.bar.setVisible(self.is_taking)

    def _build(self, buttons: QDialogButtonBox) -> None:
        page = ScrollPage(self.windowTitle())
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.way, 1)
        head.addWidget(self.choose_button)
        self._list.setSpacing(GRID)
        column = page.column
        column.addLayout(head)
        words = self.tr("Where it is: no room is taken, and the other program keeps it. A copy takes its room twice.")
        column.addWidget(Label(words, "small", wraps=True))
        column.addWidget(line())
        column.addLayout(self._list)
        column.addWidget(self.state)
        column.addStretch(1)
        foot = QVBoxLayout()
        foot.setContentsMargins(GRID * 3, GRID, GRID * 3, GRID * 2)
        foot.setSpacing(GRID)
        foot.addWidget(self.bar)
        foot.addWidget(self.said)
        foot.addWidget(buttons)
        whole_dialog = QVBoxLayout(self)
        whole_dialog.setContentsMargins(0, 0, 0, 0)
        whole_dialog.setSpacing(0)
        whole_dialog.addWidget(page, 1)
        whole_dialog.addWidget(line())
        whole_dialog.addLayout(foot)
        self.resize(*_SIZE)


def _take_all(importer: Importer, wishes: Sequence[Wish], whole_bytes: int, job: Job[Taken]) -> Taken:
    """In the background. One that cannot be taken keeps no other from it."""
    n_taken = n_known = done_bytes = 0
    problems: list[AppError] = []
    for wish in wishes:
        start = done_bytes
        watch = Watch(lambda n_bytes, start=start: job.report((start + n_bytes) / whole_bytes), job.is_cancelled)  # type: ignore[misc]
        try:
            outcome = importer.take(wish, watch)
        except AppError as error:
            problems.append(error)
        else:
            n_known += outcome.known_as is not None
            n_taken += outcome.known_as is None
        done_bytes += _length(wish.path)
        job.report(done_bytes / whole_bytes)
    return Taken(n_taken, n_known, tuple(problems))


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
