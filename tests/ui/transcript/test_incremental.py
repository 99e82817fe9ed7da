"""Markdown that grows ends as Markdown read at once."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_llm.ui.transcript.incremental import IncrementalMarkdown, render
from desktop_llm.ui.transcript.leaves import Leaf

_LINES = st.sampled_from([
    "", "", "text of a paragraph", "# heading", "## **bold** heading", "- item", "  - nested", "1. one", "2) two",
    "7. seven", "   continued", "    indented code", "```python", "```", "~~~", "  ```", "````",
    "def f(): return `1`", "> quote", "> - item in quote", "> ```", "| a | b |", "|---|--:|", "| 1 | `x` |",
    "| only |", "---", "===", "***", "* star", "+ plus", "- [ ] open", "- [x] done", "**bold *both* ~~gone~~**",
    "[a](https://example.org) [b](javascript:alert(1))", "![alt](//host/x.png)", "<b>html</b>", "<div>",
    "[ref]: https://example.org", "hard  ", "back\\", "\tTab", "-", "=", "1.", "#", "-\ta", "\r", "| x",
    "&amp; &#65;", "x" * 50, "see https://example.org/a_b?c=d. And (http://x.y/z)", "javascript://a https:", "<https://a.b>",
])  # fmt: skip
_DOCUMENTS = st.lists(_LINES, max_size=40).map("\n".join) | st.lists(_LINES, max_size=8).map("\r\n".join)
_LONG = st.tuples(
    st.sampled_from(
        [
            "- item {}\n",
            "{}. item\n",
            "| {} | x |\n",
            "line {}\n",
            "word{} ",
            "> quote {}\n",
            "x{}",
            "- a {}\n\n  more\n",
        ]
    ),
    st.integers(1, 900),
).map(lambda pair: "".join(pair[0].format(n) for n in range(pair[1])))
_TABLE = st.integers(0, 70).map(lambda n: "| a | b |\n|---|:-:|\n" + "".join(f"| {i} | y |\n" for i in range(n)))
_FENCED = st.integers(0, 200).map(lambda n: "```c\n" + "int x;\n" * n + "```\n")
_ALL = st.lists(_DOCUMENTS | _LONG | _TABLE | _FENCED, min_size=1, max_size=4).map("\n".join)


def _stream(text: str, cuts: list[int]) -> list[Leaf]:
    reader = IncrementalMarkdown()
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    for start, end in pairwise(edges):
        reader.feed(text[start:end])
        reader.read_all()
        reader.open_leaves(is_final=False)
    return [*reader.closed, *reader.open_leaves(is_final=True)]


@settings(max_examples=60)
@given(text=_ALL, cuts=st.lists(st.integers(0, 100_000), max_size=12))
def test_any_split_of_a_text_ends_in_the_same_leaves(text: str, cuts: list[int]) -> None:
    assert _stream(text, cuts) == render(text)


@settings(max_examples=40)
@given(text=_DOCUMENTS)
def test_a_text_that_comes_letter_by_letter_ends_in_the_same_leaves(text: str) -> None:
    assert _stream(text, list(range(len(text)))) == render(text)


@settings(max_examples=40)
@given(
    text=st.text(alphabet="ab `*_~[]()!<>#-|\n\t\\>1.", max_size=300), cuts=st.lists(st.integers(0, 300), max_size=12)
)
def test_any_split_of_any_marks_ends_in_the_same_leaves(text: str, cuts: list[int]) -> None:
    assert _stream(text, cuts) == render(text)
