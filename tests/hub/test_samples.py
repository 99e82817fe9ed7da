from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest

from desktop_llm.models.gguf.info import read_model_info
from tests.hub import Hub, samples
from tests.hub.conftest import Connect


def test_the_small_models_are_models_and_differ(tmp_path: Path) -> None:
    files = [file for file in samples.small_models().main.files if file.path.endswith(".gguf")]
    for file in files:
        (tmp_path / file.path).write_bytes(file.content.read())
        assert read_model_info(tmp_path / file.path).architecture == "llama"
    assert len({file.sha256 for file in files}) == 2


def test_a_split_model_says_in_every_part_which_it_is(tmp_path: Path) -> None:
    paths = [file.path for file in samples.split_model().main.files]
    assert [path for path in paths if path.startswith("Q4_K_M/")] == [
        f"Q4_K_M/Seeing-Q4_K_M-0000{number}-of-00003.gguf" for number in (1, 2, 3)
    ]
    parts = samples.split(samples.tiny(), 3)
    assert [(part.get("split.no"), part.get("split.count")) for part in parts] == [(0, 3), (1, 3), (2, 3)]
    assert sum(len(part.tensors) for part in parts) == len(samples.tiny().tensors)
    info = read_model_info(parts[0].write(tmp_path / "first.gguf"))
    assert (info.split_count, info.split_index) == (3, 0)


@pytest.mark.model
def test_the_engine_loads_a_split_model(tmp_path: Path) -> None:
    import llama_cpp

    for number, part in enumerate(samples.split(samples.tiny(), 3), 1):
        part.write(tmp_path / f"tiny-0000{number}-of-00003.gguf")
    model = llama_cpp.Llama(str(tmp_path / "tiny-00001-of-00003.gguf"), n_ctx=64, verbose=False)
    try:
        assert model.n_vocab() == 288
    finally:
        model.close()


def test_a_projector_is_known_as_one(tmp_path: Path) -> None:
    assert read_model_info(samples.projector().write(tmp_path / "mmproj.gguf")).is_projector


def test_fifty_gigabytes_take_no_room_and_end_where_they_should(client: httpx2.Client) -> None:
    repo = samples.huge_model()
    with Hub(repo) as hub:
        url = f"{hub.endpoint}/acme/Huge-GGUF/resolve/main/Huge-Q8_0.gguf"
        assert client.get(url, headers={"Range": "bytes=0-3"}).content == b"GGUF"
        last = client.get(url, headers={"Range": "bytes=-1000"})
        assert last.headers["content-range"] == "bytes 49999999000-49999999999/50000000000"
        assert last.content == repo.main.files[-1].content.read(49_999_999_000)


def test_hostile_names_reach_the_client_as_they_are(client: httpx2.Client) -> None:
    with Hub(samples.hostile_names()) as hub:
        told = client.get(f"{hub.endpoint}/api/models/mallory/Names-GGUF?blobs=true").content
    names = [each["rfilename"] for each in json.loads(told)["siblings"]]
    assert names == ["README.md", *samples.HOSTILE_PATHS]


def test_the_real_client_reads_hostile_names(connect: Connect) -> None:
    with Hub(samples.hostile_names()) as hub:
        info = connect(hub).model_info("mallory/Names-GGUF", files_metadata=True)
    assert [each.rfilename for each in info.siblings or []][1:] == list(samples.HOSTILE_PATHS)


def test_a_file_of_a_hostile_name_can_be_fetched_without_harm_to_the_head(client: httpx2.Client) -> None:
    names = ["new\nline.gguf", 'quote".gguf', "escape\x1b[31m.gguf", "../../escaped.gguf"]
    with Hub(samples.hostile_names(paths=names)) as hub:
        for name in ("new%0Aline.gguf", "quote%22.gguf", "escape%1B%5B31m.gguf", "..%2F..%2Fescaped.gguf"):
            answer = client.get(f"{hub.endpoint}/mallory/Names-GGUF/resolve/main/{name}")
            assert (answer.status_code, answer.content[:4]) == (200, b"GGUF")
            assert "\n" not in answer.headers["content-disposition"]
