"""Pictures of tokenizers side by side, and of a conversation as models see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from desktop_llm.chat.conversation import Conversation
    from desktop_llm.services import Services
    from desktop_llm.ui.desk import Desk
    from desktop_llm.ui.prompt.prompt_tab import PromptTab
    from desktop_llm.ui.tokens.token_page import TokenPage

Take = Callable[..., None]
Wait = Callable[[Callable[[], bool]], None]

_LETTER: Final = """Dear colleagues,

The meeting begins at nine. Please bring the report about the new school, and the list of the 24 rooms.
La reunión empieza a las nueve. Se ruega traer el informe sobre la nueva escuela y la lista de las 24 aulas.
会议在九点开始。请带上关于新学校的报告。

```python
def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
```
"""
_NAMES: Final = ("starter", "phi-3", "qwen2", "o200k_base")
_REPLY: Final = """Nine in the morning, and with the report:

1. **Bring** the list of rooms.
2. Read the first two pages."""


class PromptPictures:
    """Walks the Compare and the Prompt tab through their states."""

    def __init__(self, desk: Desk, services: Services, take: Take, wait: Wait) -> None:
        self._desk, self._services, self._take, self._wait = desk, services, take, wait

    def take(self) -> None:
        """Every state, one after the other."""
        from desktop_llm.ui.pages import TOKENS
        from desktop_llm.ui.tokens.token_page import TokenPage

        self._desk.content.show_page(TOKENS)
        page = self._desk.content.pages.currentWidget()
        assert isinstance(page, TokenPage)
        self._take_compare(page)
        self._take_prompt(page)

    def _take_compare(self, page: TokenPage) -> None:
        from desktop_llm.ui.compare.compare_tab import CompareTab
        from desktop_llm.ui.compare.controls import CHART, RATIO, TABLE, TEXT
        from desktop_llm.ui.tokens.token_page import COMPARE

        page.text_tab.set_text("")
        tab = page.show_tab(COMPARE)
        assert isinstance(tab, CompareTab)
        tab.controls.box.set_names(_NAMES)
        tab.refresh()
        self._take("compare-empty")
        page.text_tab.set_text(_LETTER)
        tab.refresh()
        self._wait(lambda: tab.comparison is not None and tab.bar.isHidden())
        self._take("compare")
        tab.controls.basis.set_value(RATIO)
        self._wait(lambda: len(tab.table.cells()) > len(tab.controls.box.names) and tab.bar.isHidden())
        self._take("compare-languages")
        tab.controls.view.set_value(TABLE)
        self._take("compare-languages-table")
        tab.controls.view.set_value(CHART)
        tab.controls.box.set_names([*_NAMES, "bert", "gpt-2"])
        tab.refresh()
        self._wait(lambda: len(tab.chart.plot.series) == len(tab.controls.box.names) and tab.bar.isHidden())
        self._take("compare-six")
        tab.controls.basis.set_value(TEXT)
        self._wait(lambda: len(tab.table.cells()) == len(tab.controls.box.names) and tab.bar.isHidden())
        self._take("compare-unknown")

    def _take_prompt(self, page: TokenPage) -> None:
        from desktop_llm.ui.prompt.prompt_tab import DIFFERENCE, TOKENS, PromptTab
        from desktop_llm.ui.prompt.source import Source
        from desktop_llm.ui.tokens.token_page import PROMPT

        tab = page.show_tab(PROMPT)
        assert isinstance(tab, PromptTab)
        conversation = self._conversation()
        tab.show_conversation(conversation)
        self._wait(lambda: tab.sight is not None and not tab.waiting.text())
        tab.pieces.pointed.emit(0)
        self._take("prompt")
        tab.bar.chosen.emit(2)
        self._take("prompt-chosen")
        tab.view_box.set_value(DIFFERENCE)
        self._wait(lambda: self._has_difference(tab))
        self._take("prompt-difference")
        tab.view_box.set_value(TOKENS)
        tab.box.toggle("gpt-2")
        self._wait(lambda: tab.sight is not None and tab.sight.seen.facts.name == "gpt-2")
        self._take("prompt-no-template")
        tab.show_source(Source(json_text='[{"role": "user"'))
        self._wait(tab.views.isHidden)
        self._take("prompt-error")
        tab.source_button.paste()
        dialog = tab.source_button.dialog
        assert dialog is not None
        self._take("prompt-paste", dialog)
        dialog.reject()
        tab.box.toggle("starter")

    def _has_difference(self, tab: PromptTab) -> bool:
        return tab.sight is not None and tab.sight.diff is not None and not tab.waiting.text()

    def _conversation(self) -> Conversation:
        from desktop_llm.chat.conversation import ReplyFacts, ReplySettings
        from desktop_llm.engine.messages import Message, Role

        conversation = self._services.chats.new(ReplySettings(system_prompt="Answer briefly, as a list."))
        first = conversation.add(None, Message(Role.USER, _LETTER))
        reply = conversation.add(first.id, Message(Role.ASSISTANT, _REPLY), ReplyFacts())
        conversation.add(reply.id, Message(Role.USER, "And in Spanish?"))
        return conversation
