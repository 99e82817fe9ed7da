"""The content network's answers, as RFC 9110 has them; seen by a raw client."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.hub import File, Hub, Noise, Stall, repository, text_file

SIZE = 3_000_000
NOISE = Noise(SIZE)
FILE = "/acme/Noise-GGUF/resolve/main/big.gguf"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub(repository("acme/Noise-GGUF", File("big.gguf", NOISE), text_file("notes.txt", "a few words"))) as made:
        yield made


def _address(client: httpx2.Client, hub: Hub) -> str:
    return client.get(hub.endpoint + FILE, follow_redirects=False).headers["location"]


def test_the_hub_redirects_to_another_host_and_tells_of_the_file_itself(client: httpx2.Client, hub: Hub) -> None:
    for method in ("GET", "HEAD"):
        told = client.request(method, hub.endpoint + FILE, follow_redirects=False)
        assert told.status_code == 302
        assert told.headers["x-linked-etag"] == f'"{NOISE.sha256}"'
        assert told.headers["x-linked-size"] == str(SIZE)
        assert len(told.headers["x-repo-commit"]) == 40
        assert told.headers["location"].startswith(hub.cdn_url)


def test_the_content_network_knows_another_etag_and_nothing_of_the_hub(client: httpx2.Client, hub: Hub) -> None:
    answer = client.head(_address(client, hub))
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, str(SIZE), b"")
    assert answer.headers["accept-ranges"] == "bytes"
    assert len(answer.headers["etag"]) == 66 and NOISE.sha256 not in answer.headers["etag"]
    assert not {"x-linked-etag", "x-linked-size", "x-repo-commit"} & set(answer.headers)


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, SIZE),
        ("bytes=1000-1999", 1000, 2000),
        ("bytes=2999999-", SIZE - 1, SIZE),
        ("bytes=2999000-9999999", 2_999_000, SIZE),
        ("bytes=-500", SIZE - 500, SIZE),
        ("bytes=-99999999", 0, SIZE),
    ],
)
def test_a_range_is_answered_with_its_bytes_and_place(
    client: httpx2.Client, hub: Hub, asked: str, start: int, stop: int
) -> None:
    answer = client.get(hub.endpoint + FILE, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.content == NOISE.read(start, stop)


@pytest.mark.parametrize("asked", ["bytes=3000000-", "bytes=9999999-99999999", "bytes=5-4", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused_with_the_size(client: httpx2.Client, hub: Hub, asked: str) -> None:
    answer = client.get(hub.endpoint + FILE, headers={"Range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize("asked", ["bytes=0-1,5-9", "lines=1-2", "bytes=-", "nonsense"])
def test_a_range_of_another_form_is_not_heeded(client: httpx2.Client, hub: Hub, asked: str) -> None:
    answer = client.get(hub.endpoint + FILE, headers={"Range": asked})
    assert (answer.status_code, len(answer.content)) == (200, SIZE)


def test_a_range_is_given_only_while_the_etag_is_the_one_named(client: httpx2.Client, hub: Hub) -> None:
    etag = client.head(hub.endpoint + FILE).headers["etag"]
    for condition, status in ((etag, 206), ('"another"', 200), (f"W/{etag}", 200), (etag.strip('"'), 200)):
        answer = client.get(hub.endpoint + FILE, headers={"Range": "bytes=10-19", "If-Range": condition})
        assert answer.status_code == status


def test_several_ranges_come_at_the_same_time(client: httpx2.Client, hub: Hub) -> None:
    stalls = [hub.order(Stall(after="middle"), "blob") for _ in range(4)]
    step = SIZE // 4
    spans = [(at, at + step) for at in range(0, SIZE, step)]

    def fetch(span: tuple[int, int]) -> bytes:
        return client.get(hub.endpoint + FILE, headers={"Range": f"bytes={span[0]}-{span[1] - 1}"}).content

    with ThreadPoolExecutor(4) as pool:
        parts = [pool.submit(fetch, span) for span in spans]
        hub.journal.wait_for(lambda seen: sum(each.is_held for each in seen) == len(stalls))
        hub.release()
        assert b"".join(part.result() for part in parts) == NOISE.read()


def test_a_signed_address_is_good_until_it_expires(client: httpx2.Client, hub: Hub) -> None:
    address = _address(client, hub)
    assert client.head(address).status_code == 200
    hub.expire_links()
    assert client.get(address).status_code == 403
    assert client.head(_address(client, hub)).status_code == 200


def test_the_content_network_may_allow_one_connection_at_a_time(client: httpx2.Client, hub: Hub) -> None:
    hub.limit_connections(1)
    hub.order(Stall(after="middle"), "blob")
    with client.stream("GET", hub.endpoint + FILE):
        hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
        assert client.get(hub.endpoint + FILE).status_code == 403
    hub.journal.wait_for(lambda seen: all(each.is_over for each in seen))
    assert client.get(hub.endpoint + FILE).status_code == 200


def test_a_small_file_lies_at_another_path_of_the_hub(client: httpx2.Client, hub: Hub) -> None:
    answer = client.get(f"{hub.endpoint}/acme/Noise-GGUF/resolve/main/notes.txt")
    assert (answer.text, [each.status_code for each in answer.history]) == ("a few words", [307])
    assert len(answer.headers["etag"]) == 42
    assert answer.headers["x-repo-commit"] == answer.history[0].headers["x-repo-commit"]
    assert {each.door for each in hub.journal.seen()} == {"hub"}


def test_requests_and_bytes_are_counted_by_file(client: httpx2.Client, hub: Hub) -> None:
    client.get(hub.endpoint + FILE, headers={"Range": "bytes=0-999"})
    client.get(hub.endpoint + FILE, headers={"Range": "bytes=5-9", "Authorization": "Bearer nobody"})
    (seen,) = hub.journal.seen("*.gguf", "blob")
    assert (seen.bytes_sent, seen.status, seen.door) == (1000, 206, "cdn")
    assert [each.status for each in hub.journal.seen(kind="resolve")] == [302, 401]
    assert seen.as_json()["range"] == "bytes=0-999"
