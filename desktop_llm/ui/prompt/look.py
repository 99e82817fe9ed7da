"""How the parts of a prompt look: a hue for each message in turn, a plain ground for what the template adds."""

from __future__ import annotations

from desktop_llm.tokens.prompt_parts import PartKind
from desktop_llm.ui.pieces.piece_colours import piece_colours
from desktop_llm.ui.widgets.theme import Theme, mix


class PromptLook:
    """Colours for one theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._colours = piece_colours(theme)
        self._tools = mix(theme.background, theme.text, 0.14)

    def ground(self, kind: PartKind, place: int) -> str:
        """The ground of a part, #rrggbb; text stands at 4.5 : 1 on it."""
        match kind:
            case PartKind.MESSAGE:
                return self._colours.ground(place)
            case PartKind.TOOLS:
                return self._tools
            case PartKind.TEMPLATE:
                return self.theme.surface
