"""BundleDialog: a dialog that does one long piece of work, with progress, and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QProgressBar, QVBoxLayout, QWidget

from desktop_llm.errors import AppError, DownloadCancelledError
from desktop_llm.models.library.importing import Watch
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.network.state_panel import StatePanel
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.number_text import percent
from desktop_llm.ui.widgets.parts import line
from desktop_llm.ui.widgets.scroll_page import ScrollPage
from desktop_llm.ui.widgets.theme import GRID

_T = TypeVar("_T")
_SIZE = (720, 560)
_STEPS = 1000


class BundleDialog(QDialog):
    """A scrolling column, and a foot with progress, what came of it, the one button that acts, and *Close*.

    While it works, *Close* stops the work, and so do Escape and the window's own button.
    """

    def __init__(self, appearance: Appearance, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._appearance = appearance
        self._background = Background(self)
        self._cancel: Callable[[], None] | None = None
        self._doing = ""
        self.page = ScrollPage(title)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _STEPS)
        self.bar.hide()
        self.said = StatePanel(appearance)
        self.buttons = QDialogButtonBox()
        self.do_button = self.buttons.addButton("", QDialogButtonBox.ButtonRole.ActionRole)
        self.do_button.setProperty("part", "primary")
        self.do_button.setAutoDefault(False)
        self.close_button = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        self.close_button.setAutoDefault(False)
        self.buttons.rejected.connect(self.reject)
        self._compose()

    @property
    def is_working(self) -> bool:
        """Whether there is something to stop."""
        return self._cancel is not None

    def reject(self) -> None:
        """Close; or stop the work first."""
        if self._cancel is None:
            super().reject()
            return
        self._cancel()
        self.close_button.setEnabled(False)
        self.said.say(self.tr("Stopping …"))

    def show_state(self) -> None:
        """Show what can be done now; also whenever work begins and ends."""

    def work(self, words: str, size_bytes: int, do: Callable[[Watch], _T], done: Callable[[_T], None]) -> None:
        """Do something with so many bytes beside the GUI thread; `words` say what is done meanwhile."""
        whole_bytes = max(1, size_bytes)

        def run(job: Job[_T]) -> _T:
            return do(Watch(lambda n_bytes: job.report(n_bytes / whole_bytes), job.is_cancelled))

        def finished(result: _T) -> None:
            self._end()
            done(result)
            self.show_state()

        def failed(error: AppError) -> None:
            self._end()
            self.show_problem(error)
            self.show_state()

        self._doing = words
        self.bar.setAccessibleName(words)
        self._show_progress(0.0)
        self._cancel = self._background.run(run, finished, failed, self._show_progress).cancel
        self.bar.show()
        self.close_button.setText(self.tr("Stop"))
        self.show_state()

    def show_problem(self, error: AppError) -> None:
        """What went wrong, below the column."""
        is_stopped = isinstance(error, DownloadCancelledError)
        look = ("info", "text_muted") if is_stopped else ("error", "danger")
        self.said.say(translate_error(error), icon=look[0], colour=look[1])

    def _show_progress(self, fraction: float) -> None:
        self.bar.setValue(round(fraction * _STEPS))
        if self.close_button.isEnabled():
            self.said.say(f"{self._doing} {percent(fraction)}" if fraction else self._doing)

    def _end(self) -> None:
        self._cancel = None
        self.bar.hide()
        self.said.clear()
        self.close_button.setText(self.tr("Close"))
        self.close_button.setEnabled(True)

    def _compose(self) -> None:
        foot = QVBoxLayout()
        foot.setContentsMargins(GRID * 3, GRID, GRID * 3, GRID * 2)
        foot.setSpacing(GRID)
        foot.addWidget(self.bar)
        foot.addWidget(self.said)
        foot.addWidget(self.buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.page, 1)
        column.addWidget(line())
        column.addLayout(foot)
        self.resize(*_SIZE)
