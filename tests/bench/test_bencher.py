"""A whole benchmark of the real starter model, by the services as the app builds them."""

from __future__ import annotations

import getpass
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.bench.bencher import Bencher
from desktop_llm.bench.benches import was_stopped
from desktop_llm.bench.exports import as_csv, as_json, as_markdown
from desktop_llm.bench.labels import machine_label, model_label, system_label, without_names
from desktop_llm.bench.order import BenchOrder, BenchParts
from desktop_llm.bench.plan import BenchPlan, Case
from desktop_llm.bench.progress import BenchProgress, BenchStage, BenchWatch
from desktop_llm.bench.results import BenchRun
from desktop_llm.building.bench import WindowsModel
from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import BenchStoppedError, ModelNotFoundError
from desktop_llm.hardware.machine import (
    Cpu,
    Device,
    DeviceKind,
    Disk,
    Hardware,
    Memory,
    NvidiaFacts,
    Power,
    PowerSource,
)
from desktop_llm.hardware.monitor.engine_meter import EngineMeter
from desktop_llm.hardware.monitor.gpu_sensors import GpuSensors
from desktop_llm.hardware.monitor.sample import ResourceSample
from desktop_llm.hardware.monitor.sensors import Sensors
from desktop_llm.hardware.monitor.system_sensors import SystemSensors
from desktop_llm.models.fit.room import RAM
from desktop_llm.models.gguf.info import read_chat_model_info
from desktop_llm.models.library.library import ModelEntry, ModelLibrary
from desktop_llm.models.library.proofs import Proofs
from desktop_llm.models.library.records import FileFacts, Record, Records
from desktop_llm.models.loading import ModelDoesNotFitError
from desktop_llm.models.pool.lane import LoadLane
from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services
from tests.bench.samples import run

_PLAN = BenchPlan((24, 48), (1, 2), repeats=2, n_generate=4)
_WAIT_S = 60.0


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """One for all: this machine is looked at once, and each load is planned once."""
    home = tmp_path_factory.mktemp("bench")
    with build_services(replace(find_paths(), models=home / "models", settings_file=home / "settings.toml")) as built:
        yield built


def _order(services: Services, plan: BenchPlan = _PLAN, **params: object) -> BenchOrder:
    entry = services.library.find("starter")
    return BenchOrder(entry, replace(LoadParams(), **params), plan)  # type: ignore[arg-type]


@pytest.mark.model
def test_a_benchmark_measures_its_plan_and_is_kept(services: Services) -> None:
    seen: list[BenchProgress] = []
    found = services.benches.measure(_order(services, n_threads=1), BenchWatch(seen.append))
    assert [result.case for result in found.results] == [Case(24, 4), Case(48, 4), Case(24, 4, 2)]
    for result in found.results:
        assert len(result.repeats) == 2
        assert all(each.n_cached == 0 < each.generation_tokens_per_s for each in result.repeats)
        assert len(result.prompts) == 16
    assert found.settings.n_ctx == _PLAN.n_ctx
    assert (found.settings.n_seq_max, found.settings.n_threads, found.settings.n_threads_named) == (2, 1, 1)
    assert found.model.quantization.startswith("Q4_1")
    assert found.memory.measured_bytes > found.model.size_bytes // 2
    assert abs(found.memory.predicted_bytes / found.memory.measured_bytes - 1) < 0.1
    assert services.benches.runs()[0] == found
    again = services.benches.measure(_order(services, replace(_PLAN, fills=(24,), concurrent=(1,))), BenchWatch())
    assert again.results[0].prompts == found.results[0].prompts
    fractions = [each.fraction for each in seen if each.stage is BenchStage.MEASURING]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert {each.stage for each in seen} >= {BenchStage.LOADING, BenchStage.WARMING_UP}


@pytest.mark.model
def test_another_batch_size_is_loaded_and_measured(services: Services) -> None:
    plan = BenchPlan((40,), (1,), batches=(64, 16), repeats=1, n_generate=2)
    found = services.benches.measure(_order(services, plan), BenchWatch())
    assert [result.case.n_batch for result in found.results] == [64, 16]


@pytest.mark.model
def test_it_stops_within_a_moment_and_nothing_is_kept(services: Services) -> None:
    benches, measuring = services.benches, threading.Event()
    kept = benches.runs()
    benches.on_change(lambda: measuring.set() if benches.state.progress.stage is BenchStage.MEASURING else None)
    benches.start(_order(services, BenchPlan((48,), (1,), n_generate=2000, repeats=50)))
    assert measuring.wait(_WAIT_S)
    ended = threading.Event()
    benches.on_change(lambda: None if benches.state.is_running else ended.set())
    benches.stop()
    assert ended.wait(5.0)
    assert was_stopped(benches.state)
    assert benches.runs() == kept
    assert benches.engine is None


@pytest.mark.model
def test_the_program_can_end_while_it_runs(home: Path) -> None:
    del home
    with build_services(find_paths()) as services:
        measuring = threading.Event()
        benches = services.benches
        benches.on_change(lambda: measuring.set() if benches.state.progress.fraction > 0 else None)
        benches.start(_order(services, BenchPlan((48,), (1,), n_generate=3000, repeats=9)))
        assert measuring.wait(_WAIT_S)  # by the clock within the first run
        begun = time.monotonic()
    assert time.monotonic() - begun < 10
    assert was_stopped(benches.state)


@pytest.mark.model
def test_a_load_can_be_stopped_too(services: Services) -> None:
    with pytest.raises(BenchStoppedError):
        services.benches.measure(_order(services), BenchWatch(is_cancelled=lambda: True))


@pytest.mark.model
def test_what_does_not_fit_is_refused_before_it_is_loaded(services: Services) -> None:
    with pytest.raises(ModelDoesNotFitError):
        services.benches.measure(_order(services, n_ctx=16_000_000), BenchWatch())


@pytest.mark.model
def test_the_windows_model_goes_where_there_is_no_room_for_both_and_comes_back(services: Services) -> None:
    lane = LoadLane(services.late.planner, services.late.accuracy, services.shelf, Proofs(services.records, str))
    window = WindowsModel(services.engine, services.loading, services.library, services.settings, lane)
    entry = services.library.find("starter")
    services.load_model(entry, LoadParams(n_ctx=512, n_seq_max=2)).result(_WAIT_S)
    was_there: list[bool] = []
    parts = BenchParts(
        planner=services.planner,
        new_engine=lane.new_engine,
        way_into=lane.way_into,
        held=lambda: {RAM: -(10**15)} if window.is_loaded else {},  # as if nothing were free beside it
        window=window,
        others_reply=lambda engine: False,
        sensors=lambda: Sensors(SystemSensors(Path), GpuSensors(tuple), lambda: (), EngineMeter()),
        app_version="1",
    )
    back = threading.Event()
    services.engine.on_change(lambda: back.set() if window.is_loaded else None)
    plan = BenchPlan((16,), (1,), repeats=1, n_generate=2)
    bencher = Bencher(parts)
    said: list[bool] = []

    def look(_: BenchProgress) -> None:
        was_there.append(window.is_loaded)
        said.append(bencher.is_window_away)

    bencher.run(_order(services, plan), BenchWatch(look))
    assert was_there[0] and not was_there[-1]
    assert said[-1] and not bencher.is_window_away
    assert back.wait(_WAIT_S)
    facts = services.engine.facts
    assert facts is not None and (facts.path, facts.n_ctx) == (entry.path, 512)
    services.unload_model().result(_WAIT_S)


def test_a_model_that_is_not_there_is_refused_in_a_sentence(services: Services) -> None:
    with pytest.raises(ModelNotFoundError):
        services.library.find("no-such-model")


# what is shared

_CANARIES = (
    "Canary-User",
    "canary-host",
    "CANARY-SERIAL",
    "0000:ca:na.0",
    "GPU-canary-uuid",
    "canary-title",
    "canary-note",
)


def _canary_machine() -> Hardware:
    nvidia = NvidiaFacts("580.95")
    gpu = Device(
        "CUDA0", "Some GPU", "CUDA", DeviceKind.GPU, 1, 2, is_unified=False, nvidia=nvidia, pci_id=_CANARIES[3]
    )
    return Hardware(
        cpu=Cpu("Some CPU", 4, 8, 4, 0),
        memory=Memory(2**34, 2**33),
        devices=(gpu,),
        disk=Disk(Path("/home/Canary-User/models"), 1),
        power=Power(PowerSource.MAINS),
        engine="0.3.36",
    )


def test_no_report_names_a_person_a_folder_or_a_computer(
    tmp_path: Path, starter_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("USER", "LOGNAME", "USERNAME", "HOSTNAME", "COMPUTERNAME"):
        monkeypatch.setenv(name, "Canary-User")
    folder = tmp_path / "Canary-User"
    folder.mkdir()
    path = folder / "model-of-CANARY-USER-on-canary-host.Q4_1.gguf"
    path.symlink_to(starter_model)
    records = Records(tmp_path / "records")
    facts = FileFacts(path, starter_model.stat().st_size, 0, "ab" * 32)
    records.put(Record((facts,), 0.0, title="canary-title", notes="canary-note", verified_at=1.0))
    entry = ModelLibrary(tmp_path / "none", folder, records).models()[0]
    made = _labelled(entry)
    for text in (as_json(made), as_csv(made), as_markdown(made, [replace(made, id="other")])):
        assert "ab" * 32 in text and "Some CPU" in text
        for canary in (*_CANARIES, str(tmp_path), socket.gethostname(), str(Path.home())):
            assert canary.lower() not in text.lower(), canary


def _labelled(entry: ModelEntry) -> BenchRun:
    info = read_chat_model_info(entry.path)
    private = ("Canary-User", "canary-host")
    return replace(run(), machine=machine_label(_canary_machine()), model=model_label(entry, info, private))


@pytest.mark.model
def test_a_real_report_holds_nothing_of_this_computer(services: Services) -> None:
    plan = BenchPlan((8,), (1,), repeats=1, n_generate=2)
    made = services.benches.measure(_order(services, plan), BenchWatch())
    names = {str(Path.home()), str(services.paths.models.parent), str(Path.cwd()), socket.gethostname()}
    names |= {getpass.getuser()} - {"root"}  # the name of a part of most words on servers
    for text in (as_json(made), as_csv(made), as_markdown(made)):
        assert not [name for name in names if len(name) > 2 and name.lower() in text.lower()]


def test_names_are_left_out_in_any_case() -> None:
    assert without_names("model-of-ANNA.Q4", ["anna", "an"]) == "model-of-….Q4"


def test_the_system_is_told_without_who_has_built_it() -> None:
    assert json.dumps(system_label())
    assert socket.gethostname().lower() not in system_label().lower()


@pytest.mark.model
def test_the_monitor_sees_the_engine_that_is_measured(home: Path) -> None:
    del home
    seen: set[str] = set()

    def look(sample: ResourceSample) -> None:
        seen.update(engine.name for engine in sample.engines)

    with build_services(find_paths()) as services:
        services.monitor.on_sample(look)
        services.monitor.start(period_s=0.1)
        plan = BenchPlan((64,), (1,), n_generate=100, repeats=1)
        services.benches.measure(_order(services, plan), BenchWatch())
    assert seen == {"SmolLM2-135M-Instruct.Q4_1 (bench)"}
