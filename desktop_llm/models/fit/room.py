"""Room: the memory a load may take, as one frozen value. A machine that is only imagined is the same value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop_llm.hardware.machine import DeviceKind, Hardware

RAM: Final = "RAM"
_MIB: Final = 1024 * 1024
#: What a plan leaves free: a twentieth, but no more than this.
_MARGIN_FRACTION: Final = 0.05
_MAX_MARGIN_BYTES: Final = {True: 512 * _MIB, False: 1024 * _MIB}  # a GPU's, RAM's


@dataclass(frozen=True, slots=True)
class DeviceRoom:
    """One place for memory: RAM, or a GPU by llama.cpp's name. Bytes.

    `ours_bytes` is what the model takes that will be unloaded first. `shares_ram`: a GPU inside the
    processor, whose memory is the machine's RAM.
    """

    name: str
    free_bytes: int
    total_bytes: int
    ours_bytes: int = 0
    is_gpu: bool = False
    shares_ram: bool = False

    @property
    def free_for_us_bytes(self) -> int:
        """What is free once our own model is unloaded."""
        return min(self.total_bytes, self.free_bytes + self.ours_bytes)

    @property
    def others_bytes(self) -> int:
        """What the system and other programs use."""
        return self.total_bytes - self.free_for_us_bytes

    @property
    def margin_bytes(self) -> int:
        """What a load should leave free."""
        return min(int(self.total_bytes * _MARGIN_FRACTION), _MAX_MARGIN_BYTES[self.is_gpu])


@dataclass(frozen=True, slots=True)
class Room:
    """RAM, and the GPUs that llama.cpp would use, in its order."""

    ram: DeviceRoom
    gpus: tuple[DeviceRoom, ...] = ()


def room_of(hardware: Hardware, ours: dict[str, int] | None = None) -> Room:
    """The room of a machine; `ours` are the bytes by device (and RAM) of the model that will be unloaded.

    Like llama.cpp, GPUs inside the processor count only where there is no other.
    """
    held = ours or {}
    memory = hardware.memory
    own = tuple(device for device in hardware.gpus if device.kind is DeviceKind.GPU)
    gpus = tuple(
        DeviceRoom(
            device.name, device.free_bytes, device.total_bytes, held.get(device.name, 0), True, device.is_unified
        )
        for device in own or hardware.gpus[:1]
    )
    return Room(DeviceRoom(RAM, memory.available_bytes, memory.total_bytes, held.get(RAM, 0)), gpus)
