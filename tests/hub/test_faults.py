"""Each fault does what it says, seen by a raw client."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx2
import pytest
from huggingface_hub.utils._http import parse_ratelimit_headers

from tests.hub import (
    BadJson,
    CaptivePortal,
    Fault,
    File,
    GoAway,
    Hub,
    Noise,
    NotHttp,
    NotSatisfiable,
    OtherETag,
    OtherHeaders,
    RangeIgnored,
    Redirect,
    Reset,
    SlowHead,
    Stall,
    Status,
    TooLong,
    TooShort,
    Trickle,
    Truncate,
    WrongBytes,
    WrongContentRange,
    WrongRange,
    rate_limited,
    repository,
    throttle,
    too_many_requests,
)
from tests.hub.faults import Place

SIZE = 400_000
NOISE = Noise(SIZE)
REPO = "acme/Noise-GGUF"
FILE = f"/{REPO}/resolve/main/big.gguf"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub(repository(REPO, File("big.gguf", NOISE)), tokens={"hf_in": set()}) as made:
        yield made


class Got:
    """What came of one request: as much as arrived, and how it ended."""

    def __init__(self, client: httpx2.Client, url: str, **headers: str) -> None:
        self.data = b""
        self.error: httpx2.HTTPError | None = None
        self.status = 0
        self.headers = httpx2.Headers()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            with client.stream("GET", url, headers=sent) as answer:
                self.status, self.headers = answer.status_code, answer.headers
                for piece in answer.iter_raw():
                    self.data += piece
        except httpx2.HTTPError as error:
            self.error = error


def test_without_faults_all_is_well(client: httpx2.Client, hub: Hub) -> None:
    got = Got(client, hub.endpoint + FILE)
    assert (got.status, got.error, got.data == NOISE.read()) == (200, None, True)


@pytest.mark.parametrize("status", [500, 503, 404, 401, 403, 410])
def test_a_status_in_the_place_of_the_answer(client: httpx2.Client, hub: Hub, status: int) -> None:
    hub.order(Status(status, "sorry"), "blob")
    got = Got(client, hub.endpoint + FILE)
    assert (got.status, got.data) == (status, b"sorry")
    assert Got(client, hub.endpoint + FILE).status == 200


def test_too_many_requests_says_when_to_come_again(client: httpx2.Client, hub: Hub) -> None:
    hub.order(too_many_requests(7), "list")
    answer = client.get(f"{hub.endpoint}/api/models")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_the_hubs_own_rate_limit_is_told_in_other_headers(client: httpx2.Client, hub: Hub) -> None:
    hub.order(rate_limited(42), "resolve")
    answer = client.get(hub.endpoint + FILE)
    told = parse_ratelimit_headers(answer.headers)
    assert told is not None and (answer.status_code, told.remaining, told.reset_in_seconds) == (429, 0, 42)
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize(("after", "n_bytes"), [("start", 0), ("middle", SIZE // 2), ("end", SIZE - 1), (1234, 1234)])
def test_a_broken_line_is_reset_at_the_very_byte(client: httpx2.Client, hub: Hub, after: Place, n_bytes: int) -> None:
    hub.order(Reset(after), "blob")
    got = Got(client, hub.endpoint + FILE)
    assert isinstance(got.error, httpx2.ReadError)
    assert got.data == NOISE.read(0, n_bytes)


def test_a_line_may_break_before_the_head(client: httpx2.Client, hub: Hub) -> None:
    hub.order(Reset(None), "resolve")
    got = Got(client, hub.endpoint + FILE)
    assert isinstance(got.error, httpx2.ReadError) and got.status == 0


def test_a_broken_line_on_resume_leaves_the_first_request_alone(client: httpx2.Client, hub: Hub) -> None:
    hub.order(Reset(500), "blob", resumed=True)
    assert Got(client, hub.endpoint + FILE).error is None
    assert Got(client, hub.endpoint + FILE, range="bytes=0-99").error is None
    got = Got(client, hub.endpoint + FILE, range="bytes=1000-")
    assert isinstance(got.error, httpx2.ReadError) and got.data == NOISE.read(1000, 1500)


def test_a_truncated_answer_misses_bytes_that_were_told(client: httpx2.Client, hub: Hub) -> None:
    hub.order(Truncate("end"), "blob")
    got = Got(client, hub.endpoint + FILE)
    assert isinstance(got.error, httpx2.RemoteProtocolError) and got.data == NOISE.read(0, SIZE - 1)


def test_a_silently_truncated_answer_looks_whole(client: httpx2.Client, hub: Hub) -> None:
    hub.order(Truncate(1000, silent=True), "blob")
    got = Got(client, hub.endpoint + FILE)
    assert (got.status, got.error, len(got.data), "content-length" in got.headers) == (200, None, 1000, False)


def test_no_answer_at_all(client: httpx2.Client, hub: Hub) -> None:
    hub.order(Truncate(None), "blob")
    assert isinstance(Got(client, hub.endpoint + FILE).error, httpx2.RemoteProtocolError)


def test_an_answer_may_be_shorter_than_what_was_asked_for(client: httpx2.Client, hub: Hub) -> None:
    hub.order(TooShort(100), "blob")
    got = Got(client, hub.endpoint + FILE, range="bytes=0-999")
    assert (got.status, got.error, got.data) == (206, None, NOISE.read(0, 900))


def test_an_answer_may_be_longer_than_the_file(client: httpx2.Client, hub: Hub) -> None:
    hub.order(TooLong(100), "blob")
    got = Got(client, hub.endpoint + FILE)
    assert (got.error, len(got.data), got.data[:SIZE]) == (None, SIZE + 100, NOISE.read())
    assert got.headers["content-length"] == str(SIZE + 100)


def test_bytes_after_the_end_do_not_count_and_end_the_connection(client: httpx2.Client, hub: Hub) -> None:
    hub.order(TooLong(100, told=False), "blob")
    assert Got(client, hub.endpoint + FILE).data == NOISE.read()
    assert Got(client, hub.endpoint + FILE).data == NOISE.read()


def test_a_stalled_answer_goes_on_when_it_is_released(client: httpx2.Client, hub: Hub) -> None:
    hub.order(Stall(1000), "blob")
    with client.stream("GET", hub.endpoint + FILE) as answer:
        hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
        assert hub.journal.seen(kind="blob")[0].bytes_sent == 1000
        hub.release()
        assert answer.read() == NOISE.read()


@pytest.mark.parametrize("after", ["middle", None])
def test_a_stalled_answer_runs_into_the_clients_limit(client: httpx2.Client, hub: Hub, after: Place | None) -> None:
    hub.order(Stall(after), "blob")
    client.timeout = httpx2.Timeout(5, read=0.05)
    assert isinstance(Got(client, hub.endpoint + FILE).error, httpx2.ReadTimeout)


def test_a_client_that_leaves_ends_a_stall(hub: Hub) -> None:
    hub.order(Stall("middle"), "blob")
    with httpx2.Client(follow_redirects=True, trust_env=False) as client, client.stream("GET", hub.endpoint + FILE):
        hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
    hub.journal.wait_for(lambda seen: all(each.is_over for each in seen))


def test_closing_the_hub_ends_a_stall() -> None:
    with (
        Hub(repository(REPO, File("big.gguf", NOISE))) as hub,
        httpx2.Client(follow_redirects=True, trust_env=False) as client,
    ):
        hub.order(Stall("middle"), "blob")
        with client.stream("GET", hub.endpoint + FILE) as answer:
            hub.close()
            with pytest.raises(httpx2.HTTPError):
                answer.read()


def test_a_trickle_comes_byte_by_byte(client: httpx2.Client, hub: Hub) -> None:
    hub.order(Trickle(after=SIZE - 5, pause_s=0.001), "blob")
    assert Got(client, hub.endpoint + FILE).data == NOISE.read()
    hub.order(Trickle(pause_s=60), "blob")
    client.timeout = httpx2.Timeout(5, read=0.05)
    assert isinstance(Got(client, hub.endpoint + FILE).error, httpx2.ReadTimeout)


def test_a_throttled_answer_takes_its_time_and_is_whole(client: httpx2.Client, hub: Hub) -> None:
    hub.order(throttle(4_000_000), "blob")
    assert Got(client, hub.endpoint + FILE).data == NOISE.read()


def test_a_slow_head_arrives(client: httpx2.Client, hub: Hub) -> None:
    hub.order(SlowHead(pause_s=0.0001), "blob")
    got = Got(client, hub.endpoint + FILE)
    assert (got.status, got.data) == (200, NOISE.read())


@pytest.mark.parametrize(("after", "wrong"), [("start", 0), ("middle", SIZE // 2), ("end", SIZE - 1), (77, 77)])
def test_wrong_bytes_of_the_right_size(client: httpx2.Client, hub: Hub, after: Place, wrong: int) -> None:
    hub.order(WrongBytes(after), "blob")
    got = Got(client, hub.endpoint + FILE)
    assert (got.status, got.error) == (200, None)
    assert [at for at, (is_, was) in enumerate(zip(got.data, NOISE.read(), strict=True)) if is_ != was] == [wrong]


def test_an_etag_that_changes_midway_ends_resuming(client: httpx2.Client, hub: Hub) -> None:
    hub.order(OtherETag('"new"'), "blob", nth=2, times=None)
    etag = Got(client, hub.endpoint + FILE, range="bytes=0-9").headers["etag"]
    got = Got(client, hub.endpoint + FILE, range="bytes=10-", if_range=etag)
    assert (got.status, got.headers["etag"], len(got.data)) == (200, '"new"', SIZE)


def test_the_hubs_own_hash_of_the_file_may_be_wrong(client: httpx2.Client, hub: Hub) -> None:
    hub.order(OtherETag('"0000"'), "resolve")
    assert client.head(hub.endpoint + FILE, follow_redirects=False).headers["x-linked-etag"] == '"0000"'


def test_a_range_may_be_ignored(client: httpx2.Client, hub: Hub) -> None:
    hub.order(RangeIgnored(), "blob")
    got = Got(client, hub.endpoint + FILE, range="bytes=1000-1999")
    assert (got.status, len(got.data), "content-range" in got.headers) == (200, SIZE, False)


def test_a_content_range_may_be_wrong_over_right_bytes(client: httpx2.Client, hub: Hub) -> None:
    hub.order(WrongContentRange(shift=5), "blob")
    hub.order(WrongContentRange(value="bytes 0-9/*"), "blob", nth=2)
    hub.order(WrongContentRange(value=""), "blob", nth=3)
    told = []
    for _ in range(3):
        got = Got(client, hub.endpoint + FILE, range="bytes=1000-1999")
        assert (got.status, got.data) == (206, NOISE.read(1000, 2000))
        told.append(got.headers.get("content-range"))
    assert told == [f"bytes 1005-2004/{SIZE}", "bytes 0-9/*", None]


def test_another_range_than_asked_for_may_come(client: httpx2.Client, hub: Hub) -> None:
    hub.order(WrongRange(shift=10), "blob")
    got = Got(client, hub.endpoint + FILE, range="bytes=1000-1999")
    assert (got.headers["content-range"], got.data) == (f"bytes 1010-2009/{SIZE}", NOISE.read(1010, 2010))


def test_a_good_range_may_be_refused(client: httpx2.Client, hub: Hub) -> None:
    hub.order(NotSatisfiable(told_size=10), "blob")
    got = Got(client, hub.endpoint + FILE, range="bytes=1000-1999")
    assert (got.status, got.headers["content-range"]) == (416, "bytes */10")


def test_a_redirect_may_lead_round_in_a_circle(client: httpx2.Client, hub: Hub) -> None:
    hub.order(Redirect(), "resolve", times=None)
    assert isinstance(Got(client, hub.endpoint + FILE).error, httpx2.TooManyRedirects)


def test_a_redirect_may_lead_to_a_stranger_and_a_leaked_token_is_seen(client: httpx2.Client, hub: Hub) -> None:
    hub.order(Redirect(hub.elsewhere_url), "resolve")
    got = Got(client, hub.endpoint + FILE, authorization="Bearer hf_in")
    assert got.data == NOISE.read()
    assert [each.door for each in hub.journal.seen()] == ["hub", "elsewhere"]
    assert not hub.leaked_tokens()
    client.get(hub.elsewhere_url + FILE, headers={"Authorization": "Bearer hf_in"})
    assert len(hub.leaked_tokens()) == 1


@pytest.mark.parametrize("kind", ["list", "resolve", "blob"])
def test_a_captive_portal_answers_everything_with_its_page(client: httpx2.Client, hub: Hub, kind: str) -> None:
    hub.order(CaptivePortal(), times=None)
    urls = {"list": "/api/models", "resolve": FILE, "blob": FILE}
    answer = client.get(hub.endpoint + urls[kind])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Room number" in answer.text


def test_json_may_stop_in_the_middle(client: httpx2.Client, hub: Hub) -> None:
    hub.order(BadJson(), "list")
    hub.order(BadJson("[]"), "info")
    broken = client.get(f"{hub.endpoint}/api/models")
    assert broken.status_code == 200
    with pytest.raises(ValueError, match=r"."):
        broken.json()
    assert client.get(f"{hub.endpoint}/api/models/{REPO}").json() == []


def test_no_text_of_ours_breaks_the_head(client: httpx2.Client, hub: Hub) -> None:
    answer = client.get(f"{hub.endpoint}/api/models/{REPO}/revision/one%0D%0Atwo")
    assert (answer.status_code, answer.headers["x-error-message"]) == (404, "Invalid rev id: one__two")


def test_headers_may_lie(client: httpx2.Client, hub: Hub) -> None:
    hub.order(OtherHeaders({"Content-Disposition": 'attachment; filename="../../x"', "ETag": ""}), "blob")
    got = Got(client, hub.endpoint + FILE)
    assert (got.headers["content-disposition"], got.headers.get("etag")) == ('attachment; filename="../../x"', None)


def test_what_answers_may_not_speak_http(client: httpx2.Client, hub: Hub) -> None:
    hub.order(NotHttp(), "blob")
    assert isinstance(Got(client, hub.endpoint + FILE).error, httpx2.RemoteProtocolError)


def test_a_hub_that_goes_away_refuses_until_it_comes_back(client: httpx2.Client, hub: Hub) -> None:
    hub.order(GoAway(after=1000), "blob")
    got = Got(client, hub.endpoint + FILE)
    assert isinstance(got.error, httpx2.NetworkError | httpx2.RemoteProtocolError)
    assert isinstance(Got(client, hub.endpoint + FILE).error, httpx2.ConnectError)
    hub.come_back()
    assert Got(client, hub.endpoint + FILE).data == NOISE.read()


def test_one_door_may_refuse_while_the_others_are_open(client: httpx2.Client, hub: Hub) -> None:
    with hub.refusing("cdn"):
        assert client.get(f"{hub.endpoint}/api/models").status_code == 200
        assert isinstance(Got(client, hub.endpoint + FILE).error, httpx2.ConnectError)
    assert Got(client, hub.endpoint + FILE).data == NOISE.read()


def test_an_order_is_for_the_requests_it_names(client: httpx2.Client, hub: Hub) -> None:
    order = hub.order(Status(503), "blob", file="*.gguf", nth=2, times=2, method="GET")
    client.head(hub.endpoint + FILE)
    assert [Got(client, hub.endpoint + FILE).status for _ in range(4)] == [200, 503, 503, 200]
    assert order.n_matched == 4
    assert [each.fault for each in hub.journal.seen(kind="blob", method="GET")] == [None, "Status", "Status", None]


def test_of_two_orders_the_older_comes_first_and_the_other_after_it(client: httpx2.Client, hub: Hub) -> None:
    hub.order(Status(500), "blob")
    hub.order(Status(404), "blob", times=None)
    assert [Got(client, hub.endpoint + FILE).status for _ in range(2)] == [500, 404]
    hub.cancel_orders()
    assert Got(client, hub.endpoint + FILE).status == 200


def test_every_fault_leaves_no_thread_and_no_socket_behind() -> None:
    before = threading.active_count()
    faults: list[Fault] = [each() for each in Fault.__subclasses__() if each is not Status]
    with httpx2.Client(follow_redirects=True, trust_env=False, timeout=httpx2.Timeout(5, read=0.05)) as client:
        for fault in faults:
            with Hub(repository(REPO, File("big.gguf", NOISE))) as hub:
                hub.order(fault, "blob")
                Got(client, hub.endpoint + FILE, range="bytes=100-")
    assert threading.active_count() == before
