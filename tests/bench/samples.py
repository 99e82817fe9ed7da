"""Benchmarks that nobody has run: values for tests and pictures."""

from __future__ import annotations

from dataclasses import replace

from desktop_llm.bench.plan import BenchPlan, Case, Skipped, SkipReason
from desktop_llm.bench.results import (
    BenchedModel,
    BenchGpu,
    BenchMachine,
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

MACHINE = BenchMachine(
    cpu="Some CPU",
    n_cores=4,
    n_threads=8,
    memory_bytes=16 * 2**30,
    system="Some Linux 24.04 (Linux 6.8.0), x86_64",
    gpus=(BenchGpu("Some GPU", "CUDA", "580.95", 24 * 2**30),),
)
MODEL = BenchedModel("some-model-Q4_K_M", "Q4_K_M", "llama", 3_200_000_000, 2_000_000_000, 131_072, ("ab" * 32,))
SETTINGS = BenchSettings(8448, 8, 4, 0, 29, 29, "f16", "auto")
MEMORY = MemoryUse(
    (
        MemoryPart("CUDA0", "weights", 2_000_000_000, 2_000_000_000),
        MemoryPart("CUDA0", "kv_cache", 310_000_000, 300_000_000),
        MemoryPart("CUDA0", "compute", 80_000_000, 90_000_000),
    )
)
PLAN = BenchPlan((128, 512), (1, 4), repeats=3, n_generate=32)


def repeat(prompt: float, generation: float, *disturbances: Disturbance, others: float = 0.02) -> Repeat:
    """A run of so many tokens a second."""
    around = Surroundings(others=others, app_bytes=3 * 2**30, gpu_temperature_c=61.0, disturbances=disturbances)
    return Repeat(128 / prompt, 128 / prompt, prompt, generation, 0.8 * generation, 1.5, 0, around)


def result(case: Case, factor: float = 1.0) -> CaseResult:
    """A case whose repeats differ a little."""
    prompt, generation = 2000.0 * factor, 60.0 * factor * (1 + 0.5 * (case.n_streams - 1))
    repeats = tuple(repeat(prompt * part, generation * part) for part in (0.98, 1.0, 1.03))
    return CaseResult(case, repeats, Predicted(0.8 * generation, 1.2 * generation, 1500.0, 2500.0), "0123456789abcdef")


def run(name: str = "a1", at: float = 1_795_187_400.0, factor: float = 1.0) -> BenchRun:
    """A whole benchmark; `factor` is how fast it was."""
    cases, _ = PLAN.cases(8448)
    return BenchRun(
        id=name,
        at=at,
        app_version="0.6.0",
        engine_version="0.3.36",
        machine=MACHINE,
        model=MODEL,
        settings=SETTINGS,
        plan=PLAN,
        results=tuple(result(case, factor) for case in cases),
        skipped=(Skipped(Case(16_384, 32), SkipReason.CONTEXT),),
        memory=MEMORY,
        seconds=48.0,
        missing=("cpu_temperature",),
    )


def of_other_model(name: str = "b1", factor: float = 0.5) -> BenchRun:
    """A benchmark of another model on the same computer."""
    model = replace(MODEL, name="other-model-Q8_0", quantization="Q8_0", sha256=("cd" * 32,))
    return replace(run(name, factor=factor), model=model)
