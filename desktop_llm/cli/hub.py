"""`desktop-llm models search` and `show`: what the hub has, and what of it fits this computer."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from desktop_llm.cli.plan import report as plan_report
from desktop_llm.cli.plan import speed_report
from desktop_llm.cli.sizes import in_words
from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import HubNotFoundError, UsageError
from desktop_llm.models.hub.files import HubFile, HubHit, HubRepo, HubWeights
from desktop_llm.models.hub.hub import HubQuery
from desktop_llm.models.planner import Price
from desktop_llm.models.speed.prediction import describe_speed
from desktop_llm.services import Services

_BILLION = 1e9


def search(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print what was found; exit status 1 when that is nothing. Raises NetworkError or UsageError."""
    terminal.status(f"Asking {services.gate.rules.hub_host} …")
    hits = services.hub.search(_query(arguments))
    terminal.clear_status()
    if arguments.json:
        terminal.write(json.dumps([hit_report(hit) for hit in hits], ensure_ascii=False) + "\n")
    else:
        terminal.write("".join(f"{line}\n" for line in _hit_lines(hits)))
    return 0 if hits else 1


def show(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print a repository, its card, or the plan of one of its files. Raises NetworkError or ModelError."""
    name, _, quantization = str(arguments.repo).partition(":")
    terminal.status(f"Asking {services.gate.rules.hub_host} …")
    repo = services.hub.repository(name, arguments.revision)
    if arguments.card:
        text = services.hub.card(repo)
        terminal.write((json.dumps({"card": text}, ensure_ascii=False) if arguments.json else text) + "\n")
        return 0
    weights = find_weights(repo, quantization) if quantization else None
    price = services.price_remote(weights) if weights else None
    terminal.clear_status()
    if arguments.json:
        values = repo_report(repo) | ({"plan": _price_report(price)} if price else {})
        terminal.write(json.dumps(values, ensure_ascii=False) + "\n")
    else:
        terminal.write("".join(f"{line}\n" for line in _repo_lines(repo, weights, price)))
    return 0


def find_weights(repo: HubRepo, quantization: str) -> HubWeights:
    """A model of a repository. Raises HubNotFoundError, which names those there are."""
    found = repo.find(quantization)
    if found is None:
        known = ", ".join(each.quantization or each.name for each in repo.weights) or "none"
        raise HubNotFoundError(
            "{repo} has no {quantization}; it has: {known}.", repo=repo.hit.id, quantization=quantization, known=known
        )
    return found


def hit_report(hit: HubHit) -> dict[str, Any]:
    """An object of --json; its names are an interface that scripts rely on."""
    return {
        "id": hit.id,
        "publisher": hit.publisher,
        "downloads": hit.downloads,
        "likes": hit.likes,
        "updated_at": _moment(hit.updated_at),
        "licence": hit.licence,
        "gated": hit.is_gated,
        "architecture": hit.architecture,
        "n_ctx_train": hit.n_ctx_train,
        "n_params": hit.n_params,
    }


def repo_report(repo: HubRepo) -> dict[str, Any]:
    """The object of --json."""
    return hit_report(repo.hit) | {
        "commit": repo.commit,
        "created_at": _moment(repo.created_at),
        "weights": [_weights_report(each) for each in repo.weights],
        "projectors": [_file_report(file) for file in repo.projectors],
    }


def _query(arguments: Namespace) -> HubQuery:
    bounds = (arguments.min_params, arguments.max_params)
    if any(bound is not None and not 0 <= bound < float("inf") for bound in bounds):
        raise UsageError("--min-params and --max-params are billions of parameters, 0 or more.")
    if arguments.limit < 1:
        raise UsageError("--limit must be 1 or more.")
    low, high = (None if bound is None else bound * _BILLION for bound in bounds)
    return HubQuery(
        arguments.text, arguments.author, arguments.architecture, (low, high), arguments.sort, arguments.limit
    )


def _hit_lines(hits: tuple[HubHit, ...]) -> Iterator[str]:
    if not hits:
        yield "Nothing was found. Try fewer words."
    width = max((len(hit.id) for hit in hits), default=0)
    for hit in hits:
        yield f"{hit.id:<{width}}  {_facts(hit)}"


def _facts(hit: HubHit) -> str:
    facts = [
        f"{hit.n_params / _BILLION:.2g}B" if hit.n_params else "",
        hit.architecture or "",
        f"{hit.n_ctx_train:,} tokens" if hit.n_ctx_train else "",
        hit.licence or "licence unknown",
        "gated" if hit.is_gated else "",
        f"{hit.downloads:,} downloads" if hit.downloads is not None else "",
        f"{hit.updated_at:%Y-%m-%d}" if hit.updated_at else "",
    ]
    return ", ".join(fact for fact in facts if fact)


def _repo_lines(repo: HubRepo, weights: HubWeights | None, price: Price | None) -> Iterator[str]:
    yield f"{repo.hit.id}  (published by {repo.hit.publisher})"
    yield _facts(repo.hit)
    yield f"commit {repo.commit}"
    shown = [weights] if weights else list(repo.weights)
    for each in shown:
        parts = f", {len(each.files)} parts" if len(each.files) > 1 else ""
        whole = "" if each.is_whole else ", not all parts are there"
        yield f"  {each.quantization or each.name:<12} {in_words(each.size_bytes):>10}  {each.name}{parts}{whole}"
    for file in () if weights else repo.projectors:
        yield f"  {'projector':<12} {in_words(file.size_bytes):>10}  {file.name}"
    if price is not None:
        yield "Fits here" if price.plan.fits else "Does not fit here"
        for device in price.plan.devices:
            yield f"  {device.name}: {in_words(device.figures.total_bytes)} of {in_words(device.free_bytes)} free"
        yield f"  {describe_speed(price.speed)}" if price.speed else "  speed not known"


def _weights_report(weights: HubWeights) -> dict[str, Any]:
    return {
        "name": weights.name,
        "quantization": weights.quantization,
        "size_bytes": weights.size_bytes,
        "is_whole": weights.is_whole,
        "files": [_file_report(file) for file in weights.files],
    }


def _file_report(file: HubFile) -> dict[str, Any]:
    return {"path": file.path, "size_bytes": file.size_bytes, "sha256": file.sha256}


def _price_report(price: Price) -> dict[str, Any]:
    return plan_report(price.advice, price.speed) | {"speed": speed_report(price.speed)}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
