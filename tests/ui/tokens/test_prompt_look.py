"""Text can be read on every ground that a part of a prompt stands on."""

from __future__ import annotations

import pytest

from desktop_llm.tokens.prompt_parts import PartKind
from desktop_llm.ui.prompt.look import PromptLook
from desktop_llm.ui.widgets.theme import DARK, HIGH_CONTRAST, LIGHT, Theme, contrast


@pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH_CONTRAST], ids=["light", "dark", "high contrast"])
@pytest.mark.parametrize("kind", list(PartKind))
def test_text_stands_out_on_every_ground(theme: Theme, kind: PartKind) -> None:
    look = PromptLook(theme)
    for place in range(9):
        assert contrast(theme.text, look.ground(kind, place)) >= 4.5
        assert contrast(theme.text_muted, look.ground(kind, place)) >= 4.5
