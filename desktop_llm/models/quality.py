"""A guess at how good a file's replies are, from its size and quantization: an order, not a test. Pure.

Loss is nats a token beyond what no model can know: 406.4 / parameters ** 0.34 (Hoffmann et al.,
"Training Compute-Optimal Large Language Models", 2022), plus what the quantization adds.
"""

from __future__ import annotations

import math
from typing import Final

from desktop_llm.models.catalog import CatalogModel
from desktop_llm.models.speed_shape import active_fraction, bits_of, mixture_of

_FACTOR: Final = 406.4
_EXPONENT: Final = 0.34
_PERPLEXITY: Final = 6.2332
#: Perplexity that a quantization adds to 6.2332, the f16 model's: Llama 3 8B on wikitext-2, as llama.cpp
#: publishes it (tools/perplexity/README.md). Other models lose other amounts, small ones more.
_ADDED: Final[dict[str, float]] = {
    "F32": 0.0,
    "F16": 0.0,
    "BF16": 0.0,
    "Q8_0": 0.003,
    "Q6_K": 0.022,
    "Q5_K_M": 0.057,
    "Q4_K_M": 0.175,
    "Q4_K_S": 0.178,
    "IQ4_XS": 0.228,
    "Q4_0": 0.469,
    "Q3_K_M": 0.657,
    "IQ3_XXS": 1.227,
    "Q2_K": 3.520,
    "IQ2_XXS": 7.86,
}
#: Weights that were trained in this format lose nothing by it.
_NATIVE: Final = frozenset({"MXFP4"})


def effective_params(model: CatalogModel) -> float:
    """Parameters of a dense model that is about as good: with experts, the geometric mean of all and the used ones.

    0 when nothing is known of its size.
    """
    architecture = model.architecture
    n_params = float(model.n_params or _params_of_file(model))
    return n_params * math.sqrt(active_fraction(architecture)) if architecture else n_params


def quantization_loss(quantization: str) -> float | None:
    """Nats a token that it costs; None where no figure was published."""
    name = quantization.upper().removeprefix("UD-").replace("_XL", "_M")
    if name in _NATIVE:
        return 0.0
    added = _ADDED.get(name)
    return None if added is None or not mixture_of(name) else math.log(1 + added / _PERPLEXITY)


def expected_loss(model: CatalogModel, quantization: str) -> float | None:
    """The lower, the better; None when the size or the quantization's loss is not known."""
    n_params, loss = effective_params(model), quantization_loss(quantization)
    if not n_params or loss is None:
        return None
    return float(_FACTOR / n_params**_EXPONENT + loss)


def _params_of_file(model: CatalogModel) -> float:
    """Parameters, from bytes and bits of the largest file, whose mixture is the simplest; 0 when not known."""
    if not model.weights:
        return 0.0
    file = model.weights[-1]
    mixture = mixture_of(file.quantization or "")
    return sum((file.size_bytes or 0) * part * 8 / bits_of(name) for name, part in mixture)
