"""The engine's events -> chunks and answers of the OpenAI API."""

from __future__ import annotations

from typing import Any

from desktop_llm.engine.events import (
    Event,
    Finish,
    FinishReason,
    PromptProgress,
    Timings,
    Token,
    TokenAlternative,
    Usage,
)
from desktop_llm.engine.replies.deltas import CallArguments, CallBegun
from desktop_llm.engine.replies.parser import ReplyParser, TextStyle
from desktop_llm.engine.replies.thoughts import ThoughtMarks
from desktop_llm.server.openai.chat_reply import ChatChoice, Step
from desktop_llm.server.openai.completion_reply import Echo, TextChoice, TextStep
from desktop_llm.server.openai.logprobs import completion_logprobs
from desktop_llm.server.openai.usage import timings_of, usage_of

_TIMES = Timings(0.0, 0.5, 0.5, 2.0, 20.0, 2.0)


def _finish(
    text: str = "", reason: FinishReason = FinishReason.STOP, n: int = 5, stop_string: str | None = None
) -> Finish:
    return Finish(text, reason, Usage(10, 4, n), _TIMES, 15, 100, stop_string)


def _token(text: str, logprob: float | None = None, piece: bytes | None = None) -> Token:
    alternatives = () if logprob is None else (TokenAlternative(7, b"x", logprob - 1),)
    return Token(1, text.encode() if piece is None else piece, text, logprob, alternatives)


def _plain(*, wants_logprobs: bool = False) -> ChatChoice:
    return ChatChoice(ReplyParser(TextStyle()), wants_logprobs=wants_logprobs)


def _steps(choice: ChatChoice, *events: Event) -> list[Step]:
    return [step for event in events for step in choice.receive(event)]


def test_a_reply_is_deltas_and_at_its_end_the_reason() -> None:
    choice = _plain()
    steps = _steps(choice, PromptProgress(10, 4, 10), _token("Hel"), _token("lo"), _finish(" you"))
    assert [step.delta for step in steps[:-1]] == [{"content": "Hel"}, {"content": "lo"}, {"content": " you"}]
    assert steps[-1] == Step({}, None, "stop")
    assert choice.message() == {"role": "assistant", "content": "Hello you", "refusal": None}


def test_a_reply_that_was_cut_says_length() -> None:
    choice = _plain()
    _steps(choice, _finish(reason=FinishReason.LENGTH))
    assert (choice.finish_reason, choice.message()["content"]) == ("length", "")


def test_thinking_is_told_apart_and_counted() -> None:
    choice = ChatChoice(ReplyParser(TextStyle((ThoughtMarks("<think>", "</think>"),))))
    steps = _steps(choice, *map(_token, ["<think>", "Hm", "mm", "</think>", "Yes"]), _finish())
    assert "".join(step.delta.get("reasoning_content", "") for step in steps) == "Hmmm"
    message = choice.message()
    assert (message["content"], message["reasoning_content"]) == ("Yes", "Hmmm")
    assert choice.n_reasoning >= 2


def test_log_probabilities_come_with_the_text_they_made() -> None:
    choice = _plain(wants_logprobs=True)
    held = _token("", -1.0, b"\xf0\x9f")
    steps = _steps(choice, held, _token("\N{SLIGHTLY SMILING FACE}", -2.0, b"\x99\x82"), _finish())
    first, last = steps
    assert first.logprobs is not None
    assert [entry["bytes"] for entry in first.logprobs] == [[240, 159], [153, 130]]
    assert first.logprobs[0]["top_logprobs"] == [{"token": "x", "logprob": -2.0, "bytes": [120]}]
    assert last.logprobs is None
    content = choice.logprobs()
    assert content is not None and len(content["content"]) == 2


def test_the_tokens_of_a_stop_string_are_not_shown() -> None:
    choice = _plain(wants_logprobs=True)
    _steps(choice, _token("a", -1.0), _token("", -1.0), _finish(stop_string="##"))
    content = choice.logprobs()
    assert content is not None and [entry["token"] for entry in content["content"]] == ["a"]


def test_what_is_impossible_stays_json() -> None:
    choice = _plain(wants_logprobs=True)
    (step,) = _steps(choice, _token("a", float("-inf")))
    assert step.logprobs is not None and step.logprobs[0]["logprob"] == -9999.0


class _Script:
    """A parser that knows what comes."""

    def __init__(self, *deltas: Any) -> None:
        self._deltas = list(deltas)

    def feed(self, text: str) -> list[Any]:
        return [self._deltas.pop(0)] if text else []

    def finish(self) -> list[Any]:
        return self._deltas


def _calling(*, is_legacy: bool = False) -> tuple[ChatChoice, list[dict[str, Any]]]:
    script: Any = _Script(CallBegun(0, "abc", "add"), CallArguments(0, '{"a"'), CallArguments(0, ": 1}"))
    choice = ChatChoice(script, is_legacy=is_legacy)
    return choice, [step.delta for step in _steps(choice, _token("x"), _token("y"), _finish())]


def test_calls_are_deltas_by_index_and_end_as_tool_calls() -> None:
    choice, deltas = _calling()
    begun = {"index": 0, "id": "abc", "type": "function", "function": {"name": "add", "arguments": ""}}
    assert deltas[0] == {"tool_calls": [begun]}
    assert deltas[1] == {"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]}
    assert choice.message()["content"] is None
    assert choice.message()["tool_calls"][0]["function"] == {"name": "add", "arguments": '{"a": 1}'}
    assert choice.finish_reason == "tool_calls"


def test_who_asked_with_functions_is_answered_so() -> None:
    choice, deltas = _calling(is_legacy=True)
    assert deltas[0] == {"function_call": {"name": "add", "arguments": ""}}
    assert choice.message()["function_call"] == {"name": "add", "arguments": '{"a": 1}'}
    assert choice.finish_reason == "function_call"


def test_a_completion_is_texts_and_at_its_end_the_reason() -> None:
    choice = TextChoice(Echo("Once "))
    steps = [step for event in (_token("upon"), _token(""), _finish(" a")) for step in choice.receive(event)]
    assert steps == [TextStep("upon"), TextStep(" a", None, "stop")]
    whole = choice.whole(3)
    assert whole == {"text": "Once upon a", "index": 3, "logprobs": None, "finish_reason": "stop"}


def test_columns_of_a_completion_count_characters_from_its_echo() -> None:
    choice = TextChoice(Echo("ab", (_token("ab"),)), wants_logprobs=True)
    steps = [*choice.begin()]
    for event in (_token("cd", -1.0), _token("e", -3.0), _finish()):
        steps += choice.receive(event)
    columns = choice.whole(0)["logprobs"]
    assert columns["text_offset"] == [0, 2, 4]
    assert columns["token_logprobs"] == [None, -1.0, -3.0]
    assert columns["top_logprobs"][0] is None
    assert [step.logprobs["text_offset"] for step in steps if step.logprobs] == [[0], [2], [4], []]
    assert choice.likelihood == -2.0


def test_half_characters_have_names_of_their_own() -> None:
    columns = completion_logprobs([_token("", -1.0, b"\xf0\x9f")], 0)
    assert columns["tokens"] == ["bytes:\\xf0\\x9f"]


def test_several_replies_to_a_prompt_pay_for_it_once() -> None:
    usage = usage_of([_finish(n=2), _finish(n=3), _finish(n=4), _finish(n=5)], n_replies=2, n_reasoning=6)
    assert usage["prompt_tokens"] == 20
    assert usage["completion_tokens"] == 14
    assert usage["total_tokens"] == 34
    assert usage["prompt_tokens_details"] == {"cached_tokens": 8}
    assert usage["completion_tokens_details"] == {"reasoning_tokens": 6}


def test_times_have_llamas_names() -> None:
    times = timings_of(_finish())
    assert (times["cache_n"], times["prompt_n"], times["predicted_n"]) == (4, 6, 5)
    assert (times["prompt_ms"], times["predicted_per_token_ms"]) == (500.0, 400.0)
    assert timings_of(_finish(n=0))["predicted_per_token_ms"] == 0.0
