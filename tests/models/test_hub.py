"""Searching the hub and looking into repositories, through the real huggingface_hub over real HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from desktop_llm.errors import GatedError, HubError, HubNotFoundError, NetworkError, OfflineError
from desktop_llm.models.gguf.reader import parse_header
from desktop_llm.models.hub.files import HubFile, group_weights, quantization_of
from desktop_llm.models.hub.gate import NO_PROXY, Gate, NetworkRules, Why
from desktop_llm.models.hub.headers import HubHeaders
from desktop_llm.models.hub.hub import Hub as ModelHub
from desktop_llm.models.hub.hub import HubQuery
from desktop_llm.models.hub.ledger import Ledger
from tests.hub import BadJson, CaptivePortal, Fault, Hub, Reset, Status, repository, samples

_CARD = "# Tiny\n\nA model for tests."


@pytest.fixture
def hub() -> Iterator[Hub]:
    tiny = samples.small_models("acme/Tiny-GGUF", card=_CARD, downloads=7, likes=3)
    seeing = samples.split_model("acme/Seeing-GGUF", downloads=9)
    gated = samples.small_models("acme/Gated-GGUF", gated="manual", downloads=1)
    with Hub(tiny, seeing, gated, tokens={"hf_ok": {"acme/Gated-GGUF"}}) as hub:
        yield hub


@pytest.fixture
def world(hub: Hub, tmp_path: Path) -> SimpleNamespace:
    """The rules and the token in force, and the models' hub under them."""
    world = SimpleNamespace(rules=NetworkRules(endpoint=hub.endpoint, proxy=NO_PROXY), token=None)
    gate = Gate(lambda: world.rules, Ledger(tmp_path / "ledger.jsonl"), token=lambda: world.token)
    world.hub, world.gate = ModelHub(gate), gate
    return world


def test_a_search_finds_gguf_repositories_with_what_the_hub_tells_of_them(world: SimpleNamespace) -> None:
    hits = world.hub.search(HubQuery("gguf"))
    assert [hit.id for hit in hits] == ["acme/Seeing-GGUF", "acme/Tiny-GGUF", "acme/Gated-GGUF"]
    tiny = hits[1]
    assert (tiny.publisher, tiny.downloads, tiny.likes, tiny.licence, tiny.is_gated) == (
        "acme",
        7,
        3,
        "apache-2.0",
        False,
    )
    assert (tiny.architecture, tiny.n_ctx_train) == ("llama", 512)
    assert hits[2].is_gated


def test_a_search_can_be_narrowed(world: SimpleNamespace) -> None:
    assert [hit.id for hit in world.hub.search(HubQuery("tiny"))] == ["acme/Tiny-GGUF"]
    assert world.hub.search(HubQuery(author="nobody")) == ()
    assert world.hub.search(HubQuery(architecture="qwen")) == ()
    assert len(world.hub.search(HubQuery(architecture="LLaMA", limit=2))) == 2


def test_nothing_but_what_was_asked_for_goes_out(world: SimpleNamespace, hub: Hub) -> None:
    world.hub.search(HubQuery("tiny"))
    world.hub.repository("acme/Tiny-GGUF")
    kinds = [seen.kind for seen in hub.journal.seen()]
    assert kinds == ["list", "info"]
    for seen in hub.journal.seen():
        assert seen.request.headers["user-agent"] == "desktop-llm"
        assert "authorization" not in seen.request.headers
    assert {attempt.why for attempt in world.gate.ledger.attempts()} == {"search", "repository"}


def test_a_repository_shows_its_models_with_size_hash_and_commit(world: SimpleNamespace, hub: Hub) -> None:
    repo = world.hub.repository("acme/Tiny-GGUF")
    found = hub.shelf.find("acme/Tiny-GGUF")
    assert found is not None
    truth = {file.path: file for file in found.main.files}
    assert repo.commit == found.main.sha
    assert {each.quantization for each in repo.weights} == {"Q4_K_M", "Q8_0"}
    for each in repo.weights:
        (file,) = each.files
        assert (file.size_bytes, file.sha256) == (truth[file.path].size, truth[file.path].sha256)
        assert file.commit in file.url
    assert world.hub.card(repo) == _CARD
    assert repo.licence_file is not None
    assert repo.find("q8_0").name == "Tiny-Q8_0"


def test_parts_are_one_model_and_a_projector_is_none(world: SimpleNamespace) -> None:
    repo = world.hub.repository("acme/Seeing-GGUF")
    assert [each.name for each in repo.projectors] == ["mmproj-F16.gguf"]
    split = repo.find("Q4_K_M")
    assert (len(split.files), split.is_whole) == (3, True)
    assert split.size_bytes == sum(file.size_bytes for file in split.files)
    assert [each.name for each in repo.weights if len(each.files) == 1] == ["Seeing-Q2_K"]


def test_gated_files_need_a_token_of_who_was_accepted(world: SimpleNamespace) -> None:
    repo = world.hub.repository("acme/Gated-GGUF")
    with pytest.raises(GatedError, match="accepted its licence"):
        world.hub.read(repo.weights[0].files[0], 100, Why.DOWNLOAD)
    world.token = "hf_ok"
    assert world.hub.read(repo.weights[0].files[0], 4, Why.DOWNLOAD) == b"GGUF"


def test_what_the_hub_does_not_know_is_a_sentence(world: SimpleNamespace) -> None:
    for name in ("acme/nothing", "no/such/name", "../../etc", "acme/Tiny-GGUF\n"):
        with pytest.raises(HubNotFoundError):
            world.hub.repository(name)
    with pytest.raises(HubNotFoundError):
        world.hub.repository("acme/Tiny-GGUF", revision="0" * 40)


def test_offline_nothing_is_tried(world: SimpleNamespace, hub: Hub) -> None:
    world.rules = NetworkRules(is_offline=True, endpoint=hub.endpoint)
    with pytest.raises(OfflineError):
        world.hub.search(HubQuery("tiny"))
    assert not hub.journal.seen()


@pytest.mark.parametrize("fault", [Status(500), Status(503), BadJson(), CaptivePortal(), Reset()])
def test_a_hub_that_fails_is_a_sentence(world: SimpleNamespace, hub: Hub, fault: Fault) -> None:
    hub.order(fault, "list", "info", times=None)
    with pytest.raises(NetworkError) as searched:
        world.hub.search(HubQuery("tiny"))
    with pytest.raises(NetworkError):
        world.hub.repository("acme/Tiny-GGUF")
    assert "127.0.0.1" in str(searched.value)
    assert len(hub.journal.seen()) == 2


def test_another_endpoint_holds_from_the_next_question_on(world: SimpleNamespace) -> None:
    assert world.hub.search(HubQuery("tiny"))
    with Hub(repository("other/Else-GGUF", downloads=1)) as mirror:
        world.rules = NetworkRules(endpoint=mirror.endpoint, proxy=NO_PROXY)
        assert [hit.id for hit in world.hub.search(HubQuery())] == ["other/Else-GGUF"]


def test_a_header_is_read_with_few_bytes_and_kept_by_commit(world: SimpleNamespace, hub: Hub, tmp_path: Path) -> None:
    hub.add(samples.huge_model(size=50_000_000_000))
    file = world.hub.repository("acme/Huge-GGUF").weights[0].files[0]
    headers = HubHeaders(world.hub, tmp_path / "headers")
    data = headers.read(file)
    assert parse_header(data, file.size_bytes).metadata["general.name"] == "huge"
    assert hub.journal.bytes_sent("Huge-Q8_0.gguf") <= 2 * 1024 * 1024
    sent = len(hub.journal.seen())
    assert HubHeaders(world.hub, tmp_path / "headers").read(file) == data
    assert len(hub.journal.seen()) == sent


def test_a_file_that_is_no_model_has_no_header(world: SimpleNamespace, hub: Hub, tmp_path: Path) -> None:
    hub.order(CaptivePortal(), "blob", "resolve", times=None)
    file = world.hub.repository("acme/Tiny-GGUF").weights[0].files[0]
    with pytest.raises((HubError, ValueError)):
        HubHeaders(world.hub, tmp_path / "headers").read(file)
    assert not list((tmp_path / "headers").glob("*.header"))


@pytest.mark.parametrize(
    ("name", "quantization"),
    [
        ("Qwen3-4B-Instruct-2507-Q4_K_M.gguf", "Q4_K_M"),
        ("gemma-3-4b-it-q4_0.gguf", "Q4_0"),
        ("model-UD-Q4_K_XL.gguf", "UD-Q4_K_XL"),
        ("gpt-oss-20b-MXFP4.gguf", "MXFP4"),
        ("Phi-4-mini-instruct.BF16.gguf", "BF16"),
        ("llama-3.2-1b-fp16.gguf", "F16"),
        ("Meta-Llama-3-8B-IQ2_XXS.gguf", "IQ2_XXS"),
        ("qwen2.5-7b.gguf", ""),
        ("q3-model.gguf", "Q3"),
    ],
)
def test_quantizations_are_read_from_names(name: str, quantization: str) -> None:
    assert quantization_of(name) == quantization


def test_a_missing_part_is_seen() -> None:
    files = [HubFile("a/b", "c", f"x-Q8_0-0000{n}-of-00003.gguf", 5, None, "") for n in (1, 3)]
    (weights,) = group_weights(files)
    assert not weights.is_whole


def test_the_library_of_the_hub_is_only_imported_when_it_is_needed(tmp_path: Path) -> None:
    code = (
        "import sys; from desktop_llm.paths import find_paths; from desktop_llm.services import build_services\n"
        "with build_services(find_paths()) as s: pass\n"
        "print([n for n in ('huggingface_hub', 'httpx2', 'keyring', 'cryptography') if n in sys.modules])"
    )
    environment = {**os.environ, "DESKTOP_LLM_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
