"""A raw HTTP client, and the real `huggingface_hub` let loose on the test hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2
import pytest
from huggingface_hub import HfApi, constants
from huggingface_hub.utils._http import close_session, default_client_factory, set_client_factory
from huggingface_hub.utils.tqdm import disable_progress_bars, enable_progress_bars, tqdm

from tests.hub import Hub

Connect = Callable[[Hub], HfApi]


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    """Follows redirects, takes nothing from the environment, and waits 5 s at most; for plain HTTP."""
    with httpx2.Client(follow_redirects=True, trust_env=False, timeout=5, verify=False) as made:
        yield made


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Makes the real client of a hub: online, without the Rust sockets of hf_xet, without telemetry and token."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)
    monkeypatch.setattr(tqdm, "monitor_interval", 0)  # it would leave a thread behind
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    set_client_factory(default_client_factory)  # the app puts its own in its place
    close_session()
    disable_progress_bars()
    yield lambda hub: HfApi(endpoint=hub.endpoint, token=False)
    enable_progress_bars()
    close_session()
