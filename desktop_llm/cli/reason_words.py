"""Why a model is recommended, in English: the parts of one sentence."""

from __future__ import annotations

from collections.abc import Iterable

from desktop_llm.cli.sizes import in_words
from desktop_llm.models.catalog.catalog import N_RANKED, Test
from desktop_llm.models.fit.room import RAM
from desktop_llm.models.recommend.quality import Basis, Quality
from desktop_llm.models.recommend.ranking import Need, NeedKind
from desktop_llm.models.recommend.reason import Better, MemoryUse, Reason

_WORTH_SAYING = 0.05


def memory_words(memory: Iterable[MemoryUse]) -> str:
    """What it takes of what is free."""
    parts = (
        f"{in_words(each.takes_bytes)} of the {in_words(each.free_bytes)} free {_place(each.device)}" for each in memory
    )
    return " and ".join(parts)


def quality_words(reason: Reason) -> str:
    """How good it is, and what that rests on."""
    quality = reason.quality
    rank = quality.code_rank if reason.is_for_code else None
    ranked = f", and it is number {rank} of {N_RANKED} in tests of writing code" if rank else ""
    cost = quality.cost.points
    costs = f"; {reason.quantization} costs {cost:.1f} points" if cost >= _WORTH_SAYING else ""
    return f"{_points_words(quality)}{ranked}{costs}"


def better_words(better: Better) -> str:
    """The next better one, and what it needs."""
    return f"{better.candidate.model.name} would be better, but it {need_words(better.need)}"


def need_words(need: Need) -> str:
    """What a model lacks here."""
    match need.kind:
        case NeedKind.CLOSE_PROGRAMS:
            return f"needs {in_words(need.size_bytes)} more free memory: close other programs"
        case NeedKind.MORE_RAM:
            return f"needs {in_words(need.size_bytes)} more memory than is free here"
        case NeedKind.GPU_MEMORY:
            return f"needs {in_words(need.size_bytes)} more memory on {need.device}"
        case NeedKind.FASTER:
            return f"could be as slow as {need.tokens_per_s:.1f} tokens/s"


def _points_words(quality: Quality) -> str:
    if quality.basis is Basis.UNKNOWN:
        return "no test result of it is known here"
    if quality.basis is Basis.ESTIMATED:
        return (
            f"no test result of it is known here: {quality.points:.1f} points, give or take {quality.plus_minus:.1f}, "
            "are guessed from its parameters and its release"
        )
    if quality.test is Test.MTEB:
        return f"it reached {quality.points:.1f} % in MTEB, a test of embeddings in many languages"
    return f"{quality.n_results} published results give its model {quality.points:.1f} points"


def _place(device: str) -> str:
    return "in memory" if device == RAM else f"on {device}"
