"""`desktop-llm models pull`: fetch a model from the hub, proven and tried, with a progress bar on a terminal."""

from __future__ import annotations

import json
import shlex
import threading
from argparse import Namespace
from typing import Any

from desktop_llm.cli.hub import find_weights
from desktop_llm.cli.sizes import in_words
from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import DownloadError, UsageError
from desktop_llm.models.download.entry import DownloadSnapshot, DownloadState
from desktop_llm.models.hub.files import HubRepo, HubWeights
from desktop_llm.services import Services

_BAR_WIDTH = 24
_LOOK_S = 0.25


def pull(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Fetch; returns the exit status. What has come is kept when it is stopped. Raises AppError."""
    name, _, quantization = str(arguments.repo).partition(":")
    terminal.status(f"Asking {services.gate.rules.hub_host} …")
    repo = services.hub.repository(name, arguments.revision)
    weights = find_weights(repo, quantization) if quantization else _best(services, repo)
    wish = services.download_wish(repo, weights, with_projector=arguments.projector)
    services.downloads.start(resumes=False)
    download_id = services.downloads.add(wish)
    snapshot = _follow(services, download_id, terminal)
    terminal.clear_status()
    if snapshot.state is not DownloadState.READY:
        raise snapshot.problem or DownloadError("{name} was not fetched.", name=weights.name)
    if arguments.json:
        terminal.write(json.dumps(_report(snapshot, repo, weights), ensure_ascii=False) + "\n")
    else:
        terminal.write(f"{weights.name}, {in_words(weights.size_bytes)}: fetched, proven and tried.\n")
        name = next((each.name for each in services.library.models() if each.path == snapshot.paths[0].resolve()), "")
        terminal.write(f'Ask it: desktop-llm chat "…" --model {shlex.quote(name or str(snapshot.paths[0]))}\n')
    return 0


def _best(services: Services, repo: HubRepo) -> HubWeights:
    """The largest that fits here, no finer than 8 bits. Raises UsageError where nothing does."""
    chosen = None
    for weights in repo.weights:
        if weights.is_whole and not weights.quantization.endswith(("F16", "F32")):
            if not services.price_remote(weights).plan.fits:
                break  # they come smallest first
            chosen = weights
    if chosen is None:
        known = ", ".join(each.quantization or each.name for each in repo.weights) or "nothing"
        raise UsageError(
            "Nothing in {repo} fits into this computer's memory; name one, as {repo}:QUANT, to fetch it all the same. "
            "It has: {known}.",
            repo=repo.hit.id,
            known=known,
        )
    return chosen


def _follow(services: Services, download_id: str, terminal: Terminal) -> DownloadSnapshot:
    changed = threading.Event()
    forget = services.downloads.on_change(changed.set)
    try:
        while True:
            snapshot = services.downloads.snapshot(download_id)
            if snapshot is None:
                raise DownloadError("The download was taken from the list.")
            if snapshot.is_ended or _waits_in_vain(snapshot):
                return snapshot
            terminal.status(_line(snapshot))
            changed.wait(_LOOK_S)
            changed.clear()
    finally:
        forget()


def _waits_in_vain(snapshot: DownloadSnapshot) -> bool:
    """Whether it will go on later, which a terminal does not wait for."""
    return snapshot.state is DownloadState.PAUSED or (
        snapshot.state is DownloadState.QUEUED and snapshot.problem is not None
    )


def _line(snapshot: DownloadSnapshot) -> str:
    if snapshot.state is DownloadState.VERIFYING:
        return f"{snapshot.title}: verifying and trying …"
    full = round(_BAR_WIDTH * snapshot.fraction)
    bar = "█" * full + "░" * (_BAR_WIDTH - full)
    parts = [f"{bar} {snapshot.fraction:.0%} of {in_words(snapshot.size_bytes)}"]
    if snapshot.bytes_per_s >= 1:
        parts.append(f"{in_words(round(snapshot.bytes_per_s))}/s")
    if snapshot.seconds_left is not None:
        parts.append(f"{snapshot.seconds_left:.0f} s left")
    if snapshot.problem is not None:
        parts.append(f"trying again: {snapshot.problem}")
    return ", ".join(parts)


def _report(snapshot: DownloadSnapshot, repo: HubRepo, weights: HubWeights) -> dict[str, Any]:
    """The object of --json; its names are an interface that scripts rely on."""
    return {
        "repo": repo.hit.id,
        "commit": repo.commit,
        "name": weights.name,
        "quantization": weights.quantization,
        "size_bytes": snapshot.size_bytes,
        "paths": [str(path) for path in snapshot.paths],
        "sha256": [file.sha256 for file in weights.files],
    }
