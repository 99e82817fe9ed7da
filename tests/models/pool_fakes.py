"""A machine with little memory, and scripted models that take some of it: what the pool of models is tested on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.memory import DeviceMemory
from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import ModelLoadError
from desktop_llm.models.fit.choice import choose_params
from desktop_llm.models.fit.plan import estimate_plan
from desktop_llm.models.fit.planning import advise
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.library.library import ModelEntry, ModelLibrary
from desktop_llm.models.loading import LoadSteps, ModelLoading
from desktop_llm.models.planner import Price
from desktop_llm.models.pool.pool import ModelPool, PoolParts
from desktop_llm.models.pool.shelf import Shelf
from desktop_llm.models.pool.values import PoolRules
from tests.fakes import PlainTemplate, ScriptedModel, scripted_facts
from tests.machines import GIB, MIB, SHAPE_3B

#: What a model takes: 1.9 GiB of weights, mapped from the file, and half a GiB beside.
WEIGHT_BYTES: Final = 1900 * MIB
OWN_BYTES: Final = 550 * MIB
_PARAMS: Final = LoadParams(n_ctx=4096)


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now_s


@dataclass
class Machine:
    """RAM for three models, and what is opened in it. `gate` closed: opening waits."""

    free_bytes: int = 8 * GIB
    opened: list[ScriptedModel] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    too_large: set[str] = field(default_factory=set)
    gate: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def loaded(self) -> list[str]:
        """The files that are open now."""
        return [model.facts.path.stem for model in self.opened if not model.is_closed]

    @property
    def needed_bytes(self) -> int:
        """What all open models need, mapped weights included."""
        return len(self.loaded) * (WEIGHT_BYTES + OWN_BYTES)

    def open_model(self, path: Path, params: LoadParams, progress: Callable[[float], bool]) -> ScriptedModel:
        """Open one."""
        self.asked.set()
        while not self.gate.wait(0.01):
            if not progress(0.5):
                raise ModelLoadError("Cancelled.")
        if path.stem in self.refused:
            raise ModelLoadError("{name} is refused.", name=path.name)
        memory = (
            DeviceMemory("CPU_Mapped", 0, 0, 0, 0, WEIGHT_BYTES),
            DeviceMemory("CPU", OWN_BYTES, 0, 0, 0),
        )
        model = ScriptedModel(replace(scripted_facts(n_ctx=4096), path=path, size_bytes=WEIGHT_BYTES, memory=memory))
        with self.lock:
            self.opened.append(model)
        return model

    def plan(self, held: Callable[[], dict[str, int]], path: Path, params: LoadParams, is_proven: bool) -> Price:
        """By our arithmetic; mapped weights count as free, as the system has it."""
        del is_proven
        free = 0 if path.stem in self.too_large else self.free_bytes
        ram = DeviceRoom(RAM, free - len(self.loaded) * OWN_BYTES, 10 * GIB, held().get(RAM, 0))
        room = Room(ram)
        plan = estimate_plan(SHAPE_3B, room, choose_params(SHAPE_3B, room, params))
        return Price(room, advise(plan, SHAPE_3B, room), None, SHAPE_3B, None)


class House:
    """The pool with all it needs, in a folder of small files. Close it."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        models = folder / "models"
        models.mkdir()
        for name in names:
            (models / f"{name}.gguf").write_bytes(b"x" * len(name))
        self.machine = Machine()
        self.machine.gate.set()
        self.clock = Clock()
        self.rules = PoolRules()
        self.window = self._engine()
        self.library = ModelLibrary(folder / "builtin", models)
        self.shelf = Shelf(self.library, self.window, self.clock)
        self.lane = threading.Lock()
        self.loading = self._way_into(self.window, for_window=True)
        parts = PoolParts(self.library, self._engine, self._way_into, lambda entry: _PARAMS, lambda: self.rules)
        self.pool = ModelPool(self.shelf, parts)

    def _engine(self) -> Engine:
        return Engine(self.machine.open_model, make_template=lambda facts: PlainTemplate())

    def _way_into(self, engine: Engine, *, for_window: bool = False) -> ModelLoading:
        def plan(path: Path, params: LoadParams, is_proven: bool) -> Price:
            self.shelf.settle()
            return self.machine.plan(partial(self.shelf.held, for_window=for_window), path, params, is_proven)

        steps = LoadSteps(
            lambda path: None,
            plan,
            lambda path, params, is_cancelled: None,
            lambda price, facts: None,
            partial(self.shelf.make_room, for_window=for_window),
        )
        return ModelLoading(engine, steps, lane=self.lane)

    def entry(self, name: str) -> ModelEntry:
        """A model of the library."""
        return self.library.find(name)

    def close(self) -> None:
        """Everything, in the order of the services."""
        self.machine.gate.set()
        self.pool.close()
        self.loading.close()
        self.window.close()
