"""The colours of surprise: each piece by how likely the loaded model found it, where the pieces are the model's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication

from desktop_llm.engine.scoring import Scores
from desktop_llm.ui.confidence.scale import grounds, level_of, underline
from desktop_llm.ui.pieces.row_painter import GroundOf, LineOf
from desktop_llm.ui.widgets.number_text import THIN_SPACE, percent, real
from desktop_llm.ui.widgets.theme import Theme

#: The log-probability of the piece at a place; None where it is not known.
LogprobOf = Callable[[int], float | None]


def logprobs_of(scores: Scores, ids: Sequence[int]) -> LogprobOf | None:
    """The log-probability of the piece at a place; None where the pieces are not the model's."""
    scored = scores.record.ids.tolist()
    before = next((n for n in (0, 1) if scored[n : n + len(ids)] == list(ids)), None)
    if before is None:
        return None
    record, n_scored = scores.record, len(scored)
    return lambda place: record.logprob(place + before) if 0 <= place + before < n_scored else None


def ground_of(logprob_of: LogprobOf, theme: Theme) -> GroundOf:
    """The ground of each piece."""
    colours = grounds(theme)

    def ground(place: int) -> str:
        level = level_of(logprob_of(place))
        return theme.raised if level is None else colours[level]

    return ground


def line_of(logprob_of: LogprobOf) -> LineOf:
    """The line below each piece that the model found unlikely."""

    def line(place: int) -> int:
        level = level_of(logprob_of(place))
        return 0 if level is None else underline(level)

    return line


def surprise_words(logprob: float | None) -> str:
    """How likely a piece was, in words; nothing where that is not known."""
    if logprob is None:
        return ""
    probability = math.exp(logprob)
    shown = percent(probability) if probability >= 0.01 else f"{real(probability * 100, 3)}{THIN_SPACE}%"
    return QCoreApplication.translate("surprise", "probability {share}").format(share=shown)
