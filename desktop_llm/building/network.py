"""What may be reached outside this computer, as the settings say."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from desktop_llm.keychain import Keychain, Secret
from desktop_llm.models.hub.gate import DEFAULT_ENDPOINT, NetworkRules
from desktop_llm.settings import SettingsStore

_YES = ("1", "ON", "YES", "TRUE", "on", "yes", "true")


def network_rules(settings: SettingsStore, keychain: Keychain, offline: bool) -> NetworkRules:
    """What the settings say of the outside; HF_HUB_OFFLINE is heard as other programs hear it."""
    exceptions = settings.text("proxy_exceptions").replace(",", " ").split()
    ca_file = settings.text("ca_file")
    return NetworkRules(
        is_offline=is_offline(settings, offline),
        endpoint=settings.text("hub_endpoint").strip().rstrip("/") or DEFAULT_ENDPOINT,
        proxy=_with_credentials(settings.text("proxy").strip(), settings.text("proxy_user"), keychain),
        direct_hosts=tuple(exceptions),
        ca_file=Path(ca_file).expanduser() if ca_file else None,
    )


def is_offline(settings: SettingsStore, offline: bool) -> bool:
    """At once: the system's keychain is not asked, which may have to be unlocked first."""
    return offline or settings.flag("offline") or os.environ.get("HF_HUB_OFFLINE", "") in _YES


def download_limit(settings: SettingsStore) -> int | None:
    """How many bytes a second all downloads may fetch together; None for no limit."""
    return round(settings.real("download_limit_mb_per_s") * 1e6) or None


def _with_credentials(proxy: str, user: str, keychain: Keychain) -> str:
    """A proxy's address with the user's name and password in it, as HTTP clients take them."""
    scheme, separator, host = proxy.partition("://")
    if not separator or not user:
        return proxy
    password = keychain.read(Secret.PROXY) or ""
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{host}"
