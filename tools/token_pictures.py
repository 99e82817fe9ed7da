"""Pictures of the Text tab of the Tokens page: empty, full, selected, reading, and when something is wrong."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_llm.ui.desk import Desk
    from desktop_llm.ui.tokens.text_tab import TextTab

Take = Callable[..., None]
Wait = Callable[[Callable[[], bool]], None]

SAMPLE = (
    "The meeting begins at nine. Please bring 3 copies of the report.   \n\n\n\n"
    "La reunión empieza a las nueve. 会議は九時に始まります。 🙂 👍🏽\n"
    "\tdef total(rows):\n\t\treturn sum(row.price * 1.21 for row in rows)  # tax included\n"
    "A space that\u00a0does not break, a zero\u200bwidth one, and e\u0301 in two parts.\n"
    "Pi is 3.14159265358979, and a  wide   gap  costs    tokens.\n"
)
PROSE = (
    "A tokenizer cuts a text into the pieces that a model reads. Frequent words are one piece, rare ones are several, "
    "and a character that no piece has is written in bytes. What a text costs is counted in these pieces.\n"
)


class TokenPictures:
    """Walks the tab through its states; the tokenizers and the loaded model are real ones."""

    def __init__(self, desk: Desk, take: Take, wait: Wait) -> None:
        self._desk, self._take, self._wait = desk, take, wait

    def take(self) -> None:
        """Every state, one after the other; there is no text afterwards."""
        from desktop_llm.ui.pages import TOKENS
        from desktop_llm.ui.tokens.token_page import TEXT, TokenPage

        self._desk.content.show_page(TOKENS)
        page = self._desk.content.pages.currentWidget()
        assert isinstance(page, TokenPage)
        page.show_tab(TEXT)
        tab = page.text_tab
        tab.set_text("")
        self._rest(tab)
        self._take("tokens-empty")
        self._take_text(tab)
        self._take_tokenizers(tab)
        self._take_long(tab)
        self._take_broken(tab)
        tab.head.box.toggle("starter")
        tab.set_text("")
        self._rest(tab)

    def _rest(self, tab: TextTab) -> None:
        self._wait(lambda: tab.counted.is_settled and not tab.editor.is_loading and tab.answers.is_at_rest)

    def _take_text(self, tab: TextTab) -> None:
        tab.set_text(SAMPLE + PROSE)
        self._rest(tab)
        tab.editor.select_units(4, 21)
        tab.link.point(6)
        self._take("tokens")
        bar = tab.panel.verticalScrollBar()
        for count in (1, 2, 3):
            bar.setValue(count * (tab.panel.viewport().height() - 40))
            self._take(f"tokens-panel-{count}")
        if tab.panel.perplexity.button.isEnabled():  # a model is loaded
            tab.panel.perplexity.button.click()
            self._wait(lambda: tab.panel.perplexity.scores is not None)
            bar.setValue(bar.maximum())
            self._take("tokens-surprise")
        bar.setValue(0)

    def _take_tokenizers(self, tab: TextTab) -> None:
        tab.head.special.click()
        tab.head.box.toggle("bert")
        self._rest(tab)
        self._take("tokens-bert")
        tab.head.box.open_menu()
        assert tab.head.box.menu is not None
        self._take("tokens-menu", tab.head.box.menu)
        tab.head.box.menu.close()
        tab.head.box.toggle("starter")
        tab.head.special.click()

    def _take_long(self, tab: TextTab) -> None:
        tab.set_text('{"name":"value","list":[1,2,3]},' * 20_000)
        self._rest(tab)
        self._take("tokens-long-line")
        tab.set_text((PROSE + SAMPLE) * 2000)
        self._wait(lambda: tab.counted.fraction > 0.1)
        self._take("tokens-counting")

    def _take_broken(self, tab: TextTab) -> None:
        with tempfile.TemporaryDirectory() as folder:
            broken, picture = Path(folder) / "broken.gguf", Path(folder) / "picture.png"
            broken.write_bytes(b"GGUF" + b"\0" * 64)
            picture.write_bytes(b"\x89PNG\0")
            tab.set_text(PROSE)
            tab.open_file(picture)
            self._wait(lambda: bool(tab.banners.banners()))
            self._take("tokens-no-text")
            tab.head.box.add_file(broken)
            self._wait(lambda: tab.counted.is_broken)
            self._take("tokens-broken")
