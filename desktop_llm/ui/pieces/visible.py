"""What a piece's bytes look like: every character that is not seen by itself gets a sign or a name. No Qt in here."""

from __future__ import annotations

import unicodedata
from typing import Final

#: Signs that are read at a glance.
_SIGNS: Final = {" ": "·", "\t": "→", "\n": "↵", "\r": "␍", "\u00a0": "⍽", "\u3000": "□"}
#: Names for what Unicode calls by long ones.
_NAMES: Final = {
    "\u00ad": "SHY",
    "\u034f": "CGJ",
    "\u061c": "ALM",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u2028": "LSEP",
    "\u2029": "PSEP",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u202f": "NNBSP",
    "\u2060": "WJ",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\ufeff": "BOM",
    "\ufffc": "OBJ",
}
_DOTTED_CIRCLE: Final = "◌"
_UNSEEN: Final = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}


def visible(content: bytes) -> str:
    """A piece's bytes as text in which nothing is hidden; bytes that are no whole character as ‹E2›."""
    try:
        return visible_text(content.decode("utf-8"))
    except UnicodeDecodeError:
        return "".join(visible_text(chr(byte)) if byte < 0x80 else f"‹{byte:02X}›" for byte in content)


def visible_text(text: str) -> str:
    """A text in which nothing is hidden. A mark without a letter before it stands on a dotted circle."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    shown = "".join(map(_shown, text))
    return _DOTTED_CIRCLE + shown if text and unicodedata.combining(text[0]) else shown


def name_of(character: str) -> str:
    """A character that is not seen by its short name, or by its number: ZWSP, U+E000."""
    return _NAMES.get(character, f"U+{ord(character):04X}")


def _shown(character: str) -> str:
    sign = _SIGNS.get(character)
    if sign is not None:
        return sign
    return f"‹{name_of(character)}›" if unicodedata.category(character) in _UNSEEN else character
