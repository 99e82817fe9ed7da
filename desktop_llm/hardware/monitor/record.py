"""A sample as plain values, for JSON: its fields, and what follows from them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from desktop_llm.hardware.monitor.alerts import Alert
from desktop_llm.hardware.monitor.findings import Finding
from desktop_llm.hardware.monitor.sample import ResourceSample


def as_record(sample: ResourceSample) -> dict[str, Any]:
    """An object of `monitor --json`; its names are an interface that scripts rely on."""
    record = asdict(sample)
    record["cpu"]["total"] = sample.cpu.total if sample.cpu.cores else None
    memory = sample.memory
    record["memory"] |= {"free_bytes": memory.free_bytes, "other_bytes": memory.other_bytes}
    for gpu, values in zip(sample.gpus, record["gpus"], strict=True):
        if gpu.vram is not None:
            values["vram"] |= {"other_bytes": gpu.vram.other_bytes, "free_bytes": gpu.vram.free_bytes}
    for engine, values in zip(sample.engines, record["engines"], strict=True):
        values["time_to_first_token_s"] = engine.time_to_first_token_s
        values["cached_fraction"] = engine.cached_fraction
    return record


def finding_record(finding: Finding) -> dict[str, Any]:
    """A finding as plain values."""
    return {"kind": finding.kind.value, "severity": finding.severity.name.lower(), "values": dict(finding.values)}


def alert_record(alert: Alert) -> dict[str, Any]:
    """An alert that holds, as plain values; `since` in seconds since 1970."""
    return {"kind": alert.kind.value, "since": alert.since, "value": alert.value, "limit": alert.limit}
