"""A text is counted chunk by chunk on the tokenizer's own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.errors import AppError, GenerationError, ModelNotFoundError
from desktop_llm.tokens.analysis import analyse
from desktop_llm.tokens.chunked_text import ChunkedText
from desktop_llm.tokens.counted import ChunkCounter, CountedChunk, analyse_chunks
from desktop_llm.tokens.counting import Answer, Event, Failed, Opened, TextCounting
from desktop_llm.tokens.hints import HintKind, hints, hints_of_chunks, places, shortened
from desktop_llm.tokens.shelf import TokenizerShelf
from desktop_llm.tokens.text_file import LARGEST_BYTES, read_text_file, text_of
from desktop_llm.tokens.tokenizer import Tokenizer, TokenizerFacts, pieces_of

TEXT = "Some words, and more of them — in a line.\nNext line  with spaces \nHeader of the page\n" * 400
TIMEOUT_S = 20.0


class Reader:
    """Takes events as they come."""

    def __init__(self) -> None:
        self._rung = threading.Event()
        self.events: list[Event] = []
        self.counting: TextCounting | None = None

    def ring(self) -> None:
        self._rung.set()

    def until(self, is_done: Callable[[], bool]) -> None:
        assert self.counting is not None
        while not is_done():
            assert self._rung.wait(TIMEOUT_S)
            self._rung.clear()
            self.events += self.counting.take()

    @property
    def counted(self) -> list[CountedChunk]:
        return [event for event in self.events if isinstance(event, CountedChunk)]


@pytest.fixture
def reader(shelf: TokenizerShelf) -> Iterator[Reader]:
    """Of the tokenizer that ships with the app."""
    reader = Reader()
    reader.counting = TextCounting(lambda: shelf.open("starter"), reader.ring, samples=("one two",))
    yield reader
    reader.counting.close()


def test_all_chunks_are_counted_and_are_the_text(reader: Reader, tokenizers: dict[str, Tokenizer]) -> None:
    text = ChunkedText(TEXT)
    assert reader.counting is not None
    reader.counting.put(text.chunks)
    reader.until(lambda: len(reader.counted) == len(text.chunks))
    opened = reader.events[0]
    assert isinstance(opened, Opened)
    assert opened.keeps_borders
    by_chunk = {counted.chunk: counted for counted in reader.counted}
    ids = [piece.id for chunk in text.chunks for piece in by_chunk[chunk].pieces]
    assert ids == tokenizers["starter"].encode(TEXT)


def test_the_counts_of_chunks_are_those_of_the_text(tokenizers: dict[str, Tokenizer]) -> None:
    tokenizer = tokenizers["phi-3"]
    counter = ChunkCounter(tokenizer)
    chunks = [counter.count(chunk) for chunk in ChunkedText(TEXT).chunks]
    assert analyse_chunks(chunks) == analyse(TEXT, pieces_of(tokenizer, tokenizer.encode(TEXT)))


def test_what_a_tokenizer_puts_around_a_text_is_found(tokenizers: dict[str, Tokenizer]) -> None:
    before, after = ChunkCounter(tokenizers["bert"]).around()
    assert ([piece.text for piece in before], [piece.text for piece in after]) == (["[CLS]"], ["[SEP]"])
    before, after = ChunkCounter(tokenizers["gpt-2"]).around()
    assert (before, after) == ((), ())


def test_control_tokens_in_a_text_are_read_when_they_are_wanted(tokenizers: dict[str, Tokenizer]) -> None:
    (chunk,) = ChunkedText("<|im_start|>user").chunks
    kinds = {
        parses: ChunkCounter(tokenizers["qwen2"], parse_special=parses).count(chunk).pieces[0].kind
        for parses in (False, True)
    }
    assert kinds == {False: TokenKind.NORMAL, True: TokenKind.SPECIAL}


def test_a_dropped_chunk_is_not_told(reader: Reader) -> None:
    text = ChunkedText(TEXT)
    assert reader.counting is not None
    reader.counting.put(text.chunks[1:])
    reader.counting.drop(text.chunks[1:])
    reader.counting.put(text.chunks[:1])
    reader.until(lambda: bool(reader.counted))
    reader.counting.ask("end", lambda counter, is_stale: None)
    reader.until(lambda: any(isinstance(event, Answer) for event in reader.events))
    assert text.chunks[0] in [counted.chunk for counted in reader.counted]
    assert text.chunks[-1] not in [counted.chunk for counted in reader.counted]


def test_a_question_is_answered_after_the_chunks_and_taken_back_by_an_edit(reader: Reader) -> None:
    text, asked = ChunkedText(TEXT), threading.Event()
    assert reader.counting is not None

    def wait_to_be_stale(_counter: ChunkCounter, is_stale: Callable[[], bool]) -> str:
        asked.set()
        while not is_stale():
            pass
        return "late"

    reader.counting.ask("first", wait_to_be_stale)
    assert asked.wait(TIMEOUT_S)
    reader.counting.put(text.chunks)
    reader.counting.ask("second", lambda counter, is_stale: counter.tokenizer.facts.name)
    reader.until(lambda: any(isinstance(event, Answer) for event in reader.events))
    assert len(reader.counted) == len(text.chunks)
    assert [event for event in reader.events if isinstance(event, Answer)] == [Answer("second", "starter")]


def test_a_tokenizer_that_cannot_be_opened_is_told() -> None:
    def refuse() -> Tokenizer:
        raise ModelNotFoundError("There is no model file {path}.", path="x")

    for refused in (refuse, lambda: (_ for _ in ()).throw(OSError(13, "Permission denied"))):
        reader = Reader()
        reader.counting = TextCounting(refused, reader.ring)
        reader.until(lambda: bool(reader.events))  # noqa: B023  called within the loop
        assert isinstance(reader.events[0], Failed)
        assert isinstance(reader.events[0].error, AppError)
        reader.counting.close()


def test_a_chunk_that_cannot_be_encoded_is_told_and_the_others_are_counted() -> None:
    class Picky:
        facts = TokenizerFacts("picky", "Picky", "BPE", 1, "here")

        def encode(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> list[int]:
            del add_special, parse_special
            if "漢" in text:
                raise GenerationError("The text could not be turned into tokens.")
            return [0] * len(text)

        def piece(self, token: int) -> bytes:
            del token
            return b"a"

        def kind(self, token: int) -> TokenKind:
            del token
            return TokenKind.NORMAL

        def close(self) -> None:
            pass

    reader = Reader()
    reader.counting = TextCounting(Picky, reader.ring)
    reader.counting.put(ChunkedText("漢").chunks)
    reader.until(lambda: any(isinstance(event, Failed) for event in reader.events))
    reader.counting.put(ChunkedText("abc").chunks)
    reader.until(lambda: bool(reader.counted))
    reader.counting.close()


def test_hints_of_chunks_save_what_hints_of_the_whole_save(tokenizers: dict[str, Tokenizer]) -> None:
    tokenizer = tokenizers["gpt-2"]
    text = f"{TEXT}A number 3.14159265 ﬁne\u200b e\u0301\n\n\n\nEnd"
    counter = ChunkCounter(tokenizer)
    chunks = ChunkedText(text).chunks
    counts = [len(counter.count(chunk).pieces) for chunk in chunks]
    of_chunks = hints_of_chunks(
        [chunk.text for chunk in chunks], counts, lambda part, is_first: counter.encode(part, is_first=is_first)
    )
    assert {hint.kind: hint for hint in of_chunks} == {hint.kind: hint for hint in hints(tokenizer, text)}


@pytest.mark.parametrize("kind", list(HintKind))
def test_the_places_of_a_hint_are_what_it_changes(kind: HintKind) -> None:
    text = (
        "Ends \nruns  of\tspaces\n\n\n\nA header line here\nx\nA header line here\nA header line here\n"
        "1.234567 a\u200bb ＡＢ no\u00a0break ﬁn e\u0301"
    )
    found = list(places(text, kind))
    assert found
    before, after = text[: found[0][0]], text[found[-1][1] :]
    changed = shortened(text, [kind])
    assert changed.startswith(before)
    assert changed.endswith(after)


def test_a_text_file_keeps_every_character(tmp_path: Path) -> None:
    text = "\ufeffBOM\r\nand\ttabs\u200b"
    (tmp_path / "a.txt").write_bytes(text.encode())
    (tmp_path / "b.txt").write_bytes(text.encode("utf-16-le"))
    assert read_text_file(tmp_path / "a.txt") == text
    assert read_text_file(tmp_path / "b.txt") == text


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0", b"caf\xe9", b"text\0text", b"\xff\xfeab\x00\xd8"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(AppError, match="is not a text"):
        text_of(content, "file")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    with pytest.raises(AppError, match="too large: 4 MB, and 4 MB"):
        read_text_file(tmp_path / "large.txt")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="cannot be read: No such file"):
        read_text_file(tmp_path / "none.txt")
