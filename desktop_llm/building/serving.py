"""The local API's server, as the settings say."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.models.pool.pool import ModelPool
from desktop_llm.paths import Paths
from desktop_llm.server.access.tls import own_certificate
from desktop_llm.server.api_server import ApiServer
from desktop_llm.server.config import Limits, ServerConfig, TlsFiles
from desktop_llm.settings import SettingsStore, Value


def build_server(paths: Paths, settings: SettingsStore, pool: ModelPool) -> ApiServer:
    """It is off until it is started."""
    n_at_once, defaults = partial(settings.number, "parallel_requests"), partial(_defaults, settings)
    return ApiServer(pool, n_at_once, paths.requests_file, defaults)


def _defaults(settings: SettingsStore) -> SamplingParams:
    """As in the window."""
    return SamplingParams(temperature=settings.real("temperature"))


def api_config(settings: SettingsStore, paths: Paths, said: Mapping[str, Value]) -> ServerConfig:
    """How the settings want the API served. A certificate is made where one is needed. Raises ServerError."""
    values = {setting.name: settings.get(setting.name) for setting in settings.declared} | {**said}
    text = {name: str(value).strip() for name, value in values.items()}
    hosts = _words(text["server_hosts"])
    certificate, key = _path(text["server_certificate"]), _path(text["server_certificate_key"])
    tls = TlsFiles(certificate, key or certificate) if certificate is not None else None
    if values["server_tls"] and tls is None:
        tls = own_certificate(paths.tls, (text["server_host"], *hosts))
    return ServerConfig(
        host=text["server_host"],
        port=int(values["server_port"]),
        socket_path=_path(text["server_socket"]),
        hosts=hosts,
        origins=_words(text["server_origins"]),
        models=tuple(name.strip() for name in text["server_models"].split(",") if name.strip()),
        tls=tls if values["server_tls"] else None,
        limits=Limits(n_connections=int(values["server_connections"]), n_queue=int(values["server_queue"])),
    )


def _path(text: str) -> Path | None:
    return Path(text.strip()).expanduser() if text.strip() else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())
