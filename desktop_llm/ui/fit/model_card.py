"""A recommended model as a card: what it is, whether and how it fits, how fast it will be, why, and one action."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.models.catalog.catalog import CatalogFile
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.recommend.ranking import Candidate, Purpose, Recommendation
from desktop_llm.ui.fit.fit_text import gpu_names, speed_words
from desktop_llm.ui.fit.machine_watch import Seen
from desktop_llm.ui.fit.memory_bar import MemoryBars
from desktop_llm.ui.fit.memory_use import memory_uses, need_more
from desktop_llm.ui.fit.recommend_text import (
    Fit,
    file_words,
    fit_of,
    fit_words,
    licence_words,
    page_address,
    reading_words,
    why_words,
)
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconLabel, IconTextButton, Label, breakable, plain_tooltip
from desktop_llm.ui.widgets.theme import GRID

_FIT_LOOKS = {
    Fit.FITS: ("check", "success"),
    Fit.WITH_LESS: ("info", "warning"),
    Fit.NOT: ("error", "danger"),
}


class FitBadge(QWidget):
    """An icon and a word in one colour."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._icon = IconLabel(appearance, "check", "success")
        self.label = Label("", "strong")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2 + 2)
        row.addWidget(self._icon)
        row.addWidget(self.label)

    def show_fit(self, fit: Fit, words: str) -> None:
        """Show another one."""
        icon_name, colour = _FIT_LOOKS[fit]
        self._icon.set_icon(icon_name, colour)
        self.label.setText(words)


class ModelCard(QFrame):
    """Shows one recommendation at a time; a newer look changes its words and not the card."""

    #: The model, which is on this computer, shall be loaded; with its ModelEntry.
    load_requested = Signal(object)
    #: The model shall be fetched; with its CatalogFile.
    download_requested = Signal(object)

    def __init__(self, appearance: Appearance, folder: Path) -> None:
        """`folder` is where models are kept."""
        super().__init__()
        self.setProperty("part", "card")
        self._folder = folder
        self._entry: ModelEntry | None = None
        self._file: CatalogFile | None = None
        self._address = self._file_name = self._said = ""
        self.name_label = Label("", "strong", wraps=True)
        self.file_label = Label("", "muted", wraps=True)
        self.badge = FitBadge(appearance)
        self.bars = MemoryBars(appearance)
        self.speed_label = Label("", wraps=True)
        self.why_label = Label("", "muted", wraps=True)
        self._licence_icon = IconLabel(appearance, "warning", "warning")
        self.licence_label = Label("", "small", wraps=True)
        self.address_label = Label("", "small", wraps=True)
        self.address_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_button = IconTextButton(appearance, "copy", self.tr("Copy link"), part="quiet")
        self.copy_button.clicked.connect(self._copy)
        self.load_button = IconTextButton(appearance, "model", self.tr("Load"), part="primary")
        self.load_button.clicked.connect(self._load)
        self.download_button = IconTextButton(appearance, "download", self.tr("Download"), part="primary")
        self.download_button.clicked.connect(lambda: self.download_requested.emit(self._file))
        self._build()

    def show_recommendation(self, recommendation: Recommendation, seen: Seen) -> None:
        """Show a model with its figures."""
        candidate, wish = recommendation.candidate, seen.wish
        name = candidate.model.name
        self.setAccessibleName(f"{name}, {file_words(candidate)}, {fit_words(candidate, wish)}")
        self.name_label.setText(name)
        self.file_label.setText(file_words(candidate))
        fit = fit_of(candidate, wish)
        self.badge.show_fit(fit, fit_words(candidate, wish))
        uses = memory_uses(candidate.plan, gpu_names(seen.hardware))
        self.bars.show_uses(need_more(uses, candidate.missing_bytes) if fit is Fit.NOT else uses)
        self.speed_label.setText(self._speed(candidate, seen))
        self.speed_label.setVisible(seen.hardware.measured is not None and fit is not Fit.NOT)
        self.why_label.setText(why_words(recommendation, wish))
        licence = candidate.model.licence
        self._licence_icon.set_icon(*(("info", "text_muted") if licence is None else ("warning", "warning")))
        self.licence_label.setText(licence_words(candidate.model))
        self.licence_label.setToolTip(plain_tooltip(licence.url if licence is not None else ""))
        self._licence.setVisible(licence is None or licence.restricts)
        if self._address != page_address(candidate):
            self._address, self._said = page_address(candidate), ""
        self._file = candidate.file
        self._file_name = candidate.file.file.rpartition("/")[2]
        self.copy_button.setAccessibleName(self.tr("Copy the link to {name}").format(name=name))
        self.load_button.setAccessibleName(self.tr("Load {name}").format(name=name))
        self.download_button.setAccessibleName(self.tr("Download {name}").format(name=name))
        self._show_address()

    @property
    def file_name(self) -> str:
        """The shown file's name, without folders."""
        return self._file_name

    def first_control(self) -> QWidget:
        """What the keyboard reaches first."""
        return self.download_button if self._entry is None else self.load_button

    def show_coming(self, *, is_coming: bool) -> None:
        """Whether it is being fetched."""
        self.download_button.setEnabled(not is_coming)
        self.download_button.set_words(self.tr("On its way") if is_coming else self.tr("Download"))

    def show_entry(self, entry: ModelEntry | None, *, is_current: bool, is_loading: bool) -> None:
        """Say whether the file is on this computer: then it can be loaded, unless it is in use already."""
        self._entry = entry
        self.copy_button.setVisible(entry is None)
        self.download_button.setVisible(entry is None)
        self.load_button.setVisible(entry is not None)
        self.load_button.setEnabled(not is_current and not is_loading)
        words = self.tr("In use") if is_current else self.tr("Loading") if is_loading else self.tr("Load")
        self.load_button.set_words(words)
        self._show_address()

    def _speed(self, candidate: Candidate, seen: Seen) -> str:
        if candidate.speed is None:
            return self.tr("How fast it will be is not known.")
        is_reader = seen.wish.purpose is Purpose.EMBEDDINGS
        words = reading_words(candidate) if is_reader else speed_words(candidate.speed).replace("\n", " · ")
        return words[:1].upper() + words[1:]

    def _show_address(self) -> None:
        is_here = self._entry is not None
        words = self.tr("On this computer") if is_here else self._address
        self.address_label.setText(f"{words}\n{self._said}" if self._said and not is_here else words)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._address)
        words = self.tr("Copied. Once a browser has fetched the file, it belongs into {folder}.")
        self._said = words.format(folder=breakable(str(self._folder)))
        self._show_address()

    def _load(self) -> None:
        if self._entry is not None:
            self.load_requested.emit(self._entry)

    def _build(self) -> None:
        title = QHBoxLayout()
        title.setSpacing(GRID * 2)
        title.addWidget(self.name_label, 1)
        title.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addLayout(title)
        head.addWidget(self.file_label)
        self._licence = QWidget()
        licence = QHBoxLayout(self._licence)
        licence.setContentsMargins(0, 0, 0, 0)
        licence.setSpacing(GRID // 2 + 2)
        licence.addWidget(self._licence_icon, 0, Qt.AlignmentFlag.AlignTop)
        licence.addWidget(self.licence_label, 1)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self.address_label, 1)
        foot.addWidget(self.copy_button)
        foot.addWidget(self.download_button)
        foot.addWidget(self.load_button)
        self.copy_button.setToolTip(plain_tooltip(self.tr("Copy the address of the page where the file is offered")))
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.bars)
        column.addWidget(self.speed_label)
        column.addWidget(self.why_label)
        column.addWidget(self._licence)
        column.addLayout(foot)
