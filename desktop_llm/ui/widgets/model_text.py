"""What a model file is called in the window, from its name and size alone."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication

from desktop_llm.models.library.library import ModelEntry
from desktop_llm.ui.widgets.number_text import size

#: Quantizations as file names carry them: Q4_K_M, IQ3_XXS, Q8_0, BF16, MXFP4 …
_QUANTIZATION = re.compile(r"[-._](I?Q\d\w*|BF16|F16|F32|MXFP4\w*|TQ\d_\d)(?=[-._]|$)", re.IGNORECASE)


def quantization(entry: ModelEntry) -> str:
    """The quantization its file name tells, or nothing."""
    found = _QUANTIZATION.findall(entry.path.stem)
    return str(found[-1]).upper() if found else ""


def model_name(entry: ModelEntry) -> str:
    """The file's name without its quantization, with spaces where it has dashes."""
    return spoken_name(entry.title)


def spoken_name(stem: str) -> str:
    """A file's name as people say it: without its quantization, with spaces where it has dashes."""
    return _QUANTIZATION.sub("", stem).replace("-", " ").replace("_", " ").strip() or stem


def model_detail(entry: ModelEntry) -> str:
    """Size, quantization, and for the built-in model what it is."""
    parts = [size(entry.size_bytes), quantization(entry)]
    if entry.is_builtin:
        parts.append(QCoreApplication.translate("model_text", "built-in, for trying"))
    return " · ".join(part for part in parts if part)
