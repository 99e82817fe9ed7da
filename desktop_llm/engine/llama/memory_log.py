"""llama.cpp's log lines on memory, read: what a dry run plans, and what a real load allocated. Pure.

llama.cpp gives these figures nowhere else in C. The lines are those of llama-model.cpp,
llama-kv-cache.cpp, llama-memory-recurrent.cpp and llama-context.cpp; sizes to 0.01 MiB.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from desktop_llm.engine.memory import CacheLayers, DeviceMemory, MemoryEstimate

_MIB: Final = 1024 * 1024
_PLACE_LINE = re.compile(r"load_tensors: layer +(\d+) assigned to device (\S+),")
#: A cache of its own begins anew where the layers' numbers do; `size` is its last line.
_CACHE_LAYER_LINE = re.compile(r"llama_kv_cache\S*: layer +(\d+): dev = ")
_CACHE_LINE = re.compile(r"llama_kv_cache\S*: size = +([\d.]+) MiB")
_RECURRENT_LINE = re.compile(r"llama_memory_recurrent\S*: size = +([\d.]+) MiB")
_BUFFER_LINE = re.compile(r": +(\S+) +(compute|output|KV|RS|model|LoRA|DSV4 .*state) buffer size = +([\d.]+) MiB")
_KINDS: Final = {"compute": "compute", "output": "output", "KV": "cache", "model": "weights", "LoRA": "weights"}
#: These are logged again when they are planned anew, and the last counts; of the others each line is one buffer more.
_REPLACED: Final = frozenset({"compute", "output"})


def read_plan(lines: Sequence[str]) -> MemoryEstimate:
    """A dry run's figures. Its buffers of weights and cache are empty, so that the cache's size stands under ""."""
    sizes = _buffer_sizes(lines)
    whole: dict[str, int] = defaultdict(int)
    caches: list[CacheLayers] = []
    layers: list[int] = []
    for line in lines:
        if match := _CACHE_LAYER_LINE.search(line):
            layers.append(int(match[1]))
        elif match := _CACHE_LINE.search(line):
            whole["cache_bytes"] += _bytes(match[1])
            caches.append(CacheLayers(_bytes(match[1]), tuple(layers)))
            layers = []
        elif match := _RECURRENT_LINE.search(line):
            whole["recurrent_bytes"] += _bytes(match[1])
    for device in sizes.values():
        device["cache_bytes"] = device["weights_bytes"] = 0
        if device["recurrent_bytes"]:
            whole["recurrent_bytes"] = 0  # the state is allocated in a dry run too, so that its devices are known
    if any(whole.values()):
        sizes[""] |= whole
    return MemoryEstimate(_devices(sizes), tuple(caches), _places(lines))


def read_load(lines: Sequence[str]) -> tuple[DeviceMemory, ...]:
    """What a real load allocated, one entry for each kind of buffer, by llama.cpp's name of it.

    CPU, CPU_Mapped, CPU_REPACK and those that end in _Host are RAM. CPU_Mapped is the stretch of
    the file that is mapped: where weights on a GPU lie in it, they are counted, but take no RAM.
    """
    return _devices(_buffer_sizes(lines))


def count_layers(lines: Sequence[str]) -> tuple[int, int]:
    """The layers of a load, the output among them, and how many of them are not on the CPU; zeros when not told."""
    places = _places(lines)
    return len(places), sum(place != "CPU" for place in places)


def _buffer_sizes(lines: Sequence[str]) -> dict[str, dict[str, int]]:
    """Bytes by buffer and kind; a buffer that is not there yet is made of zeros."""
    sizes: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_FIELDS, 0))
    for line in lines:
        if match := _BUFFER_LINE.search(line):
            field = f"{_KINDS.get(match[2], 'recurrent')}_bytes"
            before = 0 if match[2] in _REPLACED else sizes[match[1]][field]
            sizes[match[1]][field] = before + _bytes(match[3])
    return sizes


_FIELDS: Final = ("cache_bytes", "recurrent_bytes", "compute_bytes", "output_bytes", "weights_bytes")


def _devices(sizes: dict[str, dict[str, int]]) -> tuple[DeviceMemory, ...]:
    return tuple(DeviceMemory(device, **each) for device, each in sizes.items() if any(each.values()))


def _places(lines: Sequence[str]) -> tuple[str, ...]:
    """The device of each layer, and last of the output; () where the log does not say it of all."""
    matches = (_PLACE_LINE.search(line) for line in lines)
    places = {int(match[1]): match[2] for match in matches if match}
    return tuple(places[layer] for layer in sorted(places)) if sorted(places) == list(range(len(places))) else ()


def _bytes(mib: str) -> int:
    return round(float(mib) * _MIB)
