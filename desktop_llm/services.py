"""Services: every part of the app, built once from the settings and closed in reverse order."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from desktop_llm.chat.book import ChatBook
from desktop_llm.chat.conversation import Conversation, ReplySettings
from desktop_llm.chat.session import ChatSession, Replier
from desktop_llm.engine.admission import Template
from desktop_llm.engine.engine import Engine, make_template
from desktop_llm.engine.messages import ChatPrompt
from desktop_llm.engine.model import CacheType, LoadParams, ModelFacts
from desktop_llm.engine.replies.parser import ReplyStyle
from desktop_llm.engine.request import ContextOverflow
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stream import TokenStream
from desktop_llm.engine.ticket import LoadTicket
from desktop_llm.engine.trial import dry_run, try_model, try_vocabulary
from desktop_llm.engine.vocabulary import Vocabulary
from desktop_llm.hardware.machine import Device, Hardware
from desktop_llm.hardware.measure import Watch, measure
from desktop_llm.hardware.monitor.alert_watch import AlertLimits, AlertWatch
from desktop_llm.hardware.monitor.alerts import QuietHours, minute_of_day
from desktop_llm.hardware.monitor.engine_meter import EngineMeter, EngineReading
from desktop_llm.hardware.monitor.gpu_sensors import GpuSensors
from desktop_llm.hardware.monitor.monitor import Monitor
from desktop_llm.hardware.monitor.sample import Expected
from desktop_llm.hardware.monitor.sensors import Sensors
from desktop_llm.hardware.monitor.system_sensors import SystemSensors
from desktop_llm.hardware.reading import look_at_machine
from desktop_llm.keychain import Keychain, Secret
from desktop_llm.models.accuracy import AccuracyLog, Comparison
from desktop_llm.models.catalog.catalog import read_catalog
from desktop_llm.models.download.catalog_wish import find_path
from desktop_llm.models.download.downloads import Downloads
from desktop_llm.models.download.failing import Failing
from desktop_llm.models.download.licence import bring_licence
from desktop_llm.models.download.run import DownloadSteps
from desktop_llm.models.download.wish import Arrival, DownloadWish, wish_of
from desktop_llm.models.fit.extra_files import ExtraFiles, read_extras
from desktop_llm.models.fit.planning import hollow_file, hollow_model
from desktop_llm.models.fit.shape import Extra
from desktop_llm.models.hub.files import HubFile, HubRepo, HubWeights
from desktop_llm.models.hub.gate import DEFAULT_ENDPOINT, Gate, NetworkRules, Why
from desktop_llm.models.hub.headers import HubHeaders
from desktop_llm.models.hub.hub import Hub
from desktop_llm.models.hub.ledger import Ledger
from desktop_llm.models.library.importing import Watch as ReadWatch
from desktop_llm.models.library.inspecting import inspect_model, trial_version
from desktop_llm.models.library.keeping import verify_entry
from desktop_llm.models.library.library import STARTER, ModelEntry, ModelLibrary
from desktop_llm.models.library.proofs import Proofs
from desktop_llm.models.library.records import Records, Verdict
from desktop_llm.models.library.update_check import Update, check_update
from desktop_llm.models.library.verifying import Verification, Verifier
from desktop_llm.models.loading import ModelLoading
from desktop_llm.models.planner import Planner, Price
from desktop_llm.models.pool.lane import LoadLane
from desktop_llm.models.pool.pool import ModelPool, PoolParts
from desktop_llm.models.pool.shelf import Shelf
from desktop_llm.models.pool.values import PoolRules
from desktop_llm.paths import Paths
from desktop_llm.server.access.key_ring import KeyRing
from desktop_llm.server.access.keys import ApiKeys
from desktop_llm.server.access.tls import own_certificate
from desktop_llm.server.api_server import ApiServer, Serving
from desktop_llm.server.config import Limits, ServerConfig, TlsFiles
from desktop_llm.settings import SettingsStore, Value
from desktop_llm.tokens.bundled import BundledVocabularies
from desktop_llm.tokens.shelf import TokenizerShelf

_YES = ("1", "ON", "YES", "TRUE", "on", "yes", "true")


@dataclass(frozen=True, slots=True)
class Services:
    """The built house, one attribute a part."""

    paths: Paths
    settings: SettingsStore
    library: ModelLibrary
    engine: Engine
    planner: Planner
    accuracy: AccuracyLog
    keychain: Keychain
    gate: Gate
    hub: Hub
    hub_headers: HubHeaders
    records: Records
    downloads: Downloads
    loading: ModelLoading
    pool: ModelPool
    server: ApiServer
    api_keys: ApiKeys
    monitor: Monitor
    chats: ChatBook
    tokenizers: TokenizerShelf

    def load_model(self, entry: ModelEntry, params: LoadParams | None = None, *, anyway: bool = False) -> LoadTicket:
        """Start loading a model, where no params are given as is said of it, or else in the settings; any thread.

        One that does not fit fails with ModelDoesNotFitError, unless it is wanted `anyway`.
        """
        wish = _wish(self.settings, entry) if params is None else params
        ticket = self.loading.load(entry.path, wish, is_proven=entry.is_builtin, anyway=anyway)
        self.pool.window_loads(entry.path, ticket)
        return ticket

    def unload_model(self) -> Future[None]:
        """Close the model; what it was writing ends with NoModelLoadedError. Any thread."""
        return self.engine.unload()

    def price_remote(self, weights: HubWeights, projector: HubFile | None = None) -> Price:
        """What loading a model of the hub would take here, from its header alone; with a projector beside it.

        Waits; any thread but a window's. Raises NetworkError or ModelError.
        """
        parts = [(self.hub_headers.read(file), file.size_bytes) for file in weights.files]
        with ExitStack() as stack:
            path = stack.enter_context(hollow_model(parts))
            extras: tuple[Extra, ...] = ()
            if projector is not None:
                header = self.hub_headers.read(projector)
                beside = stack.enter_context(hollow_file(header, projector.size_bytes))
                extras = read_extras(ExtraFiles(projector=beside), path)
            return self.planner.price_best(path, self.load_params(), extras)

    def download_wish(self, repo: HubRepo, weights: HubWeights, *, with_projector: bool = False) -> DownloadWish:
        """A model of the hub as it is fetched. Raises DownloadError for one that cannot be proven."""
        projector = next(iter(repo.projectors), None) if with_projector else None
        return wish_of(repo, weights, self.gate.rules.endpoint, projector)

    def wish_for(self, repo: str, path: str, commit: str = "", *, with_projector: bool = False) -> DownloadWish:
        """A file whose repository is known, at a commit or as it is there now. Waits for the network.

        Raises NetworkError.
        """
        found, weights = find_path(self.hub, repo, path, commit or None)
        return self.download_wish(found, weights, with_projector=with_projector)

    def verify_model(self, entry: ModelEntry, watch: ReadWatch) -> Verification:
        """Read a model's files and compare them with what is recorded of them. Waits for the disk; any thread.

        Raises ModelError or DownloadCancelledError.
        """
        return verify_entry(self.records, entry, watch)

    def check_update(self, entry: ModelEntry) -> Update:
        """Ask the hub whether it has another version of a model. Waits. Raises LibraryError or NetworkError."""
        return check_update(self.hub, entry.record, entry.name)

    def model_to_start_with(self) -> ModelEntry:
        """The model the settings name, or the built-in one. Raises ModelNotFoundError."""
        return self.library.find(self.settings.text("model") or STARTER)

    def load_params(self) -> LoadParams:
        """How models are loaded, from the settings."""
        return _load_params(self.settings)

    def reply_settings(self) -> ReplySettings:
        """What a new conversation asks of its replies, from the settings."""
        max_tokens, seed = self.settings.number("max_tokens"), self.settings.number("seed")
        return ReplySettings(
            system_prompt=self.settings.text("system_prompt"),
            temperature=self.settings.real("temperature"),
            max_tokens=max_tokens or None,
            seed=seed if seed >= 0 else None,
        )

    def new_conversation(self) -> Conversation:
        """Begin a conversation with the settings' defaults."""
        return self.chats.new(self.reply_settings())

    def session(self, conversation: Conversation, bell: Callable[[], None]) -> ChatSession:
        """Open the live exchange of a conversation; `bell` is rung on the engine's thread."""
        return ChatSession(conversation, Replier(self._start_reply, self._model_name, self.reply_style), bell=bell)

    def reply_style(self) -> ReplyStyle:
        """How the loaded model writes replies to a chat without tools."""
        from desktop_llm.engine.replies.chat_style import chat_style  # Jinja is not needed before a model is there

        facts = self.engine.facts
        return chat_style(facts.chat_template if facts is not None else None)

    def server_config(self, **said: Value) -> ServerConfig:
        """How the API is served, from the settings and from what is `said` in their place. Raises ServerError."""
        return api_config(self.settings, self.paths, said)

    def start_server(self) -> Serving:
        """Serve the API as the settings say, with the keys of the keychain. Waits. Raises ServerError."""
        return self.server.start(self.server_config(), self.api_keys)

    def _start_reply(self, prompt: ChatPrompt, params: SamplingParams) -> TokenStream:
        overflow = ContextOverflow(self.settings.text("context_overflow"))
        return self.engine.submit(prompt, params, overflow)

    def _model_name(self) -> str:
        facts = self.engine.facts
        return facts.path.stem if facts is not None else ""


def _make_template(facts: ModelFacts) -> Template:
    """The model's template; how it replies is found out with it, on the engine's thread, so that no window waits."""
    from desktop_llm.engine.replies.chat_style import chat_style

    chat_style(facts.chat_template)
    return make_template(facts)


@contextmanager
def build_services(paths: Paths, *, offline: bool = False) -> Iterator[Services]:
    """Build everything bottom up, and close it top down at the end of the `with`.

    `offline`: reach nothing outside in this run, whatever the settings say.
    """
    with ExitStack() as stack:
        settings = SettingsStore(paths.settings_file)
        keychain = Keychain()
        rules = partial(_network_rules, settings, keychain, offline)
        gate = Gate(rules, Ledger(paths.ledger_file), token=partial(keychain.read, Secret.HUB))
        hub, records = Hub(gate), Records(paths.records)
        engine = stack.enter_context(Engine(make_template=_make_template))
        models_folder = Path(settings.text("models_folder") or paths.models).expanduser()
        library = ModelLibrary(paths.builtin_models, models_folder, records)
        shelf = Shelf(library, engine)
        planner = _planner(paths, models_folder, shelf)
        accuracy = AccuracyLog(paths.accuracy_file, planner.predict)
        planner.learn_from(accuracy.past)
        stack.callback(accuracy.save)
        proofs = Proofs(records, trial_version)
        steps, is_offline = _download_steps(gate, hub, records, proofs), partial(_is_offline, settings, offline)
        downloads = Downloads(paths.downloads_file, lambda: models_folder, steps, is_offline=is_offline)
        downloads.limit_bytes_per_s = download_limit(settings)
        stack.callback(downloads.close)
        lane = LoadLane(planner, shelf, accuracy, proofs, try_model)
        lane.learn_from(engine)
        loading = lane.way_into(engine, for_window=True)
        stack.callback(loading.close)
        naming = partial(_pool_rules, settings)
        parts = PoolParts(library, lane.new_engine, lane.way_into, partial(_wish, settings), naming)
        pool = ModelPool(shelf, parts)
        stack.callback(pool.close)
        server = ApiServer(pool, partial(settings.number, "parallel_requests"), paths.requests_file)
        stack.callback(server.stop)
        verifier = Verifier(records, shelf.is_busy)
        stack.callback(verifier.close)
        verifier.start()
        watch = AlertWatch(partial(alert_limits, settings), partial(Failing().count, downloads.snapshots))
        monitor = stack.enter_context(_monitor(models_folder, (planner, pool, accuracy), watch))
        yield Services(
            paths=paths,
            settings=settings,
            library=library,
            engine=engine,
            planner=planner,
            accuracy=accuracy,
            keychain=keychain,
            gate=gate,
            hub=hub,
            hub_headers=HubHeaders(hub, paths.headers),
            records=records,
            downloads=downloads,
            loading=loading,
            pool=pool,
            server=server,
            api_keys=ApiKeys(KeyRing(keychain, paths.api_keys_file)),
            monitor=monitor,
            chats=ChatBook(),
            tokenizers=_tokenizers(paths, library),
        )


def _planner(paths: Paths, models_folder: Path, shelf: Shelf) -> Planner:
    return Planner(
        look=partial(look_at_machine, models_folder, paths.speeds_file),
        measure=partial(_measure, paths.speeds_file),
        dry_run=dry_run,
        held=partial(shelf.held, for_window=True),
        read_catalog=partial(read_catalog, paths.catalog_file),
    )


def _monitor(models_folder: Path, parts: tuple[Planner, ModelPool, AccuracyLog], alerts: AlertWatch) -> Monitor:
    """It looks at nothing before it is started."""
    planner, pool, accuracy = parts
    gpus = GpuSensors(partial(_known_gpus, planner))
    readings = partial(_engine_readings, pool, accuracy)
    return Monitor(Sensors(SystemSensors(lambda: models_folder), gpus, readings, EngineMeter()), alerts)


def _known_gpus(planner: Planner) -> tuple[Device, ...]:
    """The graphics devices, once the machine was looked at."""
    hardware = planner.known_hardware()
    return () if hardware is None else hardware.gpus


def _engine_readings(pool: ModelPool, accuracy: AccuracyLog) -> list[EngineReading]:
    engines = ((name, engine.facts, engine.stats()) for name, engine in pool.engines())
    return [
        EngineReading(name, facts, stats, _expected(accuracy.row_of(facts)))
        for name, facts, stats in engines
        if facts is not None
    ]


def _expected(row: Comparison | None) -> Expected | None:
    if row is None:
        return None
    return Expected(row.predicted_bytes, row.measured_bytes, row.generation.low, row.generation.high)


def _tokenizers(paths: Paths, library: ModelLibrary) -> TokenizerShelf:
    bundled = BundledVocabularies(paths.vocabularies, paths.unpacked_vocabularies)
    return TokenizerShelf(bundled, library, _open_vocabulary, try_vocabulary)


def _open_vocabulary(path: Path) -> Vocabulary:
    from desktop_llm.engine.llama.vocabulary import open_vocabulary  # llama.cpp is not needed before

    return open_vocabulary(path)


def _download_steps(gate: Gate, hub: Hub, records: Records, proofs: Proofs) -> DownloadSteps:
    return DownloadSteps(
        partial(gate.client, Why.DOWNLOAD),
        partial(_inspect, proofs),
        partial(_record, hub, records),
        is_proven=records.proves,
    )


def _inspect(proofs: Proofs, arrival: Arrival, is_cancelled: Callable[[], bool]) -> Verdict | None:
    """What was tried already, and is as it was, is not tried again."""
    known = proofs.verdict(arrival.files[0], tuple(file.sha256 for file in arrival.wish.every_file))
    return known if known is not None else inspect_model(arrival.files[0], is_cancelled, arrival.helpers)


def _record(hub: Hub, records: Records, arrival: Arrival, verdict: Verdict | None) -> None:
    bring_licence(hub, arrival)
    records.renew(arrival.record(time.time(), verdict))


def _measure(speeds_file: Path, hardware: Hardware, watch: Watch) -> Hardware:
    return measure(hardware, speeds_file, watch)


def _load_params(settings: SettingsStore) -> LoadParams:
    cache_type = CacheType(settings.text("kv_cache_type"))
    return LoadParams(
        n_ctx=settings.number("context_tokens"),
        n_seq_max=settings.number("parallel_requests"),
        n_threads=settings.number("threads"),
        n_threads_batch=settings.number("threads"),
        n_gpu_layers=settings.number("gpu_layers"),
        cache_type_k=cache_type,
        cache_type_v=cache_type,
    )


def _wish(settings: SettingsStore, entry: ModelEntry) -> LoadParams:
    """How a model is loaded: as is said of it, or else in the settings."""
    return entry.load_params(_load_params(settings))


def _network_rules(settings: SettingsStore, keychain: Keychain, offline: bool) -> NetworkRules:
    """What the settings say of the outside; HF_HUB_OFFLINE is heard as other programs hear it."""
    exceptions = settings.text("proxy_exceptions").replace(",", " ").split()
    ca_file = settings.text("ca_file")
    return NetworkRules(
        is_offline=_is_offline(settings, offline),
        endpoint=settings.text("hub_endpoint").strip().rstrip("/") or DEFAULT_ENDPOINT,
        proxy=_with_credentials(settings.text("proxy").strip(), settings.text("proxy_user"), keychain),
        direct_hosts=tuple(exceptions),
        ca_file=Path(ca_file).expanduser() if ca_file else None,
    )


def download_limit(settings: SettingsStore) -> int | None:
    """How many bytes a second all downloads may fetch together; None for no limit."""
    return round(settings.real("download_limit_mb_per_s") * 1e6) or None


def alert_limits(settings: SettingsStore) -> AlertLimits:
    """What the user wants to hear of; nothing where notifications are off. A time that is none is no quiet hour."""
    start, end = (minute_of_day(settings.text(name)) for name in ("quiet_from", "quiet_until"))
    quiet = QuietHours() if start is None or end is None else QuietHours(start, end)
    if not settings.flag("alerts_enabled"):
        return AlertLimits(0, 0, 0, 0, 0, 0, downloads=False)
    return AlertLimits(
        memory=settings.real("alert_memory"),
        gpu=settings.real("alert_gpu"),
        gpu_s=settings.real("alert_gpu_minutes") * 60,
        temperature_c=settings.real("alert_temperature_c"),
        tokens_per_s=settings.real("min_tokens_per_s") if settings.flag("alert_slow_replies") else 0.0,
        disk_bytes=round(settings.real("alert_disk_gb") * 1e9),
        downloads=settings.flag("alert_downloads"),
        quiet=quiet,
    )


def _is_offline(settings: SettingsStore, offline: bool) -> bool:
    """At once: the system's keychain is not asked, which may have to be unlocked first."""
    return offline or settings.flag("offline") or os.environ.get("HF_HUB_OFFLINE", "") in _YES


def _pool_rules(settings: SettingsStore) -> PoolRules:
    """How models that other programs ask for are named, and how long they stay."""
    pairs = (pair.partition("=") for pair in settings.text("server_aliases").split(","))
    return PoolRules(
        aliases=tuple((alias.strip(), name.strip()) for alias, _, name in pairs if alias.strip() and name.strip()),
        default_model=settings.text("model"),
        keep_alive_s=settings.number("server_idle_minutes") * 60.0,
    )


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


def _with_credentials(proxy: str, user: str, keychain: Keychain) -> str:
    """A proxy's address with the user's name and password in it, as HTTP clients take them."""
    scheme, separator, host = proxy.partition("://")
    if not separator or not user:
        return proxy
    password = keychain.read(Secret.PROXY) or ""
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{host}"
