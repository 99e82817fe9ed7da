"""ApiWatch: whether the local API is on, who may use it and who does; and the switch for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_llm.errors import AppError, SettingsError
from desktop_llm.later import Later
from desktop_llm.services import Services
from desktop_llm.settings import Value
from desktop_llm.ui.background import Background
from desktop_llm.ui.doorbell import Doorbell

if TYPE_CHECKING:
    from desktop_llm.server.access.keys import ApiKey
    from desktop_llm.server.api_server import ApiServer, Serving
    from desktop_llm.server.config import ServerConfig
    from desktop_llm.server.use.clients import LiveSnapshot

#: How often what is being served is looked at, in milliseconds.
_LOOK_MS = 500


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; `secret` is known this once."""

    name: str
    secret: str


class ApiWatch(QObject):
    """Starting, stopping and the keychain may wait: they run beside the GUI thread.

    The server is built, and followed, when somebody first wants it: the window opens without it.
    """

    #: It was switched on or off, or is being switched.
    changed = Signal()
    #: A request began or ended, or is being served.
    used = Signal()
    #: The keys were read, or one was made or revoked.
    keys_changed = Signal()
    #: A key was made; with its NewKey.
    key_made = Signal(object)
    #: Something was refused; with its AppError.
    failed = Signal(object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._background = Background(self)
        self._is_switching = False
        self._keys: tuple[ApiKey, ...] | None = None
        self._serving: Serving | None = None
        self._server = Later(self._follow_server)
        self.problem: AppError | None = None
        self._bell = Doorbell(self)
        self._bell.answered.connect(self._tell)
        self._live_bell = Doorbell(self)
        self._live_bell.answered.connect(self._follow_use)
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOK_MS)
        self._clock.timeout.connect(self._follow_use)
        if services.late.server.built is not None:
            self.follow()

    def close(self) -> None:
        """Follow nothing any more."""
        self._bell.close()
        self._live_bell.close()
        self._clock.stop()

    @property
    def serving(self) -> Serving | None:
        """The server that runs, as `changed` last told it; None while it is off."""
        return self._serving

    @property
    def is_switching(self) -> bool:
        """Whether it is being switched on or off."""
        return self._is_switching

    @property
    def is_wanted(self) -> bool:
        """Whether it is to be on, also after the next start."""
        return self._services.settings.flag("server_enabled")

    @property
    def keys(self) -> tuple[ApiKey, ...] | None:
        """Who may use it; None while that is not known."""
        return self._keys

    @property
    def requests(self) -> tuple[LiveSnapshot, ...]:
        """What is being served now, oldest first."""
        server = self._server.built
        return server.live.requests() if server is not None else ()

    @property
    def n_clients(self) -> int:
        """How many different keys are in use now."""
        return len({request.client for request in self.requests if request.client})

    @property
    def wanted_config(self) -> ServerConfig:
        """Where the server would be reached, as far as the settings alone say it: without a certificate."""
        from desktop_llm.server.config import ServerConfig

        settings = self._services.settings
        path = settings.text("server_socket").strip()
        return ServerConfig(
            port=int(settings.number("server_port")), socket_path=Path(path).expanduser() if path else None
        )

    @property
    def example_model(self) -> str:
        """A model's name for examples: the one in use, or the first there is."""
        loaded = next((each.name for each in self._services.pool.residents()), "")
        return loaded or next((each.name for each in self._services.pool.names() if not each.is_embedder), "starter")

    def follow(self) -> None:
        """From now on, know of what the server does, whoever switches it."""
        self._serving = self._server().serving

    def start_if_wanted(self) -> None:
        """When the window opens."""
        if self.is_wanted:
            self._start()

    def switch(self, *, on: bool) -> None:
        """On or off, now and from the next start on."""
        if self._is_switching or not self.keep("server_enabled", on):
            return
        if on:
            self._start()
        else:
            self._run_switch(lambda: self._server().stop())

    def restart(self) -> None:
        """Take changed settings over."""
        if not self._is_switching and self.serving is not None:
            self._start()

    def keep(self, name: str, value: Value) -> bool:
        """Keep a setting; whether it was."""
        try:
            self._services.settings.set(name, value)
        except SettingsError as error:
            self.failed.emit(error)
            return False
        return True

    def read_keys(self) -> None:
        """Ask the keychain who may use it."""
        self._background.run(lambda _: self._services.api_keys.keys(), self._take_keys, self._fail)

    def make_key(self, name: str) -> None:
        """A key for a client; `key_made` tells it."""

        def make(_job: object) -> NewKey:
            return NewKey(name, self._services.api_keys.create(name))

        def made(key: NewKey) -> None:
            self.key_made.emit(key)
            self.read_keys()

        self._background.run(make, made, self._fail)

    def revoke_key(self, name: str) -> None:
        """It opens nothing any more; what it is used for ends."""
        self._background.run(
            lambda _: self._services.api_keys.revoke(name), lambda _nothing: self.read_keys(), self._fail
        )

    def disconnect_request(self, number: int) -> None:
        """End one request."""
        self._server().live.disconnect(number)

    def _follow_server(self) -> ApiServer:
        server = self._services.server
        server.on_change(self._bell.ring_threadsafe)
        server.live.on_change(self._live_bell.ring_threadsafe)
        return server

    def _follow_use(self) -> None:
        """A request's key, model and tokens become known while it is served."""
        if self.requests:
            self._clock.start()
        else:
            self._clock.stop()
        self.used.emit()

    def _start(self) -> None:
        services = self._services
        self._run_switch(lambda: self._server().start(services.server_config(), services.api_keys))

    def _run_switch(self, do: object) -> None:
        assert callable(do)
        self._is_switching, self.problem = True, None

        def done(_result: object) -> None:
            self._is_switching = False
            self._tell()

        def failed(error: AppError) -> None:
            self._is_switching, self.problem = False, error
            self._tell()
            self.failed.emit(error)

        self._background.run(lambda _: do(), done, failed)
        self.changed.emit()

    def _tell(self) -> None:
        """The server is switched beside this thread: what is known of it and what is shown change together, here."""
        self._serving = self._server().serving
        self.changed.emit()

    def _take_keys(self, keys: tuple[ApiKey, ...]) -> None:
        self._keys = keys
        self.keys_changed.emit()

    def _fail(self, error: AppError) -> None:
        if self._keys is None:
            self._keys = ()
            self.keys_changed.emit()
        self.failed.emit(error)
