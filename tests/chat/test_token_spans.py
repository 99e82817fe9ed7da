"""Which characters of a reply each token has a part in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.chat.reply_record import ReplyRecord
from desktop_llm.chat.token_spans import TokenSpans, character_places, token_spans
from desktop_llm.engine.events import Token
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.replies.harmony import HarmonyStyle
from desktop_llm.engine.replies.parser import ReplyStyle, TextStyle
from desktop_llm.engine.replies.thoughts import THINK
from desktop_llm.engine.sampling import SamplingParams


def _spans(pieces: list[bytes], said: str, thought: str = "", style: ReplyStyle | None = None) -> TokenSpans:
    record = ReplyRecord(ChatPrompt(()), SamplingParams(), style or TextStyle((THINK,)), "tiny")
    for piece in pieces:
        record.tokens.add(Token(1, piece, ""))
    return token_spans(record, record.tokens, Message(Role.ASSISTANT, said, reasoning=thought or None))


def test_tokens_stand_where_their_bytes_do() -> None:
    assert _spans([b"The", b" sky", b"."], "The sky.").said == ((0, 3), (3, 7), (7, 8))


def test_tokens_that_share_a_character_overlap() -> None:
    eagle = "🦅".encode()
    spans = _spans([b"a", eagle[:1], eagle[1:], b"", b"b"], "a🦅b")
    assert spans.said == ((0, 1), (1, 2), (1, 2), None, (2, 3))


def test_what_was_thought_and_the_marks_around_it_are_not_said() -> None:
    pieces = [b"<think>", b"\n", b"Hm", b" why", b"</think>", b"\n\n", b"Hm", b" because"]
    spans = _spans(pieces, "Hm because", "Hm why")
    assert spans.said == (None, None, None, None, None, None, (0, 2), (2, 10))
    assert spans.thought == (None, None, (0, 2), (2, 6), None, None, None, None)


def test_a_thought_of_the_letters_of_its_mark_is_not_taken_for_it() -> None:
    spans = _spans([b"<think>", b"t", b"</think>", b"think"], "think", "t")
    assert (spans.thought[1], spans.said[3]) == ((0, 1), (0, 5))


def test_the_first_space_of_a_sentencepiece_reply_is_no_text() -> None:
    assert _spans([b" The", b" sky"], "The sky").said == ((0, 3), (3, 7))


def test_channels_are_told_apart() -> None:
    pieces = [b"<|channel|>", b"analysis", b"<|message|>", b"We", b"<|end|>", b"<|start|>assistant<|channel|>"]
    pieces += [b"final", b"<|message|>", b"Yes", b"."]
    spans = _spans(pieces, "Yes.", "We", HarmonyStyle())
    assert [span for span in spans.said if span] == [(0, 3), (3, 4)]
    assert [span for span in spans.thought if span] == [(0, 2)]


def test_a_reply_that_still_grows_has_spans_as_far_as_it_is_shown() -> None:
    assert _spans([b"The", b" sk", b"y<th"], "The sk").said == ((0, 3), (3, 6), None)


@given(st.binary(max_size=40), st.data())
def test_every_byte_has_the_character_that_decoding_gives_it(whole: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    ends = [*cuts, len(whole)]
    text = whole.decode("utf-8", "replace")
    places = character_places(whole, ends)
    covered = {i for first, last in places for i in range(first, last)}
    assert covered == set(range(len(text)))


@pytest.mark.parametrize("text", ["añb", "日本語", "é🦅\ufffd"])
def test_characters_are_counted_as_they_are_shown(text: str) -> None:
    whole = text.encode()
    assert character_places(whole, list(range(1, len(whole) + 1)))[-1] == (len(text) - 1, len(text))
