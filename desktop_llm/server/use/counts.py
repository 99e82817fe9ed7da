"""Metrics: what the API and its engines do, counted for Prometheus. No content, and no text of clients."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Finish
from desktop_llm.engine.stats import EngineStats
from desktop_llm.models.pool.pool import ModelPool
from desktop_llm.server.use.clients import LiveRequests, LiveSnapshot
from desktop_llm.server.use.gaps import BOUNDS_S, Gaps

_WAITS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)


class Metrics:
    """The counts of one program run, in a registry of their own. Any thread."""

    def __init__(self, pool: ModelPool, live: LiveRequests) -> None:
        self._pool = pool
        self._live = live
        self._lock = threading.Lock()
        self._heard: weakref.WeakSet[Engine] = weakref.WeakSet()
        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "desktop_llm_http_requests", "Requests by route, method and status.", ["route", "method", "status"],
            registry=registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "desktop_llm_http_request_seconds",
            "How long requests took.",
            ["route"],
            buckets=_WAITS_S,
            registry=registry,
        )
        self._tokens_in = Counter("desktop_llm_prompt_tokens", "Tokens of clients' prompts.", registry=registry)
        self._tokens_out = Counter("desktop_llm_completion_tokens", "Tokens written for clients.", registry=registry)
        self._first = Histogram(
            "desktop_llm_time_to_first_token_seconds", "From a request to its first token, the window's included.",
            buckets=_WAITS_S, registry=registry,
        )  # fmt: skip
        registry.register(_Residents(pool, live))
        registry.register(_Gaps(live.gaps))
        live.on_end(self._ended)
        pool.on_change(self._listen)
        self._listen()

    def text(self) -> bytes:
        """All of it, as text."""
        self._listen()
        return generate_latest(self.registry)

    def _listen(self) -> None:
        """Hear of every reply of engines that are new."""
        for engine in self._pool.every_engine():
            with self._lock:
                is_new = engine not in self._heard
                self._heard.add(engine)
            if is_new:
                engine.on_finish(self._replied)

    def _replied(self, finish: Finish) -> None:
        if finish.usage.completion_tokens:
            self._first.observe(finish.timings.time_to_first_token_s)

    def _ended(self, request: LiveSnapshot) -> None:
        self._requests.labels(request.route, request.method, str(request.status)).inc()
        self._seconds.labels(request.route).observe(request.duration_s)
        self._tokens_in.inc(request.prompt_tokens)
        self._tokens_out.inc(request.completion_tokens)


class _Residents(Collector):
    """What is loaded, and how busy it is, looked up when it is asked for."""

    def __init__(self, pool: ModelPool, live: LiveRequests) -> None:
        self._pool = pool
        self._live = live

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "desktop_llm_http_requests_in_progress", "Requests that are being answered.", len(self._live.requests())
        )
        residents = self._pool.residents()
        memory = GaugeMetricFamily("desktop_llm_model_memory_bytes", "What a loaded model takes.", labels=["model"])
        leases = GaugeMetricFamily("desktop_llm_model_users", "Requests that hold a loaded model.", labels=["model"])
        for each in residents:
            memory.add_metric([each.name], each.memory_bytes)
            leases.add_metric([each.name], each.n_leases)
        yield memory
        yield leases
        stats = [(name, engine.stats()) for name, engine in self._pool.engines()]
        yield from _gauges(stats)
        yield from _counters(stats)

    def describe(self) -> list[Metric]:
        """Nothing beforehand: to ask is to collect."""
        return []


class _Gaps(Collector):
    """The times between tokens, whose counting must cost a reply next to nothing."""

    def __init__(self, gaps: Gaps) -> None:
        self._gaps = gaps

    def collect(self) -> Iterator[Metric]:
        ends = [*map(str, BOUNDS_S), "+Inf"]
        yield HistogramMetricFamily(
            "desktop_llm_inter_token_seconds",
            "Time between two tokens of a client's reply.",
            buckets=list(zip(ends, accumulate(self._gaps.counts), strict=True)),
            sum_value=self._gaps.sum_s,
        )

    def describe(self) -> list[Metric]:
        """Nothing beforehand."""
        return []


def _gauges(stats: list[tuple[str, EngineStats]]) -> Iterator[Metric]:
    for name, text, field in (
        ("requests_running", "Replies being written.", "n_running"),
        ("requests_waiting", "Requests in the queue.", "n_waiting"),
        ("sequences", "Sequences in the cache, idle ones included.", "n_sequences"),
        ("cache_cells_used", "Tokens in the cache.", "n_cells_used"),
        ("cache_cells", "Tokens that the cache holds at most.", "n_ctx"),
    ):
        family = GaugeMetricFamily(f"desktop_llm_engine_{name}", text, labels=["model"])
        for model, each in stats:
            family.add_metric([model], getattr(each, field))
        yield family


def _counters(stats: list[tuple[str, EngineStats]]) -> Iterator[Metric]:
    """Since the model was loaded."""
    for name, text, field in (
        ("prompt_tokens", "Tokens of prompts.", "prompt_tokens"),
        ("cached_tokens", "Tokens of prompts that were found in the cache.", "cached_tokens"),
        ("generated_tokens", "Tokens written.", "generated_tokens"),
    ):
        family = CounterMetricFamily(f"desktop_llm_engine_{name}", text, labels=["model"])
        for model, each in stats:
            family.add_metric([model], getattr(each, field))
        yield family
