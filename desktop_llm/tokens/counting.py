"""TextCounting: a tokenizer on a thread of its own, which counts the chunks of a text as they are edited."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from desktop_llm.errors import AppError
from desktop_llm.tokens.chunked_text import Chunk
from desktop_llm.tokens.chunks import keeps_borders
from desktop_llm.tokens.counted import ChunkCounter, CountedChunk
from desktop_llm.tokens.tokenizer import Piece, Tokenizer, TokenizerFacts

#: Chunks of an edit are counted before those of a long text that is being read.
_EDIT_CHUNKS: Final = 4
#: How long this thread works in one go, and how long it rests then.
_BUSY_S: Final = 0.001
_PAUSE_S: Final = 0.0003

#: A question that is answered when no chunk waits. It asks its second argument often: once that is true, any answer
#: will do.
Question = Callable[[ChunkCounter, Callable[[], bool]], object]


@dataclass(frozen=True, slots=True)
class Opened:
    """What the tokenizer is, and what it puts around a text. `keeps_borders`: its texts may be cut into chunks."""

    facts: TokenizerFacts
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    keeps_borders: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question, by the name that it was asked under."""

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Failed:
    """The tokenizer, or a text, cannot be used; nothing more comes when the tokenizer was not opened."""

    error: AppError


Event = Opened | CountedChunk | Answer | Failed


class TextCounting:
    """One tokenizer, opened, used and closed by its own thread. Any thread may call; one reader takes the events.

    `ring` is called on the thread when there is something to take.
    """

    def __init__(
        self,
        open_tokenizer: Callable[[], Tokenizer],
        ring: Callable[[], None],
        *,
        parse_special: bool = False,
        samples: tuple[str, ...] = (),
    ) -> None:
        """`samples` are texts that the tokenizer is tried with: whether chunks change their tokens."""
        self._open, self._ring = open_tokenizer, ring
        self._parse_special, self._samples = parse_special, samples
        self._changed = threading.Condition()
        self._wanted: dict[Chunk, None] = {}
        self._urgent: list[Chunk] = []
        self._questions: dict[str, Question] = {}
        self._events: list[Event] = []
        self._is_closed = False
        self._gave_way_at = 0.0
        threading.Thread(target=self._run, name="tokenizer", daemon=True).start()

    def put(self, chunks: Iterable[Chunk]) -> None:
        """Count these."""
        listed = list(chunks)
        with self._changed:
            self._wanted.update(dict.fromkeys(listed))
            if len(listed) <= _EDIT_CHUNKS:
                self._urgent.extend(listed)
            self._questions.clear()
            self._changed.notify()

    def drop(self, chunks: Iterable[Chunk]) -> None:
        """These are of no interest any more."""
        with self._changed:
            for chunk in chunks:
                self._wanted.pop(chunk, None)

    def ask(self, name: str, question: Question) -> None:
        """Answer this once no chunk waits; a change of the text takes it back."""
        with self._changed:
            self._questions[name] = question
            self._changed.notify()

    def take(self) -> list[Event]:
        """What has come since the last time."""
        with self._changed:
            events, self._events = self._events, []
        return events

    def close(self) -> None:
        """End; returns at once, and nobody is rung for any more."""
        with self._changed:
            self._is_closed = True
            self._wanted.clear()
            self._questions.clear()
            self._changed.notify()

    def _run(self) -> None:
        """The thread's whole life."""
        try:
            tokenizer = self._open()
        except (AppError, OSError) as error:
            self._tell(Failed(error if isinstance(error, AppError) else _unreadable(error)))
            return
        try:
            self._serve(ChunkCounter(tokenizer, parse_special=self._parse_special))
        except AppError as error:
            self._tell(Failed(error))
        finally:
            tokenizer.close()

    def _serve(self, counter: ChunkCounter) -> None:
        before, after = counter.around()
        keeps = keeps_borders(counter.tokenizer, self._samples)
        self._tell(Opened(counter.tokenizer.facts, before, after, keeps))
        while (task := self._next()) is not None:
            if isinstance(task, Chunk):
                try:
                    self._tell(counter.count(task), only_if_wanted=task)
                except AppError as error:
                    self._tell(Failed(error), only_if_wanted=task)
                self._give_way()
            else:
                self._answer(counter, *task)

    def _answer(self, counter: ChunkCounter, name: str, question: Question) -> None:
        def is_stale() -> bool:
            self._give_way()
            return self._is_closed or bool(self._wanted)

        value = question(counter, is_stale)
        if not is_stale():
            self._tell(Answer(name, value))

    def _give_way(self) -> None:
        """Let go of the interpreter for a moment, now and then: the window's thread waits for it else, 5 ms a time."""
        if time.perf_counter() - self._gave_way_at > _BUSY_S:
            time.sleep(_PAUSE_S)
            self._gave_way_at = time.perf_counter()

    def _next(self) -> Chunk | tuple[str, Question] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or self._wanted or self._questions)
            if self._is_closed:
                return None
            while self._urgent:
                chunk = self._urgent.pop(0)
                if chunk in self._wanted:
                    return chunk
            if self._wanted:
                return next(iter(self._wanted))
            name = next(iter(self._questions))
            return name, self._questions.pop(name)

    def _tell(self, event: Event, only_if_wanted: Chunk | None = None) -> None:
        with self._changed:
            if self._is_closed:
                return
            if only_if_wanted is not None and only_if_wanted not in self._wanted:
                return
            if only_if_wanted is not None:
                del self._wanted[only_if_wanted]
            self._events.append(event)
        self._ring()


def _unreadable(error: OSError) -> AppError:
    return AppError("The tokenizer cannot be read: {reason}.", reason=error.strerror or str(error))
