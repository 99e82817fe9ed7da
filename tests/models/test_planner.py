"""The planner on imagined machines: what it keeps, what it learns, what it chooses."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_llm.engine.model import LoadParams
from desktop_llm.hardware.machine import Hardware
from desktop_llm.models.planner import PastRun, Planner
from desktop_llm.models.speed.prediction import Use
from tests.machines import GIB, machine, planner_on
from tests.true_shapes import SHAPES, write_hollow
from tools.machines import laptop_8gb

_WISH = LoadParams(n_ctx=4096)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "llama.gguf"
    write_hollow(path, SHAPES["Llama-3.2-1B"], "Q4_K_M")
    return path


@pytest.fixture
def planner() -> Planner:
    planner = planner_on(laptop_8gb())
    planner.hardware()
    return planner


def test_the_machine_is_looked_at_once_and_its_memory_each_time() -> None:
    looks: list[object] = []
    hardware = machine(16 * GIB, 8 * GIB)
    planner = planner_on(hardware)

    def look(known: Hardware | None) -> Hardware:
        looks.append(known)
        return hardware

    planner._look = look
    assert planner.known_hardware() is None
    assert planner.hardware() == planner.hardware()
    planner.room()
    assert looks == [None, hardware]


def test_a_price_moves_at_once_with_the_wish(planner: Planner, model: Path) -> None:
    price = planner.price(model, _WISH)
    longer = planner.reprice(price, LoadParams(n_ctx=16_384))
    assert longer.plan.n_ctx == 16_384
    assert longer.plan.total_bytes > price.plan.total_bytes
    assert planner.reprice(longer, _WISH).plan == price.plan


def test_what_the_wish_leaves_open_is_chosen_to_fit(planner: Planner, model: Path) -> None:
    chosen = planner.price_best(model, LoadParams())
    assert chosen.plan.fits
    assert chosen.plan.n_ctx >= 8192
    assert planner.price_at_once(model, LoadParams()).plan.params == chosen.plan.params


def test_earlier_replies_move_the_prediction_and_make_it_narrower(planner: Planner, model: Path) -> None:
    guess = planner.price(model, _WISH).speed
    assert guess is not None
    use = Use(100, 150)
    typical = planner.predict(planner.price(model, _WISH), use)
    assert typical is not None
    measured = typical.generation.middle * 0.7
    planner.learn_from(lambda file, size_bytes: (PastRun(_WISH, use, measured, 0.0),) * 3)
    price = planner.price(model, _WISH)
    assert price.speed is not None
    assert price.speed.generation.middle == pytest.approx(0.7 * guess.generation.middle, rel=0.02)
    width = price.speed.generation.high - price.speed.generation.low
    assert width < guess.generation.high - guess.generation.low
    assert price.speed.prompt == guess.prompt
    assert planner.reprice(price, LoadParams(n_ctx=8192)).speed == price.speed


def test_a_catalogue_model_is_priced_without_its_file(planner: Planner) -> None:
    model, file = planner.catalog().find("llama-3.2-1b-instruct:Q8_0")
    price = planner.price_of_catalog(model, file, LoadParams())
    assert price is not None
    assert price.plan.fits
    assert price.smaller
