"""The strip that says how far a model's load is; the window can be used meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop_llm.engine.ticket import LoadProgress, LoadStage
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.widgets.model_text import model_name
from desktop_llm.ui.widgets.number_text import percent
from desktop_llm.ui.widgets.parts import ElidedLabel
from desktop_llm.ui.widgets.theme import GRID

translate = QCoreApplication.translate


class LoadStrip(QWidget):
    """Stage, percent, a bar and a way to cancel; hidden when nothing loads."""

    def __init__(self, loader: ModelLoader, parent: QWidget) -> None:
        """Without a parent it would be a window of its own for a moment, where a model is being loaded."""
        super().__init__(parent)
        self._loader = loader
        self.label = ElidedLabel("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 100)
        self.bar.setAccessibleName(self.tr("Loading the model"))
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setProperty("part", "quiet")
        self.cancel_button.setAccessibleName(self.tr("Cancel loading the model"))
        self.cancel_button.clicked.connect(loader.cancel)
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addWidget(self.label)
        words.addWidget(self.bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID * 3, GRID, GRID * 2, 0)
        row.setSpacing(GRID * 2)
        row.addLayout(words, 1)
        row.addWidget(self.cancel_button)
        loader.changed.connect(self.read)
        self.read()

    def read(self) -> None:
        """Show the loader's state anew."""
        entry = self._loader.loading_entry
        self.setVisible(entry is not None)
        if entry is None:
            return
        progress = self._loader.progress
        words = self.tr("{model}: {stage}").format(model=model_name(entry), stage=stage_words(progress))
        if progress.fraction > 0:
            words = f"{words} · {percent(progress.fraction)}"
        self.label.set_whole_text(words)
        self.bar.setValue(round(whole_way(progress) * 100))


def stage_words(progress: LoadProgress) -> str:
    """What a load is doing."""
    match progress.stage:
        case LoadStage.VERIFYING:
            return translate("LoadStrip", "comparing the file with its record")
        case LoadStage.CHECKING:
            return translate("LoadStrip", "checking the file")
        case LoadStage.PLANNING:
            return translate("LoadStrip", "looking whether it fits")
        case LoadStage.TRYING:
            return translate("LoadStrip", "trying it out safely")
        case LoadStage.LOADING:
            return translate("LoadStrip", "loading")
        case _:
            return translate("LoadStrip", "waiting for its turn")


def whole_way(progress: LoadProgress) -> float:
    """How far the whole load is, 0 to 1: each stage has its share, so that a bar never runs backwards."""
    start, share = {
        LoadStage.QUEUED: (0.0, 0.0),
        LoadStage.VERIFYING: (0.0, 0.05),
        LoadStage.CHECKING: (0.05, 0.05),
        LoadStage.PLANNING: (0.1, 0.05),
        LoadStage.TRYING: (0.15, 0.25),
        LoadStage.LOADING: (0.4, 0.6),
    }.get(progress.stage, (1.0, 0.0))
    return start + share * progress.fraction
