"""What may be shown and clicked of text that others wrote."""

from __future__ import annotations

import re

#: Schemes a link may have. All else is plain text.
_LINK = re.compile(r"(?:https?://[^/\s]|mailto:[^\s])", re.IGNORECASE)

#: Controls, and marks that reorder or hide what is read: C0 and C1 but tab and newline, bidi
#: embeddings, overrides, isolates and marks, zero-width characters, tags.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)

#: What no text may carry to the screen: C0 and C1 but tab and newline.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

_REPLACEMENT = "\ufffd"


def is_link(url: str) -> bool:
    """Whether an address may be offered as a link: http, https or mailto, and nothing hidden in it."""
    return bool(_LINK.match(url)) and is_open(url)


def is_open(text: str) -> bool:
    """Whether nothing in a text is hidden."""
    return not _HIDDEN.search(text)


def without_controls(text: str) -> str:
    """Text whose control characters are shown as such."""
    return _CONTROL.sub(_REPLACEMENT, text)


def without_hidden(text: str) -> str:
    """Text with nothing in it that is not seen, for code and the words of links."""
    return _HIDDEN.sub(_REPLACEMENT, text)
