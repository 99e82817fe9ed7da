"""Times between tokens, counted in buckets."""

from __future__ import annotations

from desktop_llm.server.use.gaps import BOUNDS_S, Gaps, GapWatch


def test_tokens_that_came_together_share_their_time() -> None:
    gaps = Gaps()
    gaps.add(0.04, 4)
    gaps.add(5.0, 1)
    gaps.add(BOUNDS_S[0], 1)
    assert gaps.counts[BOUNDS_S.index(0.01)] == 4
    assert gaps.counts[-1] == 1
    assert gaps.counts[0] == 1
    assert gaps.sum_s == 5.041


def test_a_replys_first_tokens_have_no_gap() -> None:
    gaps = Gaps()
    watch = GapWatch(gaps)
    watch.note(3)
    assert sum(gaps.counts) == 0
    watch.note(2)
    assert sum(gaps.counts) == 2
