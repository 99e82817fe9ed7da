"""A stage: the window's services on an imagined computer, which can be exchanged while the window is open."""

from __future__ import annotations

import threading
from dataclasses import replace

from desktop_llm.engine.trial import dry_run
from desktop_llm.errors import MeasurementCancelledError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.hardware.measure import Watch
from desktop_llm.hardware.monitor.alert_watch import AlertLimits
from desktop_llm.hardware.monitor.alerts import QuietHours
from desktop_llm.later import there
from desktop_llm.models.catalog.catalog import read_catalog
from desktop_llm.models.planner import Planner
from desktop_llm.server.access.key_file import KeyFile
from desktop_llm.server.access.keys import ApiKeys
from desktop_llm.services import Services
from tools.machines import laptop_8gb
from tools.playback import Player

_SHOWN_FRACTION = 0.45
_LOOK_EVERY_S = 0.02
_DAY_MIN = 24 * 60


class Stage:
    """`hardware` is what the window finds when it looks, `player` plays what its monitor sees.

    Measuring stays halfway until it is cancelled. It is always quiet, so that alerts are seen and none is notified.
    """

    def __init__(self) -> None:
        self.hardware: Hardware = laptop_8gb()
        self.player = Player(lambda: AlertLimits(quiet=QuietHours(0, _DAY_MIN)))
        self._tick = threading.Event()

    def set(self, services: Services) -> Services:
        """The same services on this stage."""
        catalog_file = services.paths.catalog_file
        planner = Planner(
            look=lambda _known: self.hardware,
            measure=self._measure,
            dry_run=dry_run,
            held=dict,
            read_catalog=lambda: read_catalog(catalog_file),
        )
        keys = ApiKeys(KeyFile(services.paths.models.parent / "keys"))  # the keychain is the user's
        monitor = there(self.player.monitor)
        return replace(
            services, late=replace(services.late, planner=there(planner), api_keys=there(keys), monitor=monitor)
        )

    def close(self) -> None:
        """End the monitor."""
        self.player.close()

    def _measure(self, hardware: Hardware, watch: Watch) -> Hardware:
        watch.progress(_SHOWN_FRACTION)
        while not watch.is_cancelled():
            self._tick.wait(_LOOK_EVERY_S)
        raise MeasurementCancelledError("Measuring this computer's speed was cancelled.")
