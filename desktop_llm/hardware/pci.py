"""Graphics cards on the PCI bus as Linux lists them, whether or not anything drives them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/")
_DISPLAY_CLASS = "0x03"
#: Makers of cards that llama.cpp can compute on; what virtual machines and servers show pictures with is none.
_MAKERS = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}
_ON_THE_BOARD = "0000:00:"


@dataclass(frozen=True, slots=True)
class PciCard:
    """A card; its memory in bytes where its driver tells, else 0."""

    pci_id: str
    maker: str
    free_bytes: int = 0
    total_bytes: int = 0

    @property
    def is_integrated(self) -> bool:
        """Whether it is surely inside the processor; AMD's are not told apart here."""
        return self.maker == "Intel" and self.pci_id.startswith(_ON_THE_BOARD)


def read_pci_cards(root: Path = _ROOT) -> tuple[PciCard, ...]:
    """The graphics cards below `root`/sys; none on a system without it."""
    return tuple(_cards(root / "sys/bus/pci/devices"))


def _cards(folder: Path) -> Iterator[PciCard]:
    for device in sorted(folder.glob("*:*")):
        maker = _MAKERS.get(_text(device / "vendor"))
        if maker is not None and _text(device / "class").startswith(_DISPLAY_CLASS):
            total, used = (_number(device / f"mem_info_vram_{name}") for name in ("total", "used"))
            yield PciCard(device.name, maker, max(0, total - used), total)


def _number(file: Path) -> int:
    text = _text(file)
    return int(text) if text.isdecimal() else 0


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
