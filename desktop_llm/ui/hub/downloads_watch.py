"""DownloadsWatch: the downloads as the window shows them, read some times a second, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_llm.errors import AppError
from desktop_llm.later import Later
from desktop_llm.models.download.entry import ACTIVE, DownloadSnapshot, DownloadState
from desktop_llm.services import Services
from desktop_llm.ui.api.api_watch import ApiWatch
from desktop_llm.ui.background import Background
from desktop_llm.ui.doorbell import Doorbell
from desktop_llm.ui.network.network_watch import NetworkWatch

if TYPE_CHECKING:
    from desktop_llm.models.download.downloads import Downloads
    from desktop_llm.models.download.wish import DownloadWish

#: The least time between two looks, so that figures can be read and nothing flickers.
LOOK_MS = 300


class DownloadsWatch(QObject):
    """Holds the last look. What it is asked to do is done beside the GUI thread, since the queue is on the disk.

    The downloads are built, and followed, beside it as well, when they are first needed.
    """

    #: A download was added, went on or ended.
    changed = Signal()
    #: A model is ready; with its DownloadSnapshot.
    arrived = Signal(object)
    #: Something could not be begun; with its AppError.
    failed = Signal(object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._stop_listening: Callable[[], None] | None = None
        self._downloads = Later(self._follow_downloads, self._unfollow)
        self._background = Background(self)
        self._shown: tuple[DownloadSnapshot, ...] = ()
        self._is_started = False
        self._is_due = False
        self._n_beginning = 0
        self._asked: set[str] = set()
        self._bell = Doorbell(self)
        self._bell.answered.connect(self._look_soon)
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(LOOK_MS)
        self._pace.timeout.connect(self._look_if_due)
        if services.late.downloads.built is not None:
            self._downloads()

    @property
    def shown(self) -> tuple[DownloadSnapshot, ...]:
        """Every download but the cancelled ones, as last looked at."""
        return self._shown

    @property
    def under_way(self) -> tuple[DownloadSnapshot, ...]:
        """Those that something happens to."""
        return tuple(each for each in self._shown if each.state in ACTIVE)

    @property
    def unfinished(self) -> tuple[DownloadSnapshot, ...]:
        """Those that are not ready, and have not failed."""
        return tuple(each for each in self._shown if not each.is_ended)

    @property
    def is_beginning(self) -> bool:
        """Whether a download was asked for that is not in the list yet."""
        return self._n_beginning > 0

    def start(self) -> None:
        """Go on with what an earlier run left; once."""
        if not self._is_started:
            self._is_started = True
            self._do(lambda: self._downloads().start())

    def fetch(self, make_wish: Callable[[], DownloadWish]) -> None:
        """Begin a download; `make_wish` may wait for the network."""
        self._n_beginning += 1
        self.changed.emit()

        def done(download_id: str) -> None:
            self._n_beginning -= 1
            self._asked.add(download_id)
            self.look()

        def failed(error: AppError) -> None:
            self._n_beginning -= 1
            self.changed.emit()
            self.failed.emit(error)

        self._background.run(lambda _: self._downloads().add(make_wish()), done, failed)

    def pause(self, download_id: str) -> None:
        """Stop for now."""
        self._do(lambda: self._downloads().pause(download_id))

    def resume(self, download_id: str) -> None:
        """Go on, or try again."""
        self._do(lambda: self._downloads().resume(download_id))

    def cancel(self, download_id: str) -> None:
        """Stop for good; what has come is removed."""
        self._do(lambda: self._downloads().cancel(download_id))

    def forget(self, download_id: str) -> None:
        """Take one that has ended from the list."""
        self._do(lambda: self._downloads().forget(download_id))

    def close(self) -> None:
        """Follow nothing any more; the downloads go on until the services close."""
        self._downloads.end()
        self._bell.close()
        self._pace.stop()

    def look(self) -> None:
        """Read the downloads now."""
        waited_for = {each.id for each in self._shown if each.state is not DownloadState.READY} | self._asked
        seen = self._downloads().snapshots()
        self._shown = tuple(each for each in seen if each.state is not DownloadState.CANCELLED)
        self.changed.emit()
        for each in self._shown:
            if each.state is DownloadState.READY and each.id in waited_for:
                self._asked.discard(each.id)
                self.arrived.emit(each)

    def _follow_downloads(self) -> Downloads:
        """Any thread."""
        downloads = self._services.downloads
        self._stop_listening = downloads.on_change(self._bell.ring_threadsafe)
        return downloads

    def _unfollow(self, _downloads: Downloads) -> None:
        if self._stop_listening is not None:
            self._stop_listening()

    def _look_soon(self) -> None:
        if self._pace.isActive():
            self._is_due = True
        else:
            self.look()
            self._pace.start()

    def _look_if_due(self) -> None:
        if self._is_due:
            self._is_due = False
            self.look()
            self._pace.start()

    def _do(self, act: Callable[[], None]) -> None:
        self._background.run(lambda _: act(), lambda _: None, self.failed.emit)


@dataclass(frozen=True, slots=True)
class Outside:
    """What the window knows of the world outside it: whom it may reach, what comes, who asks."""

    network: NetworkWatch
    downloads: DownloadsWatch
    api: ApiWatch
