"""Tables as CSV that spreadsheets open right: with a mark of their encoding, and texts that are no formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

Cell = str | int | float | None
_BOM: Final = "\ufeff"
#: A text that begins with one of these is computed by spreadsheets (OWASP, CSV injection), also behind white space.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """What separates cells, and what a number's decimals; where commas do that, spreadsheets want semicolons."""

    delimiter: str = ","
    decimal_point: str = "."


def csv_text(titles: Sequence[str], rows: Iterable[Sequence[Cell]], form: CsvFormat = CsvFormat()) -> str:
    """A table with its titles. None is an empty cell; numbers have no group separators."""
    file = io.StringIO()
    file.write(_BOM)
    writer = csv.writer(file, delimiter=form.delimiter, lineterminator="\r\n")
    writer.writerow(_harmless(title) for title in titles)
    for row in rows:
        writer.writerow(_written(cell, form) for cell in row)
    return file.getvalue()


def _written(cell: Cell, form: CsvFormat) -> str:
    match cell:
        case None:
            return ""
        case str():
            return _harmless(cell)
        case float():
            return f"{cell:.6g}".replace(".", form.decimal_point) if cell < 1e6 else f"{cell:.0f}"
    return str(cell)


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula; control characters become spaces."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    return f"'{plain}" if plain.lstrip().startswith(_FORMULA_STARTS) else plain
