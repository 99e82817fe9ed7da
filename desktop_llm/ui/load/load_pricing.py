"""LivePricing: the price of a wish, at once by arithmetic and then exactly, while the wish goes on changing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.errors import AppError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.models.planner import Price
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.load.disk_reading import found_or_error
from desktop_llm.ui.load.load_wish import Chooser, LoadWish, choose_params

#: A wish that did not change for so long is priced exactly.
_RESTS_MS = 250


class Pricer(Chooser, Protocol):
    """What is needed of the planner. Both wait."""

    def price_best(self, path: Path, wish: LoadParams) -> Price:
        """What loading a file takes, with what the wish leaves open chosen so that it fits."""

    def look_again(self) -> Hardware:
        """This machine as it is now."""


class LivePricing(QObject):
    """Prices one file. At most one exact answer is awaited; one that came too late is not shown."""

    #: Another price is shown.
    priced = Signal()
    #: No price could be found out; with the error.
    failed = Signal(object)

    def __init__(self, pricer: Pricer, path: Path, base: LoadParams, parent: QObject) -> None:
        """`base` gives what a wish says nothing of: threads, batches."""
        super().__init__(parent)
        self._pricer, self._path, self._base = pricer, path, base
        self._background = Background(self)
        self._wish = LoadWish(base.n_seq_max)
        self._anchor: Price | None = None  # what the engine said last: other wishes are moved from there
        self._price: Price | None = None
        self._is_exact = False
        self._job: Job[Price] | None = None
        self._asked: LoadWish | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_RESTS_MS)
        self._rest.timeout.connect(self._ask)

    @property
    def price(self) -> Price | None:
        """The price of the wish, or None while nothing is known of the file."""
        return self._price

    @property
    def is_exact(self) -> bool:
        """Whether the price was found out for just these params, and not moved by arithmetic."""
        return self._is_exact

    @property
    def is_waiting(self) -> bool:
        """Whether an exact answer is on its way."""
        return self._rest.isActive() or self._asked is not None

    def begin(self, wish: LoadWish, known: Price | None) -> None:
        """Show what is known of the file, and find the rest out."""
        self._wish, self._anchor = wish, known
        if known is not None:
            self.change(wish)
        else:
            self._ask()

    def change(self, wish: LoadWish) -> None:
        """Price another wish: at once by arithmetic, and exactly once it rests."""
        self._wish = wish
        if self._anchor is None:
            return
        self._price = self._pricer.reprice(self._anchor, self._chosen(self._anchor))
        self._is_exact = False
        self._rest.start()
        self.priced.emit()

    def look_again(self) -> None:
        """Other programs may have given memory back: price the wish on this machine as it is now."""
        self._rest.stop()
        self._send(look_again=True)

    def close(self) -> None:
        """Wait for nothing any more."""
        self._rest.stop()
        if self._job is not None:
            self._job.forget()

    def _chosen(self, price: Price) -> LoadParams:
        return choose_params(self._pricer, price, self._wish, self._base)

    def _ask(self) -> None:
        if self._asked is None:
            self._send(look_again=False)

    def _send(self, *, look_again: bool) -> None:
        pricer, path, asked = self._pricer, self._path, self._wish.params(self._base)
        if self._wish.n_ctx is None and self._wish.cache_type is CacheType.F16 and self._anchor is not None:
            asked = replace(asked, n_ctx=self._chosen(self._anchor).n_ctx)  # else the cache would give way

        def find_out(_job: Job[Price]) -> Price:
            if look_again:
                pricer.look_again()
            return found_or_error(path, lambda: pricer.price_best(path, asked))

        if self._job is not None:
            self._job.forget()
        self._asked = self._wish
        self._job = self._background.run(find_out, self._answer, self._fail)

    def _answer(self, price: Price) -> None:
        is_current, self._asked = self._asked == self._wish, None
        self._anchor = price
        if not is_current:
            self.change(self._wish)
            return
        self._price, self._is_exact = price, True
        self.priced.emit()

    def _fail(self, error: AppError) -> None:
        is_current, self._asked = self._asked == self._wish, None
        if self._anchor is None:
            self.failed.emit(error)
        elif not is_current:
            self._rest.start()
        else:
            self.priced.emit()  # the estimate stands, and nothing is awaited
