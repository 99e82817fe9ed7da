from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.engine.embedding import EmbeddingQueue, Embeddings, unit_vector
from desktop_llm.engine.engine import Engine
from desktop_llm.engine.messages import ChatPrompt, Message, Prompt, Role, TextPrompt, TokenPrompt
from desktop_llm.errors import AppError, EngineError, GenerationError, NoModelLoadedError, PromptTooLongError
from tests.fakes import ScriptedModel, failure, opens, scripted_facts

_FACTS = replace(scripted_facts(n_ctx=8, n_seq_max=3, n_batch=16), embedding_size=2, is_embedder=True)
_WAIT_S = 10.0


def _asked(queue: EmbeddingQueue, *inputs: list[int]) -> Future[Embeddings]:
    answer: Future[Embeddings] = Future()
    queue.add(inputs, answer)
    return answer


def _run(queue: EmbeddingQueue) -> None:
    while queue.has_work:
        queue.step()


def test_several_inputs_share_a_batch_as_far_as_it_holds_them() -> None:
    model = ScriptedModel(_FACTS)
    queue = EmbeddingQueue(model)
    answer = _asked(queue, *([1] * n for n in (1, 2, 3, 4, 5)))
    _run(queue)
    assert model.embedded == [[1, 2, 3], [4, 5]]
    assert [vector.tolist() for vector in answer.result(0).vectors] == [[n, n] for n in (1, 2, 3, 4, 5)]
    assert answer.result(0).n_tokens == (1, 2, 3, 4, 5)


def test_no_batch_is_larger_than_the_model_takes() -> None:
    model = ScriptedModel(replace(_FACTS, n_seq_max=8))
    queue = EmbeddingQueue(model)
    _asked(queue, *([1] * 7 for _ in range(5)))
    _run(queue)
    assert model.embedded == [[7, 7], [7, 7], [7]]


def test_a_large_request_lets_a_small_one_through() -> None:
    model = ScriptedModel(_FACTS)
    queue = EmbeddingQueue(model)
    large, small = _asked(queue, *([1] for _ in range(30))), _asked(queue, [7])
    queue.step()
    assert small.done()
    assert not large.done()
    _run(queue)
    assert len(large.result(0).vectors) == 30


def test_requests_that_arrive_together_are_computed_together() -> None:
    model = ScriptedModel(_FACTS)
    queue = EmbeddingQueue(model)
    answers = [_asked(queue, [n]) for n in (1, 2, 3)]
    queue.step()
    assert model.embedded == [[1, 1, 1]]
    assert [answer.result(0).vectors[0].tolist() for answer in answers] == [[1, 1], [1, 2], [1, 3]]


def test_a_cancelled_request_is_left_out_from_the_next_batch_on() -> None:
    model = ScriptedModel(_FACTS)
    queue = EmbeddingQueue(model)
    gone, other = _asked(queue, *([1] for _ in range(30))), _asked(queue, [2], [3])
    queue.step()
    assert gone.cancel()
    _run(queue)
    assert len(model.embedded) == 2
    assert len(other.result(0).vectors) == 2


def test_a_failed_batch_fails_the_requests_in_it_alone() -> None:
    model = ScriptedModel(_FACTS)
    queue = EmbeddingQueue(model)
    answers = [_asked(queue, [n]) for n in (1, 2, 3, 4)]
    model.fail_next.append(failure("No."))
    _run(queue)
    assert [type(answer.exception(0)) for answer in answers] == [EngineError] * 3 + [type(None)]


def test_an_interrupted_batch_comes_again() -> None:
    model = ScriptedModel(_FACTS)
    queue = EmbeddingQueue(model)
    answer = _asked(queue, [1], [2])
    model.interrupt_threadsafe()
    queue.step()
    assert not answer.done()
    model.resume()
    _run(queue)
    assert len(answer.result(0).vectors) == 2


def test_a_vector_gets_length_one_and_one_of_nothing_is_refused() -> None:
    assert unit_vector([3.0, 4.0]).tolist() == pytest.approx([0.6, 0.8])
    for values in ([0.0, 0.0], [float("nan"), 1.0], [float("inf"), 1.0]):
        with pytest.raises(EngineError):
            unit_vector(values)


def test_an_engine_answers_and_unloading_ends_what_waits() -> None:
    model = ScriptedModel(_FACTS)
    with Engine(opens(model)) as engine:
        with pytest.raises(NoModelLoadedError):
            engine.embed([TextPrompt("a")]).result(_WAIT_S)
        engine.load(Path("scripted.gguf")).result(_WAIT_S)
        assert engine.embed([TextPrompt("ab"), TokenPrompt((1, 2, 3))]).result(_WAIT_S).n_tokens == (2, 3)
        unloads: list[Future[None]] = []

        def unload_once() -> None:
            if not unloads:
                unloads.append(engine.unload())

        model.on_decode = unload_once
        answer = engine.embed([TextPrompt("abc")])
        with pytest.raises(NoModelLoadedError):
            answer.result(_WAIT_S)
    with pytest.raises(NoModelLoadedError):
        engine.embed([TextPrompt("a")]).result(_WAIT_S)


_BAD: list[tuple[list[Prompt], type[AppError], str]] = [
    ([], GenerationError, "There is no text to embed."),
    ([TokenPrompt(())], GenerationError, "without tokens"),
    ([TokenPrompt((1, 256))], GenerationError, "Token 256 does not exist"),
    ([TokenPrompt((-1,))], GenerationError, "Token -1 does not exist"),
    ([TextPrompt("a"), TextPrompt("123456789")], PromptTooLongError, "9 tokens"),
    ([ChatPrompt((Message(Role.USER, "a"),))], GenerationError, "conversation"),
]


@pytest.mark.parametrize(("prompts", "kind", "words"), _BAD, ids=lambda value: str(value)[:20])
def test_bad_input_is_a_sentence(prompts: list[Prompt], kind: type[AppError], words: str) -> None:
    with Engine(opens(ScriptedModel(_FACTS))) as engine:
        engine.load(Path("scripted.gguf")).result(_WAIT_S)
        with pytest.raises(kind, match=words):
            engine.embed(prompts).result(_WAIT_S)
        assert engine.embed([TextPrompt("a")]).result(_WAIT_S).n_tokens == (1,)


def test_a_text_too_long_loses_its_end_but_for_the_last_token_where_that_is_wanted() -> None:
    model = ScriptedModel(_FACTS)
    with Engine(opens(model)) as engine:
        engine.load(Path("scripted.gguf")).result(_WAIT_S)
        found = engine.embed([TokenPrompt((1, 1, 1, 1, 1, 1, 1, 50, 50, 2))], truncates=True).result(_WAIT_S)
    assert found.vectors[0].tolist() == [8, 9]


def test_a_chat_model_makes_no_vectors_and_an_embedder_no_replies() -> None:
    with Engine(opens(ScriptedModel())) as engine:
        engine.load(Path("scripted.gguf")).result(_WAIT_S)
        with pytest.raises(GenerationError, match="makes no embeddings"):
            engine.embed([TextPrompt("a")]).result(_WAIT_S)
    with Engine(opens(ScriptedModel(_FACTS))) as engine:
        engine.load(Path("scripted.gguf")).result(_WAIT_S)
        with pytest.raises(GenerationError, match="cannot write replies"):
            list(engine.submit(TextPrompt("a")))
        assert engine.detokenize([72, 105]).result(_WAIT_S) == "Hi"
        assert engine.pieces([72, 105]).result(_WAIT_S) == (b"H", b"i")
        with pytest.raises(GenerationError, match="does not exist"):
            engine.detokenize([300]).result(_WAIT_S)
