"""Pages: the window's pages, each built when it is first shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtWidgets import QStackedWidget, QWidget

#: Places, as in the side bar.
CHAT, MODELS, TOKENS, MONITOR, API, SETTINGS = range(6)
#: Those beside the chat.
OTHERS: Final = (MODELS, TOKENS, MONITOR, API, SETTINGS)


class Pages(QStackedWidget):
    """Holds a page for each place; an empty widget keeps the place of one that is not built yet."""

    def __init__(self, first: QWidget, builders: Sequence[Callable[[], QWidget]]) -> None:
        """`builders` are of the places after the first."""
        super().__init__()
        self._builders: list[Callable[[], QWidget] | None] = [None, *builders]
        self._pages = [first, *(QWidget() for _ in builders)]
        for page in self._pages:
            self.addWidget(page)

    def page(self, place: int) -> QWidget:
        """A page; built if it was not shown yet."""
        build, self._builders[place] = self._builders[place], None
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
