"""The lane that all loads share, whichever engine they are for: one after the other, each planned beside the others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_llm.engine.engine import Engine
from desktop_llm.later import Later
from desktop_llm.models.library.proofs import Proofs
from desktop_llm.models.loading import LoadSteps, ModelLoading
from desktop_llm.models.pool.shelf import Shelf

if TYPE_CHECKING:
    from desktop_llm.engine.events import Finish
    from desktop_llm.engine.model import LoadParams, ModelFacts
    from desktop_llm.models.accuracy import AccuracyLog
    from desktop_llm.models.planner import Planner, Price


@dataclass(frozen=True, slots=True)
class LoadLane:
    """What loads into different engines have in common. Planner and log are built by the first load."""

    planner: Later[Planner]
    accuracy: Later[AccuracyLog]
    shelf: Shelf
    proofs: Proofs
    lock: threading.Lock = field(default_factory=threading.Lock)

    def way_into(self, engine: Engine, *, for_window: bool = False) -> ModelLoading:
        """The safe way of files into an engine. One for the window replaces its model, and must chat."""
        plan = partial(self._plan, for_window)
        make_room = partial(self.shelf.make_room, for_window=for_window)
        steps = LoadSteps(partial(_check_header, for_window), plan, _try_model, self._loaded, make_room)
        return ModelLoading(engine, steps, self.proofs, self.lock)

    def new_engine(self) -> Engine:
        """One more engine, whose replies teach as those of the window's do."""
        engine = Engine()
        self.learn_from(engine)
        return engine

    def learn_from(self, engine: Engine) -> None:
        """Keep what its replies say of speed; beside another engine's replies they say nothing."""

        def replied(finish: Finish) -> None:
            facts = engine.facts
            if facts is not None and not self.shelf.is_busy(but=engine):
                self.accuracy().replied(finish, facts.path)

        engine.on_finish(replied)

    def _plan(self, for_window: bool, path: Path, wish: LoadParams, is_proven: bool) -> Price:
        """The built-in model is so small that its plan waits for nothing."""
        self.shelf.settle()
        held = partial(self.shelf.held, for_window=for_window)
        if is_proven:
            return self.planner().price_at_once(path, wish, held)
        return self.planner().price_best(path, wish, held=held)

    def _loaded(self, price: Price, facts: ModelFacts) -> None:
        self.accuracy().loaded(price, facts)


def _check_header(for_window: bool, path: Path) -> None:
    from desktop_llm.models.gguf.info import read_chat_model_info, read_served_model_info

    check = read_chat_model_info if for_window else read_served_model_info
    check(path)


def _try_model(path: Path, params: LoadParams, is_cancelled: Callable[[], bool]) -> None:
    from desktop_llm.engine.trial import try_model

    try_model(path, params, is_cancelled)
