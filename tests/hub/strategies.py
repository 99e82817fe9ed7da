"""Random troubles for property tests: orders that hypothesis makes up and makes smaller."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.hub import faults
from tests.hub.faults import Fault, Order

_STATUSES = (500, 502, 503, 504, 408, 404, 401, 403, 410)


def places(size: int) -> st.SearchStrategy[faults.Place]:
    """Where in an answer's body."""
    return st.one_of(st.sampled_from(["start", "middle", "end"]), st.integers(0, size))


def broken_lines(size: int) -> st.SearchStrategy[Fault]:
    """Faults after which the bytes that came are right, and the rest can be had by asking again."""
    where = places(size)
    return st.one_of(
        st.builds(faults.Reset, st.none() | where),
        st.builds(faults.Truncate, st.none() | where, st.booleans()),
        st.builds(faults.TooShort, st.integers(1, max(size, 1))),
        st.builds(faults.Status, st.sampled_from(_STATUSES[:5])),
        st.just(faults.too_many_requests(0)),
        st.just(faults.NotHttp()),
    )


def waits(size: int, pause_s: float) -> st.SearchStrategy[Fault]:
    """Faults that only a client's own limit ends; `pause_s` is longer than that limit."""
    return st.one_of(
        st.builds(faults.Stall, st.none() | places(size)),
        st.builds(faults.Trickle, places(size), st.just(pause_s)),
        st.builds(faults.SlowHead, st.just(pause_s)),
    )


def lies(size: int) -> st.SearchStrategy[Fault]:
    """Faults that hand out something else than was asked for."""
    where = places(size)
    return st.one_of(
        st.builds(faults.WrongBytes, where, st.integers(1, 5000)),
        st.builds(faults.TooLong, st.integers(1, 100_000), st.booleans()),
        st.builds(faults.OtherETag, st.sampled_from(['"0123"', 'W/"0123"', ""])),
        st.just(faults.RangeIgnored()),
        st.builds(faults.WrongContentRange, st.integers(-1000, 1000), st.sampled_from([None, "", "bytes */9", "no"])),
        st.builds(faults.WrongRange, st.integers(1, 100_000)),
        st.builds(faults.NotSatisfiable, st.sampled_from([0, 1, size])),
        st.just(faults.CaptivePortal()),
        st.just(faults.Redirect()),
        st.builds(faults.Status, st.sampled_from(_STATUSES)),
    )


def orders(size: int, most: int = 6) -> st.SearchStrategy[list[Order]]:
    """Some orders for the requests of one file of `size` bytes, at its address and at the content network."""
    one = st.builds(
        _order,
        st.one_of(broken_lines(size), lies(size)),
        st.sampled_from(["resolve", "blob", "blob", "blob"]),
        st.integers(1, 4),
        st.sampled_from([1, 1, 1, 2, 3]),
        st.sampled_from([None, None, True, False]),
    )
    return st.lists(one, max_size=most)


def _order(fault: Fault, on: str, nth: int, times: int, resumed: bool | None) -> Order:
    return Order(fault, "resolve" if on == "resolve" else "blob", nth=nth, times=times, resumed=resumed)
