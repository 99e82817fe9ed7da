"""Tokens, probabilities and bits in words."""

from __future__ import annotations

import math

from desktop_llm.ui.transcript.foreign import without_hidden
from desktop_llm.ui.widgets.number_text import THIN_SPACE, real

_NOTHING = "–"
_SHOWN = {" ": "␣", "\n": "↵", "\t": "⇥", "\r": "␍"}


def probability(value: float | None) -> str:
    """A probability as a percentage with three digits or so; what is not known is a dash."""
    if value is None:
        return _NOTHING
    percent = value * 100
    if percent == 0:
        return f"0{THIN_SPACE}%"
    if percent < 0.01:
        return f"< {real(0.01, 2)}{THIN_SPACE}%"
    if 99.95 <= percent < 100:
        return f"> {real(99.9, 1)}{THIN_SPACE}%"
    return f"{real(percent, 0 if percent >= 100 else 1 if percent >= 10 else 2)}{THIN_SPACE}%"


def likelihood(logprob: float | None) -> str:
    """The probability of a natural log-probability."""
    return probability(None if logprob is None else math.exp(logprob))


def bits(nats: float | None) -> str:
    """Nats as bits."""
    return _NOTHING if nats is None else f"{real(max(0.0, nats / math.log(2)), 2)}"


def shown_piece(piece: bytes) -> str:
    """A token's bytes as they can be seen: white space by signs, and what is no text by its bytes."""
    try:
        text = piece.decode("utf-8")
    except UnicodeDecodeError:
        return " ".join(f"{byte:02X}" for byte in piece)
    text = "".join(_SHOWN.get(letter, letter) for letter in text)
    return without_hidden(text) or _NOTHING
