"""Leftovers: models whose file is gone, downloads nobody goes on with, and files that failed their check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMessageBox, QPushButton, QVBoxLayout, QWidget

from desktop_llm.models.download.aside import AsideFile, files_aside, remove_aside
from desktop_llm.models.download.leftovers import orphans_left, remove_orphan
from desktop_llm.models.download.sweep import Orphan
from desktop_llm.models.library.model_files import is_helper, stem_of
from desktop_llm.models.library.records import Record
from desktop_llm.services import Services
from desktop_llm.ui.background import Background
from desktop_llm.ui.models.state_text import day_words
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.model_text import spoken_name
from desktop_llm.ui.widgets.number_text import size
from desktop_llm.ui.widgets.parts import IconLabel, Label, breakable, line
from desktop_llm.ui.widgets.question_box import QuestionBox
from desktop_llm.ui.widgets.theme import GRID

#: The parts of a path below the models folder: publisher, repository, file.
_LEAST_PARTS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on the disk."""

    missing: tuple[Record, ...]
    orphans: tuple[Orphan, ...]
    aside: tuple[AsideFile, ...]


class LeftoverRow(QFrame):
    """What it is, what is wrong with it, where it is, and what can be done."""

    def __init__(self, appearance: Appearance, title: str, words: str, path: Path) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self.setAccessibleName(f"{title}: {words}")
        self.title = Label(title, "strong", wraps=True)
        self.words = Label(words, wraps=True)
        self.path = Label(breakable(str(path)), "small", wraps=True)
        self.buttons: list[QPushButton] = []
        texts = QVBoxLayout()
        texts.setSpacing(GRID // 2)
        texts.addWidget(self.title)
        texts.addWidget(self.words)
        texts.addWidget(self.path)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        self._row.setSpacing(GRID)
        self._row.addWidget(IconLabel(appearance, "warning", "warning"), 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(texts, 1)

    def add_action(self, text: str, act: Callable[[], None]) -> None:
        """Offer something to do."""
        button = QPushButton(text)
        button.setAccessibleName(f"{text.rstrip('…')}: {self.title.text()}")
        button.clicked.connect(lambda: act())  # noqa: PLW0108  Qt would pass `checked`
        self.buttons.append(button)
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)


class Leftovers(QWidget):
    """Hidden while there is nothing. The disk is looked at in the background."""

    #: A model shall be fetched; with a function that makes its DownloadWish and may wait.
    fetch_requested = Signal(object)
    #: Something was taken from the list and can be taken back; with its name, and a function that does so and waits.
    forgotten = Signal(str, object)
    #: Something could not be done; with its AppError.
    failed = Signal(object)

    def __init__(self, services: Services, appearance: Appearance) -> None:
        super().__init__()
        self._services, self._appearance = services, appearance
        self._background = Background(self)
        self._shown: object = None
        self.rows: list[LeftoverRow] = []
        self.question: QMessageBox | None = None
        self._list = QVBoxLayout()
        self._list.setSpacing(GRID + GRID // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID * 2, 0, 0)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(Label(self.tr("Missing and left over"), "heading", wraps=True))
        column.addWidget(line())
        column.addLayout(self._list)
        self.hide()

    def read(self) -> None:
        """Look at the disk, and show what is there."""
        services = self._services

        def look(_job: object) -> Found:
            folder = services.library.folder
            return Found(services.library.missing(), orphans_left(services.downloads), files_aside(folder))

        self._background.run(look, self._show, self.failed.emit)

    def _show(self, found: Found) -> None:
        self.setVisible(found != Found((), (), ()))
        key = (found.missing, found.orphans, [(each.path, each.size_bytes, str(each.problem)) for each in found.aside])
        if key == self._shown:
            return
        self._shown = key
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for record in found.missing:
            self._add_missing(record)
        for orphan in found.orphans:
            self._add_orphan(orphan)
        for file in found.aside:
            self._add_aside(file)

    def _add(self, title: str, words: str, path: Path) -> LeftoverRow:
        row = LeftoverRow(self._appearance, title, words, path)
        self.rows.append(row)
        self._list.addWidget(row)
        return row

    def _add_missing(self, record: Record) -> None:
        name = record.title or spoken_name(stem_of(record.path))
        words = self.tr("Its file is gone: it was deleted or moved, or lies on a disk that is not connected.")
        row = self._add(name, words, record.path)
        source = record.source
        if source is not None:
            make = partial(
                self._services.wish_for,
                source.repo,
                source.path,
                source.commit,
                with_projector=bool(record.helpers),
            )
            row.add_action(self.tr("Fetch again"), lambda: self.fetch_requested.emit(make))
        row.add_action(self.tr("Take from the list"), lambda: self._forget(name, record))

    def _add_orphan(self, orphan: Orphan) -> None:
        words = self.tr("A download that was begun and is in no list any more: {size} have come. It goes after {day}.")
        until = day_words(orphan.modified_at + 30 * 24 * 3600)
        row = self._add(
            spoken_name(stem_of(orphan.target)), words.format(size=size(orphan.size_bytes), day=until), orphan.target
        )
        make = self._wish(orphan.target, orphan.commit)
        if make is not None:
            row.add_action(self.tr("Go on"), lambda: self.fetch_requested.emit(make))
        folder, downloads = self._services.library.folder, self._services.downloads
        question = self.tr("Remove what has come of {name} ({size})?")
        question = question.format(name=row.title.text(), size=size(orphan.size_bytes))
        row.add_action(
            self.tr("Remove…"), lambda: self._ask(question, lambda: remove_orphan(downloads, orphan, folder))
        )

    def _add_aside(self, file: AsideFile) -> None:
        reason = translate_error(file.problem) if file.problem is not None else self.tr("It failed its check.")
        words = self.tr("{reason} The file ({size}) was put aside and is not used. Fetch it again, or remove it.")
        name = spoken_name(stem_of(file.target))
        row = self._add(name, words.format(reason=reason, size=size(file.size_bytes)), file.path)
        make = self._wish(file.target, "")
        if make is not None:
            row.add_action(self.tr("Fetch again"), lambda: self.fetch_requested.emit(make))
        folder = self._services.library.folder
        question = self.tr("Remove the file that was put aside of {name} ({size})?")
        question = question.format(name=name, size=size(file.size_bytes))
        row.add_action(self.tr("Remove…"), lambda: self._ask(question, lambda: remove_aside(file, folder)))

    def _wish(self, target: Path, commit: str) -> Callable[[], object] | None:
        """How it is fetched, by where it belongs below the models folder; None where that does not say it."""
        folder = self._services.library.folder
        parts = target.relative_to(folder).parts if target.is_relative_to(folder) else ()
        if len(parts) < _LEAST_PARTS or is_helper(target.name):
            return None
        return partial(self._services.wish_for, "/".join(parts[:2]), "/".join(parts[2:]), commit)

    def _forget(self, name: str, record: Record) -> None:
        library, records = self._services.library, self._services.records

        def done(_nothing: None) -> None:
            self.read()
            self.forgotten.emit(name, lambda: records.put(record))

        self._background.run(lambda _: library.forget(record.path), done, self.failed.emit)

    def _ask(self, question: str, act: Callable[[], None]) -> None:
        words = self.tr("It is deleted from the disk. This cannot be undone.")
        box = QuestionBox(self, self.tr("Remove a file"), question, words)
        run = self._background.run
        box.add_loss(self.tr("Remove"), lambda: run(lambda _: act(), lambda _: self.read(), self.failed.emit))
        box.add_keep(self.tr("Keep"))
        self.question = box
        box.finished.connect(self._forget_question)
        box.open()

    def _forget_question(self) -> None:
        self.question = None
