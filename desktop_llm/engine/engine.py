"""Engine: the thread around the core. Loads and unloads models, takes requests, hands out streams."""

from __future__ import annotations

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TypeVar

from desktop_llm.engine.admission import Template
from desktop_llm.engine.core import EngineCore
from desktop_llm.engine.events import Finish
from desktop_llm.engine.grammar_gate import CheckGrammar, GrammarGate
from desktop_llm.engine.listeners import Listeners
from desktop_llm.engine.messages import Prompt
from desktop_llm.engine.model import LanguageModel, LoadParams, ModelFacts, OpenModel
from desktop_llm.engine.questions import Questions, closed_error
from desktop_llm.engine.request import ContextOverflow, Submission
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stats import EngineStats
from desktop_llm.engine.stream import TokenStream
from desktop_llm.engine.ticket import LoadStage, LoadTicket
from desktop_llm.errors import (
    AppError,
    EngineDeadError,
    EngineError,
    LoadCancelledError,
    ModelLoadError,
    NoModelLoadedError,
    TemplateError,
)

_log = logging.getLogger(__name__)

#: How often the snapshot of `stats` is replaced while there is work, in seconds.
_STATS_PERIOD_S = 0.25

_LOAD = LoadParams()
_SAMPLING = SamplingParams()

T = TypeVar("T")
MakeTemplate = Callable[[ModelFacts], Template]


def open_llama(path: Path, params: LoadParams, progress: Callable[[float], bool]) -> LanguageModel:
    """Open a model with llama.cpp, whose import waits until then: it would double the window's start."""
    from desktop_llm.engine import llama

    return llama.open_llama(path, params, progress)


def compile_grammar(params: SamplingParams) -> str | None:
    """Compile a grammar in a child process; what starts one is not needed before a grammar is there."""
    from desktop_llm.engine import trial

    return trial.compile_grammar(params)


def make_template(facts: ModelFacts) -> Template:
    """The model's own chat template, or the fallback when it has none or a broken one."""
    from desktop_llm.engine.prompt import ChatTemplate  # Jinja is not needed before a model is there

    if facts.chat_template is not None:
        try:
            return ChatTemplate(facts.chat_template, facts.bos_text, facts.eos_text)
        except TemplateError as error:
            _log.warning("the chat template of %s is not used: %s", facts.path.name, error)
    return ChatTemplate.fallback(facts.bos_text, facts.eos_text)


class Engine(Questions):
    """One engine thread; at most one loaded model. Every public method may be called from any thread.

    Everything goes through one inbox, read between steps, in order. While a model is loading,
    requests wait behind it.
    """

    def __init__(
        self,
        open_model: OpenModel = open_llama,
        check_grammar: CheckGrammar = compile_grammar,
        make_template: MakeTemplate = make_template,
    ) -> None:
        self._open_model = open_model
        self._make_template = make_template
        self._numbers = itertools.count(1)
        # shared between threads, under the lock
        self._lock = threading.Lock()
        self._is_closed = False
        self._tickets: list[LoadTicket] = []
        self._changed: Listeners[[]] = Listeners()
        self._finished: Listeners[[Finish]] = Listeners()
        # snapshots, replaced whole by the engine thread
        self._facts: ModelFacts | None = None
        self._stats = EngineStats()
        # the engine thread's own
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._core: EngineCore | None = None
        self._model: LanguageModel | None = None
        self._last_good: tuple[Path, LoadParams] | None = None
        self._is_dead = False
        self._stats_due = 0.0
        self._gate = GrammarGate(check_grammar, self._hand_in)
        self._thread = threading.Thread(target=self._run, name="engine")
        self._thread.start()

    # any thread

    @property
    def facts(self) -> ModelFacts | None:
        """What is known of the loaded model; None when there is none."""
        return self._facts

    def stats(self) -> EngineStats:
        """How busy the engine is; at most a quarter of a second old."""
        return self._stats

    def on_change(self, bell: Callable[[], None]) -> None:
        """Ring this whenever a model was loaded, unloaded or lost. It rings on the engine thread."""
        self._changed.add(bell)

    def on_finish(self, listener: Callable[[Finish], None]) -> None:
        """Tell this of every reply's end, on the engine thread: it must be quick, and must not raise."""
        self._finished.add(listener)

    def load(self, path: Path, params: LoadParams = _LOAD) -> LoadTicket:
        """Load a model in place of the present one; a load still under way is cancelled.

        The present model is closed first, because two seldom fit into memory; its streams fail
        with NoModelLoadedError. If the new one cannot be opened, or is cancelled, the present one
        is opened again before the ticket fails.
        """
        ticket = LoadTicket()
        with self._lock:
            earlier, self._tickets = self._tickets, [*self._tickets, ticket]
        for other in earlier:
            other.cancel()
        self._interrupt()
        if not self._post(partial(self._load, ticket, path, params)):
            self._forget_ticket(ticket)
            ticket.fail(LoadCancelledError("Loading {name} was cancelled.", name=path.name))
        return ticket

    def unload(self) -> Future[None]:
        """Close the model; what is streaming fails with NoModelLoadedError. A load under way is cancelled."""
        with self._lock:
            tickets = list(self._tickets)
        for ticket in tickets:
            ticket.cancel()
        self._interrupt()
        return self._ask(self._unload)

    def submit(
        self,
        prompt: Prompt,
        params: SamplingParams = _SAMPLING,
        overflow: ContextOverflow = ContextOverflow.REFUSE,
    ) -> TokenStream:
        """Ask for a reply. Whatever is wrong is raised by the stream, not here.

        The same seed gives the same text as far as the logits are the same: their last bits depend on what
        else is in the batch and on what was cached, so a choice between near equals may fall differently.
        """
        number = next(self._numbers)
        stream = TokenStream(partial(self._abort_threadsafe, number))
        submission = Submission(number, prompt, params, overflow, stream)
        if params.grammar is None and params.json_schema is None:
            self._hand_in(submission)
        elif not self._gate.add(submission):
            stream.fail(closed_error())
        return stream

    def close(self) -> None:
        """End every stream, cancel loads, free the model, end the thread. Further calls do nothing."""
        with self._lock:
            was_closed, self._is_closed = self._is_closed, True
            tickets = list(self._tickets)
        if not was_closed:
            for ticket in tickets:
                ticket.cancel()
            self._inbox.put(None)
            self._interrupt()
        self._gate.close(closed_error())
        self._thread.join()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # from any thread into the inbox

    def _post(self, action: Callable[[], None]) -> bool:
        with self._lock:
            if self._is_closed:
                return False
            self._inbox.put(action)
            return True

    def _hand_in(self, submission: Submission) -> None:
        if not self._post(partial(self._submit, submission)):
            submission.stream.fail(closed_error())

    def _abort_threadsafe(self, number: int) -> None:
        if self._gate.abort(number) or not self._post(partial(self._abort, number)):
            return
        core = self._core
        if core is not None and core.can_interrupt(number):
            self._interrupt()

    def _interrupt(self) -> None:
        model = self._model
        if model is not None:
            model.interrupt_threadsafe()

    # the engine thread

    def _run(self) -> None:
        while True:
            try:
                if self._model is not None:
                    self._model.resume()  # before the inbox is read: an interrupt's reason is then in it
                if not self._read_inbox():
                    break
                if self._core is not None and self._core.has_work:
                    self._core.step()
                    self._refresh_stats()
            except Exception:  # noqa: BLE001 (the top of the engine thread's loop)
                self._die()
        self._drop_model(closed_error())

    def _read_inbox(self) -> bool:
        """Do all that is asked, waiting for something when there is nothing else to do; False at the end."""
        waits = self._core is None or not self._core.has_work
        if waits:
            self._refresh_stats(now=True)
        while waits or not self._inbox.empty():
            action = self._inbox.get()
            if action is None:
                return False
            action()
            waits = False
        return True

    def _refresh_stats(self, *, now: bool = False) -> None:
        time_s = time.monotonic()
        if now or time_s >= self._stats_due:
            self._stats_due = time_s + _STATS_PERIOD_S
            self._stats = EngineStats() if self._core is None else self._core.stats()

    def _submit(self, submission: Submission) -> None:
        if self._core is not None:
            self._core.add(submission)
        else:
            submission.stream.fail(self._no_model_error())

    def _abort(self, number: int) -> None:
        if self._core is not None:
            self._core.abort(number)

    def _loaded_core(self) -> EngineCore:
        if self._core is None:
            raise self._no_model_error()
        return self._core

    def _no_model_error(self) -> EngineError:
        if self._is_dead:
            return EngineDeadError("The engine stopped unexpectedly. Load the model again.")
        return NoModelLoadedError("No model is loaded. Choose a model first.")

    def _load(self, ticket: LoadTicket, path: Path, params: LoadParams) -> None:
        try:
            if ticket.is_cancelled:
                raise LoadCancelledError("Loading {name} was cancelled.", name=path.name)
            self._drop_model(NoModelLoadedError("The model was replaced while it was replying. Ask again."))
            self._open(path, params, partial(ticket.advance, LoadStage.LOADING))
        except AppError as error:
            self._reopen()
            self._end_ticket(ticket, error)
        except Exception as error:  # noqa: BLE001 (the ticket's holder waits for an end)
            _log.exception("loading failed")
            self._reopen()
            reason = ModelLoadError("{name} could not be loaded: {reason}.", name=path.name, reason=error)
            self._end_ticket(ticket, reason)
        else:
            self._end_ticket(ticket, None)

    def _open(self, path: Path, params: LoadParams, progress: Callable[[float], bool]) -> None:
        progress(0.0)
        model = self._open_model(path, params, progress)
        try:
            core = EngineCore(model, self._make_template(model.facts), self._finished)
        except BaseException:
            model.close()
            raise
        self._model, self._core = model, core
        self._last_good = (path, params)
        self._is_dead = False
        self._facts = model.facts
        self._changed()

    def _reopen(self) -> None:
        """Open the model again that was there before a failed load, unless something newer is asked for."""
        with self._lock:
            gives_way = self._is_closed or any(not t.is_cancelled for t in self._tickets[1:])
        if self._last_good is None or self._core is not None or gives_way:
            return
        path, params = self._last_good
        try:
            self._open(path, params, lambda _: not self._is_closed)
        except AppError as error:
            _log.warning("%s could not be opened again: %s", path.name, error)

    def _end_ticket(self, ticket: LoadTicket, error: AppError | None) -> None:
        self._forget_ticket(ticket)
        if self._facts is not None and error is None:
            ticket.succeed(self._facts)
        elif error is not None:
            ticket.fail(error)

    def _forget_ticket(self, ticket: LoadTicket) -> None:
        with self._lock:
            self._tickets.remove(ticket)

    def _unload(self) -> None:
        self._last_good = None
        self._is_dead = False
        self._drop_model(NoModelLoadedError("The model was unloaded while it was replying."))

    def _drop_model(self, error: EngineError) -> None:
        core, self._core = self._core, None
        self._model = None
        if core is None:
            return
        self._facts = None
        core.fail_all(error)
        core.close()
        self._stats = EngineStats()
        self._changed()

    def _die(self) -> None:
        """A bug in the thread: every stream ends, the model is given up, and a new load begins anew."""
        _log.exception("the engine stopped unexpectedly")
        self._is_dead = True
        try:
            self._drop_model(EngineDeadError("The engine stopped unexpectedly. Load the model again."))
        except Exception:  # noqa: BLE001 (the thread must live on for a new load)
            _log.exception("the model could not be freed")
