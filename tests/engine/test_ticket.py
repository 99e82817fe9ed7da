"""A load seen from other threads."""

import threading
from pathlib import Path

import pytest

from desktop_llm.engine.model import ModelFacts, PrefixCut
from desktop_llm.engine.ticket import LoadProgress, LoadStage, LoadTicket
from desktop_llm.errors import LoadCancelledError, ModelLoadError

FACTS = ModelFacts(
    Path("m"), "m", "", 1, 1, 64, 64, 1, 32, 10, 1, PrefixCut.ANYWHERE, None, "", "", adds_bos=False, metadata=()
)


def test_progress_is_told_and_rung() -> None:
    seen: list[LoadProgress] = []
    ticket = LoadTicket()
    ticket.on_change(lambda: seen.append(ticket.progress))
    assert ticket.advance(LoadStage.LOADING, 0.5)
    ticket.succeed(FACTS)
    assert [(each.stage, each.fraction) for each in seen] == [
        (LoadStage.QUEUED, 0.0),
        (LoadStage.LOADING, 0.5),
        (LoadStage.READY, 1.0),
    ]
    assert ticket.result(0) == FACTS


def test_the_first_end_counts() -> None:
    ticket = LoadTicket()
    ticket.fail(ModelLoadError("Broken."))
    ticket.succeed(FACTS)
    ticket.advance(LoadStage.LOADING, 0.1)
    assert ticket.progress.stage is LoadStage.FAILED
    with pytest.raises(ModelLoadError):
        ticket.result(0)


def test_cancelling_reaches_the_loading_side_before_or_after_it_listens() -> None:
    calls = []
    ticket = LoadTicket()
    ticket.on_cancel(lambda: calls.append("hook"))
    ticket.cancel()
    assert calls == ["hook"]
    assert not ticket.advance(LoadStage.LOADING, 0.2)
    ticket.on_cancel(lambda: calls.append("late"))
    assert calls == ["hook", "late"]
    ticket.fail(LoadCancelledError("Cancelled."))
    assert ticket.progress.stage is LoadStage.CANCELLED


def test_waiting_for_a_load_has_an_end() -> None:
    with pytest.raises(TimeoutError):
        LoadTicket().result(0.01)


def test_whoever_sees_the_end_can_take_the_result() -> None:
    for _ in range(300):
        ticket = LoadTicket()
        loading = threading.Thread(target=ticket.succeed, args=(FACTS,))
        loading.start()
        while not ticket.progress.is_ended:
            pass
        assert ticket.result(0) is FACTS
        loading.join()
