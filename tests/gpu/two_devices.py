"""Plans and loads across all devices that this process sees; prints the parts as JSON.

    GGML_VK_VISIBLE_DEVICES=0,0 python -m tests.gpu.two_devices MODEL LAYERS…

llama.cpp lists a device twice that is named twice: with one real device there are two.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from desktop_llm.engine.model import LoadParams
from desktop_llm.hardware.reading import read_hardware
from desktop_llm.models.fit.room import room_of
from tests.gpu.comparing import compare


def main(path: Path, numbers: list[int]) -> None:
    """One comparison for each number of layers on the GPUs."""
    with tempfile.TemporaryDirectory() as folder:
        room = room_of(read_hardware(Path(folder), Path(folder) / "speeds.json"))
    results = []
    for n_gpu_layers in numbers:
        params = LoadParams(n_ctx=4096, n_threads=1, n_gpu_layers=n_gpu_layers, use_mmap=False)
        results.append([asdict(part) for part in compare(path, room, params)[1]])
    print(json.dumps(results))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(each) for each in sys.argv[2:]])
