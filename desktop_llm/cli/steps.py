"""The ways down from a plan that does not fit, in words, with the option that takes each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from desktop_llm.cli.sizes import in_words
from desktop_llm.models.fit.step_down import Step, StepKind


def step_lines(steps: Iterable[Step]) -> Iterator[str]:
    """One line each."""
    for number, step in enumerate(steps):
        yield f"{'Instead' if not number else '':<11}{_sentence(step)}"


def _sentence(step: Step) -> str:
    saves = f"saves {in_words(step.saves_bytes)}"
    file = step.file.name if step.file else ""
    layers = f"--gpu-layers {step.params.n_gpu_layers}"
    combined = f"--kv-type {step.params.cache_type_k.value} --context {step.n_ctx} --parallel 1"
    if step.params.n_gpu_layers >= 0:
        combined += f" {layers}"
    ways = {
        StepKind.CLOSE_PROGRAMS: f"close other programs that use {in_words(step.frees_bytes)}",
        StepKind.CACHE_Q8_0: f"--kv-type q8_0 {saves} and costs almost no quality",
        StepKind.WITHOUT_DRAFT: f"without --draft {saves}: the same replies, but slower",
        StepKind.WITHOUT_PROJECTOR: f"without --projector {saves}: the model sees no pictures",
        StepKind.FEWER_SEQUENCES: f"--parallel 1 {saves}: one conversation at a time",
        StepKind.LESS_OFFLOAD: f"{layers}: the rest in RAM, which is slower",
        StepKind.SHORTER_CONTEXT: f"--context {step.n_ctx} {saves}",
        StepKind.SMALLER_FILE: f"{file} {saves}: fewer bits for each weight",
        StepKind.COMBINED: f"{combined} {saves}",
    }
    return ways[step.kind] + ("" if step.fits else " (not enough alone)")
