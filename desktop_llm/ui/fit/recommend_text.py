"""Recommendations in words: whether a model fits, why it is named, what the next better one needs, its licence."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from desktop_llm.models.catalog.catalog import CatalogFile, CatalogModel, Test
from desktop_llm.models.recommend.quality import Basis, Quality
from desktop_llm.models.recommend.ranking import Candidate, Need, NeedKind, Purpose, Recommendation, Wish
from desktop_llm.models.recommend.reason import Reason, reason_of
from desktop_llm.ui.fit.fit_text import rate_words
from desktop_llm.ui.fit.machine_watch import Seen
from desktop_llm.ui.widgets.number_text import THIN_SPACE, memory_part, real, size, whole

translate = QCoreApplication.translate

#: How many models were compared in tests of writing code (resources/catalog.json).
N_RANKED = 469
_WORTH_SAYING = 0.05


class Fit(StrEnum):
    """How well a model fits here."""

    FITS = "fits"
    WITH_LESS = "with-less"
    NOT = "not"


def fit_of(candidate: Candidate, wish: Wish) -> Fit:
    """WITH_LESS: only a part is on the graphics card, or the cache is smaller than wished, or little stays free."""
    if not candidate.plan.fits:
        return Fit.NOT
    gives_up = _is_parted(candidate, wish) or _has_smaller_cache(candidate, wish) or candidate.missing_bytes > 0
    return Fit.WITH_LESS if gives_up else Fit.FITS


def fit_words(candidate: Candidate, wish: Wish) -> str:
    """The badge's words."""
    fit = fit_of(candidate, wish)
    if fit is Fit.FITS:
        return translate("recommend_text", "Fits")
    if fit is Fit.NOT:
        return translate("recommend_text", "Does not fit")
    if candidate.missing_bytes > 0:
        return translate("recommend_text", "Fits, with little to spare")
    if _has_smaller_cache(candidate, wish):
        return translate("recommend_text", "Fits with less memory for the conversation")
    if candidate.plan.params.n_gpu_layers == 0:
        return translate("recommend_text", "Fits, but not on the graphics card")
    return translate("recommend_text", "Fits, partly on the graphics card")


def _is_parted(candidate: Candidate, wish: Wish) -> bool:
    """Whether a layer had to stay in RAM, where nobody wished for that."""
    plan, architecture = candidate.plan, candidate.model.architecture
    n_layers = architecture.n_layer if architecture else 0
    has_gpu = any(device.room.is_gpu for device in plan.devices)
    return has_gpu and wish.params.n_gpu_layers < 0 and 0 <= plan.params.n_gpu_layers <= n_layers


def _has_smaller_cache(candidate: Candidate, wish: Wish) -> bool:
    return candidate.plan.params.cache_type_k is not wish.params.cache_type_k


def purpose_words(purpose: Purpose) -> str:
    """What a model is wanted for."""
    words = {
        Purpose.GENERAL: translate("recommend_text", "General use"),
        Purpose.SPANISH: translate("recommend_text", "Spanish"),
        Purpose.CODE: translate("recommend_text", "Program code"),
        Purpose.LONG_DOCUMENTS: translate("recommend_text", "Long documents"),
        Purpose.SMALLEST: translate("recommend_text", "As small as possible"),
        Purpose.EMBEDDINGS: translate("recommend_text", "Search and comparison (embeddings)"),
    }
    return words[purpose]


def file_words(candidate: Candidate) -> str:
    """The file: its quantization and its length; the context; the licence, where it is known and restricts nothing."""
    context = translate("recommend_text", "{n} tokens of context").format(n=whole(candidate.plan.n_ctx))
    parts = [str(candidate.file.quantization), size_words(candidate.file), context]
    licence = candidate.model.licence
    if licence is not None and not licence.restricts:
        parts.append(translate("recommend_text", "licence {name}").format(name=licence.name))
    return " · ".join(parts)


def size_words(file: CatalogFile) -> str:
    """A file's length; one that is only counted from the model's sizes says so."""
    words = size(file.about_bytes)
    return words if file.size_bytes else translate("recommend_text", "about {size}").format(size=words)


def why_words(recommendation: Recommendation, wish: Wish) -> str:
    """How good it is and what that rests on, and what the next better one would need."""
    reason = reason_of(recommendation, wish)
    words = quality_words(reason)
    if reason.better is None:
        return words
    text = translate("recommend_text", "The next better, {name}, {needs}.")
    return f"{words} {text.format(name=reason.better.candidate.model.name, needs=need_words(reason.better.need))}"


def quality_words(reason: Reason) -> str:
    """Its points, what they rest on, and what the quantization costs of them."""
    quality = reason.quality
    words = _points_words(quality)
    rank = quality.code_rank if reason.is_for_code else None
    if rank:
        place = translate("recommend_text", "Number {rank} of {all} in tests of writing code.")
        words = f"{words} {place.format(rank=whole(rank), all=whole(N_RANKED))}"
    if quality.cost.points >= _WORTH_SAYING and quality.basis is not Basis.UNKNOWN:
        costs = translate("recommend_text", "The file's {quantization} costs {points} of them.")
        words = f"{words} {costs.format(quantization=reason.quantization, points=real(quality.cost.points, 1))}"
    return words


def _points_words(quality: Quality) -> str:
    points = real(quality.points, 1)
    if quality.basis is Basis.UNKNOWN:
        return translate("recommend_text", "No test result of it is known here.")
    if quality.basis is Basis.ESTIMATED:
        text = translate(
            "recommend_text", "About {points} points, guessed from its size and age: no test of it is known."
        )
        return text.format(points=whole(round(quality.points)))
    if quality.test is Test.MTEB:
        text = translate("recommend_text", "{points} points in a test of embeddings in many languages (MTEB).")
        return text.format(points=points)
    text = translate("recommend_text", "{points} points in {n} published test results.")
    return text.format(points=points, n=whole(quality.n_results))


def need_words(need: Need) -> str:
    """What a model lacks here, after its name."""
    texts = {
        NeedKind.CLOSE_PROGRAMS: translate(
            "recommend_text", "needs {size} more free memory: other programs could be closed"
        ),
        NeedKind.MORE_RAM: translate("recommend_text", "needs {size} more memory than is free here"),
        NeedKind.GPU_MEMORY: translate("recommend_text", "needs {size} more memory on the graphics card"),
        NeedKind.FASTER: translate("recommend_text", "could be as slow as {rate} tokens/s here"),
    }
    return texts[need.kind].format(size=memory_part(need.size_bytes), rate=real(need.tokens_per_s, 1))


def nearest_words(nearest: Candidate, wish: Wish) -> str:
    """The smallest of those that cannot be recommended, and what it needs."""
    need = nearest.need(wish)
    if need is None:
        return ""
    text = translate("recommend_text", "The nearest, {name}, {needs}.")
    return text.format(name=nearest.model.name, needs=need_words(need))


def better_line(seen: Seen) -> str:
    """The best model for general use in one line; "" where none is, or another purpose was looked at."""
    if seen.wish.purpose is not Purpose.GENERAL or not seen.found.ranked:
        return ""
    best = seen.found.ranked[0].candidate
    if best.speed is None:
        text = translate("recommend_text", "Fits this computer: {name} ({size}). How fast it is has to be measured.")
    else:
        text = translate("recommend_text", "Suits this computer: {name} ({size}), {rate}")
    rate = rate_words(best.speed) if best.speed is not None else ""
    return text.format(name=best.model.name, size=size_words(best.file), rate=rate)


def reading_words(candidate: Candidate) -> str:
    """How fast an embedding model reads; "" where it is not known."""
    if candidate.speed is None:
        return ""
    low, high = (whole(round(each)) for each in (candidate.speed.prompt.low, candidate.speed.prompt.high))
    return translate("recommend_text", "reads about {low} to {high}{space}tokens/s").format(
        low=low, high=high, space=THIN_SPACE
    )


def licence_words(model: CatalogModel) -> str:
    """What is to be minded of the licence: that it restricts use, or that it is not known; "" for any other."""
    if model.licence is None:
        return translate("recommend_text", "Licence not known here: it should be read before use")
    if not model.licence.restricts:
        return ""
    text = translate("recommend_text", "Restricted licence ({name}): {why}")
    return text.format(name=model.licence.name, why=limit_words(model.licence.why))


def limit_words(why: str) -> str:
    """How a licence restricts use, in the user's language; a reason that is not known stays as it is."""
    known = {
        "a policy of prohibited uses goes with it": translate(
            "recommend_text", "a policy of prohibited uses goes with it"
        ),
        "a policy of acceptable use goes with it": translate(
            "recommend_text", "a policy of acceptable use goes with it"
        ),
        "a policy of acceptable use goes with it, and very large companies need another licence": translate(
            "recommend_text", "a policy of acceptable use goes with it, and very large companies need another licence"
        ),
        "commercial use needs another licence": translate("recommend_text", "commercial use needs another licence"),
        "commercial use is limited by revenue": translate("recommend_text", "commercial use is limited by revenue"),
    }
    return known.get(why, why)


def page_address(candidate: Candidate) -> str:
    """Where the file is offered."""
    return f"https://huggingface.co/{candidate.file.repo}"
