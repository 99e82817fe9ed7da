"""Where everything lives on this system.

`DESKTOP_LLM_HOME` puts everything below one folder: for tests, and for a portable installation.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

HOME_VARIABLE = "DESKTOP_LLM_HOME"
_APP = "desktop-llm"


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders of this installation and this user. They need not exist yet."""

    models: Path
    settings_file: Path
    resources: Path

    @property
    def speeds_file(self) -> Path:
        """What was measured of this machine's speed."""
        return self.models.parent / "speeds.json"

    @property
    def accuracy_file(self) -> Path:
        """What was predicted of each load, beside what was measured."""
        return self.models.parent / "accuracy.json"

    @property
    def benches(self) -> Path:
        """Benchmarks that were run here."""
        return self.models.parent / "benches"

    @property
    def ledger_file(self) -> Path:
        """Every attempt to reach the outside."""
        return self.models.parent / "ledger.jsonl"

    @property
    def api_keys_file(self) -> Path:
        """The names of the API's keys; what recognises them lies in the keychain."""
        return self.models.parent / "api-keys.json"

    @property
    def requests_file(self) -> Path:
        """Every request to the API, without content."""
        return self.models.parent / "requests.jsonl"

    @property
    def tls(self) -> Path:
        """The certificate that the app made for its API."""
        return self.models.parent / "tls"

    @property
    def records(self) -> Path:
        """What is known of each model file."""
        return self.models.parent / "records"

    @property
    def signing_keys(self) -> Path:
        """Secret keys that bundles are signed with."""
        return self.models.parent / "signing-keys"

    @property
    def trusted_keys(self) -> Path:
        """Public keys of those whose bundles are trusted."""
        return self.models.parent / "trusted-keys"

    @property
    def downloads_file(self) -> Path:
        """The queue of downloads."""
        return self.models.parent / "downloads.json"

    @property
    def headers(self) -> Path:
        """Headers of models at the hub, kept by commit."""
        return self.models.parent / "headers"

    @property
    def builtin_models(self) -> Path:
        """Models that ship with the app, read-only."""
        return self.resources / "models"

    @property
    def catalog_file(self) -> Path:
        """The catalogue of models that ships with the app."""
        return self.resources / "catalog.json"

    @property
    def vocabularies(self) -> Path:
        """Tokenizers of well-known models that ship with the app, packed."""
        return self.resources / "vocabularies"

    @property
    def unpacked_vocabularies(self) -> Path:
        """The same, unpacked when first used."""
        return self.models.parent / "vocabularies"

    @property
    def parallel_file(self) -> Path:
        """One passage in many languages."""
        return self.resources / "parallel.json"

    @property
    def api_guide(self) -> Path:
        """What the documentation says of the local API (Markdown); in a checkout it lies where it is written."""
        packed = self.resources / "docs" / "api.md"
        return packed if packed.is_file() else self.resources.parent / "docs" / "api.md"

    @property
    def translations(self) -> Path:
        """Qt's compiled translations (.qm)."""
        return self.resources / "translations"


def find_paths() -> Paths:
    """Ask the environment and the system; creates nothing."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        root = Path(home).expanduser()
        return Paths(root / "models", root / "settings.toml", _resources())
    return Paths(
        models=Path(platformdirs.user_data_dir(_APP, appauthor=False)) / "models",
        settings_file=Path(platformdirs.user_config_dir(_APP, appauthor=False)) / "settings.toml",
        resources=_resources(),
    )


def _resources() -> Path:
    """The folder `resources/`: inside a frozen bundle, inside an installed package, or beside it in a checkout."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return Path(bundle) / "resources"
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"
