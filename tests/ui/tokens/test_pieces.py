"""Pieces in colour: nothing is hidden, neighbours stay apart, and only what is visible is laid out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.tokens.tokenizer import Piece
from desktop_llm.ui.pieces.piece_colours import N_HUES, piece_colours
from desktop_llm.ui.pieces.piece_flow import PieceFlow, blocks_of
from desktop_llm.ui.pieces.piece_look import ROW_HEIGHT, PieceLook
from desktop_llm.ui.pieces.pieces_view import PiecesView
from desktop_llm.ui.pieces.visible import visible
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.theme import DARK, HIGH_CONTRAST, LIGHT, Theme, contrast

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

#: How people without one kind of cone see linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
_SIGHT = {
    "all cones": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def pieces(*texts: str) -> list[Piece]:
    return [Piece(n, text.encode(), TokenKind.NORMAL) for n, text in enumerate(texts)]


def _lab(colour: str, sight: str) -> tuple[float, float, float]:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    rows = _SIGHT[sight]
    red, green, blue = (min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear, strict=True)))) for row in rows)
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
    )
    x, y, z = (c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116 for c in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _distance(first: str, second: str, sight: str) -> float:
    pairs = zip(_lab(first, sight), _lab(second, sight), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH_CONTRAST])
def test_all_that_stands_on_a_piece_can_be_read(theme: Theme) -> None:
    colours = piece_colours(theme)
    for ground in (*colours.grounds, colours.special, colours.unknown):
        assert contrast(colours.text, ground) >= 4.5
        assert contrast(colours.invisible, ground) >= 4.5


@pytest.mark.parametrize("sight", _SIGHT)
@pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH_CONTRAST])
def test_neighbours_are_told_apart_by_everybody(theme: Theme, sight: str) -> None:
    grounds = piece_colours(theme).grounds
    assert len(set(grounds)) == N_HUES
    assert min(_distance(a, b, sight) for a, b in pairwise([*grounds, grounds[0]])) >= 12


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"word", "word"),
        (b" the\tend\r\n", "·the→end␍↵"),
        ("\u00a0\u200b\ufeff\u202e".encode(), "⍽‹ZWSP›‹BOM›‹RLO›"),
        (b"\xe2\x80", "‹E2›‹80›"),
        ("\u0301".encode(), "◌\u0301"),
        ("\ue000\x07".encode(), "‹U+E000›‹U+0007›"),
        ("漢🙂é".encode(), "漢🙂é"),
    ],
)
def test_nothing_in_a_piece_is_hidden(content: bytes, shown: str) -> None:
    assert visible(content) == shown


def test_rows_end_with_lines_and_where_there_is_no_room(qtbot: QtBot) -> None:
    look = PieceLook(LIGHT)
    flow = PieceFlow(look.shape)
    flow.set_width(200)
    flow.replace(0, 0, blocks_of(pieces(*["word"] * 20, "\n", "next")))
    flow.look_at(0, 1000)
    rows = list(flow.rows(0, 1000))
    assert [(row.first, row.end) for row in rows][-1] == (21, 22)
    assert all(flow.rect(place).right() <= 200 for place in range(flow.n_pieces))
    assert flow.place_at(flow.rect(7).center().x(), flow.rect(7).center().y()) == 7


def test_only_what_is_looked_at_is_laid_out(qtbot: QtBot) -> None:
    flow = PieceFlow(PieceLook(LIGHT).shape)
    flow.set_width(400)
    flow.replace(0, 0, blocks_of(pieces(*["some", " word"] * 20_000)))
    flow.look_at(0, 800)
    laid_out = [block.is_laid_out for block in flow.blocks]
    assert laid_out[0]
    assert sum(laid_out) < len(laid_out) / 4
    assert flow.height > 40_000 // 30 * ROW_HEIGHT


@pytest.fixture
def view(qtbot: QtBot, appearance: Appearance, host: QWidget) -> PiecesView:
    view = PiecesView(appearance, "Pieces")
    view.setParent(host)
    view.resize(500, 300)
    view.show()
    view.set_pieces(pieces(*(f"w{n}" for n in range(3000))))
    return view


def _at(view: PiecesView, place: int) -> QPoint:
    return view.rect_of(place).center().toPoint()


def test_the_pointer_points_and_a_drag_selects(qtbot: QtBot, view: PiecesView) -> None:
    pointed: list[int] = []
    view.pointed.connect(pointed.append)
    QTest.mouseMove(view.viewport(), _at(view, 4))
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=_at(view, 4))
    assert view.selection == (4, 5)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, _at(view, 9))
    assert view.selection == (4, 10)
    view.copy()
    assert QGuiApplication.clipboard().text() == "w4w5w6w7w8w9"


def test_the_keyboard_goes_from_piece_to_piece(qtbot: QtBot, view: PiecesView) -> None:
    pointed: list[int] = []
    view.pointed.connect(pointed.append)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert (view.current, view.selection) == (1, (1, 2))
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.selection == (1, 3)
    QTest.keyClick(view, Qt.Key.Key_Down)
    below = view.current
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.current == 2 < below
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.current == 0
    QTest.keyClick(view, Qt.Key.Key_End)
    row_end = view.current
    QTest.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert 0 < row_end < view.current == 2999
    assert view.rect_of(2999).bottom() <= view.viewport().height()
    assert view.rect_of(2999).top() >= 0
    assert pointed[-1] == 2999


def test_what_is_looked_at_stays_when_blocks_above_are_laid_out(qtbot: QtBot, view: PiecesView) -> None:
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum())
    bar.setValue(bar.maximum())
    assert view.rect_of(2999).bottom() <= view.viewport().height()
    assert view.rect_of(2999).bottom() > view.viewport().height() - 2 * ROW_HEIGHT
    for _ in range(200):
        bar.setValue(bar.value() - 40)
    assert bar.value() == 0
    assert view.rect_of(0).top() >= 0


def test_another_theme_colours_anew(qtbot: QtBot, view: PiecesView) -> None:
    first = view.grab().toImage()
    view.set_grounds(lambda place: "#ff0000", lambda place: 3)
    assert view.grab().toImage() != first
    view.set_grounds(None)
    assert view.grab().toImage() == first
