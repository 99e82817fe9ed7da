"""What is kept of answers: bounded, forgotten in time, never another client's."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_llm.server.errors import ApiError
from desktop_llm.server.kept_responses import KeptResponses


def response(name: str, text: str = "said") -> dict[str, Any]:
    return {"id": name, "output": [{"id": f"msg_{name}", "text": text}]}


def asked(name: str) -> list[dict[str, Any]]:
    return [{"id": f"in_{name}", "text": "asked"}]


def ids(kept: KeptResponses, name: str, owner: str = "a") -> list[str]:
    return [item["id"] for item in kept.find(name, owner).conversation()]


def test_a_response_leads_to_the_whole_conversation() -> None:
    kept = KeptResponses()
    kept.keep(response("1"), asked("1"), "a", None)
    kept.keep(response("2"), asked("2"), "a", kept.find("1", "a"))
    assert ids(kept, "2") == ["in_1", "msg_1", "in_2", "msg_2"]


def test_another_clients_response_is_not_there() -> None:
    kept = KeptResponses()
    kept.keep(response("1"), asked("1"), "a", None)
    for ask in (kept.find, kept.delete):
        with pytest.raises(ApiError) as caught:
            ask("1", "b")
        assert caught.value.status == 404
    with pytest.raises(ApiError):
        kept.find_item("msg_1", "b")
    assert kept.find_item("in_1", "a")["text"] == "asked"


def test_a_deleted_response_is_still_known_to_what_goes_on_from_it() -> None:
    kept = KeptResponses()
    kept.keep(response("1"), asked("1"), "a", None)
    kept.keep(response("2"), asked("2"), "a", kept.find("1", "a"))
    kept.delete("1", "a")
    with pytest.raises(ApiError):
        kept.find("1", "a")
    assert ids(kept, "2") == ["in_1", "msg_1", "in_2", "msg_2"]
    kept.delete("2", "a")
    assert kept.size_bytes == 0


def test_what_was_not_used_longest_gives_way() -> None:
    kept = KeptResponses(max_responses=2)
    kept.keep(response("1"), asked("1"), "a", None)
    kept.keep(response("2"), asked("2"), "a", None)
    kept.find("1", "a")
    kept.keep(response("3"), asked("3"), "a", None)
    with pytest.raises(ApiError):
        kept.find("2", "a")
    assert ids(kept, "1")


def test_a_response_is_forgotten_when_its_time_is_over() -> None:
    now = [0.0]
    kept = KeptResponses(ttl_s=60, clock=lambda: now[0])
    kept.keep(response("1"), asked("1"), "a", None)
    now[0] = 59.0
    kept.find("1", "a")
    now[0] = 100.0
    kept.find("1", "a")
    now[0] = 161.0
    with pytest.raises(ApiError):
        kept.find("1", "a")
    assert (len(kept), kept.size_bytes) == (0, 0)


def test_a_response_too_large_to_keep_is_not_kept() -> None:
    kept = KeptResponses(max_bytes=1000)
    kept.keep(response("1", "x" * 2000), asked("1"), "a", None)
    assert (len(kept), kept.size_bytes) == (0, 0)


def test_a_client_whose_key_is_gone_leaves_nothing() -> None:
    kept = KeptResponses()
    kept.keep(response("1"), asked("1"), "a", None)
    kept.keep(response("2"), asked("2"), "b", None)
    kept.keep_only({"b"})
    assert len(kept) == 1
    assert ids(kept, "2", "b")


def test_what_a_request_goes_on_from_may_be_forgotten_meanwhile() -> None:
    kept = KeptResponses()
    kept.keep(response("1"), asked("1"), "a", None)
    kept.keep(response("2"), asked("2"), "a", kept.find("1", "a"))
    before = kept.find("2", "a")
    kept.keep_only(set())
    kept.keep(response("3"), asked("3"), "a", before)
    assert ids(kept, "3") == ["in_1", "msg_1", "in_2", "msg_2", "in_3", "msg_3"]
    kept.delete("3", "a")
    assert kept.size_bytes == 0


steps = st.lists(
    st.tuples(st.sampled_from(["keep", "go on", "find", "delete", "wait"]), st.integers(0, 12), st.integers(0, 300)),
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(steps)
def test_size_is_what_can_be_reached_and_within_bounds(plan: list[tuple[str, int, int]]) -> None:
    now = [0.0]
    kept = KeptResponses(max_bytes=8000, max_responses=7, ttl_s=50, clock=lambda: now[0])
    names: list[str] = []
    for step, which, size in plan:
        name = names[which % len(names)] if names else ""
        if step == "wait":
            now[0] += size / 10
        elif step == "keep":
            names.append(str(len(names)))
            kept.keep(response(names[-1], "x" * size), asked(names[-1]), "a", None)
        else:
            try:
                found = kept.find(name, "a")
            except ApiError:
                continue
            if step == "delete":
                kept.delete(name, "a")
            elif step == "go on":
                names.append(str(len(names)))
                kept.keep(response(names[-1], "x" * size), asked(names[-1]), "a", found)
        assert len(kept) <= 7
        assert kept.size_bytes <= 8000
        assert kept.size_bytes == _reachable(kept, names)


def _reachable(kept: KeptResponses, names: list[str]) -> int:
    reached = {id(each): each for name in names if name in kept for each in kept.line(name)}
    return sum(each.size_bytes for each in reached.values())


def test_memory_is_what_it_says() -> None:
    kept = KeptResponses(max_bytes=2_000_000)
    tracemalloc.start()
    try:
        for number in range(2000):
            name = str(number)
            before = kept.find(str(number - 1), "a") if number % 7 else None
            kept.keep(response(name, "x" * 1000), [{"id": f"{name}.{i}", "text": ""} for i in range(50)], "a", before)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept.size_bytes > 1_900_000
    assert held < 2_200_000
