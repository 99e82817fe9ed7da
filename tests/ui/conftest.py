"""The real window on a real engine, with a scripted model in the place of llama.cpp."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.model import LanguageModel, LoadParams
from desktop_llm.errors import ModelFormatError
from desktop_llm.hardware.monitor.alert_watch import AlertLimits, AlertWatch
from desktop_llm.hardware.monitor.engine_meter import EngineMeter
from desktop_llm.hardware.monitor.gpu_sensors import GpuSensors
from desktop_llm.hardware.monitor.monitor import Monitor
from desktop_llm.hardware.monitor.sensors import Sensors
from desktop_llm.hardware.monitor.system_sensors import SystemSensors
from desktop_llm.keychain import Keychain
from desktop_llm.later import there
from desktop_llm.models.accuracy import AccuracyLog
from desktop_llm.models.download.downloads import Downloads
from desktop_llm.models.download.run import DownloadSteps
from desktop_llm.models.fit.plan import estimate_plan
from desktop_llm.models.fit.planning import Advice
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.hub.gate import Gate, NetworkRules, Why
from desktop_llm.models.hub.headers import HubHeaders
from desktop_llm.models.hub.hub import Hub
from desktop_llm.models.hub.ledger import Ledger
from desktop_llm.models.library.library import ModelLibrary
from desktop_llm.models.library.records import Records
from desktop_llm.models.loading import LoadSteps, ModelLoading
from desktop_llm.models.planner import Price
from desktop_llm.models.pool.pool import ModelPool, PoolParts
from desktop_llm.models.pool.shelf import Shelf
from desktop_llm.paths import Paths
from desktop_llm.server.access.key_file import KeyFile
from desktop_llm.server.access.keys import ApiKeys
from desktop_llm.server.api_server import ApiServer
from desktop_llm.services import Services, build_services
from desktop_llm.ui.chat.chat_page import ChatPage
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.run import make_application, make_frame
from tests.fakes import END, PlainTemplate, ScriptedModel, scripted_facts
from tests.machines import GIB, SHAPE_3B, machine, planner_on

ROOT = Path(__file__).parents[2]
REPLY = "Yes, **of course**."
BROKEN = b"broken"
TIMEOUT_MS = 10_000


@dataclass
class Script:
    """What the scripted model does: its reply, and two gates that a test may close."""

    reply: str = REPLY
    may_load: threading.Event = field(default_factory=threading.Event)
    may_speak: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Let everything go on."""
        self.may_load.set()
        self.may_speak.set()

    def next_token(self, tokens: Sequence[int]) -> int:
        """The reply's next byte after the prompt's last line end."""
        said = len(tokens) - 1 - max(place for place, token in enumerate(tokens) if token == ord("\n"))
        reply = self.reply.encode()
        if said:
            self.may_speak.wait(TIMEOUT_MS / 1000)
        return reply[said] if said < len(reply) else END

    def open_model(self, path: Path, params: LoadParams, progress: object) -> LanguageModel:
        """An OpenModel."""
        del params, progress
        self.may_load.wait(TIMEOUT_MS / 1000)
        facts = scripted_facts(n_ctx=4096, n_batch=512)
        return ScriptedModel(facts, self.next_token)


@pytest.fixture
def script() -> Iterator[Script]:
    """The model's script; whatever gate is still closed at the end is opened."""
    result = Script()
    yield result
    result.open()


@pytest.fixture
def services(tmp_path: Path, script: Script) -> Iterator[Services]:
    """Real services whose models are small files that only the script can read."""
    resources = tmp_path / "resources"
    (resources / "models").mkdir(parents=True)
    (resources / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf").write_bytes(b"scripted")
    (resources / "translations").symlink_to(ROOT / "resources" / "translations")
    paths = Paths(tmp_path / "models", tmp_path / "settings.toml", resources)
    with ExitStack() as stack:
        engine = stack.enter_context(Engine(script.open_model, make_template=lambda facts: PlainTemplate()))
        accuracy = AccuracyLog(paths.accuracy_file)
        gate = Gate(lambda: NetworkRules(is_offline=True), Ledger(paths.ledger_file))
        hub = Hub(gate)
        records = Records(paths.records)
        steps = DownloadSteps(partial(gate.client, Why.DOWNLOAD), lambda *_: None, lambda *_: None)
        downloads = Downloads(paths.downloads_file, lambda: paths.models, steps, is_offline=lambda: True)
        stack.callback(downloads.close)
        engine.on_finish(accuracy.replied)
        loading = ModelLoading(engine, _load_steps(accuracy))
        stack.callback(loading.close)
        stack.callback(script.open)
        library = ModelLibrary(paths.builtin_models, paths.models, records)
        shelf = Shelf(library, engine)
        pool = ModelPool(
            shelf,
            PoolParts(
                library,
                lambda: Engine(script.open_model, make_template=lambda facts: PlainTemplate()),
                lambda engine: ModelLoading(engine, _load_steps(accuracy)),
                lambda entry: LoadParams(),
            ),
        )
        stack.callback(pool.close)
        server = ApiServer(pool, lambda: 4, paths.requests_file)
        stack.callback(server.stop)
        built = stack.enter_context(build_services(paths))  # what is not scripted is as in the app
        yield replace(
            built,
            library=library,
            engine=engine,
            keychain=Keychain(),
            gate=gate,
            records=records,
            shelf=shelf,
            loading=loading,
            late=replace(
                built.late,
                planner=there(planner_on(machine(16 * GIB, 12 * GIB))),
                accuracy=there(accuracy),
                hub=there(hub),
                hub_headers=there(HubHeaders(hub, paths.headers)),
                downloads=there(downloads),
                pool=there(pool),
                server=there(server),
                api_keys=there(ApiKeys(KeyFile(paths.models.parent / "keys"))),
                monitor=there(stack.enter_context(_monitor(tmp_path))),
            ),
        )


def _monitor(folder: Path) -> Monitor:
    """It looks at this machine and alerts of nothing: how full it is here is no test's matter."""
    sensors = Sensors(SystemSensors(lambda: folder), GpuSensors(tuple), tuple, EngineMeter())
    return Monitor(sensors, AlertWatch(lambda: AlertLimits(0, 0, 0, 0, 0, 0, downloads=False)))


def _load_steps(accuracy: AccuracyLog) -> LoadSteps:
    """Header and trial are only looked at by name; the plan is that of a small model on a roomy machine."""
    return LoadSteps(_check_header, _plan, lambda path, params, is_cancelled: None, accuracy.loaded)


def _plan(path: Path, params: LoadParams, is_proven: bool) -> Price:
    del path, is_proven
    room = Room(DeviceRoom(RAM, 12 * GIB, 16 * GIB))
    plan = estimate_plan(SHAPE_3B, room, params)
    return Price(room, Advice(plan, ()), None, SHAPE_3B, None)


@pytest.fixture
def opened(qtbot: QtBot, services: Services) -> Iterator[Desk]:
    """An open window; its model may still be loading."""
    frame = make_frame(services.settings)
    qtbot.addWidget(frame)
    frame.show()
    qtbot.waitUntil(lambda: frame.is_painted, timeout=TIMEOUT_MS)
    desk = Desk(make_application(), services, frame)
    desk.open()
    yield desk
    desk.close()


@pytest.fixture
def desk(qtbot: QtBot, opened: Desk) -> Desk:
    """An open window whose model is ready."""
    qtbot.waitUntil(lambda: opened.loader.current is not None, timeout=TIMEOUT_MS)
    return opened


def ask(qtbot: QtBot, page: ChatPage, text: str) -> None:
    """Type a question, send it, and wait for the whole reply."""
    QTest.keyClicks(page.composer.field, text)
    page.composer.send_button.click()
    wait_for_reply(qtbot, page)


def wait_for_reply(qtbot: QtBot, page: ChatPage) -> None:
    """Wait until nothing is being written."""
    qtbot.waitUntil(lambda: not page.conversation.is_empty and not page.session.is_replying, timeout=TIMEOUT_MS)


def banner_texts(page: ChatPage) -> list[str]:
    """What the banners say, newest first."""
    return [banner.label.text() for banner in page.banners.banners()]


def _check_header(path: Path) -> None:
    if path.read_bytes().startswith(BROKEN):
        raise ModelFormatError("{name} is not a GGUF model file.", name=path.name)
