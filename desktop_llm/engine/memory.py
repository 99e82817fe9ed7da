"""The memory of a load, as llama.cpp itself tells it: before one by its dry run, after one by its log."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class DeviceMemory:
    """What a load takes in one kind of buffer, in bytes. `device` is llama.cpp's name of it, as CPU_Mapped or CUDA0.

    `weights_bytes` is 0 in a dry run, which reads no weights.
    """

    device: str
    cache_bytes: int
    recurrent_bytes: int
    compute_bytes: int
    output_bytes: int
    weights_bytes: int = 0


@dataclass(frozen=True, slots=True)
class CacheLayers:
    """One cache of a dry run: its size, and the numbers of the layers that have a part in it."""

    size_bytes: int
    layers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """What llama.cpp itself plans for a context, to the precision of its log (0.01 MiB a line).

    `cache_bytes` of a dry run are not split by device: they stand in the entry named "", and
    `caches` say which layers share them. `places` are the devices of all layers and, last, of the
    output. Weights are not counted: their sizes stand in the file's tensor table. `refused` are
    layers (the output's number is the last) and bytes of weights that their device cannot compute
    with, so that they stay in RAM. `copied_bytes` is a second copy of a shared output there.
    """

    devices: tuple[DeviceMemory, ...]
    caches: tuple[CacheLayers, ...] = ()
    places: tuple[str, ...] = ()
    refused: tuple[tuple[int, int], ...] = ()
    copied_bytes: int = 0

    @property
    def cache_bytes(self) -> int:
        """The KV cache, on all devices."""
        return sum(device.cache_bytes for device in self.devices)

    @property
    def total_bytes(self) -> int:
        """Everything but the weights."""
        return sum(d.cache_bytes + d.recurrent_bytes + d.compute_bytes + d.output_bytes for d in self.devices)


def with_scoring(devices: tuple[DeviceMemory, ...], more: int) -> tuple[DeviceMemory, ...]:
    """The same with the buffer of results at its largest: it grows by `more` bytes when a text is first scored."""
    return tuple(
        replace(each, output_bytes=each.output_bytes + more) if each.output_bytes else each for each in devices
    )
