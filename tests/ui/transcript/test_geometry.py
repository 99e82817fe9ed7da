"""Where messages stand."""

from __future__ import annotations

from desktop_llm.ui.transcript.geometry import MARGIN, Anchor, Geometry


def make() -> Geometry:
    """Three messages of 100, 50 and 200 pixels."""
    geometry = Geometry()
    geometry.set_heights([100.0, 50.0, 200.0])
    return geometry


def test_messages_stand_one_below_the_other() -> None:
    geometry = make()
    assert [geometry.top(n) for n in range(3)] == [MARGIN, MARGIN + 100, MARGIN + 150]
    assert geometry.total == 2 * MARGIN + 350


def test_a_stretch_meets_the_messages_in_it() -> None:
    geometry = make()
    assert geometry.between(0, 10) == range(1)
    assert geometry.between(MARGIN + 99, MARGIN + 100) == range(2)
    assert geometry.between(MARGIN + 160, 9_999) == range(2, 3)
    assert Geometry().between(0, 100) == range(0)


def test_an_anchor_stays_on_its_message_when_those_above_grow() -> None:
    geometry = make()
    anchor = geometry.anchor(MARGIN + 120)
    assert anchor == Anchor(1, 20)
    assert geometry.set_height(0, 130)
    assert geometry.y(anchor) == MARGIN + 150
    assert not geometry.set_height(0, 130)
