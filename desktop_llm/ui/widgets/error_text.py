"""Errors in the user's language: the template is the key of the translation, the values fill it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_llm.errors import AppError, ByteCount
from desktop_llm.ui.widgets.number_text import memory_part, real, whole

#: The translation context of every AppError's template; `tools/translations.py` collects them.
CONTEXT = "errors"


def translate_error(error: BaseException) -> str:
    """One sentence: what happened, and what to do. A fault of ours is named as one, without its text."""
    if not isinstance(error, AppError):
        return QCoreApplication.translate(
            "error_text", "Something unexpected went wrong in this program. It can still be used; its log says more."
        )
    template = QCoreApplication.translate(CONTEXT, error.template)
    if not error.values:
        return template
    return template.format(**{name: _shown(value) for name, value in error.values.items()})


def _shown(value: object) -> str:
    match value:
        case AppError():
            text = translate_error(value)
        case ByteCount():
            text = memory_part(value)
        case bool() | None:
            text = str(value)
        case int():
            text = whole(value)
        case float():
            text = real(value, 1)
        case str():
            text = QCoreApplication.translate(CONTEXT, value)  # a reason that is a template of its own
        case _:
            text = str(value)
    return text
