"""The Compare tab: real tokenizers side by side, as chart and table, and as files."""

from __future__ import annotations

import csv
import errno
import io
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_llm.errors import ExportError
from desktop_llm.services import Services
from desktop_llm.ui.compare.compare_tab import CompareTab
from desktop_llm.ui.compare.controls import COUNT, RATIO, TABLE
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.export_file import write_export
from tests.ui.tokens.conftest import TIMEOUT_MS, place

TEXT_OF_THE_TAB = "The quick brown fox. ¿Qué tal? 漢字\n" * 50

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def texts() -> list[str]:
    """What stands in the Text tab: its last item."""
    return [TEXT_OF_THE_TAB]


@pytest.fixture
def tab(services: Services, appearance: Appearance, texts: list[str], host: QWidget) -> CompareTab:
    result = CompareTab(services, appearance, lambda: texts[-1])
    place(result, host)
    return result


@pytest.fixture
def counted(tab: CompareTab, qtbot: QtBot) -> CompareTab:
    """Shown, and counted."""
    tab.show()
    wait_for(qtbot, tab, lambda: tab.comparison is not None)
    return tab


@pytest.fixture
def spanish() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.Spanish, QLocale.Country.Spain))
    yield
    QLocale.setDefault(before)


def wait_for(qtbot: QtBot, tab: CompareTab, is_so: Callable[[], bool]) -> None:
    qtbot.waitUntil(lambda: is_so() and tab.bar.isHidden(), timeout=TIMEOUT_MS)


def test_the_text_is_counted_when_the_tab_is_shown(counted: CompareTab, services: Services) -> None:
    cells = counted.table.cells()
    assert len(cells) == 4
    tokenizer = services.tokenizers.open("phi-3")
    n_tokens = len(tokenizer.encode(TEXT_OF_THE_TAB))
    tokenizer.close()
    row = next(row for row in cells if row[0] == "Phi-3 (Microsoft)")
    assert row[1] == QLocale().toString(n_tokens)
    assert counted.chart.plot.series[0].values[1] == n_tokens
    assert "characters" in counted.about.text()


def test_the_table_is_sorted_by_any_column_as_numbers(counted: CompareTab) -> None:
    counted.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    values = [int("".join(filter(str.isdigit, row[1]))) for row in counted.table.cells()]
    assert values == sorted(values, reverse=True)
    alignment = counted.table.model().index(0, 1).data(Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight


def test_languages_are_compared_against_english(counted: CompareTab, qtbot: QtBot) -> None:
    counted.controls.basis.set_value(RATIO)
    wait_for(qtbot, counted, lambda: len(counted.table.cells()) == 18)
    english = next(row for row in counted.table.cells() if row[0] == "English")
    assert {cell.split("\u202f")[0] for cell in english[1:]} == {QLocale().toString(1.0, "f", 2)}
    assert len(counted.chart.plot.series) == 4
    counted.controls.basis.set_value(COUNT)
    english = next(row for row in counted.table.cells() if row[0] == "English")
    assert all(cell.isdigit() for cell in english[1:])
    assert (counted.chart.isHidden(), counted.table.isHidden()) == (False, True)
    counted.controls.view.set_value(TABLE)
    assert (counted.chart.isHidden(), counted.table.isHidden()) == (True, False)


def test_another_text_is_counted_and_the_count_under_way_is_dropped(
    tab: CompareTab, texts: list[str], qtbot: QtBot
) -> None:
    texts.append("word " * 400_000)
    tab.show()
    qtbot.waitUntil(lambda: not tab.bar.isHidden(), timeout=TIMEOUT_MS)
    texts.append("Hello")
    tab.refresh()
    wait_for(qtbot, tab, lambda: tab.comparison is not None)
    assert tab.about.text().startswith("5 characters")


def test_without_a_text_it_says_what_to_do(tab: CompareTab, texts: list[str], qtbot: QtBot) -> None:
    texts.append("")
    tab.show()
    assert "There is no text yet" in tab.state.label.text()
    assert not tab.controls.export_button.isEnabled()
    tab.state.button.click()
    wait_for(qtbot, tab, lambda: tab.comparison is not None)
    assert tab.controls.basis.value == RATIO


def test_one_tokenizer_alone_is_no_comparison(counted: CompareTab) -> None:
    for name in counted.controls.box.names[1:]:
        counted.controls.box.toggle(name)
    assert "at least" in counted.state.label.text()


def test_a_tokenizer_that_cannot_be_opened_is_told_beside_the_others(
    counted: CompareTab, tmp_path: Path, qtbot: QtBot
) -> None:
    bad = tmp_path / "broken.gguf"
    bad.write_bytes(b"GGUF" + bytes(100))
    counted.controls.box.add_file(bad)
    wait_for(qtbot, counted, lambda: len(counted.table.cells()) == 5)
    assert counted.table.cells()[-1][:2] == ["broken", "–"]
    assert "broken.gguf" in counted.errors.text()


def test_a_dropped_document_takes_the_place_of_the_text(counted: CompareTab, tmp_path: Path, qtbot: QtBot) -> None:
    document = tmp_path / "letter.txt"
    document.write_text("Dear all,\n", encoding="utf-8")
    drop(counted, document)
    wait_for(qtbot, counted, lambda: counted.about.text().startswith("10 characters"))
    assert counted.controls.document.text() == "Document: letter.txt"
    counted.controls.away_button.click()
    wait_for(qtbot, counted, lambda: not counted.about.text().startswith("10 characters"))
    assert counted.controls.document.isHidden()


def test_a_dropped_file_that_is_no_text_is_told(counted: CompareTab, tmp_path: Path, qtbot: QtBot) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    drop(counted, picture)
    qtbot.waitUntil(lambda: "picture.png" in counted.said.text(), timeout=TIMEOUT_MS)
    assert counted.comparison is not None


def drop(tab: CompareTab, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    tab.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys))


# exports


def export(qtbot: QtBot, tab: CompareTab, path: Path) -> str:
    tab.said.setText("")
    tab.export(path)
    qtbot.waitUntil(lambda: bool(tab.said.text()), timeout=TIMEOUT_MS)
    return tab.said.text()


def test_the_table_is_exported_as_spreadsheets_read_it(counted: CompareTab, tmp_path: Path, qtbot: QtBot) -> None:
    assert export(qtbot, counted, tmp_path / "t.csv") == f"Written to {tmp_path / 't.csv'}."
    content = (tmp_path / "t.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["Tokenizer", "Tokens"]
    assert [row[1] for row in rows[1:]] == [str(row[1].value) for row in counted.table.figures.rows]


@pytest.mark.usefixtures("spanish")
def test_where_decimals_have_commas_the_export_has_semicolons(
    counted: CompareTab, tmp_path: Path, qtbot: QtBot
) -> None:
    export(qtbot, counted, tmp_path / "t.csv")
    line = (tmp_path / "t.csv").read_text("utf-8-sig").splitlines()[2]
    assert line.count(";") == 5
    assert "," in line.split(";")[3]


def test_the_chart_is_exported_as_picture_and_drawing(counted: CompareTab, tmp_path: Path, qtbot: QtBot) -> None:
    export(qtbot, counted, tmp_path / "t.png")
    export(qtbot, counted, tmp_path / "t.svg")
    assert QImage(str(tmp_path / "t.png")).width() > 900
    texts = "".join(ET.parse(tmp_path / "t.svg").getroot().itertext())
    assert "Tokens of this text" in texts
    assert "Phi-3 (Microsoft)" in texts


def test_a_file_that_is_there_is_replaced_and_that_is_told(counted: CompareTab, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "t.csv").write_text("old")
    assert export(qtbot, counted, tmp_path / "t.csv").endswith("in the place of an earlier file.")
    assert "Phi-3" in (tmp_path / "t.csv").read_text("utf-8")


def test_what_cannot_be_written_is_one_sentence(counted: CompareTab, tmp_path: Path, qtbot: QtBot) -> None:
    assert "does not exist" in export(qtbot, counted, tmp_path / "nowhere" / "t.csv")
    (tmp_path / "folder.csv").mkdir()
    assert "is a folder" in export(qtbot, counted, tmp_path / "folder.csv")
    assert "must end in" in export(qtbot, counted, tmp_path / "t.doc")
    assert "too long" in export(qtbot, counted, tmp_path / f"{'x' * 300}.csv")


@pytest.mark.skipif(sys.platform != "linux", reason="a folder in which nobody may write, not even root")
def test_a_read_only_folder_is_told(counted: CompareTab, qtbot: QtBot) -> None:
    assert "Nothing may be written to /sys/kernel" in export(qtbot, counted, Path("/sys/kernel/t.csv"))


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
def test_a_full_disk_leaves_the_earlier_file_as_it_was(tmp_path: Path) -> None:
    """A file larger than the process may write ends as a full disk does."""
    import resource

    target = tmp_path / "t.csv"
    target.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
        with pytest.raises(ExportError) as raised:
            write_export(target, b"x" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert isinstance(raised.value.__cause__, OSError)
    assert raised.value.__cause__.errno == errno.EFBIG
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


# what stays


def test_what_is_compared_stays_when_the_window_is_built_anew(
    counted: CompareTab, services: Services, appearance: Appearance, host: QWidget, tmp_path: Path, qtbot: QtBot
) -> None:
    counted.controls.box.toggle("phi-3")
    document = tmp_path / "letter.txt"
    document.write_text("Dear all,\n", encoding="utf-8")
    counted.drop_document(document)
    wait_for(qtbot, counted, lambda: counted.about.text().startswith("10 characters"))
    again = CompareTab(services, appearance, lambda: TEXT_OF_THE_TAB)
    place(again, host)
    again.show()
    wait_for(qtbot, again, lambda: again.comparison is not None)
    assert again.controls.box.names == ["starter", "qwen2", "o200k_base"]
    assert again.controls.document.text() == "Document: letter.txt"
    assert again.about.text().startswith("10 characters")


def test_a_setting_that_makes_no_comparison_is_passed_over(
    services: Services, appearance: Appearance, host: QWidget
) -> None:
    services.settings.set("compared_tokenizers", "gpt-2, gpt-2, ,")
    tab = CompareTab(services, appearance, str)
    place(tab, host)
    assert len(tab.controls.box.names) == 4
