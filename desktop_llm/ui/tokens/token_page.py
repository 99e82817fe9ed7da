"""The Tokens page: a text under a tokenizer, several tokenizers compared, and the prompt as the model sees it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop_llm.services import Services
from desktop_llm.ui.tokens.text_tab import TextTab
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import line
from desktop_llm.ui.widgets.theme import GRID

TEXT = 0


class TokenPage(QWidget):
    """Tabs, each built when it is first shown."""

    def __init__(self, services: Services, appearance: Appearance) -> None:
        super().__init__()
        self._services, self._appearance = services, appearance
        self.setProperty("part", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs = QTabBar()
        self.tabs.setProperty("part", "tabs")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName(self.tr("What is shown of tokens"))
        self.stack = QStackedWidget()
        for text in (self.tr("Text"),):
            self.tabs.addTab(text)
            self.stack.addWidget(QWidget())  # keeps the place of a tab that is not built yet
        self._built: dict[int, QWidget] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(line())
        column.addWidget(self.stack, 1)
        self.tabs.currentChanged.connect(self.show_tab)
        self.show_tab(TEXT)
        self.setFocusProxy(self.tabs)

    @property
    def text_tab(self) -> TextTab:
        """The first tab."""
        tab = self._tab(TEXT)
        assert isinstance(tab, TextTab)
        return tab

    def show_tab(self, place: int) -> None:
        """Show TEXT."""
        self._tab(place)
        self.stack.setCurrentIndex(place)
        self.tabs.setCurrentIndex(place)

    def _tab(self, place: int) -> QWidget:
        tab = self._built.get(place)
        if tab is None:
            tab = self._built[place] = self._build(place)
            empty = self.stack.widget(place)
            self.stack.insertWidget(place, tab)
            if empty is not None:
                self.stack.removeWidget(empty)
                empty.deleteLater()
        return tab

    def _build(self, place: int) -> QWidget:
        assert place == TEXT
        return TextTab(self._services, self._appearance)
