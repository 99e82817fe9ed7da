"""From rendered text back to its source: Markdown's marks are gone, and some things were put in. Pure.

The renderer keeps no places, so the two texts are walked side by side. A rendered character belongs to a source
character only where both are the same (or both are white space); what was put in belongs to none.
"""

from __future__ import annotations

import re
from array import array
from typing import Final

#: Of a rendered character that stands for none of the source.
NOWHERE: Final = -1

#: Marks between two shown characters: how many are passed over at most, such as the second line of a table.
_MOST_MARKS: Final = 600
#: How many characters must agree to be found again so far behind words that are not shown: an address, a language.
_FAR: Final = 4_000
_SEARCHES: Final = ((3, 12), (6, 60), (12, 400), (24, _FAR))
#: The end of a text may be too short for that: so many characters are enough so near.
_LEAST: Final = 3
_NEAR: Final = 60
_STEP: Final = 64

#: The number of a list's item. One that is shown is found by itself before.
_NUMBER: Final = re.compile(r"\d{1,9}[.)] ")

_SPACE = re.compile(r"\s|[\u2028\u200b\u2007\u00a0]")


class Alignment:
    """Walks one source; texts rendered from it are given in order."""

    def __init__(self, source: str) -> None:
        self._source = _evened(source)

    def align(self, rendered: str, at: int) -> tuple[array[int], int]:
        """For each character of the next text its place in the source or NOWHERE; and where the next one begins."""
        shown, source = _evened(rendered), self._source
        places = array("i", [NOWHERE]) * len(shown)
        i = 0
        while i < len(shown):
            n_same = _common(shown, i, source, at)
            for k in range(n_same):
                places[i + k] = at + k
            i, at = i + n_same, at + n_same
            if i >= len(shown):
                break
            found = self._passed(shown, i, at)
            if found is None:
                i += 1
            else:
                at = found
        return places, at

    def _passed(self, shown: str, i: int, at: int) -> int | None:
        """Where the source goes on with what is shown at `i`; None where it does not."""
        source, letter = self._source, shown[i]
        if source.startswith("](", at) and "(" not in shown[i : i + 2]:  # an address that is not shown; an image's is
            at = source.find(")", at, at + _FAR) + 1 or at
        place, end = at, min(at + _MOST_MARKS, len(source))
        while place < end:
            if source[place] == letter:
                return place
            number = _NUMBER.match(source, place) if source[place].isdigit() else None
            if number is None and source[place].isalnum():
                break
            place = number.end() if number is not None else place + 1
        return None if letter == " " else self._found(shown, i, at)

    def _found(self, shown: str, i: int, at: int) -> int | None:
        """Where what is shown at `i` stands behind words that are not shown; the nearest by few characters."""
        for length, far in _SEARCHES:
            wanted = shown[i : i + length]
            is_enough = len(wanted) == length or (len(wanted) >= _LEAST and far <= _NEAR)
            if is_enough and (place := self._source.find(wanted, at, at + far)) >= 0:
                return place
        return None


def _common(shown: str, i: int, source: str, at: int) -> int:
    """How many characters both have in common from these places on."""
    n = 0
    while shown[i + n : i + n + _STEP] == source[at + n : at + n + _STEP]:
        n += _STEP
        if i + n >= len(shown):
            return len(shown) - i
    while i + n < len(shown) and at + n < len(source) and shown[i + n] == source[at + n]:
        n += 1
    return n


def _evened(text: str) -> str:
    """The text with every white space a plain one, character by character."""
    return _SPACE.sub(" ", text)
