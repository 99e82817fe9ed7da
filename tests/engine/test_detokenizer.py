"""Bytes to whole characters, and stop strings that are never shown."""

from __future__ import annotations

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from desktop_llm.engine.detokenizer import Detokenizer

_LETTERS = st.text(alphabet="abé\n🙂", max_size=30)


def _cut(raw: bytes, borders: list[int]) -> list[bytes]:
    places = sorted({0, len(raw), *(border % (len(raw) + 1) for border in borders)})
    return [raw[a:b] for a, b in itertools.pairwise(places)]


def _run(pieces: list[bytes], stop: tuple[str, ...] = ()) -> tuple[list[str], Detokenizer]:
    detokenizer = Detokenizer(stop)
    texts = [detokenizer.feed(piece) for piece in pieces]
    return [*texts, detokenizer.flush()], detokenizer


def _shortest_before_stop(text: str, stop: tuple[str, ...]) -> tuple[str, str | None]:
    """The reference: read character by character, and look back at every one."""
    for end in range(1, len(text) + 1):
        met = [each for each in stop if text[:end].endswith(each)]
        if met:
            longest = max(met, key=len)
            return text[: end - len(longest)], longest
    return text, None


@given(raw=st.binary(max_size=40), borders=st.lists(st.integers(0, 100), max_size=10))
@example(raw="🙂".encode()[:3], borders=[1, 2])
@example(raw=b"\xf0\x9f\x41\xc3", borders=[1, 2, 3])
def test_any_bytes_cut_anywhere_read_as_if_decoded_at_once(raw: bytes, borders: list[int]) -> None:
    texts, _ = _run(_cut(raw, borders))
    assert "".join(texts) == raw.decode("utf-8", "replace")


@given(text=_LETTERS, stop=st.lists(st.text(alphabet="abé\n", min_size=1, max_size=4), max_size=3), data=st.data())
def test_stop_strings_are_found_across_borders_and_never_shown(text: str, stop: list[str], data: st.DataObject) -> None:
    raw = text.encode()
    borders = data.draw(st.lists(st.integers(0, len(raw)), max_size=12))
    texts, detokenizer = _run(_cut(raw, borders), tuple(stop))
    assert ("".join(texts), detokenizer.stop_string) == _shortest_before_stop(text, tuple(stop))


@given(text=_LETTERS, stop=st.text(alphabet="ab", min_size=1, max_size=5))
def test_what_was_given_out_never_has_to_be_taken_back(text: str, stop: str) -> None:
    detokenizer = Detokenizer([stop])
    shown = ""
    expected, _ = _shortest_before_stop(text, (stop,))
    for piece in _cut(text.encode(), list(range(200))):
        shown += detokenizer.feed(piece)
        assert expected.startswith(shown)


def test_a_half_character_is_held_until_it_is_whole() -> None:
    detokenizer = Detokenizer()
    assert [detokenizer.feed(bytes([byte])) for byte in "é🙂".encode()] == ["", "é", "", "", "", "🙂"]


def test_text_that_cannot_begin_a_stop_string_is_not_held() -> None:
    detokenizer = Detokenizer(["###"])
    assert detokenizer.feed(b"Hello #") == "Hello "
    assert detokenizer.feed(b"# there") == "## there"


def test_a_held_beginning_is_given_out_at_the_end() -> None:
    detokenizer = Detokenizer(["###"])
    assert detokenizer.feed(b"a##") == "a"
    assert detokenizer.flush() == "##"
    assert detokenizer.stop_string is None


def test_nothing_comes_after_a_stop_string() -> None:
    detokenizer = Detokenizer(["END"])
    assert detokenizer.feed(b"one END two") == "one "
    assert detokenizer.is_stopped
    assert not detokenizer.feed(b"three")
    assert not detokenizer.flush()


def test_the_tokenizers_leading_space_is_stripped_once_and_only_when_asked() -> None:
    asked = Detokenizer(strip_leading_space=True)
    assert [asked.feed(b""), asked.feed(b"  a"), asked.feed(b" b")] == ["", " a", " b"]
    assert Detokenizer().feed(b" a") == " a"
