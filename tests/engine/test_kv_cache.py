"""Which sequence serves a prompt, and which gives way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.kv_cache import MAX_CHECKPOINTS, KVCache, common_prefix
from desktop_llm.engine.model import BatchToken, PrefixCut
from tests.fakes import ScriptedModel, scripted_facts


def _cache(n_ctx: int = 100, n_seq_max: int = 3, cut: PrefixCut = PrefixCut.ANYWHERE) -> tuple[KVCache, ScriptedModel]:
    model = ScriptedModel(scripted_facts(n_ctx=n_ctx, n_seq_max=n_seq_max, n_batch=n_ctx, prefix_cut=cut))
    return KVCache(model), model


def _compute(cache: KVCache, model: ScriptedModel, prompt: list[int]) -> tuple[int, int]:
    """Take a sequence and fill it with all of the prompt; returns it and how much was cached."""
    placement = cache.take(prompt)
    start, sequence = placement.n_cached, placement.sequence
    model.decode([BatchToken(prompt[i], i, sequence, False) for i in range(start, len(prompt))])
    cache.append(sequence, prompt[start:])
    return sequence, start


@given(left=st.lists(st.integers(0, 1), max_size=20), right=st.lists(st.integers(0, 1), max_size=20))
def test_the_common_prefix_is_the_longest_one(left: list[int], right: list[int]) -> None:
    n = common_prefix(left, right)
    assert left[:n] == right[:n]
    assert n == min(len(left), len(right)) or left[n] != right[n]


def test_the_common_prefix_of_long_texts_is_exact() -> None:
    left = list(range(5000))
    for n in (0, 1, 511, 512, 513, 4999, 5000):
        assert common_prefix(left, [*left[:n], -1, *left[n:]]) == n


def test_the_last_token_of_a_prompt_is_always_computed() -> None:
    cache, model = _cache()
    sequence, _ = _compute(cache, model, [1, 2, 3])
    cache.release(sequence)
    assert cache.take([1, 2, 3]).n_cached == 2


def test_a_continued_conversation_stays_in_its_sequence() -> None:
    cache, model = _cache()
    sequence, _ = _compute(cache, model, [1, 2, 3])
    cache.release(sequence)
    assert _compute(cache, model, [1, 2, 3, 4]) == (sequence, 3)


def test_a_branch_is_copied_so_that_both_stay() -> None:
    cache, model = _cache()
    first, _ = _compute(cache, model, [1, 2, 3, 4, 5, 6])
    cache.release(first)
    second, n_cached = _compute(cache, model, [1, 2, 3, 9])
    assert (second != first, n_cached) == (True, 3)
    assert cache.tokens(first) == (1, 2, 3, 4, 5, 6)
    assert cache.n_used == 7


def test_a_running_sequence_is_never_cut() -> None:
    cache, model = _cache(n_seq_max=2)
    first, _ = _compute(cache, model, [1, 2, 3, 4])
    second, n_cached = _compute(cache, model, [1, 2, 9])
    assert (second != first, n_cached) == (True, 2)
    assert cache.tokens(first) == (1, 2, 3, 4)
    assert cache.n_free_rows == 0


def test_the_longest_unused_sequence_gives_way_first() -> None:
    cache, model = _cache(n_seq_max=2)
    first, _ = _compute(cache, model, [1, 1])
    cache.release(first)
    second, _ = _compute(cache, model, [2, 2])
    cache.release(second)
    third, _ = _compute(cache, model, [3, 3])
    assert third == first
    assert cache.tokens(second) == (2, 2)


def test_room_is_made_by_idle_sequences_only() -> None:
    cache, model = _cache(n_ctx=10)
    idle, _ = _compute(cache, model, [1] * 4)
    cache.release(idle)
    _compute(cache, model, [2] * 5)
    assert cache.make_room(5)
    assert cache.tokens(idle) == ()
    assert not cache.make_room(6)


def test_can_hold_counts_what_is_shared_once() -> None:
    cache, model = _cache(n_ctx=10)
    _compute(cache, model, [1, 2, 3, 4, 5, 6])
    assert cache.can_hold([1, 2, 3, 4, 5, 9], n_promised=1)
    assert not cache.can_hold([9, 9, 9, 9], n_promised=0)
    assert not cache.can_hold([1, 2, 3, 4, 5, 9], n_promised=3)


def test_a_recurrent_sequence_goes_back_to_its_newest_checkpoint_that_still_fits() -> None:
    cache, model = _cache(cut=PrefixCut.NOWHERE)
    prompt: list[int] = []
    sequence = 0
    for n in (3, 6, 9):
        prompt = list(range(1, n + 1))
        sequence, _ = _compute(cache, model, prompt)
        cache.checkpoint(sequence)
        cache.release(sequence)
    assert cache.take([*prompt[:7], 99]).n_cached == 6


def test_only_the_newest_checkpoints_are_kept() -> None:
    cache, model = _cache(cut=PrefixCut.NOWHERE)
    prompt = [1]
    for _ in range(MAX_CHECKPOINTS + 2):
        sequence, _ = _compute(cache, model, prompt)
        cache.checkpoint(sequence)
        cache.release(sequence)
        prompt = [*prompt, 1]
    assert cache.take([1, 1, 5]).n_cached == 0  # the checkpoint at 2 is gone


def test_rewinding_drops_what_an_interrupted_decode_left() -> None:
    cache, model = _cache()
    sequence, _ = _compute(cache, model, [1, 2, 3])
    model.decode([BatchToken(4, 3, sequence, False)])  # not told to the cache
    assert cache.rewind(sequence) == 3
    assert len(model.sequences[sequence]) == 3
