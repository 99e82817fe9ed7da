"""Pictures of the Benchmark tab: nothing measured yet, one under way, results, two side by side.

The runs that are shown are imagined, on an imagined computer; the one under way is real.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from desktop_llm.bench.labels import machine_label
from desktop_llm.bench.plan import PLANS, BenchSize, Case
from desktop_llm.bench.results import (
    BenchedModel,
    BenchRun,
    BenchSettings,
    CaseResult,
    Disturbance,
    MemoryPart,
    MemoryUse,
    Predicted,
    Repeat,
    Surroundings,
)
from tools.machines import MACHINES

if TYPE_CHECKING:
    from desktop_llm.services import Services
    from desktop_llm.ui.bench.bench_tab import BenchTab
    from desktop_llm.ui.desk import Desk

Take = Callable[..., None]
Wait = Callable[[Callable[[], bool]], None]

#: 20 November 2026, in the afternoon.
_AT: Final = 1_795_187_400.0
_PARTS: Final = (0.985, 1.0, 1.02)
_SMALL: Final = BenchedModel("Qwen3-1.7B-Q8_0", "Q8_0", "qwen3", 1_720_000_000, 1_834_000_000, 40_960)
_LARGE: Final = BenchedModel("Qwen3-4B-Q4_K_M", "Q4_K_M", "qwen3", 4_020_000_000, 2_497_000_000, 40_960)
_SETTINGS: Final = BenchSettings(8448, 8, 8, 0, 37, 37, "f16", "auto")


class BenchPictures:
    """Walks the tab through its states."""

    def __init__(self, desk: Desk, services: Services, take: Take, wait: Wait) -> None:
        self._desk, self._services, self._take, self._wait = desk, services, take, wait

    def take(self) -> None:
        """Every state, one after the other; what was kept for them is gone afterwards."""
        tab = self._open()
        self._take("bench-empty")
        tab.form.more_button.click()
        self._take("bench-options")
        tab.form.more_button.click()
        self._take_running(tab)
        runs = sample_runs()
        for run in runs:
            self._services.benches.keep(run)
        tab.watch.read()
        self._wait(lambda: len(tab.runs.rows) == len(runs))
        self._take_whole(tab, "bench")
        tab.runs.rows[runs[0].id].show_button.click()
        self._take("bench-result")
        for run in (runs[0], runs[2]):
            tab.runs.rows[run.id].tick.click()
        self._take("bench-pair")
        for run in runs:
            self._services.benches.remove(run)

    def _open(self) -> BenchTab:
        from desktop_llm.ui.bench.bench_tab import BenchTab
        from desktop_llm.ui.monitor.monitor_page import BENCHMARK, MonitorPage
        from desktop_llm.ui.pages import MONITOR

        self._desk.content.show_page(MONITOR)
        page = self._desk.content.pages.currentWidget()
        assert isinstance(page, MonitorPage)
        tab = page.show_tab(BENCHMARK)
        assert isinstance(tab, BenchTab)
        self._wait(lambda: tab.watch.runs is not None and bool(tab.form.estimate.text()))
        return tab

    def _take_running(self, tab: BenchTab) -> None:
        tab.form.start_button.click()
        self._wait(lambda: tab.watch.state.progress.number > 1)
        self._take("bench-running")
        tab.running.stop_button.click()
        self._wait(lambda: not tab.watch.state.is_running)

    def _take_whole(self, tab: BenchTab, name: str) -> None:
        bar = tab.area.verticalScrollBar()
        step = tab.area.viewport().height() - 48
        bar.setValue(0)
        self._take(name)
        for count in range(1, 4):
            bar.setValue(step * count)
            self._take(f"{name}-below-{count}")
        bar.setValue(0)


def sample_runs() -> tuple[BenchRun, ...]:
    """A model twice, once disturbed; and a smaller one."""
    large = _run("picture-1", _LARGE, 1.0, _AT)
    again = _run("picture-2", _LARGE, 0.97, _AT - 86_400)
    small = _run("picture-3", _SMALL, 1.6, _AT - 2 * 86_400)
    loud = replace(again.results[1], repeats=tuple(_disturbed(each) for each in again.results[1].repeats))
    return large, replace(again, results=(again.results[0], loud, *again.results[2:])), small


def _run(name: str, model: BenchedModel, factor: float, at: float) -> BenchRun:
    plan = PLANS[BenchSize.NORMAL]
    cases, skipped = plan.cases(_SETTINGS.n_ctx)
    memory = (
        MemoryPart("Vulkan0", "weights", model.size_bytes, model.size_bytes),
        MemoryPart("Vulkan0", "kv_cache", 1_245_000_000, 1_245_000_000),
        MemoryPart("Vulkan0", "compute", 301_000_000, 309_000_000),
    )
    return BenchRun(
        id=name,
        at=at,
        app_version="0.6.0",
        engine_version="0.3.36",
        machine=replace(machine_label(MACHINES["igpu-16gb"]()), system="Ubuntu 24.04 (Linux 6.8.0), x86_64"),
        model=model,
        settings=_SETTINGS,
        plan=plan,
        results=tuple(_result(case, factor) for case in cases),
        skipped=skipped,
        memory=MemoryUse(memory),
        seconds=214.0,
        missing=("gpu_temperature",),
    )


def _result(case: Case, factor: float) -> CaseResult:
    """Plausible figures: a longer prompt slows both, more replies at once add up to more."""
    fill = 1 / (1 + case.n_prompt / 24_000)
    generation = 22.0 * factor * fill * case.n_streams**0.7
    prompt = 390.0 * factor * fill
    predicted = Predicted(0.82 * generation, 1.22 * generation, 0.8 * prompt, 1.15 * prompt)
    return CaseResult(case, tuple(_repeat(case, part * prompt, part * generation) for part in _PARTS), predicted, "")


def _repeat(case: Case, prompt: float, generation: float) -> Repeat:
    first_s = case.n_streams * case.n_prompt / prompt
    seconds = first_s + case.n_streams * case.n_generate / generation
    written = case.n_streams * case.n_generate / seconds
    around = Surroundings(others=0.02, app_bytes=4 * 2**30, cpu_temperature_c=71.0, gpu_temperature_c=68.0)
    return Repeat(first_s, first_s, prompt, generation, written, seconds, 0, around)


def _disturbed(repeat: Repeat) -> Repeat:
    around = replace(repeat.around, others=0.34, disturbances=(Disturbance.OTHER_PROGRAMS,))
    return replace(repeat, generation_tokens_per_s=0.6 * repeat.generation_tokens_per_s, around=around)
