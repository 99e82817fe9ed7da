"""A container's limits of CPU and memory: control groups, version 1 and 2, the tightest on this process's path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_ROOT = Path("/")
#: Version 1 writes "no limit" as the largest number of pages.
_NO_LIMIT = 1 << 60


@dataclass(frozen=True, slots=True)
class MemoryLimit:
    """`limit_bytes` is the tightest limit, `free_bytes` what is left below any of the limits.

    File pages that the system would drop are counted as free, as the system does for itself.
    """

    limit_bytes: int
    free_bytes: int


def cpu_quota(root: Path = _ROOT) -> float | None:
    """The limit in CPUs' worth of time; None when there is none. `root` holds proc/ and sys/."""
    quotas = [_quota(folder) for folder in _folders(root, "cpu", "cpu,cpuacct")]
    return min((quota for quota in quotas if quota is not None), default=None)


def memory_limit(root: Path = _ROOT) -> MemoryLimit | None:
    """The limit of memory; None when there is none. `root` holds proc/ and sys/."""
    limits = [limit for folder in _folders(root, "memory") if (limit := _limit(folder)) is not None]
    if not limits:
        return None
    return MemoryLimit(min(each.limit_bytes for each in limits), min(each.free_bytes for each in limits))


def _folders(root: Path, *controllers: str) -> Iterator[Path]:
    """The folders of the groups this process is in, outermost first; of one version or both.

    Inside a container the path may be one of the host, that is not there: then the mounted folder
    itself is the container's group.
    """
    mounted = root / "sys/fs/cgroup"
    paths = _own_paths(root)
    for mount in (mounted, mounted / "unified"):
        yield from _along(mount, paths.get("", "/"))
    for controller in controllers:
        own = next((path for names, path in paths.items() if controller in (names, *names.split(","))), "/")
        yield from _along(mounted / controller, own)


def _own_paths(root: Path) -> dict[str, str]:
    """Controllers to path, from lines as `4:memory:/a/b`; version 2's controllers are ""."""
    lines = (_text(root / "proc/self/cgroup") or "").splitlines()
    fields = [line.split(":", 2) for line in lines if line.count(":") >= 2]
    return {names: path for _, names, path in fields}


def _along(mount: Path, path: str) -> Iterator[Path]:
    """The mount and every folder below it on the path, as far as they exist."""
    folder = mount
    yield folder
    for part in PurePosixPath(path).parts[1:]:
        folder /= part
        if part == ".." or not folder.is_dir():
            return
        yield folder


def _quota(folder: Path) -> float | None:
    both = (_text(folder / "cpu.max") or "").split()  # version 2: limit and period
    if not both:
        both = [_text(folder / f"cpu.cfs_{name}_us") or "" for name in ("quota", "period")]
    try:
        limit, period = (int(each) for each in both)
    except ValueError:
        return None
    return limit / period if limit > 0 and period > 0 else None


def _limit(folder: Path) -> MemoryLimit | None:
    limits = [_number(folder / name) for name in ("memory.max", "memory.high", "memory.limit_in_bytes")]
    known = [limit for limit in limits if limit is not None and limit < _NO_LIMIT]
    if not known:
        return None
    used = _number(folder / "memory.current") or _number(folder / "memory.usage_in_bytes") or 0
    return MemoryLimit(min(known), max(0, min(known) - max(0, used - _droppable(folder))))


def _droppable(folder: Path) -> int:
    stat = dict(line.split(" ", 1) for line in (_text(folder / "memory.stat") or "").splitlines() if " " in line)
    figure = stat.get("total_inactive_file", stat.get("inactive_file", "0"))  # version 1 sums up under the first name
    return int(figure) if figure.isdecimal() else 0


def _number(file: Path) -> int | None:
    text = _text(file) or ""
    return int(text) if text.isdecimal() else None


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None
