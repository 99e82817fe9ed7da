"""NetworkWatch: whether this program may reach the outside, and whom; and the switch for it."""

from __future__ import annotations

from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from desktop_llm.building.network import download_limit
from desktop_llm.errors import AppError, SettingsError
from desktop_llm.models.hub.gate import DEFAULT_ENDPOINT
from desktop_llm.services import Services
from desktop_llm.settings import Value
from desktop_llm.ui.background import Background
from desktop_llm.ui.doorbell import Doorbell


class NetworkWatch(QObject):
    """Reads and writes the settings of the network, and tells the downloads when the switch was moved."""

    #: Offline mode was switched, or another host may be reached.
    changed = Signal()
    #: A setting was not kept; with its AppError.
    failed = Signal(object)
    #: The outside was reached, or that was refused: there is more in the ledger.
    visited = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._background = Background(self)
        self._is_offline = True
        self._is_read = False
        self._bell = Doorbell(self)
        self._bell.answered.connect(self.visited)
        services.gate.ledger.on_change(self._bell.ring_threadsafe)
        self.read()

    def close(self) -> None:
        """Follow nothing any more."""
        self._bell.close()

    @property
    def is_offline(self) -> bool:
        """Whether nothing outside this computer is reached."""
        return self._is_offline

    @property
    def is_forced(self) -> bool:
        """Whether that is so for the whole run, whatever the setting says."""
        return self._is_read and self._is_offline and not self._services.settings.flag("offline")

    @property
    def endpoint(self) -> str:
        """Where models are searched and fetched."""
        return self._services.settings.text("hub_endpoint").strip().rstrip("/") or DEFAULT_ENDPOINT

    @property
    def host(self) -> str:
        """Whom this program may reach."""
        return host_of(self.endpoint)

    @property
    def is_default(self) -> bool:
        """Whether that is the hub that the app came with."""
        return self.endpoint == DEFAULT_ENDPOINT

    def go(self, *, offline: bool) -> None:
        """Switch offline mode; what is being fetched stops at once, or goes on."""
        self.keep("offline", offline)

    def keep(self, name: str, value: Value) -> bool:
        """Keep a setting of the network; whether it was."""
        try:
            self._services.settings.set(name, value)
        except SettingsError as error:
            self.failed.emit(error)
            return False
        self.read()
        if name == "download_limit_mb_per_s":
            self._services.downloads.limit_bytes_per_s = download_limit(self._services.settings)
        if name == "offline":
            self._background.run(lambda _: self._services.downloads.network_changed(), _nothing, self.failed.emit)
        return True

    def read(self) -> None:
        """Look at the rules again. The system's keychain, which may ask to be unlocked, is not waited for."""
        self._is_offline = self._services.settings.flag("offline")
        self._is_read = False
        if self._services.settings.text("proxy_user"):
            self._background.run(lambda _: self._services.gate.rules.is_offline, self._take, _ignore)
            self.changed.emit()
        else:
            self._take(self._services.gate.rules.is_offline)

    def _take(self, is_offline: bool) -> None:
        self._is_offline, self._is_read = is_offline, True
        self.changed.emit()


def host_of(address: str) -> str:
    """The host of an address, with its port where one is named; "" where there is none."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _nothing(_result: object) -> None:
    pass


def _ignore(_error: AppError) -> None:
    pass
