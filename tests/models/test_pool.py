"""Several models at once: lent, shared, kept, and unloaded when room is short or nobody uses them."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import pytest

from desktop_llm.engine.messages import TextPrompt
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.errors import ModelLoadError, ModelNotFoundError, NoModelLoadedError
from desktop_llm.models.loading import ModelDoesNotFitError
from desktop_llm.models.pool.slot import Lease
from desktop_llm.models.pool.values import PoolRules
from tests.models.pool_fakes import House

TIMEOUT_S = 10.0
NAMES = ("ant", "bee", "cat", "dog", "elk")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path, NAMES)
    yield house
    house.close()


def lease(house: House, name: str, keep_alive_s: float | None = None) -> Lease:
    return house.pool.acquire(name, keep_alive_s=keep_alive_s).result(TIMEOUT_S)


def use(house: House, name: str, keep_alive_s: float | None = None) -> None:
    """Load it, give it back, and let a second pass."""
    lease(house, name, keep_alive_s).release()
    house.clock.now_s += 1.0


def show_in_window(house: House, name: str) -> None:
    entry = house.entry(name)
    ticket = house.loading.load(entry.path, LoadParams(n_ctx=4096))
    house.shelf.window_load.begun(entry.path, ticket)
    ticket.result(TIMEOUT_S)


def say_something(house: House, name: str) -> None:
    with lease(house, name) as held:
        list(held.engine.submit(TextPrompt("a"), SamplingParams(max_tokens=2)))


def resident_names(house: House) -> list[str]:
    return [resident.name for resident in house.pool.residents()]


def test_a_model_is_loaded_when_it_is_asked_for_and_lent_at_once_after_that(house: House) -> None:
    first = lease(house, "ant")
    second = house.pool.acquire("ant")
    assert second.done()
    assert second.result().engine is first.engine
    assert house.machine.loaded == ["ant"]
    assert [(r.name, r.n_leases, r.is_pinned, r.expires_in_s) for r in house.pool.residents()] == [
        ("ant", 2, False, None)
    ]


def test_models_have_engines_of_their_own(house: House) -> None:
    ant, bee = lease(house, "ant"), lease(house, "bee")
    assert ant.engine is not bee.engine
    assert ant.facts.path.stem == "ant"
    assert [resident.name for resident in house.pool.residents()] == ["ant", "bee"]
    assert [name for name, _ in house.pool.engines()] == ["ant", "bee"]


def test_the_windows_model_is_lent_from_the_windows_engine(house: House) -> None:
    show_in_window(house, "ant")
    lent = lease(house, "ant")
    assert lent.engine is house.window
    assert lease(house, "").engine is house.window
    assert house.pool.acquire("").result(0).engine is house.window
    assert house.pool.residents()[0].is_pinned
    assert house.machine.loaded == ["ant"]


def test_no_name_is_the_model_used_last_or_that_of_the_settings(house: House) -> None:
    house.rules = PoolRules(default_model="bee")
    assert lease(house, "").entry.name == "bee"
    house.clock.now_s += 1.0
    use(house, "ant")
    assert lease(house, "").entry.name == "ant"


def test_an_alias_holds_from_when_it_is_set(house: House) -> None:
    house.rules = PoolRules(aliases=(("fast", "ant"),))
    assert lease(house, "fast").entry.name == "ant"
    assert house.pool.acquire("fast").done()
    house.rules = PoolRules(aliases=(("fast", "bee"),))
    assert lease(house, "fast").entry.name == "bee"


def test_who_asks_for_a_model_that_is_loading_waits_for_the_same_load(house: House) -> None:
    house.machine.gate.clear()
    waiting = [house.pool.acquire("ant") for _ in range(5)]
    assert house.machine.asked.wait(TIMEOUT_S)
    assert not any(future.done() for future in waiting)
    house.machine.gate.set()
    engines = {id(future.result(TIMEOUT_S).engine) for future in waiting}
    assert len(engines) == len(house.machine.opened) == 1
    assert house.pool.residents()[0].n_leases == 5


def test_a_load_that_fails_fails_for_all_who_wait_and_may_be_tried_again(house: House) -> None:
    house.machine.refused.add("ant")
    house.machine.gate.clear()
    waiting = [house.pool.acquire("ant") for _ in range(3)]
    assert house.machine.asked.wait(TIMEOUT_S)
    house.machine.gate.set()
    for future in waiting:
        with pytest.raises(ModelLoadError, match="refused"):
            future.result(TIMEOUT_S)
    assert house.pool.residents() == ()
    house.machine.refused.clear()
    assert lease(house, "ant").is_current


def test_who_stops_waiting_gets_no_lease(house: House) -> None:
    house.machine.gate.clear()
    waiting = [house.pool.acquire("ant") for _ in range(2)]
    assert house.machine.asked.wait(TIMEOUT_S)
    assert waiting[0].cancel()
    house.machine.gate.set()
    waiting[1].result(TIMEOUT_S).release()
    assert house.pool.residents()[0].n_leases == 0


def test_an_unknown_name_is_refused(house: House) -> None:
    for name in ("fox", str(house.entry("ant").path), "../models/ant"):
        with pytest.raises(ModelNotFoundError, match="no model named"):
            lease(house, name)


def test_an_unused_model_goes_after_its_time(house: House) -> None:
    use(house, "ant")
    held = lease(house, "bee", keep_alive_s=60.0)
    house.clock.now_s += 1790.0
    house.pool.reap()
    assert sorted(house.machine.loaded) == ["ant", "bee"]
    house.clock.now_s += 10.0
    house.pool.reap()
    assert house.machine.loaded == ["bee"]
    held.release()
    held.release()
    assert house.pool.residents()[0].expires_in_s == 60.0
    house.clock.now_s += 60.0
    house.pool.reap()
    assert house.machine.loaded == []


def test_use_begins_the_time_anew(house: House) -> None:
    use(house, "ant", keep_alive_s=60.0)
    house.clock.now_s += 50.0
    use(house, "ant")
    house.clock.now_s += 50.0
    house.pool.reap()
    assert house.machine.loaded == ["ant"]


def test_nothing_keeps_a_model_that_shall_go_at_once(house: House) -> None:
    gone = threading.Event()
    held = lease(house, "ant", keep_alive_s=0.0)
    house.pool.on_change(gone.set)
    held.release()  # the reaper does the rest
    assert gone.wait(TIMEOUT_S)
    assert house.machine.loaded == []


def test_a_model_that_shall_stay_stays(house: House) -> None:
    use(house, "ant", keep_alive_s=-1.0)
    house.clock.now_s += 1e9
    house.pool.reap()
    assert house.machine.loaded == ["ant"]
    assert house.pool.residents()[0].expires_in_s is None


def test_a_time_longer_than_any_lock_waits_does_not_end_the_reaper(house: House) -> None:
    gone = threading.Event()
    use(house, "ant", keep_alive_s=1e300)
    held = lease(house, "bee", keep_alive_s=0.0)
    house.pool.on_change(gone.set)
    held.release()  # the reaper does the rest
    assert gone.wait(TIMEOUT_S)
    assert house.machine.loaded == ["ant"]


def test_the_model_unused_longest_makes_room_and_no_other(house: House) -> None:
    for name in ("ant", "bee", "cat"):
        use(house, name)
    use(house, "ant")
    use(house, "dog")
    assert sorted(house.machine.loaded) == ["ant", "cat", "dog"]
    assert house.machine.needed_bytes < house.machine.free_bytes


def test_a_model_in_use_makes_no_room(house: House) -> None:
    held = [lease(house, name) for name in ("ant", "bee", "cat")]
    with pytest.raises(ModelDoesNotFitError, match="missing in memory"):
        lease(house, "dog")
    assert sorted(house.machine.loaded) == ["ant", "bee", "cat"]
    held[1].release()
    assert lease(house, "dog").is_current
    assert sorted(house.machine.loaded) == ["ant", "cat", "dog"]


def test_nothing_goes_for_a_model_that_fits_nowhere(house: House) -> None:
    use(house, "ant")
    house.machine.free_bytes = 3 * 1024**3
    held = lease(house, "ant")
    with pytest.raises(ModelDoesNotFitError):
        lease(house, "bee")
    held.release()
    house.machine.free_bytes = 1024**3
    with pytest.raises(ModelDoesNotFitError):
        lease(house, "bee")
    assert house.machine.loaded == ["ant"]


def test_the_windows_model_is_never_unloaded_for_the_api(house: House) -> None:
    show_in_window(house, "ant")
    for name in ("bee", "cat", "dog", "elk"):
        use(house, name)
    assert sorted(house.machine.loaded) == ["ant", "dog", "elk"]
    assert not house.pool.unload("ant")
    house.clock.now_s += 1e9
    house.pool.reap()
    assert house.machine.loaded == ["ant"]


def test_the_window_takes_the_room_of_models_that_nobody_uses(house: House) -> None:
    held = [lease(house, name) for name in ("ant", "bee")]
    use(house, "cat")
    show_in_window(house, "dog")
    assert sorted(house.machine.loaded) == ["ant", "bee", "dog"]
    show_in_window(house, "elk")
    assert sorted(house.machine.loaded) == ["ant", "bee", "elk"]
    assert all(each.is_current for each in held)


def test_a_copy_of_the_windows_model_goes(house: House) -> None:
    use(house, "ant")
    gone = threading.Event()
    house.pool.on_change(lambda: gone.set() if len(house.machine.loaded) == 1 else None)
    show_in_window(house, "ant")
    assert gone.wait(TIMEOUT_S)
    assert lease(house, "ant").engine is house.window


def test_a_user_who_changes_the_windows_model_ends_what_is_said_by_it(house: House) -> None:
    show_in_window(house, "ant")
    lent = lease(house, "ant")
    stream = lent.engine.submit(TextPrompt("a"))
    assert stream.wait(TIMEOUT_S)
    assert lent.is_current
    show_in_window(house, "bee")
    with pytest.raises(NoModelLoadedError, match="replaced"):
        for _ in stream:
            pass
    assert not lent.is_current
    lent.release()
    assert lease(house, "ant").engine is not house.window


def test_who_asks_for_what_the_window_loads_waits_for_the_window(house: House) -> None:
    house.machine.gate.clear()
    entry = house.entry("ant")
    ticket = house.loading.load(entry.path, LoadParams(n_ctx=4096))
    house.shelf.window_load.begun(entry.path, ticket)
    waiting = house.pool.acquire("ant")
    assert house.machine.asked.wait(TIMEOUT_S)
    assert not waiting.done()
    house.machine.gate.set()
    assert waiting.result(TIMEOUT_S).engine is house.window
    assert len(house.machine.opened) == 1


def test_closing_does_not_wait_for_what_the_window_loads(house: House) -> None:
    house.machine.gate.clear()
    entry = house.entry("ant")
    house.shelf.window_load.begun(entry.path, house.loading.load(entry.path, LoadParams(n_ctx=4096)))
    assert house.machine.asked.wait(TIMEOUT_S)
    waiting = house.pool.acquire("ant")
    house.pool.close()
    with pytest.raises(NoModelLoadedError):
        waiting.result(TIMEOUT_S)


def test_a_lost_model_is_loaded_again(house: House) -> None:
    first = lease(house, "ant")
    first.engine.unload().result(TIMEOUT_S)
    assert not first.is_current
    second = lease(house, "ant")
    assert second.engine is not first.engine
    assert second.is_current
    first.release()
    assert resident_names(house) == ["ant"]


def test_unloading_waits_for_the_last_lease(house: House) -> None:
    held = lease(house, "ant")
    gone = threading.Event()
    house.pool.on_change(gone.set)
    assert house.pool.unload("ant")
    assert house.machine.loaded == ["ant"]
    held.release()
    assert gone.wait(TIMEOUT_S)
    assert not house.pool.unload("ant")


def test_a_forgotten_lease_is_given_back(house: House) -> None:
    held: Future[Lease] | None = house.pool.acquire("ant")
    assert held is not None
    held.result(TIMEOUT_S)
    held = None
    gc.collect()
    assert house.pool.residents()[0].n_leases == 0


def test_closing_ends_loads_and_models(house: House) -> None:
    use(house, "ant")
    house.machine.gate.clear()
    house.machine.asked.clear()
    waiting = house.pool.acquire("bee")
    assert house.machine.asked.wait(TIMEOUT_S)
    house.pool.close()
    assert waiting.exception(TIMEOUT_S) is not None
    assert house.machine.loaded == []
    with pytest.raises(NoModelLoadedError):
        lease(house, "ant")


def test_many_who_ask_at_once_leave_nothing_behind(house: House) -> None:
    """Twelve threads ask for five models where three fit; none stays in use, and memory is never overdrawn."""
    overdrawn: list[int] = []

    def ask(seed: int) -> None:
        for turn in range(8):
            with suppress(ModelDoesNotFitError):
                say_something(house, NAMES[(seed * 7 + turn * 3) % len(NAMES)])
            if house.machine.needed_bytes > house.machine.free_bytes:
                overdrawn.append(house.machine.needed_bytes)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not overdrawn
    gc.collect()
    assert all(resident.n_leases == 0 for resident in house.pool.residents())
    assert len(house.pool.residents()) == len(house.machine.loaded)
