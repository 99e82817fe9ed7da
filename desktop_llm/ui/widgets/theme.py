"""The colours, sizes and spaces of everything that is seen, as one table. No Qt in here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

#: The grid in pixels: spaces are multiples of it, half of it inside controls.
GRID = 8

#: The type scale in pixels.
SIZE_SMALL = 12
SIZE_CONTROL = 13
SIZE_BODY = 15
SIZE_HEADING = 18
SIZE_TITLE = 24

#: The widest column of text, in pixels.
READING_WIDTH = 760
#: A page of figures and charts.
WIDE_WIDTH = 1080

#: The side bar with and without labels, the list beside it, and the window's width from which the list has room.
SIDE_WIDE = 176
SIDE_NARROW = 56
LIST_WIDTH = 248
LIST_NEEDS = 1100

#: Motion, in milliseconds.


class ThemeChoice(StrEnum):
    """What the user may choose; SYSTEM follows the desktop, high contrast included."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high-contrast"


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of colours, each `#rrggbb`.

    `background` is the page, `surface` the side bar and lists beside it, `raised` fields and cards
    on them. `user_bubble` holds the user's own messages. Every text colour stands at 4.5 : 1 or
    more on each ground it is used on; `TEXT_PAIRS` lists them. The colours of memory's parts and of
    charts' series are no text: they stand at 3 : 1 or more on theirs, in `GRAPHIC_PAIRS`.
    """

    background: str
    surface: str
    raised: str
    border: str
    text: str
    text_muted: str
    accent: str
    accent_text: str
    success: str
    warning: str
    danger: str
    code_background: str
    selection: str
    user_bubble: str
    memory_weights: str
    memory_cache: str
    memory_compute: str
    memory_others: str
    series_1: str
    series_2: str
    series_3: str
    series_4: str
    series_5: str
    series_6: str
    is_dark: bool


LIGHT = Theme(
    background="#fbfbf9",
    surface="#f3f3ef",
    raised="#ffffff",
    border="#dcdbd5",
    text="#202423",
    text_muted="#5b615e",
    accent="#1b6a62",
    accent_text="#ffffff",
    success="#26683a",
    warning="#7d5200",
    danger="#ab2a22",
    code_background="#f2f2ee",
    selection="#cbe4df",
    user_bubble="#e5efec",
    memory_weights="#1b6a62",
    memory_cache="#b0622a",
    memory_compute="#6a5cb0",
    memory_others="#747a77",
    series_1="#1b6a62",
    series_2="#b0622a",
    series_3="#6a5cb0",
    series_4="#2b6cb0",
    series_5="#a8437f",
    series_6="#6a7420",
    is_dark=False,
)

DARK = Theme(
    background="#1b1d1d",
    surface="#161818",
    raised="#242727",
    border="#363a3a",
    text="#e3e6e4",
    text_muted="#a1a8a5",
    accent="#7fc9bd",
    accent_text="#0f211e",
    success="#86cb9d",
    warning="#e2b76c",
    danger="#f29b92",
    code_background="#222525",
    selection="#2c4d48",
    user_bubble="#263633",
    memory_weights="#7fc9bd",
    memory_cache="#e0a467",
    memory_compute="#b5a9f2",
    memory_others="#8d9491",
    series_1="#7fc9bd",
    series_2="#e0a467",
    series_3="#b5a9f2",
    series_4="#82b4f0",
    series_5="#ec9ac8",
    series_6="#c3cb6a",
    is_dark=True,
)

HIGH_CONTRAST = Theme(
    background="#000000",
    surface="#000000",
    raised="#000000",
    border="#ffffff",
    text="#ffffff",
    text_muted="#e8e8e8",
    accent="#7fe8ff",
    accent_text="#000000",
    success="#7dff9b",
    warning="#ffd84d",
    danger="#ffb3ab",
    code_background="#101010",
    selection="#00506b",
    user_bubble="#12302c",
    memory_weights="#7fe8ff",
    memory_cache="#ffd84d",
    memory_compute="#e3b8ff",
    memory_others="#c4c4c4",
    series_1="#7fe8ff",
    series_2="#ffd84d",
    series_3="#e3b8ff",
    series_4="#7dff9b",
    series_5="#ffb3ab",
    series_6="#ffffff",
    is_dark=True,
)

_GROUNDS = ("background", "surface", "raised", "code_background", "selection", "user_bubble")

#: Which text colour is set on which ground, by the names of Theme's fields.
TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *(("text", ground) for ground in _GROUNDS),
    *(("text_muted", ground) for ground in ("background", "surface", "raised", "code_background", "user_bubble")),
    *(("accent", ground) for ground in ("background", "surface", "raised", "code_background", "user_bubble")),
    *((name, ground) for name in ("success", "warning", "danger") for ground in ("background", "surface", "raised")),
    ("accent_text", "accent"),
)

#: Which colour of a shape is set on which ground.
GRAPHIC_PAIRS: tuple[tuple[str, str], ...] = tuple(
    (name, ground)
    for name in (
        *("memory_weights", "memory_cache", "memory_compute", "memory_others", "danger"),
        *("series_1", "series_2", "series_3", "series_4", "series_5", "series_6"),
    )
    for ground in ("background", "surface", "raised")
)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mix(first: str, second: str, share: float) -> str:
    """A colour between two: `share` 0 is the first, 1 the second."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def choose_theme(choice: ThemeChoice, *, system_is_dark: bool, system_wants_contrast: bool) -> Theme:
    """The theme for a user's choice on this desktop; high contrast goes before it."""
    if system_wants_contrast or choice is ThemeChoice.HIGH_CONTRAST:
        return HIGH_CONTRAST
    is_dark = system_is_dark if choice is ThemeChoice.SYSTEM else choice is ThemeChoice.DARK
    return DARK if is_dark else LIGHT


def colour_names() -> tuple[str, ...]:
    """The names of all colours of a Theme."""
    return tuple(field.name for field in fields(Theme) if field.name != "is_dark")


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    parts = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
