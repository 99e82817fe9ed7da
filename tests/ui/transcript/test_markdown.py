"""What Markdown becomes."""

from __future__ import annotations

import time

import pytest

from desktop_llm.ui.transcript.incremental import CUT_EVERY, render
from desktop_llm.ui.transcript.leaves import Align, Box, CodeLeaf, RuleLeaf, Run, TableLeaf, TextLeaf
from desktop_llm.ui.transcript.markdown import CODE_LINES, TEXT_PIECE, code_text
from desktop_llm.ui.transcript.plain import plain_leaves


def texts(source: str) -> list[str]:
    """The text of each leaf that is one."""
    return ["".join(run.text for run in leaf.runs) for leaf in render(source) if isinstance(leaf, TextLeaf)]


def runs(source: str) -> tuple[Run, ...]:
    """The runs of the only leaf."""
    (leaf,) = render(source)
    assert isinstance(leaf, TextLeaf)
    return leaf.runs


def test_styles_become_runs() -> None:
    assert runs("a **b *c*** ~~d~~ `e`") == (
        Run("a "),
        Run("b ", is_bold=True),
        Run("c", is_bold=True, is_italic=True),
        Run(" "),
        Run("d", is_struck=True),
        Run(" "),
        Run("e", is_code=True),
    )


def test_headings_have_levels() -> None:
    assert [leaf.level for leaf in render("# a\n## b\nc\n===\ntext") if isinstance(leaf, TextLeaf)] == [1, 2, 1, 0]


def test_lists_are_numbered_and_nested() -> None:
    leaves = [leaf for leaf in render("3. a\n4. b\n   - c\n\n- [ ] d\n- [x] e") if isinstance(leaf, TextLeaf)]
    assert [leaf.marker for leaf in leaves] == ["3.", "4.", "◦", "☐", "☑"]
    assert [len(leaf.boxes) for leaf in leaves] == [1, 1, 2, 1, 1]


def test_an_item_that_holds_no_text_keeps_its_marker() -> None:
    assert [leaf.marker for leaf in render("- - a\n-\n- b")] == ["•", "◦", "•", "•"]


def test_code_in_an_item_stands_in_the_item() -> None:
    leaf = render("1. a\n   ```py\n   x = 1\n   ```")[1]
    assert leaf == CodeLeaf("py", ("x = 1",), boxes=(Box.ITEM,))


def test_a_quote_holds_what_is_quoted() -> None:
    assert [leaf.boxes for leaf in render("> a\n> - b")] == [(Box.QUOTE,), (Box.QUOTE, Box.ITEM)]


def test_a_table_has_a_head_and_aligned_columns() -> None:
    (table,) = render("|a|b|c|\n|-|-:|:-:|\n|1|2|3|")
    assert isinstance(table, TableLeaf)
    assert table.alignment == (Align.START, Align.END, Align.CENTRE)
    assert [[cell[0].text for cell in row] for row in table.rows] == [["a", "b", "c"], ["1", "2", "3"]]


def test_a_long_table_is_several_leaves_with_one_head() -> None:
    leaves = render("|a|\n|-|\n" + "".join(f"|{n}|\n" for n in range(50)))
    tables = [leaf for leaf in leaves if isinstance(leaf, TableLeaf)]
    assert [len(table.rows) for table in tables] == [CUT_EVERY + 1, CUT_EVERY, 50 - 2 * CUT_EVERY]
    assert [row[0][0].text for table in tables for row in table.rows] == ["a", *map(str, range(50))]


def test_a_long_list_goes_on_counting() -> None:
    leaves = render("".join(f"{n}. item\n" for n in range(1, 61)))
    assert [leaf.marker for leaf in leaves] == [f"{n}." for n in range(1, 61)]


def test_long_code_is_several_leaves_and_one_text() -> None:
    lines = [f"line {n}" for n in range(3 * CODE_LINES)]
    leaves = [leaf for leaf in render("```\n" + "\n".join(lines) + "\n```") if isinstance(leaf, CodeLeaf)]
    assert [leaf.is_last for leaf in leaves] == [False, False, True]
    assert code_text(line for leaf in leaves for line in leaf.lines) == "\n".join(lines)


def test_a_line_of_code_that_is_too_long_is_cut_on_screen_only() -> None:
    (leaf,) = render("```\n" + "x" * 9_000 + "\nend\n```")
    assert isinstance(leaf, CodeLeaf)
    assert max(map(len, leaf.lines)) < 2_100
    assert code_text(leaf.lines) == "x" * 9_000 + "\nend"


def test_an_unbroken_megabyte_is_many_small_pieces() -> None:
    leaves = render("x" * 1_000_000)
    lengths = [len(leaf.runs[0].text) for leaf in leaves if isinstance(leaf, TextLeaf)]
    assert sum(lengths) == 1_000_000
    assert max(lengths) <= TEXT_PIECE + 2


def test_a_rule_is_a_rule() -> None:
    assert render("---") == [RuleLeaf()]


def test_html_is_text() -> None:
    source = '<b>bold</b> <img src="file:///x.png">\n\n<script>alert(1)</script>'
    assert texts(source) == ['<b>bold</b> <img src="file:///x.png">', "<script>alert(1)</script>"]


def test_an_image_is_its_description_and_address() -> None:
    assert runs("![a cat](https://example.org/cat.png)") == (Run("a cat (https://example.org/cat.png)", is_muted=True),)
    assert runs("![x](//host/share/x.png)")[0].link == ""


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "//host/x", "data:text/html,x", "smb://host/x"]
)
def test_a_link_that_leads_elsewhere_is_text(url: str) -> None:
    assert all(not run.link for run in runs(f"[click]({url}) <{url}>"))


def test_a_bare_address_is_a_link_as_it_was_written() -> None:
    (leaf,) = render("See https://example.org/a%20b_c?d=1, (http://xn--e1awd7f.com) or **HTTPS://A.B**.")
    assert isinstance(leaf, TextLeaf)
    links = [(run.text, run.link) for run in leaf.runs if run.link]
    assert links == [
        ("https://example.org/a%20b_c?d=1", "https://example.org/a%20b_c?d=1"),
        ("http://xn--e1awd7f.com", "http://xn--e1awd7f.com"),
        ("HTTPS://A.B", "HTTPS://A.B"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "javascript://alert(1)",
        "file:///etc/passwd",
        "//host/share",
        "ftp://host/x",
        "www.example.org",
        "a@b.org",
        "`https://a.b`",
        "https://a.b\u202egpj",
        "[x](https://a.b\u202egpj)",
    ],
)
def test_other_bare_addresses_and_hidden_ones_are_text(text: str) -> None:
    (leaf,) = render(text)
    assert isinstance(leaf, TextLeaf)
    assert not any(run.link for run in leaf.runs)


def test_many_addresses_do_not_take_long() -> None:
    started = time.process_time()
    for unit in ("a://", "http://", "https://a.b/", "a:", "https://a/("):
        render(unit * 40_000)
    assert time.process_time() - started < 3


def test_a_link_hides_nothing() -> None:
    (run,) = runs("[exam\u202eple](https://example.org)")
    assert run == Run("exam\ufffdple", link="https://example.org")


def test_deep_nesting_loses_no_text() -> None:
    assert any("bottom" in text for text in texts("> " * 150 + "bottom"))


def test_what_the_user_typed_is_not_read_as_markdown() -> None:
    assert plain_leaves("# not a *heading*\n- two\n```py\nx\n```\nend") == [
        TextLeaf((Run("# not a *heading*\u2028- two"),)),
        CodeLeaf("py", ("x",)),
        TextLeaf((Run("end"),)),
    ]
