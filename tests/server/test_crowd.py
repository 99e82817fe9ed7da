"""Who keeps a place when there are more connections than places."""

from __future__ import annotations

from desktop_llm.server.http.crowd import Crowd


class Caller:
    def __init__(self) -> None:
        self.is_dropped = False

    def drop(self) -> None:
        self.is_dropped = True


def test_of_those_that_asked_nothing_the_oldest_goes_first() -> None:
    crowd, callers = Crowd(2, 3), [Caller() for _ in range(5)]
    for caller in callers:
        crowd.enter(caller)
    assert [caller.is_dropped for caller in callers] == [True, True, False, False, False]


def test_who_is_served_is_not_dropped_and_rests_longer_than_who_asked_nothing() -> None:
    crowd, served = Crowd(2, 2), Caller()
    crowd.enter(served)
    assert crowd.prove(served)
    others = [Caller() for _ in range(4)]
    for other in others:
        crowd.enter(other)
    assert not served.is_dropped
    crowd.rest(served)
    for _ in range(9):
        crowd.enter(Caller())
    assert not served.is_dropped


def test_of_those_that_rest_the_oldest_goes_when_nobody_else_can() -> None:
    crowd, callers = Crowd(3, 2), [Caller() for _ in range(3)]
    for caller in callers[:2]:
        crowd.enter(caller)
        assert crowd.prove(caller)
    for caller in callers[:2]:
        crowd.rest(caller)
    crowd.enter(callers[2])
    assert [caller.is_dropped for caller in callers] == [True, False, False]
    assert crowd.prove(callers[1])


def test_no_more_are_served_than_there_are_places_and_one_takes_only_one() -> None:
    crowd, callers = Crowd(2, 9), [Caller() for _ in range(3)]
    for caller in callers:
        crowd.enter(caller)
    assert [crowd.prove(caller) for caller in callers] == [True, True, False]
    assert crowd.prove(callers[0])
    crowd.leave(callers[0])
    assert crowd.prove(callers[2])
