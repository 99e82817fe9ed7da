"""HeatMap: a reply's tokens below its rendered text, coloured by how likely each was."""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor

from desktop_llm.chat.token_spans import Span
from desktop_llm.ui.confidence.alignment import NOWHERE, Alignment
from desktop_llm.ui.confidence.scale import N_LEVELS, grounds, level_of, underline
from desktop_llm.ui.transcript.body import Body, Place
from desktop_llm.ui.transcript.flow import utf16_length
from desktop_llm.ui.transcript.heat import FlowHeat, HeatLook, HeatSpan
from desktop_llm.ui.transcript.segments import Segment
from desktop_llm.ui.widgets.theme import Theme

#: Characters at the end of a source that may be read in another way once there is more of it.
_OPEN = 64


def heat_look(theme: Theme) -> HeatLook:
    """The scale in a theme's colours."""
    return HeatLook(
        tuple(QColor(ground) for ground in grounds(theme)),
        tuple(underline(level) for level in range(N_LEVELS)),
        QColor(theme.text),
        QColor(theme.accent),
    )


@dataclass(slots=True)
class _Done:
    """A segment that has its map: what it said then, and from where to where in the source that was."""

    segment: Segment
    text: str
    places: array[int]
    end: int


class HeatMap:
    """One reply's map. What changes is laid under the text a bit at a time, by `follow`."""

    def __init__(self, look: HeatLook) -> None:
        self._look = look
        self._source = ""
        self._alignment = Alignment("")
        self._token_at = array("i")
        self._levels: list[int | None] = []
        self._done: list[_Done] = []
        self._n_fresh = 0
        self._body: Body | None = None
        self.marked: int | None = None

    def set_look(self, look: HeatLook) -> None:
        """Use other colours."""
        self._look = look
        self._n_fresh = 0

    def set_tokens(self, source: str, spans: Sequence[Span], logprobs: Sequence[float | None]) -> None:
        """Show these tokens of a source text. A character of several tokens is of the least likely of them."""
        levels = [level_of(logprob) for logprob in logprobs]
        is_longer = source.startswith(self._source) and levels[: len(self._levels)] == self._levels
        if source != self._source:
            known = len(self._source) - _OPEN if source.startswith(self._source) else 0
            del self._done[next((n for n, done in enumerate(self._done) if done.end >= known), len(self._done)) :]
            self._source, self._alignment = source, Alignment(source)
        self._levels = levels
        self._token_at = _tokens_of_characters(len(source), spans, levels)
        self._n_fresh = min(self._n_fresh, len(self._done)) if is_longer else 0

    def mark(self, token: int | None) -> None:
        """Frame one token."""
        self.marked = token
        for done in self._done:
            for _, flow in done.segment.flows():
                if flow.heat is not None:
                    flow.heat.mark(token)

    def follow(self, body: Body, budget_s: float) -> bool:
        """Lay the map under what the body shows now, for so many seconds; whether all of it is there."""
        if body is not self._body:
            self._body, self._n_fresh = body, 0
            self._done.clear()
        end = time.perf_counter() + budget_s
        self._forget_changed(body)
        while self._n_fresh < len(body.segments):
            if time.perf_counter() > end:
                return False
            segment = body.segments[self._n_fresh]
            if self._n_fresh == len(self._done):
                start = self._done[-1].end if self._done else 0
                places, at = self._alignment.align(segment.text, start)
                self._done.append(_Done(segment, segment.text, places, at))
            self._lay(self._done[self._n_fresh])
            body.soil(segment.top)
            self._n_fresh += 1
        return True

    def _forget_changed(self, body: Body) -> None:
        """Begin again at the first segment that says something else than when it was mapped."""
        for number, done in enumerate(self._done):
            is_there = number < len(body.segments) and body.segments[number] is done.segment
            if not is_there or done.segment.text != done.text:
                del self._done[number:]
                self._n_fresh = min(self._n_fresh, number)
                return

    def leave(self, body: Body) -> None:
        """Take it away."""
        for segment in body.segments:
            for _, flow in segment.flows():
                flow.heat = None
        body.soil(0)
        self._body = None

    def key_at(self, body: Body, place: Place) -> int | None:
        """The token at a place."""
        for start, flow in reversed(body.segments[place[0]].flows() if body.segments else []):
            if start <= place[1]:
                return flow.heat.key_at(place[1] - start) if flow.heat is not None else None
        return None

    def place_of(self, body: Body, key: int) -> Place | None:
        """Where a token begins, as far as it is shown."""
        for number, segment in enumerate(body.segments):
            for start, flow in segment.flows():
                at = flow.heat.start_of(key) if flow.heat is not None else None
                if at is not None:
                    return number, start + at
        return None

    def _lay(self, done: _Done) -> None:
        first = 0
        for _, flow in done.segment.flows():
            last = first + len(flow.text)
            flow.heat = FlowHeat(self._spans(flow.text, done.places[first:last]), self._look)
            flow.heat.mark(self.marked)
            first = last + 1

    def _spans(self, text: str, places: array[int]) -> list[HeatSpan]:
        """The stretches of a flow whose neighbours are of another token."""
        n_known, token_at = len(self._token_at), self._token_at
        keys = [token_at[place] if NOWHERE < place < n_known else NOWHERE for place in places]
        spans: list[HeatSpan] = []
        start = start16 = 0
        for i in range(1, len(keys) + 1):
            if i < len(keys) and keys[i] == keys[start]:
                continue
            end16 = start16 + utf16_length(text[start:i])
            if keys and keys[start] != NOWHERE:
                spans.append(HeatSpan(start16, end16, keys[start], self._levels[keys[start]]))
            start, start16 = i, end16
        return spans


def _tokens_of_characters(n: int, spans: Sequence[Span], levels: Sequence[int | None]) -> array[int]:
    """The token of each character of a text of `n`, or NOWHERE."""
    token_at = array("i", [NOWHERE]) * n
    for token, span in enumerate(spans):
        for place in range(span[0], min(span[1], n)) if span is not None else ():
            before = token_at[place]
            if before == NOWHERE or (levels[token] or 0) > (levels[before] or 0):
                token_at[place] = token
    return token_at
