"""Pygments' lexers, fetched in a thread because the first of each takes 10 to 80 ms."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_log = logging.getLogger(__name__)

#: What models write after the fence, and Pygments' name for it.
_OTHER_NAMES = {"c++": "cpp", "shell": "bash", "sh": "bash", "plaintext": "", "text": "", "plain": "", "txt": ""}


class LexerShelf:
    """The lexers of the languages asked for so far. Belongs to the GUI thread."""

    def __init__(self) -> None:
        self._lexers: dict[str, Lexer | None] = {}
        self._threads: dict[str, threading.Thread] = {}

    def get(self, language: str) -> Lexer | None:
        """The lexer of a language; None where there is none, or not yet."""
        name = _OTHER_NAMES.get(language.lower(), language.lower())
        if name and name not in self._lexers and name not in self._threads:
            thread = threading.Thread(target=self._load, args=(name,), name=f"lexer-{len(self._threads)}", daemon=True)
            self._threads[name] = thread
            thread.start()
        return self._lexers.get(name)

    def has_none(self, language: str) -> bool:
        """Whether it is known that there is no lexer of a language."""
        name = _OTHER_NAMES.get(language.lower(), language.lower())
        return not name or (name in self._lexers and self._lexers[name] is None)

    def _load(self, name: str) -> None:
        """Import and compile a lexer. Runs in its own thread; one assignment hands it over."""
        from pygments.lexers import get_lexer_by_name
        from pygments.util import ClassNotFound

        lexer: Lexer | None = None
        try:
            lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
            list(lexer.get_tokens_unprocessed("x\n"))
        except ClassNotFound:
            _log.debug("no lexer of that name")
        finally:
            self._lexers[name] = lexer
