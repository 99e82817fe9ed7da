"""Any sequence of faults: in the end the file is ready and right, or a typed error says why not."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_llm.errors import AppError
from desktop_llm.models.download.transfer import Transfer
from tests.hub import (
    CaptivePortal,
    Fault,
    File,
    Hub,
    Noise,
    NotHttp,
    NotSatisfiable,
    OtherETag,
    RangeIgnored,
    Redirect,
    Reset,
    Stall,
    Status,
    TooLong,
    TooShort,
    Truncate,
    WrongBytes,
    WrongContentRange,
    WrongRange,
    repository,
    too_many_requests,
)
from tests.hub.journal import Kind
from tests.models.test_transfer import NAME, QUICK, REPO, Site, client, options

_CONTENT = Noise(700_001)
_IMPATIENT = replace(QUICK, stall_s=0.15)

_places = st.sampled_from(["start", "middle", "end"]) | st.integers(0, _CONTENT.size)
_faults: st.SearchStrategy[Fault] = st.one_of(
    st.builds(Status, st.sampled_from([400, 401, 403, 404, 408, 410, 418, 500, 502, 503, 504])),
    st.builds(too_many_requests, st.just(0)),
    st.builds(Reset, st.none() | _places),
    st.builds(Truncate, st.none() | _places, st.booleans()),
    st.builds(TooShort, st.integers(1, _CONTENT.size)),
    st.builds(TooLong, st.integers(1, 5000), st.booleans()),
    st.builds(Stall, st.none() | _places),
    st.builds(WrongBytes, _places, st.integers(1, 3)),
    st.builds(OtherETag, st.sampled_from(['"a"', '"b"', 'W/"c"', "d", ""])),
    st.builds(WrongContentRange, st.integers(-5, 5)),
    st.builds(WrongRange, st.integers(1, 1000)),
    st.builds(NotSatisfiable, st.sampled_from([0, _CONTENT.size, 10**12])),
    st.sampled_from([RangeIgnored(), Redirect(), CaptivePortal(), NotHttp()]),
)
_orders = st.tuples(
    _faults,
    st.sampled_from(["blob", "blob", "resolve"]),
    st.integers(1, 8),
    st.sampled_from([1, 1, 2, None]),
    st.sampled_from([None, None, True]),
)
_Order = tuple[Fault, Kind, int, int | None, bool | None]


def _prove(orders: list[_Order], connections: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Hub(repository(REPO, File(NAME, _CONTENT))) as hub:
        site = Site(hub, Path(folder, "models"), _CONTENT)
        for fault, kind, nth, times, resumed in orders:
            hub.order(fault, kind, nth=nth, times=times, resumed=resumed)
        wishes = options(connections=connections, patience=_IMPATIENT)
        try:
            Transfer(site.file, site.target, client, wishes).run()
            site.assert_ready()
        except AppError:
            assert not site.target.exists()
        hub.cancel_orders()
        Transfer(site.file, site.target, client, options(connections=connections)).run()
        site.assert_ready()


@settings(max_examples=25)
@given(st.lists(_orders, max_size=6), st.sampled_from([1, 4]))
def test_whatever_happens_the_file_is_right_or_an_error_says_why(orders: list[_Order], connections: int) -> None:
    _prove(orders, connections)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=1000)
@given(st.lists(_orders, max_size=10), st.sampled_from([1, 4]))
def test_a_thousand_sequences_of_faults_never_leave_a_wrong_file(orders: list[_Order], connections: int) -> None:
    _prove(orders, connections)
