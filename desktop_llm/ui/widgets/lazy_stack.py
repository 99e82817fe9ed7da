"""LazyStack: pages in one place, each built when it is first shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget, QWidget


class LazyStack(QStackedWidget):
    """Places are counted from 0; an empty widget keeps the place of a page that is not built yet."""

    def __init__(self) -> None:
        super().__init__()
        self._builders: dict[int, Callable[[], QWidget]] = {}
        self._pages: list[QWidget] = []

    def add(self, page: QWidget) -> None:
        """A page at the end."""
        self._pages.append(page)
        self.addWidget(page)

    def add_later(self, build: Callable[[], QWidget]) -> None:
        """A page at the end, which `build` makes when it is first asked for."""
        self._builders[len(self._pages)] = build
        self.add(QWidget())

    def page(self, place: int) -> QWidget:
        """A page; built if it was not asked for before."""
        build = self._builders.pop(place, None)
        if build is not None:
            empty, self._pages[place] = self._pages[place], build()
            self.insertWidget(place, self._pages[place])
            self.removeWidget(empty)
            empty.deleteLater()
        return self._pages[place]

    def show_place(self, place: int) -> QWidget:
        """Show a page."""
        page = self.page(place)
        self.setCurrentIndex(place)
        return page
