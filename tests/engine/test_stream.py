"""TokenStream: nothing lost, doubled or reordered between the engine and its reader."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.events import Event, Finish, FinishReason, Timings, Token, Usage
from desktop_llm.engine.stream import TokenStream
from desktop_llm.errors import GenerationError

FINISH = Finish("", FinishReason.STOP, Usage(1, 0, 1), Timings(0, 0, 0, 0, 0, 0), 1, 10)
TIMEOUT_S = 10.0


def token(number: int) -> Token:
    return Token(number, b"x", "x")


def test_events_come_out_in_order_up_to_the_finish() -> None:
    stream = TokenStream()
    for event in (token(1), token(2), FINISH, token(3)):
        stream.put(event)
    assert list(stream) == [token(1), token(2), FINISH]


def test_an_error_is_raised_after_the_last_good_event() -> None:
    stream = TokenStream()
    stream.put(token(1))
    stream.fail(GenerationError("It broke."))
    stream.put(token(2))
    events = iter(stream)
    assert next(events) == token(1)
    with pytest.raises(GenerationError):
        next(events)


def test_the_bell_rings_only_when_the_box_was_empty_or_the_end_came() -> None:
    rings = []
    stream = TokenStream()
    stream.on_ready(lambda: rings.append(1))
    stream.put(token(1))
    stream.put(token(2))
    assert len(rings) == 1
    assert stream.take() == [token(1), token(2)]
    stream.put(token(3))
    assert len(rings) == 2
    stream.put(FINISH)
    assert len(rings) == 3


def test_a_bell_that_comes_late_rings_at_once() -> None:
    rings = []
    stream = TokenStream()
    stream.put(token(1))
    stream.on_ready(lambda: rings.append(1))
    assert rings == [1]


def test_closing_an_unfinished_stream_aborts_once_and_drops_what_comes_after() -> None:
    aborts = []
    stream = TokenStream(on_abort=lambda: aborts.append(1))
    stream.close()
    stream.close()
    stream.abort()
    stream.put(token(1))
    assert aborts == [1]
    assert list(stream) == []


def test_closing_a_finished_stream_aborts_nothing() -> None:
    aborts = []
    stream = TokenStream(on_abort=lambda: aborts.append(1))
    stream.put(FINISH)
    stream.abort()
    stream.close()
    assert aborts == []


def test_waiting_has_an_end() -> None:
    assert not TokenStream().wait(0.01)


def test_closing_wakes_a_reader_that_waits() -> None:
    stream = TokenStream()
    reader = threading.Thread(target=lambda: list(stream))
    reader.start()
    stream.close()
    reader.join(TIMEOUT_S)
    assert not reader.is_alive()


@given(st.lists(st.integers(1, 5), min_size=1, max_size=30))
def test_a_reader_on_another_thread_gets_everything_in_order(bursts: list[int]) -> None:
    stream = TokenStream()
    seen: list[Event] = []
    reader = threading.Thread(target=lambda: seen.extend(stream))
    reader.start()
    sent: list[Event] = []
    for burst in bursts:
        for _ in range(burst):
            sent.append(token(len(sent)))
            stream.put(sent[-1])
    stream.put(FINISH)
    reader.join(TIMEOUT_S)
    assert seen == [*sent, FINISH]
