"""Pictures of what is kept of models on disk: versions as one, verified or changed, notes, missing and left over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from desktop_llm.errors import ModelFormatError
from desktop_llm.models.download.aside import put_aside
from desktop_llm.models.library.records import FileFacts, Record, Source, Verdict, file_facts
from tests.true_shapes import SHAPES, write_hollow
from tools.load_pictures import Camera

if TYPE_CHECKING:
    from desktop_llm.services import Services
    from desktop_llm.ui.models.disk_card import DiskCard
    from desktop_llm.ui.models.models_page import ModelsPage

_VERSIONS: Final = ("Q4_K_M", "Q6_K", "Q8_0")
_FAMILY: Final = "Llama-3.2-3B-Instruct"
_SMALL: Final = "Qwen3-0.6B-Q8_0.gguf"
_CHANGED: Final = "Llama-3.2-1B-Instruct-Q4_K_M.gguf"
_COMMIT: Final = "8c1f3b2a" * 5
_DAY: Final = 1_795_187_400.0
_NOTES: Final = "For short summaries. Too weak for contracts."


class ShelfPictures:
    """Walks the models on disk through what can be kept of them."""

    def __init__(self, page: ModelsPage, services: Services, camera: Camera) -> None:
        self._page, self._services, self._camera = page, services, camera
        self._disk = page.disk

    def take(self) -> None:
        """Every state."""
        with kept_models(self._services):
            self._disk.refresh()
            self._camera.wait(lambda: not self._disk.is_reading and bool(self._disk.leftovers.rows))
            group = next(iter(self._disk.groups.values()))
            self._show(group, "disk-versions")
            group.fold()
            self._show(group, "disk-versions-open")
            group.fold()
            card = self._card(_CHANGED)
            self._show(card, "disk-changed")
            self._take_verified()
            self._take_dialogs()
            self._show(self._disk.leftovers, "disk-leftovers")
        self._disk.refresh()
        self._camera.wait(lambda: not self._disk.is_reading)

    def _take_verified(self) -> None:
        card = self._card(_SMALL)
        card.more.verify_requested.emit()
        self._camera.wait(lambda: card.state.is_busy and card.state.bar.value() > 0)
        self._show(card, "disk-verifying")
        self._camera.wait(lambda: not card.state.is_busy)
        self._show(card, "disk-verified")
        menu = card.more.menu()
        menu.popup(card.more.mapToGlobal(card.more.rect().bottomLeft()))
        self._camera.take("disk-menu", menu)
        menu.close()

    def _take_dialogs(self) -> None:
        from desktop_llm.ui.models.words_dialog import WordsDialog

        card = self._card(_SMALL)
        card.more.words_requested.emit()
        words = card.window().findChild(WordsDialog)
        assert words is not None
        self._camera.take("disk-notes", words)
        words.reject()
        card.more.remove_requested.emit()
        removal = self._disk.removal
        self._camera.wait(lambda: removal.question is not None)
        assert removal.question is not None
        self._camera.take("disk-remove", removal.question)
        removal.question.reject()
        self._disk.load_dialogs.open(card.entry, card.price)
        dialog = self._disk.load_dialogs.dialog
        assert dialog is not None
        self._camera.wait(lambda: not dialog.pricing.is_waiting)
        self._camera.take("load-kept", dialog)
        dialog.reject()

    def _show(self, widget: object, name: str) -> None:
        from PySide6.QtCore import QPoint
        from PySide6.QtWidgets import QWidget

        assert isinstance(widget, QWidget)
        body = self._page.area.widget()
        assert body is not None
        self._camera.wait(lambda: widget.height() > 0)
        self._page.area.verticalScrollBar().setValue(max(0, widget.mapTo(body, QPoint(0, 0)).y() - 64))
        self._camera.take(name)

    def _card(self, file: str) -> DiskCard:
        return next(card for path, card in self._disk.cards.items() if path.name == file)


@contextmanager
def kept_models(services: Services) -> Iterator[None]:
    """Models with records of every kind; all of it is gone at the end of the `with`."""
    folder, records = services.library.folder, services.records
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{_FAMILY}-{kind}.gguf" for kind in _VERSIONS]
    for path, kind in zip(files, _VERSIONS, strict=True):
        write_hollow(path, SHAPES["Llama-3.2-3B"], kind)
    files += [folder / _SMALL, folder / _CHANGED]
    write_hollow(folder / _SMALL, SHAPES["Qwen3-0.6B"], "Q8_0")
    write_hollow(folder / _CHANGED, SHAPES["Llama-3.2-1B"], "Q4_K_M")
    source = Source("example/Qwen3-0.6B-GGUF", _COMMIT, _SMALL, licence="apache-2.0")
    good = Verdict(is_good=True, version="0")
    kept = (("cache_type_k", "q8_0"), ("cache_type_v", "q8_0"), ("n_ctx", 8192))
    records.put(Record((file_facts(folder / _SMALL),), _DAY, source=source, verdict=good, notes=_NOTES, params=kept))
    changed = replace(file_facts(folder / _CHANGED, "0" * 64), mtime_ns=1)
    records.put(Record((changed,), _DAY, verified_at=_DAY))
    gone = folder / "example" / "Mistral-Nemo-GGUF" / "Mistral-Nemo-12B-Instruct-Q4_K_M.gguf"
    lost = Source("example/Mistral-Nemo-GGUF", _COMMIT, gone.name)
    records.put(Record((FileFacts(gone, 7_480_000_000, 1, "1" * 64),), _DAY, source=lost))
    bad = folder / "example" / "Odd-GGUF" / "Odd-7B-Q4_K_M.gguf"
    bad.parent.mkdir(parents=True, exist_ok=True)
    bad.write_bytes(b"GGUF" * 1000)
    put_aside(folder, [bad], ModelFormatError("{name} is not a GGUF model file.", name=bad.name))
    yield
    for record in records.all():
        records.remove(record.path)
    for path in (*files, *(folder / "set-aside").rglob("*.*")):
        path.unlink(missing_ok=True)
