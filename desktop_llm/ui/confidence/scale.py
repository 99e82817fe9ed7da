"""The scale of probability: six levels, likely to unlikely, as grounds below the text and as marks. No Qt."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import Final

from desktop_llm.ui.widgets.theme import Theme, mix

#: A token is of the first level whose bound its probability reaches; the last level has none.
BOUNDS: Final = (0.9, 0.5, 0.2, 0.05, 0.01)
N_LEVELS: Final = len(BOUNDS) + 1

_SURPRISES: Final = tuple(-math.log(bound) for bound in BOUNDS)

#: From this level on a token is underlined too: the scale is not told by colour alone.
THIN_FROM: Final = 3
THICK_FROM: Final = 5

_SHARES_LIGHT: Final = (0.0, 0.09, 0.18, 0.28, 0.39, 0.52)
_SHARES_DARK: Final = (0.0, 0.08, 0.15, 0.23, 0.32, 0.42)


def level_of(logprob: float | None) -> int | None:
    """The level of a token by its log-probability; None where that is not known."""
    return None if logprob is None else bisect_left(_SURPRISES, -logprob)


def grounds(theme: Theme) -> tuple[str, ...]:
    """The colour of each level, the likeliest being the page itself. The theme's text is readable on all of them."""
    shares = _SHARES_DARK if theme.is_dark else _SHARES_LIGHT
    return tuple(mix(theme.background, theme.warning, share) for share in shares)


def underline(level: int) -> int:
    """How thick a level's line below the text is, in pixels."""
    return 0 if level < THIN_FROM else 1 if level < THICK_FROM else 3
