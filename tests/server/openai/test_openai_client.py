"""The real `openai` client against the real port and the starter model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel

from tests.server.conftest import Api

pytestmark = pytest.mark.model

_HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Say hello."}]
#: No other word comes near those of its answer, however its numbers are rounded.
_SURE: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Name the capital of France."}]


@pytest.fixture(scope="module")
def client(api: Api) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{api.url}/v1", api_key=api.key, max_retries=0) as client:
        yield client


def test_a_chat_is_answered(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="starter", messages=_HELLO, max_tokens=8, temperature=0)
    assert (answer.to_dict()["object"], answer.model, answer.id[:9]) == ("chat.completion", "starter", "chatcmpl-")
    (choice,) = answer.choices
    assert choice.message.content
    assert choice.finish_reason in {"length", "stop"} and choice.logprobs is None
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.system_fingerprint is not None and answer.system_fingerprint.startswith("fp_")


def test_a_stream_says_the_same_as_the_whole_answer(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="starter", messages=_SURE, max_tokens=8, temperature=0)
    chunks = list(
        client.chat.completions.create(
            model="starter",
            messages=_SURE,
            max_tokens=8,
            temperature=0,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(c.choices[0].delta.content or "" for c in chunks[:-1]) == whole.choices[0].message.content
    assert [c.choices[0].finish_reason for c in chunks[:-1]].count(None) == len(chunks) - 2
    assert chunks[-2].choices[0].finish_reason == whole.choices[0].finish_reason
    assert chunks[-1].choices == [] and chunks[-1].usage is not None
    assert all(chunk.usage is None for chunk in chunks[:-1])


def test_without_the_wish_no_chunk_tells_the_usage(client: openai.OpenAI) -> None:
    chunks = list(client.chat.completions.create(model="starter", messages=_HELLO, max_tokens=2, stream=True))
    assert all(chunk.choices and "usage" not in chunk.model_fields_set for chunk in chunks)


def test_several_replies_come_interleaved_by_index(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(model="starter", messages=_HELLO, max_tokens=6, n=3, seed=1, stream=True)
    texts = ["", "", ""]
    ends = 0
    for chunk in stream:
        (choice,) = chunk.choices
        texts[choice.index] += choice.delta.content or ""
        ends += choice.finish_reason is not None
    assert all(texts) and ends == 3
    answer = client.chat.completions.create(model="starter", messages=_HELLO, max_tokens=6, n=3)
    assert [choice.index for choice in answer.choices] == [0, 1, 2]


def test_a_seed_repeats_a_reply(client: openai.OpenAI) -> None:
    def once() -> str | None:
        answer = client.chat.completions.create(
            model="starter", messages=_HELLO, max_tokens=5, seed=7, temperature=0.3, extra_body={"top_k": 2}
        )
        return answer.choices[0].message.content

    once()  # from here on the whole prompt is cached, and the numbers are the same
    assert once() == once()


def test_a_prompt_is_computed_anew_where_that_is_asked_for(client: openai.OpenAI) -> None:
    def n_cached(**more: Any) -> int:
        answer = client.chat.completions.create(model="starter", messages=_SURE, max_tokens=1, extra_body=more)
        assert answer.usage is not None and answer.usage.prompt_tokens_details is not None
        return answer.usage.prompt_tokens_details.cached_tokens or 0

    n_cached()
    assert n_cached() > 10
    assert n_cached(cache_prompt=True) > 10
    assert n_cached(cache_prompt=False) == 0


def test_a_stop_text_ends_the_reply_and_is_not_shown(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="starter", messages=_SURE, max_tokens=12, temperature=0)
    text = whole.choices[0].message.content or ""
    stop = text[4:7]
    cut = client.chat.completions.create(model="starter", messages=_SURE, max_tokens=12, temperature=0, stop=[stop])
    assert cut.choices[0].message.content == text[: text.index(stop)]
    assert cut.choices[0].finish_reason == "stop"


def test_log_probabilities_join_to_the_text(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="starter", messages=_HELLO, max_tokens=6, temperature=0, logprobs=True, top_logprobs=3
    )
    logprobs = answer.choices[0].logprobs
    assert logprobs is not None and logprobs.content is not None
    joined = b"".join(bytes(entry.bytes or []) for entry in logprobs.content)
    assert joined.decode() == answer.choices[0].message.content
    for entry in logprobs.content:
        assert len(entry.top_logprobs) == 3 and entry.logprob <= 0
        assert entry.token == entry.top_logprobs[0].token  # greedy

    chunks = client.chat.completions.create(
        model="starter", messages=_HELLO, max_tokens=6, temperature=0, logprobs=True, stream=True
    )
    streamed = [e for c in chunks if (p := c.choices[0].logprobs) is not None for e in p.content or []]
    assert [entry.token for entry in streamed] == [entry.token for entry in logprobs.content]


def test_a_biased_token_is_said_or_never_said(client: openai.OpenAI, api: Api) -> None:
    (token,) = _tokens(api, " hello")
    always = client.chat.completions.create(
        model="starter", messages=_HELLO, max_tokens=3, temperature=0, logit_bias={str(token): 100}
    )
    assert always.choices[0].message.content == " hello hello hello"


def test_the_beginning_of_a_reply_is_continued(client: openai.OpenAI) -> None:
    messages: list[ChatCompletionMessageParam] = [*_HELLO, {"role": "assistant", "content": "One, two,"}]
    answer = client.chat.completions.create(model="starter", messages=messages, max_tokens=4, temperature=0)
    assert not (answer.choices[0].message.content or "").startswith("One, two,")


def test_a_reply_is_a_json_object(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="starter",
        messages=_HELLO,
        max_tokens=40,
        temperature=0,
        response_format={"type": "json_object"},
        extra_body={"repeat_penalty": 1.3},
    )
    if answer.choices[0].finish_reason == "stop":
        assert isinstance(json.loads(answer.choices[0].message.content or ""), dict)
    assert (answer.choices[0].message.content or "").lstrip().startswith("{")


class _Verdict(BaseModel):
    is_good: bool
    grade: int


def test_a_reply_keeps_to_a_pydantic_model(client: openai.OpenAI) -> None:
    answer = client.chat.completions.parse(
        model="starter", messages=_HELLO, response_format=_Verdict, max_tokens=300, temperature=0
    )
    assert answer.choices[0].finish_reason == "stop"
    assert isinstance(answer.choices[0].message.parsed, _Verdict)


def test_the_grammar_of_llama_cpp_is_kept(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="starter", messages=_HELLO, max_tokens=9, extra_body={"grammar": 'root ::= "yes" | "no"'}
    )
    assert answer.choices[0].message.content in {"yes", "no"}


def test_parameters_without_effect_are_named(client: openai.OpenAI) -> None:
    raw = client.chat.completions.with_raw_response.create(
        model="starter",
        messages=_HELLO,
        max_tokens=1,
        user="me",
        store=False,
        service_tier="auto",
    )
    ignored = raw.headers["x-ignored-parameters"].split(", ")
    assert set(ignored) == {"user", "store", "service_tier"}


def test_models_are_listed_and_told_one_by_one(client: openai.OpenAI) -> None:
    models = list(client.models.list())
    starter = next(model for model in models if model.id == "starter")
    assert (starter.to_dict()["object"], starter.owned_by) == ("model", "desktop-llm")
    assert starter.created > 0
    assert client.models.retrieve("starter") == starter
    alias = (starter.model_extra or {})["aliases"][0]
    assert client.models.retrieve(alias) == starter
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("publisher/none")
    assert caught.value.code == "model_not_found"


def test_a_text_is_continued(client: openai.OpenAI) -> None:
    answer = client.completions.create(model="starter", prompt="Once upon a", max_tokens=4, temperature=0, echo=True)
    assert answer.object == "text_completion"
    assert answer.choices[0].text.startswith("Once upon a") and len(answer.choices[0].text) > 12
    chunks = list(
        client.completions.create(
            model="starter",
            prompt="Once upon a",
            max_tokens=4,
            temperature=0,
            echo=True,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    assert "".join(c.choices[0].text for c in chunks[:-1]) == answer.choices[0].text
    assert chunks[-1].choices == [] and chunks[-1].usage is not None


def test_texts_and_tokens_are_continued_together(client: openai.OpenAI, api: Api) -> None:
    texts = client.completions.create(
        model="starter", prompt=["One two", "Three four"], max_tokens=3, temperature=0, n=2, logprobs=2
    )
    assert [choice.index for choice in texts.choices] == [0, 1, 2, 3]
    tokens = client.completions.create(
        model="starter",
        prompt=[_tokens(api, "One two"), _tokens(api, "Three four")],
        max_tokens=3,
        temperature=0,
    )
    assert [choice.text for choice in tokens.choices] == [texts.choices[0].text, texts.choices[2].text]
    columns = texts.choices[0].logprobs
    assert columns is not None and columns.tokens is not None and columns.top_logprobs is not None
    assert "".join(columns.tokens) == texts.choices[0].text
    assert all(len(best) == 2 for best in columns.top_logprobs)


def test_an_echo_tells_what_the_model_thinks_of_the_prompt(client: openai.OpenAI) -> None:
    said = client.completions.create(
        model="starter", prompt="The capital of France is", max_tokens=5, temperature=0, logprobs=2
    )
    text = "The capital of France is" + said.choices[0].text
    echoed = client.completions.create(model="starter", prompt=text, max_tokens=0, echo=True, logprobs=2)
    assert echoed.choices[0].text == text
    before, after = said.choices[0].logprobs, echoed.choices[0].logprobs
    assert before is not None and after is not None
    assert before.token_logprobs and after.token_logprobs and after.tokens and after.top_logprobs
    assert "".join(after.tokens) == text and after.token_logprobs[0] is None
    assert after.token_logprobs[-5:] == pytest.approx(before.token_logprobs, abs=0.2)
    assert all(len(best) == 2 for best in after.top_logprobs[1:])


def test_the_best_of_several_is_given_out(client: openai.OpenAI) -> None:
    answer = client.completions.create(model="starter", prompt="Once upon a", max_tokens=3, best_of=3, temperature=1.5)
    assert len(answer.choices) == 1 and answer.choices[0].logprobs is None
    assert answer.usage is not None and answer.usage.completion_tokens > 3


def test_texts_become_tokens_and_texts_again(client: openai.OpenAI) -> None:
    text = "Grüße, \N{SLIGHTLY SMILING FACE}!"
    made = _raw(client, "/tokenize", {"content": text, "with_pieces": True})["tokens"]
    joined = b"".join(p["piece"].encode() if isinstance(p["piece"], str) else bytes(p["piece"]) for p in made)
    assert joined.decode() == text
    ids = [piece["id"] for piece in made]
    assert _raw(client, "/tokenize", {"content": text}) == {"tokens": ids}
    assert _raw(client, "/detokenize", {"tokens": ids}) == {"content": text}


def test_a_conversation_becomes_the_models_prompt(client: openai.OpenAI) -> None:
    prompt = _raw(client, "/apply-template", {"messages": _HELLO})["prompt"]
    assert prompt.endswith("<|im_start|>user\nSay hello.<|im_end|>\n<|im_start|>assistant\n")


def test_a_chat_model_makes_no_vectors(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="cannot make embeddings"):
        client.embeddings.create(model="starter", input="a")


def _raw(client: openai.OpenAI, path: str, body: dict[str, Any]) -> dict[str, Any]:
    url = str(client.base_url).removesuffix("/v1/") + path
    answer: dict[str, Any] = client.post(url, body=body, cast_to=dict[str, Any])
    return answer


def _tokens(api: Api, text: str) -> list[int]:
    with openai.OpenAI(base_url=api.url, api_key=api.key) as client:
        ids: list[int] = client.post("/tokenize", body={"content": text}, cast_to=dict[str, Any])["tokens"]
    return ids
