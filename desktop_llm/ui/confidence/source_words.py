"""Whose figures a heat map shows and where they are from, in words; and what can be computed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_llm.chat.reply_record import ReplyRecord
from desktop_llm.ui.widgets.model_text import spoken_name

translate = QCoreApplication.translate


def source_words(record: ReplyRecord, judge: str, loaded: str) -> tuple[str, str]:
    """What is shown of which model, "" for none; and what a button offers to compute, "" for nothing."""
    words, offer = _known_words(record, judge), ""
    if not judge and not loaded:
        words += " " + translate("source_words", "Load a model to compute it.")
    elif not judge and loaded == record.writer:
        offer = translate("source_words", "Compute it now")
    elif loaded and loaded not in record.judges() and loaded != record.writer:
        model = spoken_name(loaded)
        words += " " + translate("source_words", "{model} is loaded now, another model.").format(model=model)
        offer = translate("source_words", "Compute its figures anyway")
    return words, offer


def _known_words(record: ReplyRecord, judge: str) -> str:
    writer = spoken_name(record.writer)
    if not judge:
        words = translate("source_words", "{model} wrote this, and how likely its tokens were was not recorded.")
    elif judge != record.writer:
        words = translate(
            "source_words",
            "{model} wrote this. The figures are those of {judge}, computed afterwards for the same text.",
        )
    elif record.is_recorded:
        words = translate("source_words", "Recorded while {model} wrote it.")
    else:
        words = translate("source_words", "Computed afterwards by {model}, which wrote it.")
    return words.format(model=writer, judge=spoken_name(judge))


def why_not_continue(judge: str, loaded: str) -> str:
    """Why a reply cannot go on from one of a model's tokens; "" where it can."""
    if not loaded:
        return translate("source_words", "No model is loaded to go on with.")
    if loaded != judge:
        words = translate("source_words", "These are tokens of {model}. Load it to go on from one of them.")
        return words.format(model=spoken_name(judge))
    return ""
