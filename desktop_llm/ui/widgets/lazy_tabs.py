"""LazyTabs: a page's title with tabs below it; a tab is built when it is first shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabBar, QVBoxLayout, QWidget

from desktop_llm.ui.widgets.lazy_stack import LazyStack
from desktop_llm.ui.widgets.parts import Label, line
from desktop_llm.ui.widgets.reading_column import ReadingColumn
from desktop_llm.ui.widgets.scroll_page import ScrollPage
from desktop_llm.ui.widgets.theme import GRID, READING_WIDTH


class LazyTabs(QWidget):
    """A page whose tabs stay where they are while what is below them scrolls."""

    #: A tab is shown; with its widget.
    tab_shown = Signal(QWidget)

    def __init__(self, title: str, width: int = READING_WIDTH) -> None:
        """`width` is that of the head, as of the columns below it."""
        super().__init__()
        self.setProperty("part", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.bar = QTabBar()
        self.bar.setAccessibleName(title)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.stack = LazyStack()
        self._head = ReadingColumn(width=width)
        self._head.set_vertical_margins(GRID * 3, 0)
        self._head.column.addWidget(Label(title, "title"))
        self._head.column.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignLeft)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self._head)
        page.addWidget(line())
        page.addWidget(self.stack, 1)
        self.bar.currentChanged.connect(self._show)
        self.setFocusProxy(self.bar)

    def add_tab(self, name: str, build: Callable[[], QWidget]) -> None:
        """A tab at the end; the first one is shown as soon as the page is."""
        self.stack.add_later(lambda: self._aligned(build()))
        self.bar.addTab(name)

    def show_tab(self, place: int) -> QWidget:
        """Show a tab; returns its widget."""
        self.bar.setCurrentIndex(place)
        return self.stack.page(place)

    def tab(self, place: int) -> QWidget:
        """A tab, built if it was not shown yet."""
        return self.stack.page(place)

    @property
    def shown(self) -> QWidget:
        """The tab that is shown."""
        return self.stack.page(self.bar.currentIndex())

    def _show(self, place: int) -> None:
        if 0 <= place < self.stack.count():
            tab = self.stack.show_place(place)
            self._align()
            self.tab_shown.emit(tab)

    def _align(self) -> None:
        """The head stands above the column below it, which a scroll bar may push aside."""
        tab = self.stack.currentWidget()
        bar = tab.area.verticalScrollBar() if isinstance(tab, ScrollPage) else None
        self._head.set_inset(bar.sizeHint().width() if bar is not None and bar.maximum() else 0)

    def _aligned(self, tab: QWidget) -> QWidget:
        """Have the head follow the scroll bar of a new tab."""
        if isinstance(tab, ScrollPage):
            tab.area.verticalScrollBar().rangeChanged.connect(self._align)
        return tab
