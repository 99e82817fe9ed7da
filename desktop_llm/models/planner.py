"""Planner: this machine, the catalogue and the plans of loads, looked up when first asked for, and kept.

Every method may be called from any thread; those that wait say so, and must not be called on a window's thread.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final, Generic, TypeVar

from desktop_llm.engine.memory import MemoryEstimate
from desktop_llm.engine.model import LoadParams
from desktop_llm.hardware.machine import Hardware
from desktop_llm.hardware.measure import Watch
from desktop_llm.hardware.surroundings import read_memory
from desktop_llm.models.catalog.catalog import Catalog, CatalogFile, CatalogModel
from desktop_llm.models.fit.choice import choose_params
from desktop_llm.models.fit.plan import LoadPlan, estimate_plan, revise_plan
from desktop_llm.models.fit.planning import Advice, DryRun, advise, plan_file, whole_header
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room, room_of
from desktop_llm.models.fit.shape import Extra, MemoryShape
from desktop_llm.models.fit.step_down import SmallerFile, Step, StepKind
from desktop_llm.models.recommend.ranking import Computer, Recommendations, Wish, recommend
from desktop_llm.models.speed.prediction import ONE_REPLY, Speed, Use, predict_speed
from desktop_llm.models.speed.shape import SpeedShape, speed_shape_of_catalog, speed_shape_of_header
from desktop_llm.models.speed.truth import Run, speed_after_runs

#: Looks at this machine: anew for None, else what changes from moment to moment. Waits.
Look = Callable[[Hardware | None], Hardware]
#: Measures a machine's speed. Waits.
MeasureMachine = Callable[[Hardware, Watch], Hardware]
#: What loaded models give back when they go, in bytes by device (`fit_room.RAM` too), less what those that stay
#: need of the memory that the system calls free (`pool_memory`).
Held = Callable[[], dict[str, int]]
_Identity = tuple[Path, int, int]  # path, size, modification time

_KEPT_HEADERS: Final = 32
_KEPT_DRY_RUNS: Final = 128
_MOST_RUNS: Final = 8
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class PastRun:
    """A reply of an earlier load: how it was loaded, what it was asked, tokens a second (0: not measured)."""

    params: LoadParams
    use: Use
    generation_tokens_per_s: float
    prompt_tokens_per_s: float


#: The earlier replies of a file, by its name and the bytes of its weights, newest first.
Past = Callable[[str, int], tuple[PastRun, ...]]


@dataclass(frozen=True, slots=True)
class Price:
    """What a load takes and how fast it will be, with all that is needed to price another wish at once.

    `speed_shape` and `speed` are None where nothing is known of them; `smaller` are other files of the model,
    `runs` its earlier replies here.
    """

    room: Room
    advice: Advice
    speed: Speed | None
    shape: MemoryShape
    speed_shape: SpeedShape | None
    smaller: tuple[SmallerFile, ...] = ()
    runs: tuple[Run, ...] = ()

    @property
    def plan(self) -> LoadPlan:
        """The plan itself."""
        return self.advice.plan


class Planner:
    """What fits here, and how fast it would be. The loaded model counts as gone: it makes room for the next."""

    def __init__(
        self, look: Look, measure: MeasureMachine, dry_run: DryRun, held: Held, read_catalog: Callable[[], Catalog]
    ) -> None:
        self._look = look
        self._measure = measure
        self._dry_run = dry_run
        self._held = held
        self._read_catalog = read_catalog
        self._past: Past = lambda file, size_bytes: ()
        self._looking = threading.Lock()
        self._hardware: Hardware | None = None
        self._shapes: _Kept[SpeedShape] = _Kept(_KEPT_HEADERS)
        self._dry_runs: _Kept[MemoryEstimate] = _Kept(_KEPT_DRY_RUNS)

    def learn_from(self, past: Past) -> None:
        """From now on, predict by what a file's earlier replies were like."""
        self._past = past

    def predict(self, price: Price, use: Use) -> Speed | None:
        """What is predicted of a load for some use, earlier replies left aside; at once."""
        return self._speed(price.speed_shape, price.plan, price.room, use)

    def hardware(self) -> Hardware:
        """This machine, as it was when it was last looked at. Waits about a second the first time."""
        with self._looking:
            if self._hardware is None:
                self._hardware = self._look(None)
            return self._hardware

    def known_hardware(self) -> Hardware | None:
        """The same, or None while nobody has looked; at once."""
        return self._hardware

    def look_again(self) -> Hardware:
        """This machine as it is now, devices and all. Waits."""
        with self._looking:
            self._hardware = self._look(None)
            return self._hardware

    def measure(self, watch: Watch) -> Hardware:
        """Measure this machine's speed, and keep it. Waits up to 20 s. Raises HardwareError."""
        measured = self._measure(self.hardware(), watch)
        with self._looking:
            self._hardware = measured
        return measured

    def catalog(self) -> Catalog:
        """The catalogue that ships with the app."""
        return self._catalog

    def room(self, held: Held | None = None) -> Room:
        """The memory that a load may take now. Waits as `hardware` does, and where there is a GPU again.

        `held`: what goes for this load, where it is not the loaded model.
        """
        self.hardware()
        with self._looking:
            self._hardware = self._look(self._hardware)
            return room_of(self._hardware, (held or self._held)())

    def price(self, path: Path, wish: LoadParams) -> Price:
        """What loading a file takes. Waits for llama.cpp's dry run. Raises ModelError or OSError."""
        return self._price_file(path, wish, self.room())

    def price_best(
        self, path: Path, wish: LoadParams, extras: tuple[Extra, ...] = (), held: Held | None = None
    ) -> Price:
        """The same, with what the wish leaves open chosen so that it fits (`fit.choice.choose_params`).

        `extras` are loaded beside the model (`extra_files.read_extras`); `held` as in `room`.
        """
        room, shape = self.room(held), self._speed_shape(path, extras).memory
        price = self._price_file(path, choose_params(shape, room, wish), room, extras)
        while not price.plan.fits and (step := _within(wish, price)):
            price = self._price_file(path, step.params, room, extras)  # the estimate had been too hopeful
        return price

    def price_at_once(self, path: Path, wish: LoadParams, held: Held | None = None) -> Price:
        """An estimate that waits for no child process: while nobody has looked at this machine, of its RAM alone.

        For models so small that it hardly matters. Raises ModelError or OSError.
        """
        shape, room = self._speed_shape(path), self._room_at_once(held or self._held)
        plan = estimate_plan(shape.memory, room, choose_params(shape.memory, room, wish))
        return self._priced(path, shape, plan, room)

    def reprice(self, price: Price, wish: LoadParams) -> Price:
        """The price of the same file with other params, at once: its figures moved by our arithmetic."""
        plan = revise_plan(price.plan, price.shape, price.room, wish)
        speed = _learned(self._speed(price.speed_shape, plan, price.room), price.runs, plan)
        return replace(price, advice=advise(plan, price.shape, price.room, price.smaller), speed=speed)

    def price_of_catalog(self, model: CatalogModel, file: CatalogFile, wish: LoadParams) -> Price | None:
        """An estimate, as of `price_best`, for a file that is not here; None when too little is known of it.

        Waits as `room` does.
        """
        if model.architecture is None or not file.about_bytes:
            return None
        room, shape = self.room(), model.architecture.memory_shape(file.about_bytes)
        plan = estimate_plan(shape, room, choose_params(shape, room, wish))
        speed_shape = speed_shape_of_catalog(model.architecture, file.about_bytes, file.quantization or "")
        smaller = model.smaller_than(file.about_bytes)
        speed = self._speed(speed_shape, plan, room)
        return Price(room, advise(plan, shape, room, smaller), speed, shape, speed_shape, smaller)

    def choose(self, price: Price, wish: LoadParams) -> LoadParams:
        """What a wish leaves open, chosen for a file that was priced; at once."""
        return choose_params(price.shape, price.room, wish)

    def recommend(self, wish: Wish) -> Recommendations:
        """Which models of the catalogue suit a purpose here. Waits as `room` does."""
        room = self.room()
        return recommend(self.catalog(), Computer(room, self.hardware().measured), wish)

    def _room_at_once(self, held: Held) -> Room:
        if self._hardware is not None:
            return room_of(self._hardware, held())
        memory = read_memory()
        return Room(DeviceRoom(RAM, memory.available_bytes, memory.total_bytes, held().get(RAM, 0)))

    @cached_property
    def _catalog(self) -> Catalog:
        return self._read_catalog()

    def _price_file(self, path: Path, wish: LoadParams, room: Room, extras: tuple[Extra, ...] = ()) -> Price:
        shape = self._speed_shape(path, extras)
        plan = plan_file(path, shape.memory, room, wish, self._kept_dry_run)
        return self._priced(path, shape, plan, room)

    def _priced(self, path: Path, shape: SpeedShape, plan: LoadPlan, room: Room) -> Price:
        runs = tuple(self._runs(path, shape, room))
        speed = _learned(self._speed(shape, plan, room), runs, plan)
        smaller = self._smaller(path)
        return Price(room, advise(plan, shape.memory, room, smaller), speed, shape.memory, shape, smaller, runs)

    def _runs(self, path: Path, shape: SpeedShape, room: Room) -> Iterator[Run]:
        for past in self._past(path.name, shape.memory.weight_bytes)[:_MOST_RUNS]:
            plan = estimate_plan(shape.memory, room, past.params)
            predicted = self._speed(shape, plan, room, past.use)
            if predicted is not None:
                speeds = past.generation_tokens_per_s, past.prompt_tokens_per_s
                yield Run(predicted, *speeds, past.params.n_gpu_layers)

    def _speed(self, shape: SpeedShape | None, plan: LoadPlan, room: Room, use: Use = ONE_REPLY) -> Speed | None:
        hardware = self._hardware
        if shape is None or hardware is None:
            return None
        return predict_speed(shape, plan, room, hardware.measured, use)

    def _smaller(self, path: Path) -> tuple[SmallerFile, ...]:
        model = self.catalog().model_of_file(path.name)
        return model.smaller_than(path.stat().st_size) if model else ()

    def _speed_shape(self, path: Path, extras: tuple[Extra, ...] = ()) -> SpeedShape:
        shape = self._shapes.get(_identity(path), lambda: speed_shape_of_header(whole_header(path)))
        return replace(shape, memory=replace(shape.memory, extras=extras)) if extras else shape

    def _kept_dry_run(self, path: Path, params: LoadParams) -> MemoryEstimate:
        return self._dry_runs.get((_identity(path), params), lambda: self._dry_run(path, params))


def _learned(speed: Speed | None, runs: tuple[Run, ...], plan: LoadPlan) -> Speed | None:
    return speed_after_runs(speed, runs, plan.params.n_gpu_layers) if speed else None


def _identity(path: Path) -> _Identity:
    status = path.stat()
    return path, status.st_size, status.st_mtime_ns


def _within(wish: LoadParams, price: Price) -> Step | None:
    """A way down that changes nothing the user named."""
    for step in price.advice.steps:
        is_free = {
            StepKind.SHORTER_CONTEXT: not wish.n_ctx,
            StepKind.LESS_OFFLOAD: wish.n_gpu_layers < 0,
        }
        if step.fits and is_free.get(step.kind, False) and step.params != price.plan.params:
            return step
    return None


class _Kept(Generic[_V]):
    """What was computed, by key; the one not used for longest goes first. Any thread."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, _V] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], _V]) -> _V:
        """The value; two threads that ask at once may both compute it."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = compute()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._limit:
                self._values.popitem(last=False)
        return value
