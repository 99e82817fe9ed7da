"""The grounds that pieces of a text stand on: eight soft hues in turn, so that neighbours stay apart. No Qt in here.

They were searched for by two rules, which a test keeps: text and muted text stand at 4.5 : 1 or more on each, and two
neighbours are at least 12 apart (CIE 1976 ΔE*) for every kind of colour vision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop_llm.ui.widgets.theme import DARK, HIGH_CONTRAST, LIGHT, Theme

#: How many hues there are.
N_HUES: Final = 8


@dataclass(frozen=True, slots=True)
class PieceColours:
    """Colours for one theme, each `#rrggbb`. `special` and `unknown` are grounds of tokens that say no text.

    They have a frame in `special_frame` or `unknown_frame`. `text` is what a piece says, `invisible` the signs for
    characters that are not seen; both stand on every ground.
    """

    grounds: tuple[str, ...]
    special: str
    unknown: str
    special_frame: str
    unknown_frame: str
    text: str
    invisible: str

    def ground(self, place: int) -> str:
        """The ground of the piece at a place."""
        return self.grounds[place % N_HUES]


_LIGHT: Final = ("#d0f1fe", "#dddda6", "#cceecd", "#f7d7ed", "#fdfedc", "#d8d8f9", "#f4dab9", "#b0f6df")
_DARK: Final = ("#2f3654", "#4b3923", "#0f1a16", "#532945", "#2c3610", "#19102b", "#280d0f", "#174436")
_HIGH_CONTRAST: Final = ("#0f2348", "#674715", "#395245", "#35162e", "#4e5232", "#361973", "#451814", "#16585f")


def piece_colours(theme: Theme) -> PieceColours:
    """The colours that go with a theme."""
    grounds = {LIGHT: _LIGHT, DARK: _DARK, HIGH_CONTRAST: _HIGH_CONTRAST}[theme]
    return PieceColours(
        grounds=grounds,
        special=theme.raised,
        unknown=theme.raised,
        special_frame=theme.accent,
        unknown_frame=theme.danger,
        text=theme.text,
        invisible=theme.text_muted,
    )
