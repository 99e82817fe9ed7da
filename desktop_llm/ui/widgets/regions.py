"""F6: the keyboard goes from one part of the window to the next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def focus_next_region(regions: Sequence[QWidget | None], step: int) -> None:
    """Give the keyboard to the region `step` after the one that has it; hidden ones are passed over.

    A region that takes no keyboard itself gives it to the first control in it. None is a region
    that was not built yet.
    """
    visible = [region for region in regions if region is not None and region.isVisible() and region.isEnabled()]
    if not visible:
        return
    focus = QApplication.focusWidget()
    current = next((place for place, region in enumerate(visible) if _holds(region, focus)), -1 if step > 0 else 0)
    target = visible[(current + step) % len(visible)]
    if target.focusPolicy() == Qt.FocusPolicy.NoFocus:
        target = next((child for child in target.findChildren(QWidget) if _takes_focus(child)), target)
    target.setFocus(Qt.FocusReason.TabFocusReason)


def _holds(region: QWidget, focus: QWidget | None) -> bool:
    return focus is not None and (region is focus or region.isAncestorOf(focus))


def _takes_focus(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
