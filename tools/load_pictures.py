"""Pictures of the models on disk, of their details, and of the load dialog on imagined computers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.true_shapes import SHAPES, write_hollow
from tools.machines import MACHINES

if TYPE_CHECKING:
    from desktop_llm.ui.load.load_dialog import LoadDialog
    from desktop_llm.ui.models.disk_card import DiskCard
    from desktop_llm.ui.models.models_page import ModelsPage
    from tools.stage import Stage

_LARGE: Final = "Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf"
_SMALL: Final = "Llama-3.2-3B-Instruct-Q4_K_M.gguf"
_BROKEN: Final = "half-a-download.gguf"
_LONG_N_CTX: Final = 32_768


@dataclass(frozen=True, slots=True)
class Camera:
    """How a picture is taken of the window or of another one, and how a state is awaited."""

    take: Callable[..., None]
    wait: Callable[[Callable[[], bool]], None]


@contextmanager
def forged_models(folder: Path) -> Iterator[None]:
    """Models of true shapes and no content, and a file that ends too early; gone at the end of the `with`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_hollow(folder / _LARGE, SHAPES["Llama-3.1-8B"], "Q4_K_M")
    write_hollow(folder / _SMALL, SHAPES["Llama-3.2-3B"], "Q4_K_M")
    (folder / _BROKEN).write_bytes(_first_bytes(folder / _SMALL))
    yield
    for name in (_LARGE, _SMALL, _BROKEN):
        (folder / name).unlink()


class LoadPictures:
    """Walks the lower half of the models page through its states."""

    def __init__(self, page: ModelsPage, stage: Stage, camera: Camera) -> None:
        self._page, self._stage, self._camera = page, stage, camera
        self._disk = page.disk

    def take(self) -> None:
        """Every state."""
        self._look_at("laptop-8gb")
        self._page.show_disk()
        self._camera.take("disk")
        bar = self._page.area.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._camera.take("disk-below")
        self._take_dialog("load-fits", _SMALL, None)
        self._take_dialog("load-gives-up", _SMALL, _LONG_N_CTX)
        self._take_dialog("load-does-not-fit", _LARGE, _LONG_N_CTX)
        self._look_at("two-gpus")
        self._take_dialog("load-two-gpus", _LARGE, None)
        self._take_details()

    def _look_at(self, machine: str) -> None:
        self._stage.hardware = MACHINES[machine]()
        self._page.look_button.click()
        self._camera.wait(lambda: not self._disk.is_reading)

    def _take_dialog(self, name: str, file: str, n_ctx: int | None) -> None:
        card = self._card(file)
        self._disk.load_dialogs.open(card.entry, card.price)
        dialog: LoadDialog | None = self._disk.load_dialogs.dialog
        assert dialog is not None
        if n_ctx is not None:
            dialog.form.context.setValue(n_ctx)
        self._camera.wait(lambda: not dialog.pricing.is_waiting)
        self._camera.take(name, dialog)
        dialog.reject()

    def _take_details(self) -> None:
        from PySide6.QtWidgets import QApplication

        from desktop_llm.ui.models.model_details import ModelDetails

        starter = next(card for card in self._disk.cards.values() if card.entry.is_builtin)
        self._disk.show_details(starter)
        details = next(each for each in QApplication.topLevelWidgets() if isinstance(each, ModelDetails))
        self._camera.take("model-details", details)
        details.area.verticalScrollBar().setValue(100_000)
        self._camera.take("model-details-below", details)
        details.accept()

    def _card(self, file: str) -> DiskCard:
        return next(card for path, card in self._disk.cards.items() if path.name == file)


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)
