"""A name that means several quantizations: which of them is lent, and what stands in for one that does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_llm.errors import ModelLoadError
from desktop_llm.models.loading import ModelDoesNotFitError
from tests.models.pool_fakes import House

_TIMEOUT_S = 20.0
_LARGE, _MIDDLE, _SMALL = "Tern-3B-Q8_0", "Tern-3B-Q5_K_M", "Tern-3B-Q4_K_M"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path, (_SMALL, _MIDDLE + "xx", _LARGE))
    yield house
    house.close()


@pytest.fixture
def names(house: House) -> list[str]:
    """The versions' names, the largest first."""
    return [entry.name for entry in reversed(next(iter(house.library.groups())).entries)]


def _lent(house: House, name: str) -> str:
    with house.pool.acquire(name).result(_TIMEOUT_S) as lease:
        return lease.entry.name


def test_the_largest_is_lent_where_it_fits(house: House, names: list[str]) -> None:
    assert _lent(house, "Tern-3B") == names[0]


def test_the_largest_that_fits_stands_in_for_those_that_do_not(house: House, names: list[str]) -> None:
    house.machine.too_large = {house.entry(name).path.stem for name in names[:2]}
    assert _lent(house, "Tern-3B") == names[2]
    assert _lent(house, "Tern-3B") == names[2]
    assert house.machine.loaded == [house.entry(names[2]).path.stem]


def test_where_none_fits_the_smallest_says_why(house: House, names: list[str]) -> None:
    house.machine.too_large = {house.entry(name).path.stem for name in names}
    with pytest.raises(ModelDoesNotFitError, match=house.entry(names[2]).path.name):
        _lent(house, "Tern-3B")


def test_one_that_is_named_with_its_quantization_is_never_another(house: House, names: list[str]) -> None:
    house.machine.too_large = {house.entry(names[0]).path.stem}
    with pytest.raises(ModelDoesNotFitError):
        _lent(house, names[0])


def test_a_broken_one_is_told_and_none_stands_in_for_it(house: House, names: list[str]) -> None:
    house.machine.refused = {house.entry(names[0]).path.stem}
    with pytest.raises(ModelLoadError, match="is refused"):
        _lent(house, "Tern-3B")


def test_who_does_not_wait_any_more_holds_nothing(house: House, names: list[str]) -> None:
    house.machine.too_large = {house.entry(names[0]).path.stem}
    house.machine.gate.clear()
    asked = house.pool.acquire("Tern-3B")
    assert house.machine.asked.wait(_TIMEOUT_S)
    assert asked.cancel()
    house.machine.gate.set()
    assert _lent(house, "Tern-3B") == names[1]
    assert [each.n_leases for each in house.pool.residents()] == [0]
