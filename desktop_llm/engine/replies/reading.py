"""Reading: what the parsers of all formats share: the tape, the tools there are, and the deltas gathered."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from typing import Any

from desktop_llm.engine.replies.deltas import CallArguments, CallBegun, Delta, Said, Thought
from desktop_llm.engine.replies.tape import Tape

#: Mistral's templates take no other ids; every other takes any.
_ID_LETTERS = string.ascii_letters + string.digits
_ID_LENGTH = 9


class Reading:
    """One reply being read. `tools` are the schemas of the parameters by the tools' names."""

    def __init__(self, tools: Mapping[str, Any]) -> None:
        self.tape = Tape()
        self.tools = tools
        self._deltas: list[Delta] = []
        self._n_calls = 0

    def say(self, text: str) -> None:
        """Text for the reader."""
        self._deltas.append(Said(text))

    def think(self, text: str) -> None:
        """Reasoning."""
        self._deltas.append(Thought(text))

    def begin_call(self, name: str, call_id: str = "") -> None:
        """A call of this tool begins: what was held of its text is not needed any more."""
        self.tape.release()
        made = "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))
        self._deltas.append(CallBegun(self._n_calls, call_id or made, name))
        self._n_calls += 1

    def add_arguments(self, text: str) -> None:
        """More arguments of the call that was begun last."""
        self._deltas.append(CallArguments(self._n_calls - 1, text))

    def take(self) -> list[Delta]:
        """What was gathered since the last call."""
        deltas, self._deltas = self._deltas, []
        return deltas
