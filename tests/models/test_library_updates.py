"""Whether the hub has another version of a model, asked of the real client over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.errors import LibraryError, OfflineError
from desktop_llm.models.hub.gate import NO_PROXY, Gate, NetworkRules
from desktop_llm.models.hub.hub import Hub as ModelHub
from desktop_llm.models.hub.ledger import Ledger
from desktop_llm.models.library.records import FileFacts, Record, Source
from desktop_llm.models.library.update_check import Freshness, check_update
from tests.hub import Hub, samples
from tests.hub.content import InMemory
from tests.hub.repository import File, Repository, text_file

_REPO = "acme/Tiny-GGUF"
_PATH = "Tiny-Q8_0.gguf"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub(samples.small_models(_REPO)) as hub:
        yield hub


def _model_hub(hub: Hub, folder: Path, *, is_offline: bool = False) -> ModelHub:
    rules = NetworkRules(is_offline=is_offline, endpoint=hub.endpoint, proxy=NO_PROXY)
    return ModelHub(Gate(lambda: rules, Ledger(folder / "ledger.jsonl")))


def _there(hub: Hub) -> Repository:
    found = hub.shelf.find(_REPO)
    assert found is not None
    return found


def _record(repo: Repository, sha256: str | None = "") -> Record:
    file = repo.main.file(_PATH)
    assert file is not None
    known = file.sha256 if sha256 == "" else sha256
    facts = FileFacts(Path("/models") / _PATH, file.size, 1, known)
    return Record((facts,), 1.0, source=Source(_REPO, repo.main.sha, _PATH))


def test_the_same_commit_is_current_without_a_second_question(hub: Hub, tmp_path: Path) -> None:
    update = check_update(_model_hub(hub, tmp_path), _record(_there(hub)), "Tiny")
    assert (update.freshness, update.commit) == (Freshness.CURRENT, _there(hub).main.sha)
    assert [seen.kind for seen in hub.journal.seen()] == ["info"]


def test_a_commit_that_leaves_the_file_alone_is_no_update(hub: Hub, tmp_path: Path) -> None:
    record = _record(_there(hub))
    hub.shelf.add(_there(hub).with_commit(text_file("NEWS.md", "new words")))
    asked = _model_hub(hub, tmp_path)
    assert check_update(asked, record, "Tiny").freshness is Freshness.CURRENT
    unread = replace(record, files=(replace(record.files[0], sha256=None),))
    assert check_update(asked, unread, "Tiny").freshness is Freshness.UNKNOWN


def test_other_bytes_under_the_same_name_are_an_update(hub: Hub, tmp_path: Path) -> None:
    record = _record(_there(hub))
    content = InMemory(samples.tiny("better").to_bytes())
    hub.shelf.add(_there(hub).with_commit(File(_PATH, content)))
    update = check_update(_model_hub(hub, tmp_path), record, "Tiny")
    assert (update.freshness, update.commit) == (Freshness.NEWER, _there(hub).main.sha)
    assert update.size_bytes == content.size


def test_a_file_or_repository_that_is_gone_is_said(hub: Hub, tmp_path: Path) -> None:
    record = _record(_there(hub))
    source = record.source
    assert source is not None
    asked = _model_hub(hub, tmp_path)
    hub.shelf.add(_there(hub).with_commit(text_file("NEWS.md", "new words")))
    renamed = replace(record, source=replace(source, path="Old-Q8_0.gguf"))
    assert check_update(asked, renamed, "Tiny").freshness is Freshness.GONE
    hub.shelf.remove(_REPO)
    assert check_update(asked, record, "Tiny").freshness is Freshness.GONE


def test_nothing_is_asked_offline_or_without_a_source(hub: Hub, tmp_path: Path) -> None:
    record = _record(_there(hub))
    with pytest.raises(OfflineError):
        check_update(_model_hub(hub, tmp_path, is_offline=True), record, "Tiny")
    for unknown in (replace(record, source=None), None):
        with pytest.raises(LibraryError):
            check_update(_model_hub(hub, tmp_path), unknown, "Tiny")
    assert not hub.journal.seen()
