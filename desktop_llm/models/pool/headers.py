"""What models are, by their headers, which are read once as long as their files stay the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final

from desktop_llm.errors import ModelError
from desktop_llm.models.gguf.info import ModelInfo, read_model_info

_Key = tuple[Path, int, int]  # path, size, modification time
_MOST: Final = 256


class Headers:
    """Headers that were read, the one not asked for longest forgotten first. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, ModelInfo | None] = OrderedDict()

    def about(self, path: Path) -> ModelInfo | None:
        """What a file is; None for one that is no model. Waits for the disk, at most 100 ms, the first time."""
        try:
            status = path.stat()
        except OSError:
            return None
        key = path, status.st_size, status.st_mtime_ns
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        info = _read(path)
        with self._lock:
            self._kept[key] = info
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return info

    def is_embedder(self, path: Path) -> bool:
        """Whether a file makes embeddings and nothing else."""
        info = self.about(path)
        return info is not None and info.is_embedding


def _read(path: Path) -> ModelInfo | None:
    try:
        return read_model_info(path)
    except (ModelError, OSError):
        return None
