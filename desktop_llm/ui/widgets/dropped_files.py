"""The files of this computer that are dragged onto a widget, or pasted into it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData


def dropped_files(source: QMimeData) -> list[Path]:
    """All of them; what lies elsewhere is left out."""
    return [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]


def dropped_file(source: QMimeData) -> Path | None:
    """The one file, or None where it is none or several."""
    paths = dropped_files(source)
    return paths[0] if len(paths) == 1 else None
