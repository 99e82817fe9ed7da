"""Pictures of carrying models: the dialogs that make a bundle and that open one, with a real one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_llm.services import Services
    from desktop_llm.ui.bundle.carry_dialog import CarryDialog
    from desktop_llm.ui.bundle.open_dialog import OpenBundleDialog
    from desktop_llm.ui.models.models_page import ModelsPage


class BundlePictures:
    """Makes a bundle of the built-in model, breaks a copy of it, and opens both."""

    def __init__(
        self,
        page: ModelsPage,
        services: Services,
        take: Callable[..., None],
        wait: Callable[[Callable[[], bool]], None],
    ) -> None:
        self._page, self._services = page, services
        self._take, self._wait = take, wait

    def take(self) -> None:
        """Every state."""
        with tempfile.TemporaryDirectory() as folder:
            stick = Path(folder, "stick")
            public = self._take_carry(stick)
            self._take_open(stick, public)
        for keys in (self._services.paths.signing_keys, self._services.paths.trusted_keys):
            shutil.rmtree(keys, ignore_errors=True)

    def _take_carry(self, stick: Path) -> str:
        from desktop_llm.ui.bundle.carry_dialog import CarryDialog

        button = self._page.bundle_button
        button.open_carry()
        dialog: CarryDialog = button.findChild(CarryDialog)  # type: ignore[assignment]
        signing = dialog.signing
        self._wait(lambda: bool(dialog.rows) and signing.name.isVisibleTo(dialog))
        self._take("carry-start", dialog)
        dialog.rows[0].box.setChecked(True)
        dialog.folder.take(str(stick))
        signing.name.setText("Office")
        signing.make_button.click()
        self._wait(lambda: signing.key is not None)
        self._take("carry", dialog)
        dialog.do_button.click()
        self._wait(lambda: dialog.bar.value() > 0)
        self._take("carry-working", dialog)
        self._wait(lambda: not dialog.is_working)
        self._take("carry-done", dialog)
        text = signing.text.text
        dialog.reject()
        return text

    def _take_open(self, stick: Path, public: str) -> None:
        from desktop_llm.ui.bundle.open_dialog import OpenBundleDialog

        button = self._page.bundle_button
        button.open_bundle()
        dialog: OpenBundleDialog = button.findChild(OpenBundleDialog)  # type: ignore[assignment]
        trust = dialog.trust
        self._wait(lambda: trust.text.isVisibleTo(dialog))
        self._take("bundle-start", dialog)
        trust.text.setPlainText(public)
        trust.name.setText("Head office")
        trust.add_button.click()
        self._wait(lambda: bool(trust.known))
        dialog.folder.take(str(stick))
        dialog.do_button.click()
        self._wait(lambda: dialog.bundle is not None and not dialog.is_working)
        self._take("bundle-proven", dialog)
        with next((stick / "1").glob("*.gguf")).open("r+b") as file:
            file.seek(1_000_000)
            file.write(b"\0flipped\0")
        dialog.folder.field.setText(f"{stick}/")
        dialog.do_button.click()
        self._wait(lambda: not dialog.is_working and not dialog.said.isHidden())
        self._take("bundle-refused", dialog)
        dialog.reject()
