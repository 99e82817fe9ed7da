"""What downloads that nobody remembers left in the models folder: removed in time, and told until then."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop_llm.models.download.part_file import LIVE, PART, SIDECAR, beside, remove_part
from desktop_llm.models.download.part_record import LiveRecord, read_record

#: A part that nobody has written to for so long goes.
_KEPT_S: Final = 30 * 24 * 3600.0
_FRESH_SIDECAR: Final = f"{SIDECAR}.new"


@dataclass(frozen=True, slots=True)
class Orphan:
    """A part without a download. `modified_at` is in seconds since 1970; `commit` is the version it is of, or ""."""

    target: Path
    size_bytes: int
    modified_at: float
    commit: str = ""


def sweep(folder: Path, wanted: Collection[Path], now: float, stopped: threading.Event) -> tuple[Orphan, ...]:
    """Remove records without a part, and parts that are old; returns the parts that stay.

    Only files with a record of ours are touched: a browser's `.part` is left alone.
    """
    orphans: list[Orphan] = []
    for target in sorted(_targets(folder)):
        if stopped.is_set():
            break
        if target in wanted or is_held(target):
            continue
        with suppress(OSError):
            beside(target, _FRESH_SIDECAR).unlink(missing_ok=True)
            orphans += _sweep_one(target, now)
    return tuple(orphans)


def _sweep_one(target: Path, now: float) -> Iterator[Orphan]:
    part = beside(target, PART)
    if not part.exists():
        remove_part(target)
        return
    status = part.stat()
    if now - status.st_mtime > _KEPT_S:
        remove_part(target)
    else:
        # A part has holes: what it takes of the disk is less than its length.
        taken_bytes = min(status.st_size, status.st_blocks * 512) if hasattr(status, "st_blocks") else status.st_size
        commit = read_record(beside(target, SIDECAR)).get("commit")
        yield Orphan(target, taken_bytes, status.st_mtime, commit if isinstance(commit, str) else "")


def _targets(folder: Path) -> set[Path]:
    """The targets of all records of ours below a folder."""
    found = set()
    for here, _, names in os.walk(folder):
        for name in names:
            path = Path(here, name)
            if name.endswith(SIDECAR) and "sha256" in read_record(path):
                found.add(path.with_name(name.removesuffix(SIDECAR)))
    return found


def is_held(target: Path) -> bool:
    """Whether another program is fetching it at this moment."""
    path = beside(target, LIVE)
    if not path.exists():
        return False
    record = LiveRecord(path, "")
    try:
        return not record.open()
    except OSError:
        return True
    finally:
        record.close()
