"""The Tokens page: a text under a tokenizer, several tokenizers compared, and the prompt as the model sees it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop_llm.chat.conversation import Conversation
from desktop_llm.services import Services
from desktop_llm.ui.tokens.text_tab import TextTab
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.lazy_tabs import LazyTabs

TEXT, COMPARE, PROMPT = range(3)
#: The page is as wide as the window: pieces and tables need it.
_WIDTH = 100_000


class TokenPage(LazyTabs):
    """Its tabs are built when they are first shown."""

    def __init__(self, services: Services, appearance: Appearance) -> None:
        super().__init__(QCoreApplication.translate("TokenPage", "Tokens"), _WIDTH)
        self._services, self._appearance = services, appearance
        self.add_tab(self.tr("Text"), lambda: TextTab(services, appearance))
        self.add_tab(self.tr("Compare"), self._build_compare)
        self.add_tab(self.tr("Prompt"), self._build_prompt)

    @property
    def text_tab(self) -> TextTab:
        """The first tab; built if it was not shown yet."""
        tab = self.tab(TEXT)
        assert isinstance(tab, TextTab)
        return tab

    def show_prompt(self, conversation: Conversation, up_to: str | None = None) -> None:
        """Show a conversation as the model sees it, or what the reply `up_to`, a turn's id, was asked with."""
        from desktop_llm.ui.prompt.prompt_tab import PromptTab

        tab = self.show_tab(PROMPT)
        assert isinstance(tab, PromptTab)
        tab.show_conversation(conversation, up_to)

    def _build_compare(self) -> QWidget:
        from desktop_llm.ui.compare.compare_tab import CompareTab

        text_tab = self.text_tab
        return CompareTab(self._services, self._appearance, text_tab.text)

    def _build_prompt(self) -> QWidget:
        from desktop_llm.ui.prompt.prompt_tab import PromptTab

        return PromptTab(self._services, self._appearance)
