"""The engine with llama.cpp and the real starter model."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.engine import llama
from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Event, Finish, FinishReason, Token
from desktop_llm.engine.messages import ChatPrompt, Message, Role, TextPrompt
from desktop_llm.engine.model import CacheType, FlashAttention, LoadParams, PrefixCut
from desktop_llm.engine.request import ContextOverflow
from desktop_llm.engine.sampling import Mirostat, SamplingParams
from desktop_llm.errors import GenerationError, LoadCancelledError, ModelLoadError, ModelNotFoundError

pytestmark = pytest.mark.model

_WAIT_S = 60.0
_GREEDY = SamplingParams(temperature=0, max_tokens=12)
_COMPARED = replace(_GREEDY, max_tokens=8, top_logprobs=5)
#: The most that a log-probability of this model was seen to differ by rounding alone is 0.15.
_ROUNDING = 0.35
_PARAMS = LoadParams(n_ctx=2048, n_seq_max=8, n_batch=256, n_ubatch=256)


@pytest.fixture(scope="module")
def engine(starter_model: Path) -> Iterator[Engine]:
    with Engine() as engine:
        engine.load(starter_model, _PARAMS).result(_WAIT_S)
        # The thread that checks grammars begins with the first of them, and stays.
        list(engine.submit(TextPrompt("a"), replace(_GREEDY, grammar='root ::= "a"', max_tokens=1)))
        yield engine


@pytest.fixture(scope="module")
def small_engine(starter_model: Path) -> Iterator[Engine]:
    with Engine() as engine:
        engine.load(starter_model, LoadParams(n_ctx=256, n_seq_max=3)).result(_WAIT_S)
        yield engine


def _ask(text: str, *earlier: Message) -> ChatPrompt:
    return ChatPrompt((*earlier, Message(Role.USER, text)))


def _text(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Token | Finish))


def _tokens(events: list[Event]) -> list[Token]:
    return [event for event in events if isinstance(event, Token)]


def _finish(events: list[Event]) -> Finish:
    assert isinstance(events[-1], Finish)
    return events[-1]


def _assert_same(left: list[Event], right: list[Event]) -> None:
    """Two greedy replies are the same up to rounding.

    Which kernels compute a token, and in which order sums are taken, depends on what else is in the
    batch and on what was cached; the last bits of the logits differ. So a greedy choice may differ
    where two tokens are nearly as good, and after that everything may.
    """
    for one, other in zip(_tokens(left), _tokens(right), strict=False):
        assert one.logprob == pytest.approx(other.logprob, abs=_ROUNDING)
        if one.id != other.id:
            rivals = {each.id: each.logprob for each in one.alternatives}
            assert other.id in rivals
            assert rivals[other.id] == pytest.approx(one.logprob, abs=2 * _ROUNDING)
            return
    assert len(_tokens(left)) == len(_tokens(right))


def _long(n_words: int, seed: int = 0) -> str:
    return " ".join(f"word{(i * 7 + seed) % 97}" for i in range(n_words))


def test_it_answers_and_says_what_it_cost(engine: Engine) -> None:
    events = list(engine.submit(_ask("What is 2 + 2?"), SamplingParams(temperature=0, max_tokens=60)))
    finish = _finish(events)
    assert finish.reason is FinishReason.STOP
    assert "4" in _text(events)
    assert finish.usage.completion_tokens == len(_tokens(events))
    assert finish.usage.prompt_tokens == engine.count_tokens(_ask("What is 2 + 2?")).result(_WAIT_S)
    assert finish.timings.generation_tokens_per_s > 0
    assert "<|im_end|>" not in _text(events)


def test_its_facts_are_what_the_file_says(engine: Engine, starter_model: Path) -> None:
    facts = engine.facts
    assert facts is not None
    assert (facts.path, facts.n_ctx, facts.n_ctx_train, facts.n_vocab) == (starter_model, 2048, 8192, 49152)
    assert (facts.prefix_cut, facts.eos_text, facts.adds_bos) == (PrefixCut.ANYWHERE, "<|im_end|>", False)
    assert facts.chat_template is not None
    assert "im_start" in facts.chat_template
    assert dict(facts.metadata)["general.architecture"] == "llama"


def test_eight_together_say_what_each_says_alone(engine: Engine) -> None:
    prompts = [_ask(f"Write a sentence about the number {i}.") for i in range(8)]
    together = [list(stream) for stream in [engine.submit(prompt, _COMPARED) for prompt in prompts]]
    for prompt, events in zip(prompts, together, strict=True):
        _assert_same(events, list(engine.submit(prompt, _COMPARED)))
    assert len({_text(events) for events in together}) > 1


def test_the_second_turn_computes_only_its_new_tokens(engine: Engine) -> None:
    first = _ask("Name a colour, in a way that has not been asked before.")
    events = list(engine.submit(first, _GREEDY))
    reply = Message(Role.ASSISTANT, _text(events))
    second = _ask("And another?", *first.messages, reply)
    finish = _finish(list(engine.submit(second, _GREEDY)))
    known = _finish(events).usage.prompt_tokens + len(_tokens(events)) - 1
    assert finish.usage.cached_tokens == known


def test_a_conversation_that_was_parked_goes_on_as_one_that_was_not(engine: Engine) -> None:
    text = TextPrompt("The river runs slowly. " * 60)
    list(engine.submit(text, _COMPARED))
    unparked = list(engine.submit(text, _COMPARED))
    for number in range(2):  # it is parked when another begins
        list(engine.submit(TextPrompt(f"{number} is another matter"), _COMPARED))
    assert engine.stats().n_cells_used < 100
    parked = list(engine.submit(text, _COMPARED))
    _assert_same(parked, unparked)
    assert _finish(parked).usage == _finish(unparked).usage


def test_a_fork_shares_the_prefix_of_a_running_reply(engine: Engine) -> None:
    prefix = _long(60, seed=1)
    running = engine.submit(TextPrompt(prefix), SamplingParams(temperature=0, max_tokens=200, ignore_eos=True))
    while not _tokens(running.take()):
        running.wait(_WAIT_S)
    fork = list(engine.submit(TextPrompt(prefix + " fork"), _COMPARED))
    running.close()
    assert _finish(fork).usage.cached_tokens == engine.count_tokens(TextPrompt(prefix)).result(_WAIT_S)
    _assert_same(fork, list(engine.submit(TextPrompt(prefix + " fork"), _COMPARED)))


def test_an_abort_in_the_middle_of_a_prompt_ends_it_early(engine: Engine) -> None:
    stream = engine.submit(TextPrompt(_long(500, seed=2)), _GREEDY)
    assert stream.wait(_WAIT_S)  # its prompt was begun
    stream.abort()
    finish = _finish(list(stream))
    assert finish.reason is FinishReason.ABORTED
    assert finish.usage.completion_tokens == 0
    assert _text(list(engine.submit(_ask("Hello"), _GREEDY)))


def test_a_json_schema_is_obeyed(engine: Engine) -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
    params = SamplingParams(seed=3, max_tokens=80, json_schema=json.dumps(schema))
    events = list(engine.submit(_ask("Describe a person as JSON."), params))
    person = json.loads(_text(events))
    assert _finish(events).reason is FinishReason.STOP
    assert set(person) == {"name", "age"}
    assert isinstance(person["age"], int)


def test_a_grammar_is_obeyed_by_a_greedy_choice_too(engine: Engine) -> None:
    params = replace(_GREEDY, grammar='root ::= "yes" | "no"')
    assert _text(list(engine.submit(_ask("Is water wet?"), params))) in {"yes", "no"}


def test_logprobs_are_of_the_whole_vocabulary_and_sorted(engine: Engine) -> None:
    events = list(engine.submit(_ask("Tell me a fact."), replace(_GREEDY, top_logprobs=20)))
    for token in _tokens(events):
        logprobs = [each.logprob for each in token.alternatives]
        assert len(logprobs) == 20
        assert logprobs == sorted(logprobs, reverse=True)
        assert 0.2 < sum(math.exp(each) for each in logprobs) <= 1 + 1e-6
        assert token.alternatives[0].id == token.id
        assert token.logprob == pytest.approx(logprobs[0])


def test_logprobs_are_those_before_sampling_changed_them(engine: Engine) -> None:
    plain = _tokens(list(engine.submit(_ask("Tell me a fact."), replace(_GREEDY, top_logprobs=2, max_tokens=1))))[0]
    second = plain.alternatives[1]
    params = replace(_GREEDY, top_logprobs=2, max_tokens=1, logit_bias=((plain.id, -math.inf),))
    biased = _tokens(list(engine.submit(_ask("Tell me a fact."), params)))[0]
    assert biased.id == second.id
    assert biased.logprob == pytest.approx(second.logprob, abs=1e-3)


def test_a_stop_string_is_never_shown(engine: Engine) -> None:
    whole = _text(list(engine.submit(_ask("Count to ten."), _GREEDY)))
    stop = whole[5:9]
    events = list(engine.submit(_ask("Count to ten."), replace(_GREEDY, stop=(stop,))))
    assert _text(events) == whole[: whole.index(stop)]
    assert (_finish(events).reason, _finish(events).stop_string) == (FinishReason.STOP, stop)


def test_the_same_seed_gives_the_same_text_and_another_seed_another(engine: Engine) -> None:
    params = SamplingParams(temperature=1.0, seed=11, max_tokens=12)
    prompt = _ask("Begin a story.")
    list(engine.submit(prompt, replace(params, max_tokens=0)))  # so that each finds the same in the cache
    texts = [_text(list(engine.submit(prompt, replace(params, seed=seed)))) for seed in (11, 11, 12)]
    assert texts[0] == texts[1] != texts[2]


def test_a_seed_does_not_depend_on_the_requests_beside(engine: Engine) -> None:
    # Forced to be certain, rounding cannot matter, so only shared random state could.
    params = SamplingParams(temperature=1.0, seed=11, max_tokens=8, logit_bias=((28, 60.0), (338, 60.0), (260, 60.0)))
    alone = _text(list(engine.submit(_ask("Begin."), params)))
    others = [engine.submit(_ask("Begin."), replace(params, seed=i)) for i in range(3)]
    assert _text(list(engine.submit(_ask("Begin."), params))) == alone
    assert any(_text(list(other)) != alone for other in others)


def test_ignoring_the_end_goes_on_to_the_last_token(engine: Engine) -> None:
    params = SamplingParams(temperature=0, max_tokens=40, ignore_eos=True)
    events = list(engine.submit(_ask("Say yes."), params))
    assert _finish(events).reason is FinishReason.LENGTH
    assert len(_tokens(events)) == 40


@pytest.mark.parametrize(
    "params",
    [
        SamplingParams(
            repeat_penalty=1.3, frequency_penalty=0.5, presence_penalty=0.5, repeat_last_n=-1,
            dry_multiplier=0.8, top_n_sigma=2.0, typical_p=0.9, xtc_probability=0.5,
        ),
        SamplingParams(mirostat=Mirostat.V1),
        SamplingParams(mirostat=Mirostat.V2),
        SamplingParams(temperature=0, repeat_penalty=1.5),
        SamplingParams(top_k=0, top_p=1.0, min_p=0.0),
        SamplingParams(logit_bias=((5, math.inf),)),
    ],
)  # fmt: skip
def test_every_sampler_can_be_used_and_is_reproducible(engine: Engine, params: SamplingParams) -> None:
    params = replace(params, seed=5, max_tokens=6)
    texts = {_text(list(engine.submit(_ask("Tell me about rain."), params))) for _ in range(2)}
    assert len(texts) == 1


def test_penalties_know_the_prompt(engine: Engine) -> None:
    prompt = TextPrompt("red red red red red red red red red")
    plain = _tokens(list(engine.submit(prompt, replace(_GREEDY, max_tokens=1))))[0]
    params = replace(_GREEDY, max_tokens=1, repeat_penalty=10.0)
    assert plain.piece == b" red"
    assert _tokens(list(engine.submit(prompt, params)))[0].piece != b" red"


def test_a_logit_bias_on_a_token_that_does_not_exist_is_refused(engine: Engine) -> None:
    with pytest.raises(GenerationError, match="49151"):
        list(engine.submit(_ask("Hi"), SamplingParams(logit_bias=((49152, 1.0),))))


def test_the_pieces_of_a_text_are_its_bytes(engine: Engine, starter_model: Path) -> None:
    text = "Ünïcödé 漢字 🙂🙃 नमस्ते"
    tokens = engine.tokenize(text).result(_WAIT_S)
    model = llama.open_llama(starter_model, LoadParams(n_ctx=256), lambda _: True)
    assert b"".join(model.piece(token) for token in tokens) == text.encode()
    assert [model.piece(2), model.piece(2, special=True), model.is_end(2)] == [b"", b"<|im_end|>", True]
    model.close()
    model.close()


def test_special_tokens_in_a_text_are_text_unless_asked_for(engine: Engine) -> None:
    as_text = engine.tokenize("<|im_end|>").result(_WAIT_S)
    as_special = engine.tokenize("<|im_end|>", parse_special=True).result(_WAIT_S)
    assert len(as_text) > 1
    assert as_special == [2]


def test_old_turns_are_dropped_by_wish_and_named(small_engine: Engine) -> None:
    turns = [Message(role, _long(15, i)) for i in range(4) for role in (Role.USER, Role.ASSISTANT)]
    prompt = _ask("What now?", Message(Role.SYSTEM, "Be brief."), *turns)
    events = list(small_engine.submit(prompt, replace(_GREEDY, max_tokens=2), ContextOverflow.DROP_OLDEST))
    dropped = _finish(events).dropped_messages
    assert dropped == tuple(range(1, 1 + len(dropped)))
    assert len(dropped) in {2, 4, 6}


def test_when_the_cells_run_out_all_replies_are_still_whole(small_engine: Engine) -> None:
    params = replace(_COMPARED, max_tokens=56, ignore_eos=True)
    prompts = [_ask(f"Tell me a long story about the number {i}.") for i in range(3)]  # 3 * (40 + 56) > 256
    streams = [small_engine.submit(prompt, params) for prompt in prompts]
    for prompt, events in [(prompt, list(stream)) for prompt, stream in zip(prompts, streams, strict=True)]:
        assert len(_tokens(events)) == 56
        _assert_same(events, list(small_engine.submit(prompt, params)))


@pytest.mark.parametrize(
    "params",
    [
        LoadParams(n_ctx=512, n_seq_max=2, n_batch=32, n_ubatch=16),
        LoadParams(n_ctx=512, flash_attention=FlashAttention.OFF, use_mmap=False),
        LoadParams(n_ctx=512, cache_type_k=CacheType.Q8_0, cache_type_v=CacheType.Q8_0),
        LoadParams(n_ctx=300, n_seq_max=1, n_batch=1, n_ubatch=1, n_threads=1),
    ],
)
def test_it_loads_and_answers_with_other_parameters(starter_model: Path, params: LoadParams) -> None:
    with Engine() as engine:
        engine.load(starter_model, params).result(_WAIT_S)
        events = list(engine.submit(_ask("What is 2 + 2?"), replace(_GREEDY, max_tokens=24)))
        assert "4" in _text(events)


def test_loading_tells_its_progress_and_can_be_cancelled(starter_model: Path) -> None:
    fractions: list[float] = []

    def cancel_half_way(fraction: float) -> bool:
        fractions.append(fraction)
        return fraction < 0.5

    with pytest.raises(LoadCancelledError):
        llama.open_llama(starter_model, LoadParams(n_ctx=256), cancel_half_way)
    assert fractions == sorted(fractions)
    assert 0.5 <= fractions[-1] < 1


def test_a_missing_file_and_a_broken_one_are_sentences(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\0" * 100)
    with Engine() as engine:
        with pytest.raises(ModelNotFoundError, match="no model file"):
            engine.load(tmp_path / "missing.gguf").result(_WAIT_S)
        with pytest.raises(ModelLoadError, match=r"broken\.gguf could not be loaded"):
            engine.load(broken).result(_WAIT_S)


def test_the_processor_is_a_device_with_memory() -> None:
    processor = next(device for device in llama.devices() if device.kind is llama.DeviceKind.CPU)
    assert 0 < processor.free_bytes <= processor.total_bytes


def test_fewer_tokens_in_a_batch_than_sequences_are_no_end_of_the_process(starter_model: Path) -> None:
    with Engine() as engine:
        facts = engine.load(starter_model, LoadParams(n_ctx=256, n_batch=2, n_ubatch=1, n_seq_max=8)).result(_WAIT_S)
        assert facts.n_batch == 2
        streams = [engine.submit(TextPrompt(text), replace(_GREEDY, max_tokens=3)) for text in ("a", "b c", "d e f")]
        assert all(_finish(list(stream)).usage.completion_tokens <= 3 for stream in streams)


def test_the_starter_makes_no_vectors_and_knows_no_gaps(engine: Engine) -> None:
    facts = engine.facts
    assert facts is not None
    assert (facts.embedding_size, facts.is_embedder, facts.infill) == (0, False, None)
    ids = engine.tokenize("<|im_start|>Grüße 🙂", parse_special=True).result(_WAIT_S)
    assert engine.detokenize(ids).result(_WAIT_S) == "<|im_start|>Grüße 🙂"
    assert b"".join(engine.pieces(ids).result(_WAIT_S)) == "<|im_start|>Grüße 🙂".encode()
