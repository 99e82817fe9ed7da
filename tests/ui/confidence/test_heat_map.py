"""The map below rendered text: every kind of leaf, whatever way the text came."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from desktop_llm.chat.reply_record import ReplyRecord
from desktop_llm.chat.token_spans import token_spans
from desktop_llm.engine.events import Token
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.replies.parser import TextStyle
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.ui.confidence.heat_map import HeatMap, heat_look
from desktop_llm.ui.transcript import MessageItem, Transcript
from desktop_llm.ui.transcript.message_view import MessageView
from desktop_llm.ui.widgets.theme import DARK, LIGHT

pytestmark = pytest.mark.gui

_TEXT = """# The **first** title

A paragraph with `code`, a [link](https://example.org/a_long/address) and an 🦅 eagle.

```python
def f(x):
    return x + 1
```

| name | value |
|:-----|------:|
| one  | 1     |
| two  | 2     |

1. first
2. second

> quoted, *softly*

The end."""


def _tokens(text: str, seed: int = 1) -> ReplyRecord:
    """Tokens of random sizes, which may cut characters."""
    dice, whole = random.Random(seed), text.encode()
    record = ReplyRecord(ChatPrompt(()), SamplingParams(), TextStyle(), "tiny")
    at = 0
    while at < len(whole):
        end = at + dice.randint(1, 5)
        record.tokens.add(Token(1, whole[at:end], "", -dice.expovariate(0.6)))
        at = end
    return record


def _give(heat: HeatMap, record: ReplyRecord, text: str) -> None:
    spans = token_spans(record, record.tokens, Message(Role.ASSISTANT, text))
    heat.set_tokens(text, spans.said, [record.tokens.logprob(i) for i in range(len(record.tokens))])


def _shown(qtbot: QtBot) -> Transcript:
    view = Transcript(LIGHT)
    qtbot.addWidget(view)
    view.resize(800, 1600)
    with qtbot.waitExposed(view):
        view.show()
    return view


def _view(qtbot: QtBot, transcript: Transcript) -> MessageView:
    qtbot.waitUntil(lambda: not transcript.is_busy, timeout=20_000)
    view = transcript.view_of("a")
    assert view is not None
    return view


def _stretches(view: MessageView) -> list[tuple[str, int, int | None]]:
    """The text of each stretch, its token, its level."""
    found = []
    for segment in view.body.segments:
        for _, flow in segment.flows():
            assert flow.heat is not None
            wide = flow.text.encode("utf-16-le")
            for span in flow.heat._spans:
                part = wide[span.start * 2 : span.end * 2].decode("utf-16-le")
                found.append((part, span.key, span.level))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_each_stretch_is_of_the_token_that_wrote_it(qtbot: QtBot, seed: int) -> None:
    transcript, heat, record = _shown(qtbot), HeatMap(heat_look(LIGHT)), _tokens(_TEXT, seed)
    transcript.set_items([MessageItem("a", Role.ASSISTANT, _TEXT, "Model")])
    _give(heat, record, _TEXT)
    transcript.heats.set_layer("a", heat)
    view = _view(qtbot, transcript)
    stretches = _stretches(view)
    spans = token_spans(record, record.tokens, Message(Role.ASSISTANT, _TEXT)).said
    for part, token, _ in stretches:
        span = spans[token]
        assert span is not None
        source = iter(_TEXT[span[0] : span[1]].replace("\n", " "))
        assert all(letter in source for letter in part.replace("\u2028", " "))  # in order, marks between them left out
    shown = "".join(segment.text for segment in view.body.segments)
    mapped = "".join(part for part, _, _ in stretches)
    assert len("".join(mapped.split())) == len("".join(shown.split()))  # but white space, all of it is someone's


@pytest.mark.parametrize("seed", range(3))
def test_a_map_that_streamed_is_the_map_of_the_whole(qtbot: QtBot, seed: int) -> None:
    dice, transcript = random.Random(seed), _shown(qtbot)
    heat, record = HeatMap(heat_look(LIGHT)), ReplyRecord(ChatPrompt(()), SamplingParams(), TextStyle(), "tiny")
    whole = _tokens(_TEXT, seed)
    transcript.set_items([MessageItem("a", Role.ASSISTANT, "", "Model", is_streaming=True)])
    transcript.heats.set_layer("a", heat)
    said, given = "", 0
    while given < len(whole.tokens):
        given = min(given + dice.randint(1, 30), len(whole.tokens))
        for i in range(len(record.tokens), given):
            record.tokens.add(whole.tokens.token(i))
        text = record.text.rstrip("\ufffd")
        transcript.append_text("a", text[len(said) :])
        said = text
        if dice.random() < 0.5:
            _give(heat, record, said)
            transcript.heats.refresh("a")
        qtbot.wait(1)
    transcript.update_item(MessageItem("a", Role.ASSISTANT, _TEXT, "Model"))
    _give(heat, record, _TEXT)
    transcript.heats.refresh("a")
    streamed = _stretches(_view(qtbot, transcript))
    opened, fresh = _shown(qtbot), HeatMap(heat_look(LIGHT))
    opened.set_items([MessageItem("a", Role.ASSISTANT, _TEXT, "Model")])
    _give(fresh, whole, _TEXT)
    opened.heats.set_layer("a", fresh)
    assert streamed == _stretches(_view(qtbot, opened))


def test_a_character_of_several_tokens_shows_the_least_likely(qtbot: QtBot) -> None:
    transcript, heat = _shown(qtbot), HeatMap(heat_look(LIGHT))
    record = ReplyRecord(ChatPrompt(()), SamplingParams(), TextStyle(), "tiny")
    for piece, logprob in ((b"\xf0\x9f", -0.01), (b"\xa6", -9.0), (b"\x85", -0.01)):
        record.tokens.add(Token(1, piece, "", logprob))
    transcript.set_items([MessageItem("a", Role.ASSISTANT, "🦅", "Model")])
    _give(heat, record, "🦅")
    transcript.heats.set_layer("a", heat)
    assert _stretches(_view(qtbot, transcript)) == [("🦅", 1, 5)]


def test_another_theme_and_another_width_keep_the_map(qtbot: QtBot) -> None:
    transcript, heat, record = _shown(qtbot), HeatMap(heat_look(LIGHT)), _tokens(_TEXT)
    transcript.set_items([MessageItem("a", Role.ASSISTANT, _TEXT, "Model")])
    _give(heat, record, _TEXT)
    transcript.heats.set_layer("a", heat)
    before = _stretches(_view(qtbot, transcript))
    transcript.set_theme(DARK)
    heat.set_look(heat_look(DARK))
    transcript.heats.refresh("a")
    transcript.resize(500, 1600)
    view = _view(qtbot, transcript)
    assert _stretches(view) == before
    assert heat.place_of(view.body, before[0][1]) == (0, 0)
    assert heat.key_at(view.body, view.body.place_at(QPointF(2, 4))) == before[0][1]


def test_the_map_is_painted_below_the_text_and_gone_without_a_trace(qtbot: QtBot) -> None:
    transcript, heat, record = _shown(qtbot), HeatMap(heat_look(LIGHT)), _tokens(_TEXT)
    transcript.set_items([MessageItem("a", Role.ASSISTANT, _TEXT, "Model")])
    _view(qtbot, transcript)
    plain = transcript.grab().toImage()
    _give(heat, record, _TEXT)
    transcript.heats.set_layer("a", heat)
    _view(qtbot, transcript)
    assert transcript.grab().toImage() != plain
    transcript.heats.set_layer("a", None)
    _view(qtbot, transcript)
    assert transcript.grab().toImage() == plain
