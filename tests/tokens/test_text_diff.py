"""What differs between two texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.tokens.text_diff import MOST_LINES, DiffLine, LineKind, Span, TextDiff, diff_texts

CHATML = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
PHI = "<|user|>\nHi<|end|>\n<|assistant|>\n"


def side(diff: TextDiff, kind: LineKind) -> str:
    return "".join(line.text for line in diff.lines if line.kind in (kind, LineKind.BOTH))


def test_the_same_texts_have_no_difference() -> None:
    diff = diff_texts(CHATML, CHATML)
    assert diff.is_same
    assert diff.lines == (DiffLine(LineKind.SKIPPED, n_skipped=3),)


def test_only_the_changed_words_are_marked() -> None:
    diff = diff_texts(CHATML, PHI)
    assert not diff.is_same
    changed = [
        span.text for line in diff.lines if line.kind is LineKind.FIRST for span in line.spans if span.is_changed
    ]
    kept = [
        span.text for line in diff.lines if line.kind is LineKind.FIRST for span in line.spans if not span.is_changed
    ]
    assert "Hi" in "".join(kept)
    assert "<|im_start|>" in "".join(changed)
    assert "Hi" not in "".join(changed)


def test_what_both_have_far_from_a_change_is_left_out() -> None:
    same = "".join(f"line {i}\n" for i in range(100))
    diff = diff_texts(f"a\n{same}b\n{same}", f"x\n{same}y\n{same}")
    assert [line.n_skipped for line in diff.lines if line.kind is LineKind.SKIPPED] == [96, 98]


def test_an_added_end_of_line_is_seen() -> None:
    diff = diff_texts("a", "a\n")
    assert [(line.kind, line.spans) for line in diff.lines] == [
        (LineKind.FIRST, (Span("a"),)),
        (LineKind.SECOND, (Span("a"), Span("\n", is_changed=True))),
    ]


def test_texts_that_are_too_long_are_cut_and_told() -> None:
    diff = diff_texts("a\n" * (MOST_LINES + 1), "a\n" * (MOST_LINES + 1))
    assert diff.is_cut
    assert not diff.is_same


@given(st.text(alphabet="ab<|>\n ñ", max_size=60), st.text(alphabet="ab<|>\n ñ", max_size=60))
def test_both_texts_can_be_read_off_the_difference(first: str, second: str) -> None:
    diff = diff_texts(first, second, n_context=1000)
    assert diff.is_same is (first == second)
    if first != second:
        assert side(diff, LineKind.FIRST) == first
        assert side(diff, LineKind.SECOND) == second
