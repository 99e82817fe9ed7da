"""Benchmarks: engines of their own, by the way that all models are loaded."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from desktop_llm import __version__
from desktop_llm.bench.bencher import Bencher
from desktop_llm.bench.benches import Benches
from desktop_llm.bench.order import BenchParts
from desktop_llm.bench.store import BenchStore
from desktop_llm.building.loads import load_wish, models_folder
from desktop_llm.engine.engine import Engine
from desktop_llm.hardware.machine import Device
from desktop_llm.hardware.monitor.engine_meter import EngineMeter
from desktop_llm.hardware.monitor.gpu_sensors import GpuSensors
from desktop_llm.hardware.monitor.sensors import Sensors
from desktop_llm.hardware.monitor.system_sensors import SystemSensors
from desktop_llm.models.library.library import ModelLibrary
from desktop_llm.models.loading import ModelLoading
from desktop_llm.models.planner import Planner
from desktop_llm.models.pool.lane import LoadLane
from desktop_llm.paths import Paths
from desktop_llm.settings import SettingsStore


@dataclass(frozen=True, slots=True)
class WindowsModel:
    """The model of the window's chats, as a benchmark may put it away. Any thread."""

    engine: Engine
    loading: ModelLoading
    library: ModelLibrary
    settings: SettingsStore
    lane: LoadLane

    @property
    def is_loaded(self) -> bool:
        """Whether there is one."""
        return self.engine.facts is not None

    def held(self) -> dict[str, int]:
        """What a load may count on once it is away."""
        return self.lane.shelf.held(for_window=True)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Unload it; afterwards it is loaded again as it was, unless there is another one by then."""
        facts = self.engine.facts
        self.engine.unload().result()
        try:
            yield
        finally:
            if facts is not None and self.engine.facts is None:
                entry = self.library.open(facts.path)
                wish = replace(
                    load_wish(self.settings, entry),
                    n_ctx=facts.n_ctx,
                    n_seq_max=facts.n_seq_max,
                    n_gpu_layers=facts.n_gpu_layers,
                )
                ticket = self.loading.load(entry.path, wish, is_proven=entry.is_builtin)
                self.lane.shelf.window_load.begun(entry.path, ticket)


def build_benches(paths: Paths, settings: SettingsStore, lane: LoadLane, window: WindowsModel) -> Benches:
    """It measures nothing before it is asked."""
    planner, shelf = lane.planner(), lane.shelf
    parts = BenchParts(
        planner=planner,
        new_engine=lane.new_engine,
        way_into=lane.way_into,
        held=partial(shelf.held, for_window=False),
        window=window,
        others_reply=shelf.is_busy,
        sensors=partial(_sensors, models_folder(paths, settings), planner),
        app_version=__version__,
        private=_private_words,
    )
    return Benches(Bencher(parts), BenchStore(paths.benches))


def _sensors(folder: Path, planner: Planner) -> Sensors:
    gpus = GpuSensors(partial(_known_gpus, planner))
    return Sensors(SystemSensors(lambda: folder), gpus, lambda: (), EngineMeter())


def _known_gpus(planner: Planner) -> tuple[Device, ...]:
    hardware = planner.known_hardware()
    return () if hardware is None else hardware.gpus


def _private_words() -> tuple[str, ...]:
    """The names of the user and of this computer, as the system knows them."""
    words = [socket.gethostname(), socket.gethostname().partition(".")[0], Path.home().name]
    with suppress(OSError, KeyError, ImportError):
        words.append(getpass.getuser())
    return tuple(words)
