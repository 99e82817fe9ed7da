"""`desktop-llm keys`: who may use the local API."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import KeychainError, ServerError
from desktop_llm.server.access.key_file import KeyFile
from desktop_llm.server.access.keys import ApiKey, ApiKeys
from desktop_llm.services import Services


def run(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Do what `arguments.keys_verb` says; returns the exit status. Raises AppError."""
    keys = keys_of(services, arguments.key_file)
    match arguments.keys_verb:
        case "create":
            _create(keys, arguments.name, terminal)
        case "revoke":
            keys.revoke(arguments.name)
            terminal.note(f"The key {arguments.name} is not accepted any more.")
        case _:
            _list(keys.keys(), terminal, as_json=arguments.json)
    return 0


def keys_of(services: Services, key_file: Path | None) -> ApiKeys:
    """The keys of a file, or else of the keychain."""
    return services.api_keys if key_file is None else ApiKeys(KeyFile(key_file))


def _create(keys: ApiKeys, name: str, terminal: Terminal) -> None:
    try:
        key = keys.create(name)
    except KeychainError as error:
        raise ServerError("{reason} Or keep keys in a file: --key-file FILE", reason=error) from error
    terminal.note(f"The key for {name}; it is shown this once, so copy it now:")
    terminal.write(f"{key}\n")


def _list(keys: tuple[ApiKey, ...], terminal: Terminal, *, as_json: bool) -> None:
    rows = [{"name": key.name, "created_at": _moment(key)} for key in keys]
    if as_json:
        terminal.write(json.dumps(rows) + "\n")
    elif rows:
        width = max(len(key.name) for key in keys)
        terminal.write("".join(f"{row['name']:<{width}}  {row['created_at'] or ''}".rstrip() + "\n" for row in rows))
    else:
        terminal.write("There are no keys. Make one: desktop-llm keys create NAME\n")


def _moment(key: ApiKey) -> str | None:
    return datetime.fromtimestamp(key.created_at, UTC).isoformat(timespec="seconds") if key.created_at else None
