"""gpt-oss's harmony: messages, each with a head that tells its channel and whom it is for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop_llm.engine.replies.forcing import Rules, Written, forced_calls
from desktop_llm.engine.replies.reading import Reading
from desktop_llm.engine.replies.tape import Steps
from desktop_llm.engine.replies.values import JSON

_BODY = "<|message|>"
_ENDS = ("<|end|>", "<|call|>", "<|return|>", "<|start|>", "<|channel|>")
_HEADS = ("<|start|>", "<|channel|>", "to=")
_MAX_HEAD = 256
_RECIPIENT = re.compile(r"to=(?:functions\.)?([^\s<]+)")
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)")


@dataclass(frozen=True, slots=True)
class HarmonyStyle:
    """Replies in harmony. `channel` is that of a message whose body the prompt has begun."""

    channel: str = ""

    @property
    def markers(self) -> tuple[str, ...]:
        """Every mark of it."""
        return (_BODY, *_ENDS, "<|constrain|>")

    def read(self, reading: Reading) -> Steps[None]:
        """Read a whole reply."""
        tape = reading.tape
        if self.channel:
            yield from self._read_body(reading, self.channel)
        while (yield from tape.peek()):
            tape.hold()
            space = yield from tape.skip_space()
            head = None
            if (yield from tape.starts_with(_HEADS)) is not None:
                head = yield from tape.read_to(_BODY, _MAX_HEAD)
            if head is None:
                tape.back()
                mark = (yield from tape.starts_with(_ENDS)) if not space else None
                if mark is not None and mark not in _HEADS:
                    tape.take(len(mark))
                    continue
                yield from self._say_something(reading)
                continue
            tape.release()
            recipient, channels = _RECIPIENT.search(head), _CHANNEL.findall(head)
            if recipient is not None and recipient[1] in reading.tools:
                reading.begin_call(recipient[1])
                yield from tape.skip_space()
                if (yield from JSON.read_value(tape, reading.add_arguments)):
                    yield from tape.skip_space()
            yield from self._read_body(reading, channels[-1] if channels else "")

    def forced(self, rules: Rules, tools: Mapping[str, Any]) -> str:
        """An expression for one call of one of the tools, perhaps after a thought. Raises GrammarError."""
        written = Written("<|channel|>commentary to=functions.", " <|constrain|>json<|message|>", "", between=None)
        thought = f'("<|channel|>analysis<|message|>" {rules.until("<|end|>")} "<|start|>assistant")?'
        return f"{thought} {forced_calls(rules, written, tools, parallel=False)}"

    def _say_something(self, reading: Reading) -> Steps[None]:
        """Text where a head should be: said up to the next mark, which is said too when it leads nowhere."""
        tape = reading.tape
        first = yield from tape.peek()
        if first:
            reading.say(tape.take(1))
        yield from tape.pass_until(_ENDS, reading.say, trims=False)

    def _read_body(self, reading: Reading, channel: str) -> Steps[None]:
        emit = reading.think if channel == "analysis" else reading.say
        mark = yield from reading.tape.pass_until(_ENDS, emit, trims=False)
        if mark is not None and mark not in _HEADS:
            reading.tape.take(len(mark))
