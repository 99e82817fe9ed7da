"""The places of the window's pages, as in the side bar."""

from __future__ import annotations

from typing import Final

CHAT, MODELS, TOKENS, MONITOR, API, SETTINGS = range(6)
#: Those beside the chat.
OTHERS: Final = (MODELS, TOKENS, MONITOR, API, SETTINGS)
