"""The queue of downloads, and what it needs from the rooms beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from desktop_llm.building.loads import models_folder
from desktop_llm.building.network import download_limit, is_offline
from desktop_llm.models.download.downloads import Downloads
from desktop_llm.models.download.licence import bring_licence
from desktop_llm.models.download.run import DownloadSteps
from desktop_llm.models.download.wish import Arrival
from desktop_llm.models.hub.gate import Gate, Why
from desktop_llm.models.hub.hub import Hub
from desktop_llm.models.library.inspecting import inspect_model
from desktop_llm.models.library.proofs import Proofs
from desktop_llm.models.library.records import Records, Verdict
from desktop_llm.paths import Paths
from desktop_llm.settings import SettingsStore


def build_downloads(
    paths: Paths, settings: SettingsStore, outside: tuple[Gate, Hub], kept: tuple[Records, Proofs], *, offline: bool
) -> Downloads:
    """Nothing is fetched before it is started. `kept`: what is recorded of models, and what is proven of files."""
    (gate, hub), (records, proofs) = outside, kept
    steps = DownloadSteps(
        partial(gate.client, Why.DOWNLOAD),
        partial(_inspect, proofs),
        partial(_record, hub, records),
        is_proven=records.proves,
    )
    folder = models_folder(paths, settings)
    downloads = Downloads(
        paths.downloads_file, lambda: folder, steps, is_offline=partial(is_offline, settings, offline)
    )
    downloads.limit_bytes_per_s = download_limit(settings)
    return downloads


def _inspect(proofs: Proofs, arrival: Arrival, is_cancelled: Callable[[], bool]) -> Verdict | None:
    """What was tried already, and is as it was, is not tried again."""
    known = proofs.verdict(arrival.files[0], tuple(file.sha256 for file in arrival.wish.every_file))
    return known if known is not None else inspect_model(arrival.files[0], is_cancelled, arrival.helpers)


def _record(hub: Hub, records: Records, arrival: Arrival, verdict: Verdict | None) -> None:
    bring_licence(hub, arrival)
    records.renew(arrival.record(time.time(), verdict))
