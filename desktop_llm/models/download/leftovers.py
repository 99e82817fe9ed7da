"""Parts of downloads that no list remembers: which are still there, and how they go."""

from __future__ import annotations

from pathlib import Path

from desktop_llm.models.download.downloads import Downloads
from desktop_llm.models.download.part_file import PART, beside, remove_part
from desktop_llm.models.download.sweep import Orphan, is_held
from desktop_llm.models.library.removing import remove_empty


def orphans_left(downloads: Downloads) -> tuple[Orphan, ...]:
    """Those of the start that are neither gone nor being fetched, here or by another program. Waits for the disk."""
    wanted = {path for each in downloads.snapshots() for path in each.paths}
    return tuple(
        each
        for each in downloads.orphans()
        if each.target not in wanted and beside(each.target, PART).exists() and not is_held(each.target)
    )


def remove_orphan(downloads: Downloads, orphan: Orphan, folder: Path) -> None:
    """Throw away what has come, unless somebody goes on with it; `folder` is where models are kept. Waits."""
    if orphan in orphans_left(downloads):
        remove_part(orphan.target)
        remove_empty(orphan.target.parent, folder)
