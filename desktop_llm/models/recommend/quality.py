"""How good a file's replies are, in points: what its model reached in published tests, less what its bits cost. Pure.

Points are whatmodel.sh's summary of published test results (`catalog.Test.PUBLISHED`). A model
without published results gets an estimate: newer models do more with as many parameters ("Densing
Law of LLMs", Xiao et al., Nature Machine Intelligence 2025: the best do as much with half as many
every 3.5 months), so that parameters and release say something. How much, the catalogue's own
models with published results say: a plane through them, by least squares.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, linear_regression
from typing import Final

from desktop_llm.models.catalog.catalog import CatalogModel, ModelKind, Score, Test
from desktop_llm.models.speed.shape import active_fraction, bits_of, mixture_of

_PERPLEXITY: Final = 6.2332
#: What a quantization costs Llama 3 8B on wikitext-2, without an importance matrix where both were published: the
#: perplexity it adds to 6.2332, and percent points that the right token becomes less likely (llama.cpp,
#: tools/perplexity/README.md). Other models lose other amounts, small ones and long texts more.
_COSTS: Final[dict[str, tuple[float, float]]] = {
    "F32": (0.0, 0.0),
    "F16": (0.0, 0.0),
    "BF16": (0.0, 0.0),
    "Q8_0": (0.003, 0.019),
    "Q6_K": (0.022, 0.007),
    "Q5_K_M": (0.057, 0.114),
    "Q5_K_S": (0.105, 0.223),
    "Q5_0": (0.132, 0.416),
    "Q4_K_M": (0.175, 0.596),
    "IQ4_XS": (0.228, 0.668),
    "Q4_K_S": (0.269, 0.927),
    "Q4_0": (0.469, 1.588),
    "Q3_K_L": (0.556, 1.532),
    "Q3_K_M": (0.657, 1.990),
    "IQ3_XXS": (1.227, 3.918),
    "Q3_K_S": (1.632, 5.604),
    "Q2_K": (3.520, 9.123),
    "IQ2_XXS": (7.860, 14.363),
}
#: Weights that were trained in this format lose nothing by it.
_NATIVE: Final = frozenset({"MXFP4"})
#: A year of progress is worth no more doublings than the densing law has.
_MOST_DOUBLINGS_A_YEAR: Final = 12 / 3.5
_FEWEST_KNOWN: Final = 10


class Basis(StrEnum):
    """What a model's points rest on."""

    PUBLISHED = "published"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a quantization costs: points, and perplexity as a part of the unquantized model's."""

    points: float
    perplexity_part: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a file is: `points` are its unquantized model's, give or take `plus_minus`; `cost` is its bits'.

    `n_results` published results stand behind the points; none behind an estimate. `code_points`
    are the same from tests of writing code, where `code_rank` is its place.
    """

    points: float
    plus_minus: float | None
    basis: Basis
    test: Test
    n_results: int
    cost: Cost
    code_points: float
    code_rank: int | None

    @property
    def value(self) -> float:
        """What is left of the points."""
        return self.points - self.cost.points

    @property
    def code_value(self) -> float:
        """What is left of the points for writing code."""
        return self.code_points - self.cost.points


class QualityEstimate:
    """What the models with published results say of the others, and of all for writing code."""

    def __init__(self, models: Iterable[CatalogModel]) -> None:
        known = [(model, model.score) for model in models if model.score and model.score.test is Test.PUBLISHED]
        placed = [(place, score.value) for model, score in known if (place := _place(model))]
        self._plane = _Plane(placed) if len(placed) >= _FEWEST_KNOWN else None
        ranks = [(float(score.code_rank), score.value) for _, score in known if score.code_rank]
        self._line = _line(ranks) if len(ranks) >= _FEWEST_KNOWN else None

    def of(self, model: CatalogModel, quantization: str) -> Quality | None:
        """The quality of a file; None where nothing is known of the quantization's cost.

        A model of which no result is known, nor parameters and release, is last with 0 points;
        so is an embedding model without a result: the plane says nothing of those.
        """
        cost = quantization_cost(quantization)
        if cost is None:
            return None
        if model.score is not None:
            return self._published(model.score, cost)
        place = _place(model)
        if place is None or self._plane is None or model.kind is ModelKind.EMBED:
            return Quality(0.0, None, Basis.UNKNOWN, Test.PUBLISHED, 0, cost, 0.0, None)
        points, spread = self._plane.at(place), self._plane.spread
        return Quality(points, spread, Basis.ESTIMATED, Test.PUBLISHED, 0, cost, points, None)

    def _published(self, score: Score, cost: Cost) -> Quality:
        code = score.value
        if score.code_rank is not None and self._line is not None:
            at_first, a_rank = self._line
            code = at_first + a_rank * score.code_rank
        facts = score.value, score.plus_minus, Basis.PUBLISHED, score.test, score.n_results
        return Quality(*facts, cost, code, score.code_rank)


def effective_params(model: CatalogModel) -> float:
    """Parameters of a dense model that is about as good: with experts, the geometric mean of all and the used ones.

    0 when nothing is known of its size.
    """
    architecture = model.architecture
    if architecture is None:
        return float(model.n_params or _params_of_file(model))
    n_params = architecture.n_params - architecture.n_table_weights
    return n_params * math.sqrt(active_fraction(architecture))


def quantization_cost(quantization: str) -> Cost | None:
    """What it costs; None where no figure was published."""
    name = quantization.upper().removeprefix("UD-").replace("_XL", "_M")
    if name in _NATIVE:
        return Cost(0.0, 0.0)
    cost = _COSTS.get(name)
    return None if cost is None or not mixture_of(name) else Cost(cost[1], cost[0] / _PERPLEXITY)


def _place(model: CatalogModel) -> tuple[float, float] | None:
    """Doublings of a billion parameters, and the year of release with its part; None where one is not known."""
    n_params = effective_params(model)
    if not n_params or model.released is None:
        return None
    year, month = (int(each) for each in model.released.split("-"))
    return math.log2(n_params / 1e9), year + (month - 1) / 12


class _Plane:
    """points = base + slope x doublings + progress x years, by least squares; nothing is extrapolated."""

    def __init__(self, placed: list[tuple[tuple[float, float], float]]) -> None:
        self._sizes, self._years = [place[0] for place, _ in placed], [place[1] for place, _ in placed]
        self._middle = fmean(self._sizes), fmean(self._years)
        self._base = fmean(points for _, points in placed)
        moved = [
            (size - self._middle[0], year - self._middle[1], points - self._base) for (size, year), points in placed
        ]
        ss, tt, st = (sum(a * b for a, b in pairs) for pairs in _pairs(moved, (0, 0), (1, 1), (0, 1)))
        sp, tp = (sum(a * b for a, b in pairs) for pairs in _pairs(moved, (0, 2), (1, 2)))
        determinant = ss * tt - st * st
        self._slope = (sp * tt - tp * st) / determinant
        self._progress = min((tp * ss - sp * st) / determinant, self._slope * _MOST_DOUBLINGS_A_YEAR)
        self.spread = math.sqrt(fmean((self.at(place) - points) ** 2 for place, points in placed))

    def at(self, place: tuple[float, float]) -> float:
        """The points of a model there."""
        size, year = _within(place[0], self._sizes), _within(place[1], self._years)
        return self._base + self._slope * (size - self._middle[0]) + self._progress * (year - self._middle[1])


def _within(number: float, numbers: list[float]) -> float:
    return min(max(number, min(numbers)), max(numbers))


def _pairs(rows: list[tuple[float, float, float]], *columns: tuple[int, int]) -> Iterable[list[tuple[float, float]]]:
    return ([(row[a], row[b]) for row in rows] for a, b in columns)


def _line(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Its height at 0, and its slope, by least squares."""
    slope, height = linear_regression(*zip(*points, strict=True))
    return height, slope


def _params_of_file(model: CatalogModel) -> float:
    """Parameters, from bytes and bits of the largest file, whose mixture is the simplest; 0 when not known."""
    if not model.weights:
        return 0.0
    file = model.weights[-1]
    mixture = mixture_of(file.quantization or "")
    return sum(file.about_bytes * part * 8 / bits_of(name) for name, part in mixture)
