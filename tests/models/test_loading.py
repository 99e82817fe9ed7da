"""The safe way of a file into the engine."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop_llm.engine.model import LoadParams, ModelFacts, PrefixCut
from desktop_llm.engine.ticket import LoadStage, LoadTicket
from desktop_llm.errors import LoadCancelledError, ModelFormatError, ModelLoadError
from desktop_llm.models.fit.choice import choose_params
from desktop_llm.models.fit.plan import estimate_plan
from desktop_llm.models.fit.planning import advise
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.loading import LoadSteps, ModelDoesNotFitError, ModelLoading
from desktop_llm.models.planner import Price
from tests.machines import GIB
from tests.machines import SHAPE_3B as SHAPE

TIMEOUT_S = 10.0


def facts(path: Path) -> ModelFacts:
    return ModelFacts(
        path, "tiny", "", 1, 1, 64, 64, 1, 32, 10, 1, PrefixCut.ANYWHERE, None, "", "", adds_bos=False, metadata=()
    )


class Engine:
    """Answers loads as told; keeps those it is told to keep waiting."""

    def __init__(self) -> None:
        self.paths: list[Path] = []
        self.params: list[LoadParams] = []
        self.waiting: list[LoadTicket] = []
        self.waits = False
        self.asked = threading.Event()

    def load(self, path: Path, params: LoadParams) -> LoadTicket:
        self.paths.append(path)
        self.params.append(params)
        ticket = LoadTicket()
        if self.waits:
            ticket.on_cancel(lambda: ticket.fail(LoadCancelledError("Cancelled.")))
            self.waiting.append(ticket)
        else:
            ticket.advance(LoadStage.LOADING, 0.5)
            ticket.succeed(facts(path))
        self.asked.set()
        return ticket


class Checks:
    """The header check and the trial, each answering as told."""

    def __init__(self) -> None:
        self.header_error: Exception | None = None
        self.trial_error: Exception | None = None
        self.n_trials = 0
        self.free_bytes = 8 * GIB
        self.loaded: list[Price] = []

    def plan(self, path: Path, params: LoadParams, is_proven: bool) -> Price:
        room = Room(DeviceRoom(RAM, self.free_bytes, 16 * GIB))
        chosen = choose_params(SHAPE, room, params)
        plan = estimate_plan(SHAPE, room, chosen)
        return Price(room, advise(plan, SHAPE, room), None, SHAPE, None)

    def header(self, path: Path) -> None:
        if self.header_error is not None:
            raise self.header_error

    def trial(self, path: Path, params: LoadParams, is_cancelled: Callable[[], bool]) -> None:
        self.n_trials += 1
        if self.trial_error is not None:
            raise self.trial_error


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def checks() -> Checks:
    return Checks()


@pytest.fixture
def loading(engine: Engine, checks: Checks) -> Iterator[ModelLoading]:
    steps = LoadSteps(checks.header, checks.plan, checks.trial, lambda price, facts: checks.loaded.append(price))
    loading = ModelLoading(engine, steps)
    yield loading
    loading.close()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"1")
    return path


def test_a_good_file_is_tried_once_and_loaded_each_time(
    loading: ModelLoading, engine: Engine, checks: Checks, model: Path
) -> None:
    assert loading.load(model, LoadParams()).result(TIMEOUT_S).name == "tiny"
    assert loading.load(model, LoadParams()).result(TIMEOUT_S).name == "tiny"
    assert (checks.n_trials, len(engine.paths)) == (1, 2)


def test_a_proven_file_is_not_tried(loading: ModelLoading, checks: Checks, model: Path) -> None:
    loading.load(model, LoadParams(), is_proven=True).result(TIMEOUT_S)
    assert checks.n_trials == 0


def test_a_changed_file_is_tried_again(loading: ModelLoading, checks: Checks, model: Path) -> None:
    loading.load(model, LoadParams()).result(TIMEOUT_S)
    model.write_bytes(b"12")
    loading.load(model, LoadParams()).result(TIMEOUT_S)
    assert checks.n_trials == 2


def test_a_refused_file_never_reaches_the_engine(
    loading: ModelLoading, engine: Engine, checks: Checks, model: Path
) -> None:
    checks.header_error = ModelFormatError("No model.")
    with pytest.raises(ModelFormatError):
        loading.load(model, LoadParams()).result(TIMEOUT_S)
    checks.header_error, checks.trial_error = None, ModelLoadError("It crashes.")
    with pytest.raises(ModelLoadError):
        loading.load(model, LoadParams()).result(TIMEOUT_S)
    assert engine.paths == []


def test_a_file_that_vanishes_is_a_sentence(loading: ModelLoading, tmp_path: Path) -> None:
    with pytest.raises(ModelLoadError, match="could not be read"):
        loading.load(tmp_path / "gone.gguf", LoadParams()).result(TIMEOUT_S)


def test_a_second_load_cancels_the_first(loading: ModelLoading, engine: Engine, model: Path) -> None:
    engine.waits = True
    first = loading.load(model, LoadParams())
    assert engine.asked.wait(TIMEOUT_S)
    engine.waits = False
    second = loading.load(model, LoadParams())
    with pytest.raises(LoadCancelledError):
        first.result(TIMEOUT_S)
    assert second.result(TIMEOUT_S).name == "tiny"


def test_closing_cancels_what_is_under_way(loading: ModelLoading, engine: Engine, model: Path) -> None:
    engine.waits = True
    ticket = loading.load(model, LoadParams())
    assert engine.asked.wait(TIMEOUT_S)
    loading.close()
    assert ticket.progress.stage is LoadStage.CANCELLED


def test_a_fault_of_ours_ends_the_load_and_is_logged(
    loading: ModelLoading, checks: Checks, model: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("desktop_llm.models.loading")
    checks.header_error = ZeroDivisionError()
    with pytest.raises(ModelLoadError, match="fault in this program"):
        loading.load(model, LoadParams()).result(TIMEOUT_S)


def test_what_is_left_open_is_chosen_so_that_it_fits(
    loading: ModelLoading, engine: Engine, checks: Checks, model: Path
) -> None:
    loading.load(model, LoadParams()).result(TIMEOUT_S)
    checks.free_bytes = 3 * GIB
    loading.load(model, LoadParams()).result(TIMEOUT_S)
    roomy, tight = engine.params
    assert roomy.n_ctx > tight.n_ctx > 0
    assert [price.plan.params for price in checks.loaded] == [roomy, tight]


def test_a_model_that_does_not_fit_is_a_sentence_with_ways_out(
    loading: ModelLoading, engine: Engine, checks: Checks, model: Path
) -> None:
    checks.free_bytes = 3 * GIB
    with pytest.raises(ModelDoesNotFitError, match=r"needs .* GB, and .* missing in memory") as caught:
        loading.load(model, LoadParams(n_ctx=131_072)).result(TIMEOUT_S)
    assert any(step.fits for step in caught.value.price.advice.steps)
    assert engine.paths == []


def test_a_model_that_does_not_fit_is_loaded_anyway_when_asked(
    loading: ModelLoading, engine: Engine, checks: Checks, model: Path
) -> None:
    checks.free_bytes = 3 * GIB
    wish = LoadParams(n_ctx=131_072)
    loading.load(model, wish, anyway=True).result(TIMEOUT_S)
    assert engine.params == [wish]


def test_loads_into_different_engines_go_one_after_the_other(engine: Engine, checks: Checks, model: Path) -> None:
    lane, other = threading.Lock(), Engine()
    steps = LoadSteps(checks.header, checks.plan, checks.trial, lambda price, facts: None)
    first, second = (ModelLoading(each, steps, lane=lane) for each in (engine, other))
    engine.waits = True
    ahead = first.load(model, LoadParams(), is_proven=True)
    assert engine.asked.wait(TIMEOUT_S)
    behind = second.load(model, LoadParams(), is_proven=True)
    given_up = second.load(model, LoadParams(), is_proven=True)
    with pytest.raises(LoadCancelledError):
        behind.result(TIMEOUT_S)
    assert not other.asked.is_set()
    ahead.cancel()
    assert given_up.result(TIMEOUT_S).name == "tiny"
    first.close()
    second.close()
