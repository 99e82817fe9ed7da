"""What the transcript shows of one turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desktop_llm.engine.messages import Role


@dataclass(frozen=True, slots=True)
class MessageItem:
    """One message of the path on screen. `text` is its source: Markdown from a model, as typed from the user.

    `error` says why a reply failed; `note` is a muted line below (speed, why it ended). A turn with
    siblings is the one at `sibling_index` (from 0) of `n_siblings`. `has_tokens`: how likely they were can be shown.
    """

    id: str
    role: Role
    text: str
    author: str = ""
    time: datetime | None = None
    is_streaming: bool = False
    error: str = ""
    note: str = ""
    sibling_index: int = 0
    n_siblings: int = 1
    reasoning: str = ""
    has_tokens: bool = False
