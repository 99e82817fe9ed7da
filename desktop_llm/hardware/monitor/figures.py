"""A sample as named figures, for charts and summaries. What is missing has no figure."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_llm.hardware.monitor.sample import EngineSample, GpuSample, ResourceSample

Figure = tuple[str, float]


def figures(sample: ResourceSample) -> Iterator[Figure]:
    """All figures, as `memory.app_bytes` or `gpu0.temperature_c`: bytes, °C, W, Hz, and fractions 0 to 1.

    Single cores have none: there may be hundreds. Those of `engine` are of all loaded models together; a time to the
    first token is the longest of them.
    """
    yield from _named("cpu", _machine_cpu(sample))
    yield from _named("memory", _memory(sample))
    disk = sample.disk
    yield from _named(
        "disk",
        (
            ("free_bytes", disk.free_bytes),
            ("read_bytes_per_s", disk.read_bytes_per_s),
            ("written_bytes_per_s", disk.written_bytes_per_s),
        ),
    )
    yield from _named("power", (("battery_fraction", sample.power.battery_fraction),))
    for index, gpu in enumerate(sample.gpus):
        yield from _named(f"gpu{index}", _gpu(gpu))
    if sample.engines:
        yield from _named("engine", _engines(sample.engines))


def _named(
    group: str, values: Iterator[tuple[str, float | None]] | tuple[tuple[str, float | None], ...]
) -> Iterator[Figure]:
    return ((f"{group}.{name}", float(value)) for name, value in values if value is not None)


def _machine_cpu(sample: ResourceSample) -> Iterator[tuple[str, float | None]]:
    cpu = sample.cpu
    if cpu.cores:
        yield "total", cpu.total
        yield "app_share", min(1.0, cpu.app / len(cpu.cores))
    yield "app", cpu.app
    yield "frequency_hz", cpu.frequency_hz
    yield "temperature_c", cpu.temperature_c


def _memory(sample: ResourceSample) -> Iterator[tuple[str, float | None]]:
    memory = sample.memory
    yield "used_fraction", memory.used_fraction
    yield "app_bytes", memory.app_bytes
    yield "other_bytes", memory.other_bytes
    yield "free_bytes", memory.free_bytes
    yield "swap_used_bytes", memory.swap_used_bytes
    yield "swap_bytes_per_s", memory.swap_bytes_per_s


def _gpu(gpu: GpuSample) -> Iterator[tuple[str, float | None]]:
    yield "utilisation", gpu.utilisation
    yield "temperature_c", gpu.temperature_c
    yield "power_w", gpu.power_w
    yield "clock_hz", gpu.clock_hz
    if gpu.vram is not None:
        yield "vram_ours_bytes", gpu.vram.ours_bytes
        yield "vram_weights_bytes", gpu.vram.weights_bytes
        yield "vram_cache_bytes", gpu.vram.cache_bytes
        yield "vram_compute_bytes", gpu.vram.compute_bytes + gpu.vram.driver_bytes
        yield "vram_other_bytes", gpu.vram.other_bytes
        yield "vram_free_bytes", gpu.vram.free_bytes


def _engines(engines: tuple[EngineSample, ...]) -> Iterator[tuple[str, float | None]]:
    first = (each.time_to_first_token_s for each in engines)
    n_prompt = sum(each.prompt_tokens for each in engines)
    yield "prompt_tokens_per_s", sum(each.prompt_tokens_per_s for each in engines)
    yield "generation_tokens_per_s", sum(each.generation_tokens_per_s for each in engines)
    yield "time_to_first_token_s", max((each for each in first if each is not None), default=None)
    yield "n_batch", sum(each.n_batch for each in engines)
    yield "n_sequences", sum(each.n_sequences for each in engines)
    yield "n_running", sum(each.n_running for each in engines)
    yield "n_waiting", sum(each.n_waiting for each in engines)
    yield "cached_fraction", sum(each.cached_tokens for each in engines) / n_prompt if n_prompt else None
