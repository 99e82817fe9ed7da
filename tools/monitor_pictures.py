"""Pictures of the monitor's page, on imagined computers at work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tools.imagined_samples import IMAGINED

if TYPE_CHECKING:
    from desktop_llm.ui.desk import Desk
    from desktop_llm.ui.monitor.now_tab import NowTab
    from tools.playback import Player

Take = Callable[..., None]
Wait = Callable[[Callable[[], bool]], None]

#: The one whose whole page is taken.
_WHOLE = "throttled"
#: So long after the one before, so that nothing of it is left in ten minutes.
_APART_S = 1800.0


class MonitorPictures:
    """Plays ten minutes of each computer to the page."""

    def __init__(self, desk: Desk, player: Player, take: Take, wait: Wait) -> None:
        self._desk, self._player, self._take, self._wait = desk, player, take, wait

    def take(self) -> None:
        """Each computer's findings; of one the whole page; a value that is read; the day."""
        from desktop_llm.ui.pages import MONITOR

        self._desk.content.show_page(MONITOR)
        tab = self._tab()
        bar = tab.area.verticalScrollBar()
        for place, (name, samples) in enumerate(IMAGINED.items()):
            self._player.play(replace(sample, at=sample.at + place * _APART_S) for sample in samples())
            tab.follow()
            self._take("monitor" if name == _WHOLE else f"monitor-{name}")
            step = tab.area.viewport().height() - 48
            for part in range(1, bar.maximum() // step + 2):
                bar.setValue(part * step)
                if name in {_WHOLE, "two-gpus", "missing"}:
                    self._take(f"monitor-{name}-below-{part}")
            bar.setValue(0)
        self._take_read()
        self._take_day()

    def _tab(self) -> NowTab:
        from desktop_llm.ui.monitor.monitor_page import MonitorPage
        from desktop_llm.ui.pages import MONITOR

        page = self._desk.content.pages.page(MONITOR)
        assert isinstance(page, MonitorPage)
        return page.now

    def _take_read(self) -> None:
        """The keyboard reads a chart five minutes back."""
        chart = self._tab().tiles[0].chart
        chart.setFocus()
        low, high = chart.plot.x_range
        chart.read_at((low + high) / 2)
        self._take("monitor-read")
        chart.read_at(None)

    def _take_day(self) -> None:
        """A day by the minute: the laptop's ten minutes, spread over as many hours."""
        samples = list(IMAGINED["laptop"]())
        begin = samples[-1].at + len(IMAGINED) * _APART_S
        self._player.play(replace(sample, at=begin + 61 * place) for place, sample in enumerate(samples))
        tab = self._tab()
        tab.follow()
        tab.period.set_value("day")
        self._take("monitor-day")
        tab.period.set_value("minutes")
