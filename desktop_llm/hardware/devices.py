"""Devices for computing: what llama.cpp can use, joined with what drivers and the bus tell of the same cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop_llm.hardware.machine import Device, DeviceKind
from desktop_llm.hardware.nvidia import NvidiaCard, NvidiaReport
from desktop_llm.hardware.pci import PciCard

_NO_BACKEND = "This engine was built without support for it, so it is not used."
_NO_DRIVER = "Its driver is not installed or does not answer, so it is not used."
_NO_MEMORY = "It reports no memory, so it is not used."
_SAME_CARD = "It is the same card as {name}, which is used."
_INSTEAD = "The engine uses {name} instead."
_METAL = frozenset(["Metal", "MTL"])
_REMOTE = "RPC"
_GRAPHICS = frozenset([DeviceKind.GPU, DeviceKind.INTEGRATED_GPU])


@dataclass(frozen=True, slots=True)
class EngineDevice:
    """A device as llama.cpp lists it; `pci_id` is "" where it is not known."""

    name: str
    description: str
    backend: str
    kind: DeviceKind
    free_bytes: int
    total_bytes: int
    pci_id: str = ""


def join_devices(
    engine_devices: Sequence[EngineDevice], nvidia: NvidiaReport, pci_cards: Sequence[PciCard] = ()
) -> tuple[Device, ...]:
    """llama.cpp's devices in its order, then the cards that it cannot use, each with the reason."""
    cards = _matched(engine_devices, nvidia.cards)
    joined: list[Device] = []
    seen: dict[str, str] = {}
    for each, card in zip(engine_devices, cards, strict=True):
        device = _joined(each, card)
        twin = seen.get(each.pci_id)
        if each.kind in _GRAPHICS and each.pci_id:
            seen.setdefault(each.pci_id, each.name)
        joined.append(device if twin is None else replace(device, problem=_SAME_CARD.format(name=twin)))
    unused = [card for card in nvidia.cards if card not in cards]
    known = {each.pci_id for each in engine_devices} | {card.pci_id for card in nvidia.cards}
    has_unknown = any(each.kind in _GRAPHICS and not each.pci_id for each in engine_devices)
    idle = [] if has_unknown else [card for card in pci_cards if card.pci_id not in known]
    return (*_chosen(joined), *(_unused_nvidia(card) for card in unused), *(_unused_pci(card, nvidia) for card in idle))


def _chosen(devices: Sequence[Device]) -> list[Device]:
    """With a reason on what llama.cpp leaves out by itself (llama.cpp, llama_prepare_model_devices).

    Integrated graphics are used only where there is no card, and by the first backend that offers them.
    """
    usable = [device for device in devices if device.is_usable and device.backend != _REMOTE]
    card = next((each for each in usable if each.kind is DeviceKind.GPU), None)
    integrated = next((each for each in usable if each.kind is DeviceKind.INTEGRATED_GPU), None)
    chosen: list[Device] = []
    for device in devices:
        first = card or integrated
        is_left_out = (
            first is not None
            and device.kind is DeviceKind.INTEGRATED_GPU
            and device.is_usable
            and (card is not None or device.backend != first.backend)
        )
        chosen.append(replace(device, problem=_INSTEAD.format(name=first.name)) if first and is_left_out else device)
    return chosen


def _matched(devices: Sequence[EngineDevice], cards: Sequence[NvidiaCard]) -> list[NvidiaCard | None]:
    """For each device its NVIDIA card: by PCI id, and where that is unknown by name, in order."""
    left = list(cards)
    matched: list[NvidiaCard | None] = []
    for device in devices:
        card = next((each for each in cards if each.pci_id and each.pci_id == device.pci_id), None)
        if card is None and not device.pci_id and device.kind in _GRAPHICS:
            card = next((each for each in left if each.name in device.description), None)
        if card in left:
            left.remove(card)
        matched.append(card)
    return matched


def _joined(each: EngineDevice, card: NvidiaCard | None) -> Device:
    is_graphics = each.kind in _GRAPHICS
    return Device(
        name=each.name,
        description=each.description,
        backend=each.backend,
        kind=each.kind,
        free_bytes=each.free_bytes,
        total_bytes=each.total_bytes,
        is_unified=each.kind is not DeviceKind.GPU or each.backend in _METAL,
        nvidia=None if card is None else card.facts,
        problem=_NO_MEMORY if is_graphics and each.total_bytes == 0 else "",
        pci_id=each.pci_id or (card.pci_id if card is not None else ""),
    )


def _unused_nvidia(card: NvidiaCard) -> Device:
    return Device(
        name=card.name,
        description=card.name,
        backend="",
        kind=DeviceKind.GPU,
        free_bytes=card.free_bytes,
        total_bytes=card.total_bytes,
        is_unified=False,
        nvidia=card.facts,
        problem=card.problem or _NO_BACKEND,
        pci_id=card.pci_id,
    )


def _unused_pci(card: PciCard, nvidia: NvidiaReport) -> Device:
    lacks_driver = card.maker == "NVIDIA" and not nvidia.has_driver
    name = f"{card.maker} graphics"
    return Device(
        name=name,
        description=f"{name} ({card.pci_id})",
        backend="",
        kind=DeviceKind.INTEGRATED_GPU if card.is_integrated else DeviceKind.GPU,
        free_bytes=card.free_bytes,
        total_bytes=card.total_bytes,
        is_unified=card.is_integrated,
        problem=_NO_DRIVER if lacks_driver else _NO_BACKEND,
    )
