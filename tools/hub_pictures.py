"""Pictures of getting models: the window on the tests' hub, which listens on this computer only."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.hub import Hub, Repository, samples, throttle

if TYPE_CHECKING:
    from desktop_llm.services import Services
    from desktop_llm.ui.desk import Desk
    from desktop_llm.ui.hub.repo_page import RepoPage
    from desktop_llm.ui.models.models_page import ModelsPage

_LINE_BYTES_PER_S: Final = 6_000_000
_SHOWN_BYTES: Final = 30_000_000
_CARD: Final = """# Starter

A small model for trying this program out.

![A picture that is not loaded](https://pictures.example/starter.png)

| Quantization | Size |
|:--|--:|
| Q4_1 | 98 MB |

More in [the paper](https://paper.example/starter).
"""


class HubPictures:
    """Walks the window through search, prices, downloads, ledger and network settings."""

    def __init__(
        self,
        desk: Desk,
        services: Services,
        take: Callable[..., None],
        wait: Callable[[Callable[[], bool]], None],
    ) -> None:
        self._desk, self._services = desk, services
        self._take, self._wait = take, wait

    def take(self) -> None:
        """Every state."""
        with tempfile.TemporaryDirectory() as folder, Hub(*self._repositories(Path(folder))) as hub:
            for name, value in (("hub_endpoint", hub.endpoint), ("proxy", "none")):
                self._services.settings.set(name, value)
            self._desk.outside.network.read()
            self._take_all(hub)
            for name in ("hub_endpoint", "proxy"):
                self._services.settings.set(name, "")
            self._desk.outside.network.read()

    def _repositories(self, folder: Path) -> tuple[Repository, ...]:
        offered = folder / "Starter-135M-Q4_1.gguf"
        shutil.copy(next(self._services.paths.builtin_models.glob("*.gguf")), offered)
        told = {"total": 134_515_008, "architecture": "llama", "context_length": 8192}
        return (
            samples.on_disk("example/Starter-135M-GGUF", offered, card=_CARD, downloads=48_200, gguf=told),
            samples.small_models("example/Tiny-GGUF", ("Q2_K", "Q4_K_M", "Q8_0"), downloads=12_345),
            samples.split_model("example/Seeing-GGUF", downloads=2_400_000),
            samples.small_models("example/Guarded-GGUF", gated="manual", downloads=99, licence="community"),
        )

    def _take_all(self, hub: Hub) -> None:
        self._desk.content.find_models()
        page: ModelsPage = self._desk.content.pages.currentWidget()  # type: ignore[assignment]
        search = page.fetching.search
        assert search is not None
        self._take("find-start")
        search.filter_button.click()
        search.search_button.click()
        self._wait(lambda: bool(search.rows))
        self._take("find-results")
        shown = self._open(page, "Guarded")
        self._wait(lambda: not shown.gated.isHidden() and not shown.is_pricing)
        self._wait(lambda: shown.gated.token.is_set is not None)
        self._take("repository-gated")
        shown = self._open(page, "Starter")
        self._wait(lambda: bool(shown.cards) and all(card.is_priced for card in shown.cards))
        self._take("repository")
        self._take_card(shown)
        self._take_downloads(hub, page, shown)
        self._take_outside()

    def _open(self, page: ModelsPage, name: str) -> RepoPage:
        page.fetching.show_search()
        assert page.fetching.search is not None
        next(row for row in page.fetching.search.rows if name in row.hit.id).click()
        assert page.fetching.repository is not None
        return page.fetching.repository

    def _take_card(self, shown: RepoPage) -> None:
        from desktop_llm.ui.hub.card_dialog import CardDialog

        shown.card_button.click()
        window = self._desk.content.window()
        self._wait(lambda: window.findChild(CardDialog) is not None)
        dialog = window.findChild(CardDialog)
        assert dialog is not None
        self._wait(lambda: bool(dialog.transcript.visible_text()))
        self._take("model-card", dialog)
        dialog.reject()

    def _take_downloads(self, hub: Hub, page: ModelsPage, shown: RepoPage) -> None:
        hub.order(throttle(_LINE_BYTES_PER_S), "blob", times=None)
        shown.cards[0].download_button.click()
        rows = page.fetching.strip.rows
        self._wait(lambda: bool(rows))
        row = next(iter(rows.values()))
        self._wait(lambda: row.snapshot.received_bytes > _SHOWN_BYTES)
        self._take("downloads")
        self._desk.outside.network.go(offline=True)
        self._wait(lambda: row.snapshot.problem is not None)
        self._take("downloads-offline")
        hub.cancel_orders()
        self._desk.outside.network.go(offline=False)
        self._wait(lambda: row.snapshot.is_ended)
        self._take("downloads-ready")
        path = row.snapshot.paths[0]
        row.forget_button.click()
        self._wait(lambda: not rows)
        path.unlink()
        page.fetching.show_page()

    def _take_outside(self) -> None:
        from desktop_llm.ui.network.ledger_dialog import LedgerDialog
        from desktop_llm.ui.pages import SETTINGS
        from desktop_llm.ui.settings_page import SettingsPage

        content = self._desk.content
        content.show_ledger()
        dialog = content.findChild(LedgerDialog)
        assert dialog is not None
        self._take("ledger", dialog)
        dialog.reject()
        content.show_page(SETTINGS)
        settings = content.pages.currentWidget()
        assert isinstance(settings, SettingsPage)
        bar = settings.area.verticalScrollBar()
        self._wait(lambda: bar.maximum() > 0)
        bar.setValue(settings.network.y() - 48)
        self._take("settings-network")
