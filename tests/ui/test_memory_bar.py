"""The bars of memory by part: their figures, their words, and that nobody needs their colours."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_llm.engine.model import LoadParams
from desktop_llm.models.catalog.catalog import read_catalog
from desktop_llm.models.fit.plan import LoadPlan, estimate_plan
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.ui.fit.memory_bar import MemoryBars
from desktop_llm.ui.fit.memory_use import MemoryPart, MemoryUse, memory_uses
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import THIN_SPACE, memory_part
from desktop_llm.ui.widgets.theme import DARK, GRAPHIC_PAIRS, HIGH_CONTRAST, LIGHT, Theme, ThemeChoice, contrast

pytestmark = pytest.mark.gui
_GIB = 1024**3
_CATALOG = read_catalog(Path(__file__).parents[2] / "resources" / "catalog.json")
_FITS = MemoryUse("", 8 * _GIB, 3 * _GIB, 2 * _GIB, _GIB // 2, _GIB // 2, _GIB // 4)
_TOO_LARGE = MemoryUse("", 8 * _GIB, 3 * _GIB, 5 * _GIB, _GIB, _GIB // 2, _GIB // 2)


@pytest.fixture
def appearance(qapp: QApplication) -> Appearance:
    return Appearance(qapp, ThemeChoice.LIGHT)


def _plan(*gpus: DeviceRoom) -> LoadPlan:
    model, file = _CATALOG.find("llama-3.2-3b-instruct")
    assert model.architecture is not None
    shape = model.architecture.memory_shape(file.size_bytes or 0)
    return estimate_plan(shape, Room(DeviceRoom(RAM, 12 * _GIB, 16 * _GIB), gpus), LoadParams(n_ctx=8192))


def test_the_parts_of_a_bar_are_the_whole() -> None:
    assert sum(size for _, size in _FITS.parts) == _FITS.total_bytes
    assert [part for part, _ in _FITS.parts] == list(MemoryPart)


def test_a_load_that_does_not_fit_lacks_what_is_beyond_and_the_margin() -> None:
    assert _TOO_LARGE.stays_free_bytes == -3 * _GIB // 2
    assert _TOO_LARGE.missing_bytes == 2 * _GIB
    assert _FITS.missing_bytes == 0


def test_a_plan_in_ram_is_one_bar_with_its_figures() -> None:
    plan = _plan()
    (use,) = memory_uses(plan)
    assert use.takes_bytes == plan.total_bytes
    assert use.stays_free_bytes == plan.devices[0].stays_free_bytes
    assert use.others_bytes == 4 * _GIB


def test_a_card_has_a_bar_of_its_own_with_the_name_people_know() -> None:
    plan = _plan(DeviceRoom("CUDA0", 7 * _GIB, 8 * _GIB, is_gpu=True))
    ram, card = memory_uses(plan, {"CUDA0": "NVIDIA GeForce RTX 4060"})
    assert card.name == "NVIDIA GeForce RTX 4060"
    assert card.weights_bytes == plan.device("CUDA0").figures.weights_bytes
    assert ram.takes_bytes + card.takes_bytes == plan.total_bytes


def test_what_an_integrated_gpu_takes_is_shown_once_in_the_memory_it_shares() -> None:
    plan = _plan(DeviceRoom("Vulkan0", 8 * _GIB, 8 * _GIB, is_gpu=True, shares_ram=True))
    (use,) = memory_uses(plan)
    assert use.takes_bytes == plan.total_bytes
    assert use.stays_free_bytes == plan.devices[0].stays_free_bytes


def test_an_integrated_gpu_whose_part_is_too_small_is_shown() -> None:
    plan = _plan(DeviceRoom("Vulkan0", _GIB, _GIB, is_gpu=True, shares_ram=True))
    assert [use.name for use in memory_uses(plan)] == ["", "Vulkan0"]
    assert memory_uses(plan)[1].missing_bytes > 0


def test_a_reader_of_the_screen_hears_every_figure(qtbot: QtBot, appearance: Appearance) -> None:
    bars = MemoryBars(appearance, (_FITS, _TOO_LARGE))
    qtbot.addWidget(bars)
    said = bars.accessibleDescription()
    assert f"takes 3{THIN_SPACE}GB of 8{THIN_SPACE}GB" in said
    assert f"2{THIN_SPACE}GB stays free" in said
    assert f"2{THIN_SPACE}GB is missing" in said
    assert f"Memory for the conversation (KV cache) 512{THIN_SPACE}MB" in said


def test_every_part_says_what_it_is_under_the_mouse(qtbot: QtBot, appearance: Appearance) -> None:
    bars = MemoryBars(appearance, (_TOO_LARGE,))
    qtbot.addWidget(bars)
    bars.resize(600, 80)
    bars.show()
    middle = bars.height() - 30
    row = next(y for y in range(middle) if bars.text_at(QPointF(5, y)))
    said = list(dict.fromkeys(bars.text_at(QPointF(x, row + 6)) for x in range(600)))
    assert [text.partition(":")[0] for text in said if text] == [
        "The system and other programs",
        "The model itself (weights)",
        "Missing, with what should stay free for other programs",
    ]
    assert bars.text_at(QPointF(5, 1000)) == ""


def test_the_legend_takes_more_rows_where_it_is_narrow(qtbot: QtBot, appearance: Appearance) -> None:
    bars = MemoryBars(appearance, (_FITS,))
    qtbot.addWidget(bars)
    assert bars.heightForWidth(220) > bars.heightForWidth(900)
    assert [part for part, _ in bars.legend()] == list(MemoryPart)


@pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH_CONTRAST], ids=["light", "dark", "high contrast"])
def test_every_shape_stands_out_from_its_ground(theme: Theme) -> None:
    assert [pair for pair in GRAPHIC_PAIRS if contrast(getattr(theme, pair[0]), getattr(theme, pair[1])) < 3] == []


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 MB"),
        (1, "1 MB"),
        (300 * 1024**2, "300 MB"),
        (_GIB - 1, "1 GB"),
        (8 * _GIB, "8 GB"),
        (int(15.5 * _GIB), "15.5 GB"),
        (int(128.4 * _GIB), "128 GB"),
    ],
)
def test_memory_is_told_in_the_units_it_is_sold_by(size_bytes: int, text: str) -> None:
    assert memory_part(size_bytes) == text.replace(" ", THIN_SPACE)
