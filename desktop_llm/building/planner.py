"""The planner and the log it learns from."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from desktop_llm.engine.trial import dry_run
from desktop_llm.hardware.machine import Hardware
from desktop_llm.hardware.measure import Watch, measure
from desktop_llm.hardware.reading import look_at_machine
from desktop_llm.models.accuracy import AccuracyLog
from desktop_llm.models.catalog.catalog import read_catalog
from desktop_llm.models.planner import Planner
from desktop_llm.models.pool.shelf import Shelf
from desktop_llm.paths import Paths


def build_planner(paths: Paths, models_folder: Path, shelf: Shelf) -> tuple[Planner, AccuracyLog]:
    """Both, since each learns from the other. They look at nothing before they are asked."""
    planner = Planner(
        look=partial(look_at_machine, models_folder, paths.speeds_file),
        measure=partial(_measure, paths.speeds_file),
        dry_run=dry_run,
        held=partial(shelf.held, for_window=True),
        read_catalog=partial(read_catalog, paths.catalog_file),
    )
    accuracy = AccuracyLog(paths.accuracy_file, planner.predict)
    planner.learn_from(accuracy.past)
    return planner, accuracy


def _measure(speeds_file: Path, hardware: Hardware, watch: Watch) -> Hardware:
    return measure(hardware, speeds_file, watch)
