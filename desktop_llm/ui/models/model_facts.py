"""What a model file is, in rows of words: from its header, the catalogue, and what loads of it measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from desktop_llm.models.accuracy import Comparison, SpeedTruth
from desktop_llm.models.fit.room import RAM
from desktop_llm.models.gguf.info import ModelInfo
from desktop_llm.models.library.records import Record
from desktop_llm.ui.load.disk_reading import Reading
from desktop_llm.ui.widgets.number_text import THIN_SPACE, memory_part, percent, real, size, speed, whole

translate = QCoreApplication.translate

_BILLION = 1_000_000_000
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact: its name, and what it is."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class TruthRow:
    """A prediction beside the truth, each in words; `difference` is "" where one is not known."""

    label: str
    predicted: str
    measured: str
    difference: str


def parameters_words(n_params: int) -> str:
    """How many parameters, rounded as models are named."""
    if n_params >= _BILLION:
        return translate("model_facts", "{n} billion parameters").format(n=real(n_params / _BILLION, 1))
    return translate("model_facts", "{n} million parameters").format(n=whole(round(n_params / _MILLION)))


def header_line(info: ModelInfo) -> str:
    """The facts of a card: size, quantization, parameters, context trained."""
    trained = translate("model_facts", "trained with up to {n} tokens").format(n=whole(info.n_ctx_train))
    parts = [size(info.size_bytes), info.quantization, parameters_words(info.n_params)]
    return " · ".join(part for part in (*parts, trained if info.n_ctx_train else "") if part)


def fact_rows(reading: Reading) -> tuple[FactRow, ...]:
    """The header's facts; what it does not say is left out."""
    return tuple(row for row in _rows(reading) if row.value)


def record_rows(record: Record) -> tuple[FactRow, ...]:
    """What is recorded of a model's files: where they come from, what they are, how they are loaded."""
    source = record.source
    rows = [
        FactRow(translate("model_facts", "Notes"), record.notes),
        FactRow(translate("model_facts", "From"), source.repo if source is not None else ""),
        FactRow(translate("model_facts", "Version (commit)"), source.commit if source is not None else ""),
        FactRow(translate("model_facts", "Licence, as its source names it"), source.licence if source else ""),
        FactRow(translate("model_facts", "Read and compared"), _moment(record.verified_at)),
        FactRow(translate("model_facts", "Loaded in its own way"), _params_words(dict(record.params))),
    ]
    for file in (*record.files, *record.helpers):
        unknown = translate("model_facts", "not known yet")
        rows.append(
            FactRow(translate("model_facts", "SHA-256 of {name}").format(name=file.path.name), file.sha256 or unknown)
        )
    return tuple(row for row in rows if row.value)


def type_rows(info: ModelInfo) -> tuple[FactRow, ...]:
    """The weights by number format, largest first."""
    return tuple(FactRow(name, percent(share)) for name, share in info.type_shares)


def truth_rows(comparison: Comparison) -> tuple[TruthRow, ...]:
    """A load's parts and speeds, predicted beside measured."""
    rows = [
        TruthRow(
            _part_words(part.device, part.name),
            memory_part(part.predicted_bytes),
            memory_part(part.measured_bytes),
            _difference(part.predicted_bytes, part.measured_bytes),
        )
        for part in comparison.parts
    ]
    total = translate("model_facts", "Memory in all")
    predicted, measured = comparison.predicted_bytes, comparison.measured_bytes
    rows.append(TruthRow(total, memory_part(predicted), memory_part(measured), _difference(predicted, measured)))
    rows.append(speed_row(translate("model_facts", "Writing a reply"), comparison.generation))
    rows.append(speed_row(translate("model_facts", "Reading a question"), comparison.prompt))
    return tuple(row for row in rows if row.predicted or row.measured)


def speed_row(label: str, truth: SpeedTruth) -> TruthRow:
    """A speed, predicted beside measured."""
    predicted = measured = verdict = ""
    if truth.low is not None and truth.high is not None:
        words = translate("model_facts", "{low} to {high}{space}tokens/s")
        predicted = words.format(low=speed(truth.low), high=speed(truth.high), space=THIN_SPACE)
    if truth.measured is not None:
        words = translate("model_facts", "{n}{space}tokens/s")
        measured = words.format(n=speed(truth.measured), space=THIN_SPACE)
    if truth.is_in_range is not None:
        inside, outside = translate("model_facts", "in the range"), translate("model_facts", "outside")
        verdict = inside if truth.is_in_range else outside
    return TruthRow(label, predicted, measured, verdict)


def truth_title(comparison: Comparison) -> str:
    """How that load was made."""
    words = translate("model_facts", "with {n} tokens of context, KV cache {kind}")
    return words.format(n=whole(comparison.n_ctx), kind=comparison.cache_type)


def comparisons_of(rows: Iterable[Comparison], info: ModelInfo) -> tuple[Comparison, ...]:
    """Those of this file, newest first."""
    return tuple(each for each in rows if each.file == info.path.name)


def _rows(reading: Reading) -> Iterator[FactRow]:
    info = reading.info
    yes, no = translate("model_facts", "yes"), translate("model_facts", "no")
    yield FactRow(translate("model_facts", "Name in the file"), info.name)
    yield FactRow(translate("model_facts", "Architecture"), info.architecture)
    yield FactRow(translate("model_facts", "Parameters"), whole(info.n_params))
    yield FactRow(translate("model_facts", "Quantization"), info.quantization)
    yield FactRow(translate("model_facts", "Bits per weight"), real(info.bits_per_weight, 2))
    yield FactRow(translate("model_facts", "Context trained, in tokens"), _count(info.n_ctx_train))
    yield FactRow(translate("model_facts", "Context stretched (rope scaling)"), reading.rope_scaling)
    yield FactRow(translate("model_facts", "Sliding window, in tokens"), _count(info.sliding_window))
    yield FactRow(translate("model_facts", "Layers"), _count(info.n_layer))
    yield FactRow(translate("model_facts", "Attention heads (for keys and values)"), _heads(info))
    yield FactRow(translate("model_facts", "Experts (used at once)"), _experts(info))
    yield FactRow(translate("model_facts", "Vocabulary, in tokens"), _count(info.n_vocab))
    yield FactRow(translate("model_facts", "Chat template"), yes if info.has_chat_template else no)
    yield FactRow(translate("model_facts", "Licence"), reading.licence)
    yield FactRow(translate("model_facts", "Size"), size(info.size_bytes))
    yield FactRow(translate("model_facts", "Parts"), _count(info.split_count) if info.split_count > 1 else "")
    yield FactRow(translate("model_facts", "File"), str(info.path))


def _moment(at: float | None) -> str:
    if at is None:
        return translate("model_facts", "not yet")
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(int(at)), QLocale.FormatType.ShortFormat)


def _params_words(params: dict[str, int | str]) -> str:
    """A model's own way of being loaded; what is left to the app is left out."""
    names = {
        "n_ctx": translate("model_facts", "context {value}"),
        "n_seq_max": translate("model_facts", "{value} conversations at the same time"),
        "cache_type_k": translate("model_facts", "KV cache {value}"),
        "n_gpu_layers": translate("model_facts", "{value} layers on the graphics card"),
    }
    said = ((text, params.get(name)) for name, text in names.items())
    shown = [
        text.format(value=whole(value) if isinstance(value, int) else value)
        for text, value in said
        if value not in (None, 0, -1)
    ]
    return ", ".join(shown)


def _count(number: int) -> str:
    return whole(number) if number else ""


def _heads(info: ModelInfo) -> str:
    return f"{whole(info.n_head)} ({whole(info.n_head_kv)})" if info.n_head else ""


def _experts(info: ModelInfo) -> str:
    return f"{whole(info.n_expert)} ({whole(info.n_expert_used)})" if info.n_expert else ""


def _part_words(device: str, name: str) -> str:
    words = {
        "weights": translate("model_facts", "The model itself (weights)"),
        "kv_cache": translate("model_facts", "The conversation (KV cache)"),
        "compute": translate("model_facts", "Computing (buffers)"),
    }.get(name, name)
    return words if device == RAM else f"{words}, {device}"


def _difference(predicted: int, measured: int) -> str:
    """The prediction's error, as a part of the truth."""
    if not measured or not predicted:
        return ""
    share = 100 * (predicted - measured) / measured
    sign = "+" if share > 0.05 else "−" if share < -0.05 else "±"
    return f"{sign}{real(abs(share), 1)}{THIN_SPACE}%"
