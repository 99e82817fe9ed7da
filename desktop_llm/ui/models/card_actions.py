"""CardActions: what is found out or changed of one model when its card asks for it, beside the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_llm.errors import AppError, DownloadCancelledError
from desktop_llm.models.hub.gate import DEFAULT_ENDPOINT
from desktop_llm.models.library.importing import Importer, Watch, Wish
from desktop_llm.models.library.keeping import keep_words
from desktop_llm.models.library.licence_files import licence_beside
from desktop_llm.models.library.update_check import Freshness, Update
from desktop_llm.models.library.verifying import Verification
from desktop_llm.services import Services
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.models.disk_card import DiskCard
from desktop_llm.ui.models.state_text import Said, update_said, verified_said
from desktop_llm.ui.network.network_watch import host_of
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.model_text import model_name


class CardActions(QObject):
    """Verifies, asks the hub, keeps names and notes, for any card. What came of it stands on the card."""

    #: The list of models is another one.
    changed = Signal()
    #: A model shall be fetched; with a function that makes its DownloadWish and may wait.
    fetch_requested = Signal(object)

    def __init__(self, services: Services, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._services, self._appearance, self._parent = services, appearance, parent
        self._stops: dict[DiskCard, Callable[[], None]] = {}

    def connect_card(self, card: DiskCard) -> None:
        """Do what a card asks for; what is under way ends with the card."""
        background = Background(card)
        card.state.cancel_requested.connect(lambda: self._stop(card))
        card.destroyed.connect(lambda: self._stops.pop(card, None))
        card.more.verify_requested.connect(lambda: self._verify(card, background))
        card.more.update_requested.connect(lambda: self._ask(card, background))
        card.more.words_requested.connect(lambda: self._open_words(card, background))
        card.more.licence_requested.connect(lambda: self._read_licence(card, background))
        card.more.accept_requested.connect(lambda: self._accept(card, background))

    def _verify(self, card: DiskCard, background: Background) -> None:
        if card.state.is_busy:
            return
        entry, services = card.entry, self._services
        record = entry.record
        helpers = () if record is None else record.helpers
        size_bytes = max(1, entry.size_bytes + sum(file.size_bytes for file in helpers))
        words = self.tr("Reading the file and comparing it …")
        card.state.show_busy(words, 0.0)

        def read(job: Job[Verification]) -> Verification:
            watch = Watch(lambda n_bytes: job.report(n_bytes / size_bytes), job.is_cancelled)
            return services.verify_model(entry, watch)

        def done(found: Verification) -> None:
            self.changed.emit()
            card.state.say(verified_said(found, size_bytes))
            source = card.entry.source
            if not found.is_good and source is not None:
                make = partial(services.wish_for, source.repo, source.path, source.commit)
                card.state.offer(self.tr("Fetch again"), lambda: self.fetch_requested.emit(make))

        job = background.run(
            read, done, lambda error: _say_error(card, error), lambda fraction: card.state.show_busy(words, fraction)
        )
        self._stops[card] = job.cancel

    def _ask(self, card: DiskCard, background: Background) -> None:
        if card.state.is_busy:
            return
        entry, services = card.entry, self._services
        card.state.show_busy(self.tr("Asking {host} …").format(host=self._host))

        def done(update: Update) -> None:
            source = entry.source
            if source is None:
                return
            place = services.library.folder.joinpath(*update.repo.split("/"), *source.path.split("/"))
            card.state.say(update_said(update, model_name(entry), takes_place=place == entry.path))
            has_helpers = entry.record is not None and bool(entry.record.helpers)
            if update.freshness is Freshness.NEWER:
                make = partial(services.wish_for, update.repo, source.path, update.commit, with_projector=has_helpers)
                card.state.offer(self.tr("Fetch it"), lambda: self.fetch_requested.emit(make))
            elif update.freshness is Freshness.UNKNOWN:
                card.state.offer(self.tr("Verify"), card.more.verify_requested.emit)

        job = background.run(lambda _: services.check_update(entry), done, lambda error: _say_error(card, error))

        def stop() -> None:
            job.forget()
            card.state.clear()
            card.state.show_entry(card.entry)

        self._stops[card] = stop

    def _stop(self, card: DiskCard) -> None:
        stop = self._stops.pop(card, None)
        if stop is not None:
            stop()

    @property
    def _host(self) -> str:
        """By the settings: the gate would ask the keychain for the proxy's password."""
        return host_of(self._services.settings.text("hub_endpoint").strip() or DEFAULT_ENDPOINT)

    def _open_words(self, card: DiskCard, background: Background) -> None:
        from desktop_llm.ui.models.words_dialog import WordsDialog

        entry, records = card.entry, self._services.records
        dialog = WordsDialog(entry, self._parent.window())

        def keep(title: str, notes: str) -> None:
            background.run(
                lambda _: keep_words(records, entry, title=title, notes=notes),
                lambda _: self.changed.emit(),
                lambda error: _say_error(card, error),
            )

        dialog.kept.connect(keep)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _read_licence(self, card: DiskCard, background: Background) -> None:
        path = card.entry.path

        def read(_job: Job[str]) -> str:
            place = licence_beside(path)
            try:
                return "" if place is None else place.read_text(encoding="utf-8", errors="replace")
            except OSError:
                return ""

        def done(text: str) -> None:
            from desktop_llm.ui.models.licence_dialog import LicenceDialog

            if not text:
                card.state.say(Said(self.tr("No text of a licence lies beside this model.")))
                return
            dialog = LicenceDialog(model_name(card.entry), text, self._parent.window())
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

        background.run(read, done, lambda error: _say_error(card, error))

    def _accept(self, card: DiskCard, background: Background) -> None:
        """Take a changed file as a new one: its header is checked, and it is tried before it is loaded."""
        entry, services = card.entry, self._services
        record = entry.record
        helpers = () if record is None else tuple(file.path for file in record.helpers)
        importer = Importer(services.records, services.library.folder)
        card.state.show_busy(self.tr("Checking the file …"))

        def done(_taken: object) -> None:
            card.state.clear()
            self.changed.emit()

        wish = Wish(entry.path, title=entry.given_title, helpers=helpers)
        background.run(lambda _: importer.take(wish), done, lambda error: _say_error(card, error))


def _say_error(card: DiskCard, error: AppError) -> None:
    if isinstance(error, DownloadCancelledError):
        card.state.clear()
        card.state.show_entry(card.entry)
    else:
        card.state.say(Said(translate_error(error), "error", "danger"))
