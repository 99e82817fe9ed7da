"""The test hub as a program of its own: `python -m tests.hub --noise acme/big big.gguf 4e9`.

Prints one line of JSON with its addresses, then serves until it is told to end (SIGTERM, SIGINT). With `--stdin` it
takes commands, one a line, answers each with one line of JSON, and ends with its standard input:

    order blob nth=2: reset after=1000      see tests/hub/spoken.py
    cancel                                  no more orders, and stalled answers go on
    release                                 stalled answers go on
    away hub cdn                            these doors, or all, refuse connections
    back hub cdn                            they take them again
    expire                                  signed addresses are not good any more
    seen                                    all requests so far
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

from tests.hub import samples, spoken
from tests.hub.content import Content, Noise, OnDisk
from tests.hub.hub import Door, Hub
from tests.hub.repository import File, Repository, repository
from tests.hub.tls import Authority

_DOORS: tuple[Door, ...] = get_args(Door)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it."""
    wish = _parser().parse_args(arguments)
    authority = Authority(wish.tls) if wish.tls else None
    tokens = {token: set(ids.split(",")) for token, _, ids in (each.partition("=") for each in wish.token)}
    with Hub(*_repositories(wish), tokens=tokens, port=wish.port, authority=authority) as hub:
        for text in wish.order:
            hub.place(spoken.order(text))
        told_to_end = None if wish.stdin else _told_to_end()
        _say(_addresses(hub, authority))
        if told_to_end:
            told_to_end.wait()
        else:
            _obey(hub, sys.stdin)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.hub", description="A small Hugging Face Hub with faults on order.")
    parser.add_argument("--port", type=int, default=0, help="the Hub's own port (default: any)")
    parser.add_argument("--samples", action="store_true", help="hold the repositories of tests/hub/samples.py")
    parser.add_argument("--file", nargs=3, action="append", default=[], metavar=("REPO", "PATH", "FILE"))
    parser.add_argument("--noise", nargs=3, action="append", default=[], metavar=("REPO", "PATH", "BYTES"))
    parser.add_argument(
        "--gated", action="append", default=[], metavar="REPO", help="a repository with terms to accept"
    )
    parser.add_argument("--token", action="append", default=[], metavar="TOKEN[=REPO,…]", help="and what it opens")
    parser.add_argument("--order", action="append", default=[], metavar="TEXT", help="'blob nth=2: reset after=1000'")
    parser.add_argument("--tls", type=Path, metavar="FOLDER", help="speak TLS; the authority's file goes there")
    parser.add_argument("--stdin", action="store_true", help="take commands from the standard input")
    return parser


def _repositories(wish: argparse.Namespace) -> list[Repository]:
    found: list[Repository] = [samples.small_models(), samples.split_model()] if wish.samples else []
    files: dict[str, list[File]] = {}
    contents: list[tuple[str, str, Content]] = [(repo, path, OnDisk(Path(file))) for repo, path, file in wish.file]
    contents += [(repo, path, Noise(int(float(size)))) for repo, path, size in wish.noise]
    for repo, path, content in contents:
        files.setdefault(repo, []).append(File(path, content))
    return found + [repository(name, *of, gated="auto" if name in wish.gated else False) for name, of in files.items()]


def _addresses(hub: Hub, authority: Authority | None) -> dict[str, Any]:
    return {
        "endpoint": hub.endpoint,
        "cdn": hub.cdn_url,
        "elsewhere": hub.elsewhere_url,
        "ca_file": str(authority.ca_file) if authority else None,
        "repositories": {repo.id: _files(repo) for repo in hub.repositories()},
    }


def _files(repo: Repository) -> dict[str, Any]:
    return {file.path: {"size": file.size, "sha256": file.sha256} for file in repo.main.files}


def _obey(hub: Hub, lines: Iterable[str]) -> None:
    for line in lines:
        command, _, rest = line.strip().partition(" ")
        try:
            _say(_done(hub, command, rest))
        except ValueError as error:
            _say({"error": str(error)})


def _done(hub: Hub, command: str, rest: str) -> object:
    doors = [door for door in _DOORS if door in rest.split()]
    match command:
        case "order":
            hub.place(spoken.order(rest))
        case "cancel":
            hub.cancel_orders()
        case "release":
            hub.release()
        case "away":
            hub.go_away(*doors)
        case "back":
            hub.come_back(*doors)
        case "expire":
            hub.expire_links()
        case "seen":
            return [each.as_json() for each in hub.journal.seen()]
        case _:
            raise ValueError(f"{command!r} is no command")
    return {}


def _say(value: object) -> None:
    print(json.dumps(value), flush=True)


def _told_to_end() -> threading.Event:
    """Set when a signal comes."""
    told = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: told.set())
    return told


if __name__ == "__main__":
    raise SystemExit(main())
