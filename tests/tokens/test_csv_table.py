"""CSV that spreadsheets open right."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.tokens.csv_table import CsvFormat, csv_text


def test_a_table_has_its_encodings_mark_and_lines_as_the_standard_wants() -> None:
    assert csv_text(("name", "n"), [("ñ", 1234567), (None, 0.25)]) == "\ufeffname,n\r\nñ,1234567\r\n,0.25\r\n"


def test_where_commas_divide_decimals_semicolons_divide_cells() -> None:
    assert csv_text(("a", "b"), [(0.5, "x;y")], CsvFormat(";", ",")) == '\ufeffa;b\r\n0,5;"x;y"\r\n'


def test_a_negative_number_is_a_number() -> None:
    assert csv_text(("a",), [(-1,), (-0.5,)]).splitlines()[1:] == ["-1", "-0.5"]


@pytest.mark.parametrize(
    "start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\x1f=1", "\u3000=1", "\uff1d1", "\n=1"]
)
def test_no_text_is_a_formula(start: str) -> None:
    cell = csv_text(("a",), [(start,)]).splitlines()[1]
    assert cell.strip('"').startswith("'")


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_whatever_the_texts_there_is_one_line_and_no_formula(cells: list[str]) -> None:
    text = csv_text(["a"] * len(cells), [cells]).removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == 2
    assert len(rows[1]) == len(cells)
    assert not any(cell.strip().startswith(("=", "+", "-", "@")) for cell in rows[1])
