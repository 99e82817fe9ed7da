"""The hub is faithful where the real `huggingface_hub` works with it over real HTTP as it does with the real one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from huggingface_hub import HfFileSystem, ModelCard, constants, file_download, hf_hub_download, set_client_factory
from huggingface_hub.errors import (
    DisabledRepoError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import get_hf_file_metadata, hf_hub_url, http_get
from huggingface_hub.hf_api import RepoFile
from huggingface_hub.utils import _http

from tests.conftest import ExpectLog
from tests.hub import Authority, File, Hub, Noise, Reset, Truncate, repository, samples
from tests.hub.conftest import Connect

SIZE = 300_000


@pytest.fixture
def hub() -> Iterator[Hub]:
    gated = repository("meta/Gated-GGUF", File("g.gguf", Noise(1000, 3)), gated="manual", licence="llama3.3")
    private = repository("acme/Private-GGUF", File("p.gguf", Noise(1000, 4)), private=True)
    plain = repository("acme/Noise-GGUF", File("big.gguf", Noise(SIZE)), downloads=7, old_ids=("acme/Old-GGUF",))
    tokens = {"hf_in": {gated.id, private.id}, "hf_out": set[str]()}
    closed = repository("acme/Closed-GGUF", File("c.gguf", Noise(10)), disabled=True)
    with Hub(samples.small_models(), samples.split_model(), gated, private, plain, closed, tokens=tokens) as made:
        yield made


def test_a_search_finds_by_words_author_label_and_size(hub: Hub, connect: Connect) -> None:
    api = connect(hub)
    found = [model.id for model in api.list_models(search="noise", filter="gguf")]
    assert found == ["acme/Noise-GGUF"]
    assert {model.id for model in api.list_models(author="meta")} == {"meta/Gated-GGUF"}
    assert {model.id for model in api.list_models(gated=True)} == {"meta/Gated-GGUF"}
    assert {model.id for model in api.list_models(num_parameters="min:1K,max:1M")} == {
        "acme/Tiny-GGUF",
        "acme/Seeing-GGUF",
    }
    assert not list(api.list_models(filter=["gguf", "license:mit"]))


def test_a_search_is_sorted_and_comes_in_pages(connect: Connect) -> None:
    with Hub(*samples.many(25), page_size=10) as hub:
        api = connect(hub)
        downloads = [model.downloads for model in api.list_models(sort="downloads")]
        assert downloads == list(range(24, -1, -1))
        assert len(hub.journal.seen(kind="list")) == 3
        assert [model.likes for model in api.list_models(sort="likes", limit=12)] == list(range(24, 12, -1))


def test_a_search_tells_little_unless_more_is_asked_for(hub: Hub, connect: Connect) -> None:
    api = connect(hub)
    (little,) = api.list_models(search="tiny")
    assert (little.sha, little.gguf, little.siblings, little.card_data) == (None, None, None, None)
    (full,) = api.list_models(search="tiny", full=True, cardData=True)
    assert full.author == "acme" and full.sha and full.siblings and full.last_modified
    assert full.card_data and full.card_data.license == "apache-2.0"
    (expanded,) = api.list_models(search="tiny", expand=["gguf", "downloads", "lastModified", "gated"])
    assert expanded.gguf and expanded.gguf["architecture"] == "llama"
    assert (expanded.downloads, expanded.gated, expanded.tags) == (0, False, None)


def test_a_private_repository_is_found_by_who_may_read_it_only(hub: Hub, connect: Connect) -> None:
    api = connect(hub)
    assert not list(api.list_models(search="private"))
    assert [model.id for model in api.list_models(search="private", token="hf_in")] == ["acme/Private-GGUF"]


def test_a_repository_tells_its_commit_and_its_files_with_size_and_hash(hub: Hub, connect: Connect) -> None:
    info = connect(hub).model_info("acme/Noise-GGUF", files_metadata=True)
    assert (info.id, info.author, info.downloads, info.gated) == ("acme/Noise-GGUF", "acme", 7, False)
    assert info.sha and len(info.sha) == 40
    assert info.card_data and info.card_data.license == "apache-2.0"
    files = {each.rfilename: each for each in info.siblings or []}
    big = files["big.gguf"]
    assert big.lfs and (big.size, big.lfs.size, big.lfs.sha256) == (SIZE, SIZE, Noise(SIZE).sha256)
    assert files["README.md"].lfs is None and files["README.md"].size


def test_a_repository_without_metadata_tells_names_alone(hub: Hub, connect: Connect) -> None:
    info = connect(hub).model_info("acme/Noise-GGUF")
    assert [(each.rfilename, each.size) for each in info.siblings or []] == [("README.md", None), ("big.gguf", None)]


def test_a_repository_tells_what_its_models_are(hub: Hub, connect: Connect) -> None:
    info = connect(hub).model_info("acme/Tiny-GGUF")
    assert info.gguf == {"total": 26784, "architecture": "llama", "context_length": 512}


def test_a_licence_of_ones_own_is_told_with_its_name(hub: Hub, connect: Connect) -> None:
    own = {"license_name": "acme-1", "license_link": "https://example.org/licence"}
    hub.add(repository("acme/Own-GGUF", File("o.gguf", Noise(10)), licence="other", metadata=own))
    info = connect(hub).model_info("acme/Own-GGUF")
    assert info.card_data and info.card_data.to_dict() == own | {  # type: ignore[no-untyped-call]
        "license": "other",
        "pipeline_tag": "text-generation",
        "library_name": "gguf",
    }
    assert "license:other" in (info.tags or [])


def test_a_repository_that_was_renamed_is_found_under_its_old_name(hub: Hub, connect: Connect) -> None:
    assert connect(hub).model_info("acme/Old-GGUF").id == "acme/Noise-GGUF"


def test_each_commit_keeps_its_files(hub: Hub, connect: Connect) -> None:
    api = connect(hub)
    first = api.model_info("acme/Noise-GGUF").sha
    before = next(repo for repo in hub.repositories() if repo.id == "acme/Noise-GGUF")
    hub.add(before.with_commit(File("big.gguf", Noise(500, 8))))
    second = api.model_info("acme/Noise-GGUF")
    assert first and second.sha != first and second.last_modified
    old, new = (api.model_info("acme/Noise-GGUF", revision=each, files_metadata=True) for each in (first, "main"))
    sizes = [{each.rfilename: each.size for each in info.siblings or []}["big.gguf"] for info in (old, new)]
    assert sizes == [SIZE, 500]
    assert [each.commit_id for each in api.list_repo_commits("acme/Noise-GGUF")] == [second.sha, first]
    assert api.list_repo_refs("acme/Noise-GGUF").branches[0].target_commit == second.sha


def test_the_tree_lists_folders_and_files_with_their_hashes(hub: Hub, connect: Connect) -> None:
    api = connect(hub)
    top = {each.path: each for each in api.list_repo_tree("acme/Seeing-GGUF")}
    assert set(top) == {"README.md", "LICENSE", "Q4_K_M", "Seeing-Q2_K.gguf", "mmproj-F16.gguf"}
    below = [each.path for each in api.list_repo_tree("acme/Seeing-GGUF", "Q4_K_M")]
    assert below == [f"Q4_K_M/Seeing-Q4_K_M-0000{i}-of-00003.gguf" for i in (1, 2, 3)]
    whole = list(api.list_repo_tree("acme/Seeing-GGUF", recursive=True, expand=True))
    assert len(whole) == 8
    projector = next(each for each in whole if each.path == "mmproj-F16.gguf")
    assert isinstance(projector, RepoFile) and projector.lfs and projector.last_commit and projector.security
    assert projector.lfs.sha256 == samples.split_model().main.files[-1].sha256
    assert projector.xet_hash and projector.xet_hash != projector.lfs.sha256


def test_a_long_tree_comes_in_pages(connect: Connect) -> None:
    files = [File(f"part-{i:03}.gguf", Noise(10, i)) for i in range(120)]
    with Hub(repository("acme/Many-GGUF", *files)) as hub:
        api = connect(hub)
        assert len(list(api.list_repo_tree("acme/Many-GGUF", expand=True))) == 121
        assert len(hub.journal.seen(kind="tree")) == 3


def test_single_paths_can_be_asked_for(hub: Hub, connect: Connect) -> None:
    (found,) = connect(hub).get_paths_info("acme/Noise-GGUF", ["big.gguf", "absent.gguf"])
    assert isinstance(found, RepoFile) and found.lfs and found.lfs.sha256 == Noise(SIZE).sha256


def test_a_large_files_address_tells_commit_size_and_sha256_before_it_redirects(hub: Hub, connect: Connect) -> None:
    api = connect(hub)
    told = get_hf_file_metadata(hf_hub_url("acme/Noise-GGUF", "big.gguf", endpoint=hub.endpoint))
    assert told.commit_hash == api.model_info("acme/Noise-GGUF").sha
    assert (told.size, told.etag) == (SIZE, Noise(SIZE).sha256)
    assert told.location.startswith(hub.cdn_url)


def test_files_are_downloaded_through_the_redirect_and_the_token_stays_at_the_hub(
    hub: Hub, connect: Connect, tmp_path: Path
) -> None:
    connect(hub)
    path = hf_hub_download("acme/Private-GGUF", "p.gguf", endpoint=hub.endpoint, token="hf_in", local_dir=tmp_path)
    assert Path(path).read_bytes() == Noise(1000, 4).read()
    assert [each.door for each in hub.journal.seen("p.gguf", method="GET")][-1] == "cdn"
    assert not hub.leaked_tokens()


def test_a_small_file_and_the_card_are_downloaded(hub: Hub, connect: Connect, tmp_path: Path) -> None:
    api = connect(hub)
    path = api.hf_hub_download("acme/Tiny-GGUF", "LICENSE", local_dir=tmp_path)
    assert Path(path).read_text().startswith("Apache License")
    card = ModelCard(Path(api.hf_hub_download("acme/Tiny-GGUF", "README.md", local_dir=tmp_path)).read_text())
    assert "license: apache-2.0" in str(card.data)


def test_a_dry_run_tells_what_would_be_downloaded(hub: Hub, connect: Connect, tmp_path: Path) -> None:
    told = connect(hub).hf_hub_download("acme/Noise-GGUF", "big.gguf", cache_dir=tmp_path, dry_run=True)
    assert (told.file_size, told.will_download) == (SIZE, True)
    assert not hub.journal.bytes_sent("big.gguf")


def test_a_download_is_resumed_by_range(hub: Hub, connect: Connect) -> None:
    connect(hub)
    whole = Noise(SIZE).read()
    file = io.BytesIO(whole[:100_000])
    file.seek(0, io.SEEK_END)
    url = hf_hub_url("acme/Noise-GGUF", "big.gguf", endpoint=hub.endpoint)
    http_get(url, file, resume_size=100_000, expected_size=SIZE)
    assert file.getvalue() == whole
    assert hub.journal.bytes_sent("big.gguf") == SIZE - 100_000


def test_a_download_that_was_closed_early_goes_on_after_the_last_whole_chunk(
    hub: Hub, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log: ExpectLog
) -> None:
    expect_log("huggingface_hub")
    monkeypatch.setattr(file_download, "time", SimpleNamespace(sleep=lambda _: None))
    long = Noise(constants.DOWNLOAD_CHUNK_SIZE + 2_000_000)
    hub.add(repository("acme/Long-GGUF", File("long.gguf", long)))
    hub.order(Truncate(after=long.size - 1000), "blob")
    path = connect(hub).hf_hub_download("acme/Long-GGUF", "long.gguf", local_dir=tmp_path)
    assert Path(path).read_bytes() == long.read()
    first, second = hub.journal.seen("long.gguf", "blob")
    assert first.bytes_sent == long.size - 1000
    assert second.request.headers["range"] == f"bytes={constants.DOWNLOAD_CHUNK_SIZE}-"


def test_a_broken_line_ends_the_real_clients_download(hub: Hub, connect: Connect, tmp_path: Path) -> None:
    hub.order(Reset(after=123_456), "blob")
    with pytest.raises(httpx2.ReadError):
        connect(hub).hf_hub_download("acme/Noise-GGUF", "big.gguf", local_dir=tmp_path)


def test_a_file_is_read_by_range_through_the_file_system_interface(hub: Hub, connect: Connect) -> None:
    connect(hub)
    files = HfFileSystem(endpoint=hub.endpoint, token=False, skip_instance_cache=True)
    with files.open("acme/Noise-GGUF/big.gguf", "rb", block_size=4096) as file:
        file.seek(200_000)
        assert file.read(1000) == Noise(SIZE).read(200_000, 201_000)
    assert sum(each.bytes_sent for each in hub.journal.seen("big.gguf", "blob")) < 20_000


@pytest.mark.parametrize(("token", "status"), [(False, 401), ("hf_out", 403)])
def test_a_gated_file_is_refused_and_its_repository_is_told(
    hub: Hub, connect: Connect, tmp_path: Path, token: str | bool, status: int
) -> None:
    api = connect(hub)
    assert api.model_info("meta/Gated-GGUF", token=token).gated == "manual"
    with pytest.raises(GatedRepoError) as caught:
        api.hf_hub_download("meta/Gated-GGUF", "g.gguf", token=token, local_dir=tmp_path)
    assert caught.value.response.status_code == status


def test_a_gated_file_is_given_to_who_accepted(hub: Hub, connect: Connect, tmp_path: Path) -> None:
    path = connect(hub).hf_hub_download("meta/Gated-GGUF", "g.gguf", token="hf_in", local_dir=tmp_path)
    assert Path(path).read_bytes() == Noise(1000, 3).read()


def test_what_does_not_exist_is_named_to_who_is_logged_in(hub: Hub, connect: Connect, tmp_path: Path) -> None:
    api = connect(hub)
    with pytest.raises(RepositoryNotFoundError):
        api.model_info("acme/Absent", token="hf_out")
    with pytest.raises(RepositoryNotFoundError):
        api.model_info("acme/Private-GGUF", token="hf_out")
    with pytest.raises(RevisionNotFoundError):
        api.model_info("acme/Noise-GGUF", revision="absent")
    with pytest.raises(EntryNotFoundError):
        api.hf_hub_download("acme/Noise-GGUF", "absent.gguf", local_dir=tmp_path)
    with pytest.raises(DisabledRepoError):
        api.model_info("acme/Closed-GGUF")


def test_what_does_not_exist_is_not_told_from_what_is_private_to_who_is_not_logged_in(
    hub: Hub, connect: Connect
) -> None:
    api = connect(hub)
    for repo_id in ("acme/Absent", "acme/Private-GGUF"):
        with pytest.raises(HfHubHTTPError) as caught:
            api.model_info(repo_id)
        assert caught.value.response.status_code == 401


def test_a_token_that_nobody_has_is_refused(hub: Hub, connect: Connect) -> None:
    api = connect(hub)
    with pytest.raises(HfHubHTTPError, match="Invalid credentials"):
        api.model_info("acme/Noise-GGUF", token="hf_wrong")
    assert api.whoami(token="hf_in")["name"] == "tester"


def test_over_tls_a_missing_repository_has_the_error_of_the_real_hub(connect: Connect, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    trusting = authority.client_context()
    with Hub(samples.small_models(), authority=authority) as hub:
        api = connect(hub)
        set_client_factory(lambda: httpx2.Client(verify=trusting, follow_redirects=True, trust_env=False))
        try:
            path = api.hf_hub_download("acme/Tiny-GGUF", "Tiny-Q8_0.gguf", local_dir=tmp_path)
            assert Path(path).stat().st_size == 115_424
            with pytest.raises(RepositoryNotFoundError):
                api.model_info("acme/Absent")
        finally:
            set_client_factory(_http.default_client_factory)
