"""Hints for shorter texts in the window's words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_llm.tokens.hints import Hint, HintKind
from desktop_llm.ui.tokens.count_words import CountWords
from desktop_llm.ui.widgets.number_text import whole


def hint_words(hint: Hint) -> str:
    """What could be done, and in how many places."""
    return _sentences()[hint.kind].replace("{n}", whole(hint.n_places))


def saved_words(n_tokens: int) -> str:
    """What a hint saves."""
    return QCoreApplication.translate("hint_text", "saves {tokens}").format(tokens=CountWords().tokens(n_tokens))


def _sentences() -> dict[HintKind, str]:
    return {
        HintKind.TRAILING_SPACES: QCoreApplication.translate("hint_text", "Spaces at line ends ({n}) can go."),
        HintKind.SPACE_RUNS: QCoreApplication.translate(
            "hint_text", "One space instead of several, or of a tab ({n})."
        ),
        HintKind.BLANK_LINES: QCoreApplication.translate("hint_text", "One empty line instead of several ({n})."),
        HintKind.REPEATED_LINES: QCoreApplication.translate(
            "hint_text", "Repeated lines, such as headers of pages, once only ({n})."
        ),
        HintKind.LONG_DECIMALS: QCoreApplication.translate("hint_text", "Long decimals rounded to two places ({n})."),
        HintKind.INVISIBLE_CHARACTERS: QCoreApplication.translate("hint_text", "Invisible characters ({n}) can go."),
        HintKind.FULL_WIDTH: QCoreApplication.translate(
            "hint_text", "Full-width characters ({n}) in the ordinary width."
        ),
        HintKind.ODD_SPACES: QCoreApplication.translate("hint_text", "Ordinary spaces instead of special ones ({n})."),
        HintKind.STYLED_LETTERS: QCoreApplication.translate(
            "hint_text", "Plain letters instead of styled ones: bold, ligatures, circled ({n})."
        ),
        HintKind.DECOMPOSED: QCoreApplication.translate("hint_text", "Accented letters ({n}) as one character each."),
    }
