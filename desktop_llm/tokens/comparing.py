"""One text, or one passage in many languages, under several tokenizers: counted so that it can be stopped."""

from __future__ import annotations

import threading
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from desktop_llm.errors import AppError, ModelError
from desktop_llm.tokens.analysis import Analysis, TextSize, analysis_of, size_of
from desktop_llm.tokens.chunks import chunks_of, encode_chunk, keeps_borders
from desktop_llm.tokens.languages import LanguageCost, Passage, language_costs
from desktop_llm.tokens.tokenizer import Piece, Tokenizer, TokenizerFacts

FEWEST, MOST = 2, 6
_PAUSE_S: Final = 0.0003


@dataclass(frozen=True, slots=True)
class Watch:
    """How a comparison is looked at: `progress` gets 0 to 1; both are called on the thread that counts."""

    progress: Callable[[float], None] = lambda fraction: None
    is_cancelled: Callable[[], bool] = lambda: False

    def step(self, fraction: float) -> None:
        """Say how far it is, and let go of the interpreter, which the window's thread waits for else.

        Raises CancelledError when it shall stop.
        """
        if self.is_cancelled():
            raise CancelledError
        self.progress(fraction)
        time.sleep(_PAUSE_S)

    def part(self, done: int, n_parts: int) -> Watch:
        """The watch over one of several parts."""
        return Watch(lambda fraction: self.progress((done + fraction) / n_parts), self.is_cancelled)


@dataclass(frozen=True, slots=True)
class Counted:
    """What one tokenizer makes of a text, or of the passage by language; or why it could not be asked.

    `analysis` is None for the passage, `languages` is () for a text; both where there is an `error`.
    """

    name: str
    facts: TokenizerFacts | None
    analysis: Analysis | None = None
    languages: tuple[LanguageCost, ...] = ()
    error: AppError | None = None


class Counter:
    """Counts under tokenizers that stay open between two questions. Any thread; one asks at a time."""

    def __init__(
        self, open_tokenizer: Callable[[str], Tokenizer], samples: Callable[[], Sequence[str]] = tuple
    ) -> None:
        """`samples` are texts that each tokenizer is tried with: whether chunks change their tokens."""
        self._open_tokenizer, self._samples = open_tokenizer, samples
        self._lock = threading.Lock()
        self._open: dict[str, tuple[Tokenizer, bool]] = {}
        self._known: dict[str, Counted] = {}
        self._text = ""
        self._is_closed = False

    def count(self, names: Sequence[str], text: str, watch: Watch = Watch()) -> list[Counted]:
        """A text under each. Waits; raises CancelledError. What was counted of the same text before is not again."""
        with self._asked(names):
            if text != self._text:
                self._known.clear()
                self._text = text
            for done, name in enumerate(names):
                if name not in self._known or self._known[name].error is not None:
                    self._known[name] = self._count(name, text, watch.part(done, len(names)))
            return [self._known[name] for name in names]

    def languages(
        self,
        names: Sequence[str],
        passages: Sequence[Passage],
        watch: Watch = Watch(),
    ) -> list[Counted]:
        """The passage in each language under each. Waits; raises CancelledError."""
        counted = []
        with self._asked(names):
            for done, name in enumerate(names):
                watch.step(done / len(names))
                try:
                    tokenizer, _ = self._tokenizer(name)
                    costs = tuple(language_costs(tokenizer, passages))
                except AppError as error:
                    counted.append(Counted(name, None, error=error))
                else:
                    counted.append(Counted(name, tokenizer.facts, languages=costs))
        return counted

    def rest(self) -> None:
        """Free all of them, unless one is asked just now; what was counted stays known."""
        if self._lock.acquire(blocking=False):
            self._free()

    def close(self) -> None:
        """Free all of them, now or when the question under way has ended."""
        self._is_closed = True
        self._free_if_closed()

    @contextmanager
    def _asked(self, names: Sequence[str]) -> Iterator[None]:
        """Only what is asked for stays open."""
        self._lock.acquire()
        try:
            if self._is_closed:
                raise CancelledError
            for name in set(self._open) - set(names):
                self._open.pop(name)[0].close()
            yield
        finally:
            self._lock.release()
            self._free_if_closed()

    def _free_if_closed(self) -> None:
        """Whoever holds the lock when it is closed comes by here when it is let go."""
        if self._is_closed and self._lock.acquire(blocking=False):
            self._free()

    def _free(self) -> None:
        """Holding the lock, which is let go."""
        for tokenizer, _ in self._open.values():
            tokenizer.close()
        self._open.clear()
        self._lock.release()

    def _tokenizer(self, name: str) -> tuple[Tokenizer, bool]:
        """An open one, and whether texts may be cut into chunks for it."""
        if name not in self._open:
            try:
                tokenizer = self._open_tokenizer(name)
            except AppError:
                raise
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise ModelError("The tokenizer cannot be read: {reason}.", reason=reason) from error
            self._open[name] = tokenizer, keeps_borders(tokenizer, self._samples())
        return self._open[name]

    def _count(self, name: str, text: str, watch: Watch) -> Counted:
        watch.step(0.0)
        try:
            tokenizer, is_cut = self._tokenizer(name)
            chunks = chunks_of(text) if is_cut else [text]
            return Counted(name, tokenizer.facts, analysis=_count_chunks(tokenizer, chunks, watch))
        except AppError as error:
            return Counted(name, None, error=error)


def _count_chunks(tokenizer: Tokenizer, chunks: Sequence[str], watch: Watch) -> Analysis:
    """The counts of a text, encoded chunk by chunk. Raises GenerationError or CancelledError."""
    counts: Tally[int] = Tally()
    by_id: dict[int, Piece] = {}
    n_characters = n_bytes = n_words = 0
    is_within = False
    for done, chunk in enumerate(chunks):
        watch.step(done / len(chunks))
        ids = encode_chunk(tokenizer, chunk, is_first=done == 0)
        counts.update(ids)
        by_id.update((token, _piece(tokenizer, token)) for token in set(ids) - by_id.keys())
        size = size_of(chunk)
        n_characters += size.n_characters
        n_bytes += size.n_bytes
        n_words += size.n_words - (is_within and not chunk[:1].isspace())
        is_within = not chunk[-1:].isspace()
    return analysis_of(counts, by_id, TextSize(n_characters, n_bytes, n_words))


def fewest_tokens(counted: Sequence[Counted]) -> int:
    """The least of all counts of a text; 0 when there is none."""
    return min((each.analysis.n_tokens for each in counted if each.analysis is not None), default=0)


def _piece(tokenizer: Tokenizer, token: int) -> Piece:
    return Piece(token, tokenizer.piece(token), tokenizer.kind(token))
