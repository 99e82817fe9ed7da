"""Services: every part of the app, built once from the settings and closed in reverse order.

The window's first picture and its first key wait for what is imported here: what it does not need to open is a
`Later` part, whose modules are imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from desktop_llm.building.loads import load_params, load_wish, models_folder
from desktop_llm.building.network import network_rules
from desktop_llm.chat.book import ChatBook
from desktop_llm.chat.conversation import Conversation, ReplySettings
from desktop_llm.chat.reply_record import N_ALTERNATIVES
from desktop_llm.chat.session import ChatSession, Replier
from desktop_llm.engine.engine import Engine, make_template
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.request import ContextOverflow
from desktop_llm.keychain import Keychain, Secret
from desktop_llm.later import Later
from desktop_llm.models.hub.gate import Gate
from desktop_llm.models.hub.ledger import Ledger
from desktop_llm.models.library.library import STARTER, ModelEntry, ModelLibrary
from desktop_llm.models.library.proofs import Proofs
from desktop_llm.models.library.records import Records
from desktop_llm.models.library.verifying import Verifier
from desktop_llm.models.loading import ModelLoading
from desktop_llm.models.pool.lane import LoadLane
from desktop_llm.models.pool.shelf import Shelf
from desktop_llm.paths import Paths
from desktop_llm.settings import SettingsStore, Value

if TYPE_CHECKING:
    from desktop_llm.bench.benches import Benches
    from desktop_llm.engine.admission import Template
    from desktop_llm.engine.messages import ChatPrompt
    from desktop_llm.engine.model import ModelFacts
    from desktop_llm.engine.replies.parser import ReplyStyle
    from desktop_llm.engine.sampling import SamplingParams
    from desktop_llm.engine.stream import TokenStream
    from desktop_llm.engine.ticket import LoadTicket
    from desktop_llm.hardware.monitor.monitor import Monitor
    from desktop_llm.models.accuracy import AccuracyLog
    from desktop_llm.models.download.downloads import Downloads
    from desktop_llm.models.download.wish import DownloadWish
    from desktop_llm.models.hub.files import HubFile, HubRepo, HubWeights
    from desktop_llm.models.hub.headers import HubHeaders
    from desktop_llm.models.hub.hub import Hub
    from desktop_llm.models.library.importing import Watch as ReadWatch
    from desktop_llm.models.library.update_check import Update
    from desktop_llm.models.library.verifying import Verification
    from desktop_llm.models.planner import Planner, Price
    from desktop_llm.models.pool.pool import ModelPool
    from desktop_llm.server.access.keys import ApiKeys
    from desktop_llm.server.api_server import ApiServer, Serving
    from desktop_llm.server.config import ServerConfig
    from desktop_llm.tokens.shelf import TokenizerShelf
    from desktop_llm.tokens.text_desk import TextDesk


@dataclass(frozen=True, slots=True)
class LateParts:
    """What the window does not need to open."""

    planner: Later[Planner]
    accuracy: Later[AccuracyLog]
    hub: Later[Hub]
    hub_headers: Later[HubHeaders]
    downloads: Later[Downloads]
    pool: Later[ModelPool]
    server: Later[ApiServer]
    api_keys: Later[ApiKeys]
    monitor: Later[Monitor]
    tokenizers: Later[TokenizerShelf]
    text_desk: Later[TextDesk]
    benches: Later[Benches]


@dataclass(frozen=True, slots=True)
class Services:
    """The built house, one attribute a part. Asking for one of the `late` parts builds it, some milliseconds."""

    paths: Paths
    settings: SettingsStore
    library: ModelLibrary
    engine: Engine
    keychain: Keychain
    gate: Gate
    records: Records
    shelf: Shelf
    loading: ModelLoading
    chats: ChatBook
    late: LateParts

    @property
    def planner(self) -> Planner:
        """What fits here, and how fast it would be."""
        return self.late.planner()

    @property
    def accuracy(self) -> AccuracyLog:
        """Predicted beside measured."""
        return self.late.accuracy()

    @property
    def hub(self) -> Hub:
        """Where models are searched."""
        return self.late.hub()

    @property
    def hub_headers(self) -> HubHeaders:
        """The beginnings of the hub's files."""
        return self.late.hub_headers()

    @property
    def downloads(self) -> Downloads:
        """The queue of models that are being fetched."""
        return self.late.downloads()

    @property
    def pool(self) -> ModelPool:
        """The models that are loaded, the window's and others."""
        return self.late.pool()

    @property
    def server(self) -> ApiServer:
        """The local API."""
        return self.late.server()

    @property
    def api_keys(self) -> ApiKeys:
        """Who may use the local API."""
        return self.late.api_keys()

    @property
    def monitor(self) -> Monitor:
        """What this computer does, second by second."""
        return self.late.monitor()

    @property
    def tokenizers(self) -> TokenizerShelf:
        """Every tokenizer there is."""
        return self.late.tokenizers()

    @property
    def text_desk(self) -> TextDesk:
        """The text on the Tokens page."""
        return self.late.text_desk()

    @property
    def benches(self) -> Benches:
        """How fast models were measured to be here."""
        return self.late.benches()

    def load_model(self, entry: ModelEntry, params: LoadParams | None = None, *, anyway: bool = False) -> LoadTicket:
        """Start loading a model, where no params are given as is said of it, or else in the settings; any thread.

        One that does not fit fails with ModelDoesNotFitError, unless it is wanted `anyway`.
        """
        wish = load_wish(self.settings, entry) if params is None else params
        ticket = self.loading.load(entry.path, wish, is_proven=entry.is_builtin, anyway=anyway)
        self.shelf.window_load.begun(entry.path, ticket)
        return ticket

    def unload_model(self) -> Future[None]:
        """Close the model; what it was writing ends with NoModelLoadedError. Any thread."""
        return self.engine.unload()

    def price_remote(self, weights: HubWeights, projector: HubFile | None = None) -> Price:
        """What loading a model of the hub would take here, from its header alone; with a projector beside it.

        Waits; any thread but a window's. Raises NetworkError or ModelError.
        """
        from desktop_llm.models.fit.extra_files import ExtraFiles, read_extras
        from desktop_llm.models.fit.planning import hollow_file, hollow_model

        parts = [(self.hub_headers.read(file), file.size_bytes) for file in weights.files]
        with ExitStack() as stack:
            path = stack.enter_context(hollow_model(parts))
            extras = read_extras(ExtraFiles(), path)
            if projector is not None:
                header = self.hub_headers.read(projector)
                beside = stack.enter_context(hollow_file(header, projector.size_bytes))
                extras = read_extras(ExtraFiles(projector=beside), path)
            return self.planner.price_best(path, self.load_params(), extras)

    def download_wish(self, repo: HubRepo, weights: HubWeights, *, with_projector: bool = False) -> DownloadWish:
        """A model of the hub as it is fetched. Raises DownloadError for one that cannot be proven."""
        from desktop_llm.models.download.wish import wish_of

        projector = next(iter(repo.projectors), None) if with_projector else None
        return wish_of(repo, weights, self.gate.rules.endpoint, projector)

    def wish_for(self, repo: str, path: str, commit: str = "", *, with_projector: bool = False) -> DownloadWish:
        """A file whose repository is known, at a commit or as it is there now. Waits for the network.

        Raises NetworkError.
        """
        from desktop_llm.models.download.catalog_wish import find_path

        found, weights = find_path(self.hub, repo, path, commit or None)
        return self.download_wish(found, weights, with_projector=with_projector)

    def verify_model(self, entry: ModelEntry, watch: ReadWatch) -> Verification:
        """Read a model's files and compare them with what is recorded of them. Waits for the disk; any thread.

        Raises ModelError or DownloadCancelledError.
        """
        from desktop_llm.models.library.keeping import verify_entry

        return verify_entry(self.records, entry, watch)

    def check_update(self, entry: ModelEntry) -> Update:
        """Ask the hub whether it has another version of a model. Waits. Raises LibraryError or NetworkError."""
        from desktop_llm.models.library.update_check import check_update

        return check_update(self.hub, entry.record, entry.name)

    def model_to_start_with(self) -> ModelEntry:
        """The model the settings name, or the built-in one. Raises ModelNotFoundError."""
        return self.library.find(self.settings.text("model") or STARTER)

    def load_params(self) -> LoadParams:
        """How models are loaded, from the settings."""
        return load_params(self.settings)

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
        replier = Replier(self._start_reply, self.model_name, self.reply_style, self._n_alternatives)
        return ChatSession(conversation, replier, bell=bell)

    def reply_style(self) -> ReplyStyle:
        """How the loaded model writes replies to a chat without tools."""
        from desktop_llm.engine.replies.chat_style import chat_style  # Jinja is not needed before a model is there

        facts = self.engine.facts
        return chat_style(facts.chat_template if facts is not None else None)

    def server_config(self, **said: Value) -> ServerConfig:
        """How the API is served, from the settings and from what is `said` in their place. Raises ServerError."""
        from desktop_llm.building.serving import api_config

        return api_config(self.settings, self.paths, said)

    def start_server(self) -> Serving:
        """Serve the API as the settings say, with the keys of the keychain. Waits. Raises ServerError."""
        return self.server.start(self.server_config(), self.api_keys)

    def _start_reply(self, prompt: ChatPrompt, params: SamplingParams) -> TokenStream:
        overflow = ContextOverflow(self.settings.text("context_overflow"))
        return self.engine.submit(prompt, params, overflow)

    def _n_alternatives(self) -> int | None:
        """How many alternatives of each token are recorded while a reply is written; None: nothing is."""
        return N_ALTERNATIVES if self.settings.flag("record_confidence") else None

    def model_name(self) -> str:
        """What the loaded model's replies are signed with; "" when there is none."""
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
        rules = partial(network_rules, settings, keychain, offline)
        gate = Gate(rules, Ledger(paths.ledger_file), token=partial(keychain.read, Secret.HUB))
        records = Records(paths.records)
        engine = stack.enter_context(Engine(make_template=_make_template))
        library = ModelLibrary(paths.builtin_models, models_folder(paths, settings), records)
        shelf = Shelf(library, engine)
        proofs = Proofs(records, _trial_version)
        prices = _prices(paths, settings, shelf)
        stack.callback(prices.end)
        lane = LoadLane(Later(lambda: prices()[0]), Later(lambda: prices()[1]), shelf, proofs)
        lane.learn_from(engine)
        loading = lane.way_into(engine, for_window=True)
        stack.callback(loading.close)
        ground = _Ground(paths, settings, library, keychain, gate, records, lane, (engine, loading))
        late = _late_parts(ground, offline=offline)
        for part in (late.downloads, late.pool, late.server, late.monitor, late.benches):
            stack.callback(part.end)
        verifier = Verifier(records, lambda: shelf.is_busy() or _measured_engine(late.benches) is not None)
        stack.callback(verifier.close)
        verifier.start()
        yield Services(
            paths=paths,
            settings=settings,
            library=library,
            engine=engine,
            keychain=keychain,
            gate=gate,
            records=records,
            shelf=shelf,
            loading=loading,
            chats=ChatBook(),
            late=late,
        )


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the late parts stand on."""

    paths: Paths
    settings: SettingsStore
    library: ModelLibrary
    keychain: Keychain
    gate: Gate
    records: Records
    lane: LoadLane
    window: tuple[Engine, ModelLoading]


def _prices(paths: Paths, settings: SettingsStore, shelf: Shelf) -> Later[tuple[Planner, AccuracyLog]]:
    def build() -> tuple[Planner, AccuracyLog]:
        from desktop_llm.building.planner import build_planner

        return build_planner(paths, models_folder(paths, settings), shelf)

    return Later(build, lambda both: both[1].save())


def _late_parts(ground: _Ground, *, offline: bool) -> LateParts:
    planner, accuracy = ground.lane.planner, ground.lane.accuracy
    hub, pool = Later(lambda: _build_hub(ground)), Later(lambda: _build_pool(ground), lambda pool: pool.close())
    downloads = Later(lambda: _build_downloads(ground, hub(), offline=offline), lambda downloads: downloads.close())

    benches = Later(lambda: _build_benches(ground), lambda benches: benches.close())

    def build_monitor() -> Monitor:
        from desktop_llm.building.monitor import build_monitor as build

        folder = models_folder(ground.paths, ground.settings)
        return build(
            ground.settings, folder, (planner(), pool(), accuracy()), downloads(), lambda: _measured_engine(benches)
        )

    return LateParts(
        planner=planner,
        accuracy=accuracy,
        hub=hub,
        hub_headers=Later(lambda: _build_hub_headers(ground, hub())),
        downloads=downloads,
        pool=pool,
        server=Later(lambda: _build_server(ground, pool()), lambda server: server.stop()),
        api_keys=Later(lambda: _build_api_keys(ground)),
        monitor=Later(build_monitor, lambda monitor: monitor.close()),
        tokenizers=Later(lambda: _build_tokenizers(ground)),
        text_desk=Later(_build_text_desk),
        benches=benches,
    )


def _build_hub(ground: _Ground) -> Hub:
    from desktop_llm.models.hub.hub import Hub

    return Hub(ground.gate)


def _build_hub_headers(ground: _Ground, hub: Hub) -> HubHeaders:
    from desktop_llm.models.hub.headers import HubHeaders

    return HubHeaders(hub, ground.paths.headers)


def _build_downloads(ground: _Ground, hub: Hub, *, offline: bool) -> Downloads:
    from desktop_llm.building.downloads import build_downloads

    kept = ground.records, ground.lane.proofs
    return build_downloads(ground.paths, ground.settings, (ground.gate, hub), kept, offline=offline)


def _build_pool(ground: _Ground) -> ModelPool:
    from desktop_llm.building.pool import build_pool

    return build_pool(ground.settings, ground.library, ground.lane)


def _build_server(ground: _Ground, pool: ModelPool) -> ApiServer:
    from desktop_llm.building.serving import build_server

    return build_server(ground.paths, ground.settings, pool)


def _build_api_keys(ground: _Ground) -> ApiKeys:
    from desktop_llm.server.access.key_ring import KeyRing
    from desktop_llm.server.access.keys import ApiKeys

    return ApiKeys(KeyRing(ground.keychain, ground.paths.api_keys_file))


def _build_tokenizers(ground: _Ground) -> TokenizerShelf:
    from desktop_llm.building.tokenizers import build_tokenizers

    return build_tokenizers(ground.paths, ground.library)


def _build_text_desk() -> TextDesk:
    from desktop_llm.tokens.text_desk import TextDesk

    return TextDesk()


def _build_benches(ground: _Ground) -> Benches:
    from desktop_llm.building.bench import WindowsModel, build_benches

    window = WindowsModel(*ground.window, ground.library, ground.settings, ground.lane)
    return build_benches(ground.paths, ground.settings, ground.lane, window)


def _measured_engine(benches: Later[Benches]) -> Engine | None:
    """The engine of a benchmark that runs, which nothing should disturb."""
    return benches.built.engine if benches.built is not None else None


def _trial_version() -> str:
    from desktop_llm.models.library.inspecting import trial_version

    return trial_version()
