"""The grounds that pieces of a text stand on: eight soft hues in turn, so that neighbours stay apart. No Qt in here.

They were searched for by two rules, which a test keeps: text and muted text stand at 4.5 : 1 or more on each, and two
neighbours are at least 12 apart (CIE 1976 ΔE*) for every kind of colour vision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop_llm.ui.widgets.theme import DARK, HIGH_CONTRAST, LIGHT, Theme, mix

#: How many hues there are.
N_HUES: Final = 8


@dataclass(frozen=True, slots=True)
class PieceColours:
    """Colours for one theme, each `#rrggbb`. `special` and `unknown` are grounds of tokens that say no text.

    `text` is what a piece says, `invisible` the signs for characters that are not seen; both stand on every ground.
    """

    grounds: tuple[str, ...]
    special: str
    unknown: str
    text: str
    invisible: str

    def ground(self, place: int) -> str:
        """The ground of the piece at a place."""
        return self.grounds[place % N_HUES]


_LIGHT: Final = ("#ddeaff", "#f8f6dc", "#97f0a4", "#fce5ee", "#d8f397", "#e7d2fe", "#f4dabd", "#aee5d7")
_DARK: Final = ("#193b72", "#573512", "#254137", "#641c54", "#342f21", "#232064", "#4d3820", "#232f33")
_HIGH_CONTRAST: Final = ("#0f2348", "#674715", "#395245", "#35162e", "#4e5232", "#361973", "#451814", "#16585f")


def piece_colours(theme: Theme) -> PieceColours:
    """The colours that go with a theme."""
    grounds = {LIGHT: _LIGHT, DARK: _DARK, HIGH_CONTRAST: _HIGH_CONTRAST}[theme]
    return PieceColours(
        grounds=grounds,
        special=mix(theme.background, theme.accent, 0.1),
        unknown=mix(theme.background, theme.danger, 0.08),
        text=theme.text,
        invisible=theme.text_muted,
    )
