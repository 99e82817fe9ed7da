"""One file over real HTTP from the test hub: whole and proven, or a typed error."""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
import ssl
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import inf
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest

from desktop_llm.errors import (
    DownloadCancelledError,
    DownloadError,
    GatedError,
    HubError,
    HubNotFoundError,
    NetworkError,
    NoSpaceError,
    OfflineError,
    WrongContentError,
)
from desktop_llm.models.download.part_file import Disk
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.download.transfer import Stage, Transfer, TransferOptions
from desktop_llm.models.download.transfer_crew import CrewOptions
from desktop_llm.models.download.transfer_pace import Bandwidth, Patience
from desktop_llm.models.hub.gate import NO_PROXY, Gate, NetworkRules, Why
from desktop_llm.models.hub.ledger import Ledger
from tests.hub import (
    Authority,
    CaptivePortal,
    Fault,
    File,
    Hub,
    Noise,
    NotHttp,
    NotSatisfiable,
    OtherETag,
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
    repository,
    too_many_requests,
)
from tests.hub.faults import Place

REPO, NAME = "acme/tiny-GGUF", "tiny.gguf"
KIB, MIB = 1024, 1024 * 1024
#: Long enough for a busy machine where nothing is expected to end; short where the end is what is tested.
QUICK = Patience(connect_s=5.0, stall_s=2.0, most_tries=4, first_wait_s=0.001, longest_wait_s=0.01)
#: For faults that only time ends.
HASTY = replace(QUICK, stall_s=0.25)


def options(connections: int = 1, patience: Patience = QUICK, disk: Disk | None = None) -> TransferOptions:
    crew = CrewOptions(
        connections, parallel_from_bytes=512 * KIB, piece_bytes=128 * KIB, alone_from_bytes_per_s=inf, patience=patience
    )
    return TransferOptions(crew, disk or Disk())


def client() -> httpx2.Client:
    """Trusts nobody: reading a list of authorities each time takes longer than a transfer here."""
    return httpx2.Client(trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


class Site:
    """A hub with one file, and a folder to fetch it to."""

    def __init__(self, hub: Hub, folder: Path, content: Noise) -> None:
        self.hub = hub
        self.content = content
        self.target = folder / NAME
        url = f"{hub.endpoint}/{REPO}/resolve/main/{NAME}"
        self.file = RemoteFile(REPO, "main", NAME, url, content.size, content.sha256)

    def transfer(self, **wishes: object) -> Transfer:
        return Transfer(self.file, self.target, client, options(**wishes))  # type: ignore[arg-type]

    def left(self) -> list[str]:
        return sorted(path.name for path in self.target.parent.iterdir())

    def assert_ready(self) -> None:
        assert self.target.read_bytes() == self.content.read()
        assert self.left() == [NAME]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    content = Noise(MIB + 7)
    with Hub(repository(REPO, File(NAME, content)), tokens={"hf_secret": set()}) as hub:
        yield Site(hub, tmp_path / "models", content)


@pytest.mark.parametrize("connections", [1, 4])
def test_a_file_arrives_whole_and_leaves_nothing_beside_it(site: Site, connections: int) -> None:
    transfer = site.transfer(connections=connections)
    transfer.run()
    site.assert_ready()
    assert transfer.progress.stage is Stage.READY
    assert site.hub.journal.bytes_sent(NAME) <= site.content.size + 1024


#: Each once, in the bytes' first request: what can be mended by another one is.
MENDED = {
    "500": Status(500),
    "503": Status(503),
    "408": Status(408),
    "429 with Retry-After": too_many_requests(0),
    "416": NotSatisfiable(),
    "an expired address": Status(403),
    "gone from the content network": Status(404),
    "reset before the head": Reset(None),
    "reset at the start": Reset("start"),
    "reset in the middle": Reset("middle"),
    "reset at the end": Reset("end"),
    "no answer": Truncate(None),
    "truncated at the start": Truncate("start"),
    "truncated in the middle": Truncate("middle"),
    "truncated at the end": Truncate("end"),
    "truncated silently": Truncate("middle", silent=True),
    "too short": TooShort(1000),
    "too long": TooLong(1000),
    "too long after its end": TooLong(1000, told=False),
    "stalled before the head": Stall(None),
    "stalled at the start": Stall("start"),
    "stalled in the middle": Stall("middle"),
    "stalled at the end": Stall("end"),
    "a trickle": Trickle("middle", pause_s=0.05),
    "a slow head": SlowHead(0.001),
    "wrong bytes at the start": WrongBytes("start"),
    "wrong bytes in the middle": WrongBytes("middle"),
    "wrong bytes at the end": WrongBytes("end"),
    "another ETag": OtherETag(),
    "Range ignored": RangeIgnored(),
    "a wrong Content-Range": WrongContentRange(),
    "a senseless Content-Range": WrongContentRange(value="bytes a-b/c"),
    "a Content-Range of another file": WrongContentRange(value="bytes 0-99/100"),
    "another range than asked for": WrongRange(),
    "a redirect in a circle": Redirect(),
    "a captive portal": CaptivePortal(),
    "no HTTP": NotHttp(),
}


@pytest.mark.parametrize("connections", [1, 4])
@pytest.mark.parametrize("fault", MENDED.values(), ids=MENDED)
def test_a_fault_that_passes_is_survived(site: Site, fault: Fault, connections: int) -> None:
    site.hub.order(fault, "blob")
    site.transfer(connections=connections, patience=HASTY).run()
    site.assert_ready()


@pytest.mark.parametrize("fault", MENDED.values(), ids=MENDED)
def test_a_fault_on_resume_is_survived(site: Site, fault: Fault) -> None:
    site.hub.order(Reset("middle"), "blob")
    site.hub.order(fault, "blob", resumed=True)
    site.transfer(patience=HASTY).run()
    site.assert_ready()


#: What the hub itself says of permission it means; its answers have no bytes that could trickle.
ON_THE_WAY = {name: fault for name, fault in MENDED.items() if not name.startswith(("an expired", "gone", "a trickle"))}


@pytest.mark.parametrize("fault", ON_THE_WAY.values(), ids=ON_THE_WAY)
def test_a_fault_on_the_way_to_the_address_is_survived(site: Site, fault: Fault) -> None:
    site.hub.order(fault, "resolve")
    site.transfer(patience=HASTY).run()
    site.assert_ready()


#: Again and again: one sentence says what is wrong.
LASTING: dict[str, tuple[Fault, type[NetworkError], str]] = {
    "500": (Status(500), HubError, "refused to send tiny.gguf \\(status 500\\)"),
    "401": (Status(401), GatedError, "accept the licence"),
    "403": (Status(403), GatedError, "accept the licence"),
    "404": (Status(404), HubNotFoundError, "no longer has"),
    "418": (Status(418), HubError, "status 418"),
    "416": (NotSatisfiable(), HubError, "status 416"),
    "a wait of an hour": (too_many_requests(3600), HubError, "status 429"),
    "reset": (Reset("start"), NetworkError, "connection to localhost broke"),
    "truncated": (Truncate("start"), NetworkError, "broke"),
    "too short": (TooShort(), DownloadError, "makes no sense"),
    "stalled": (Stall("start"), NetworkError, "stopped answering"),
    "wrong bytes": (WrongBytes(), WrongContentError, "thrown away"),
    "a wrong Content-Range": (WrongContentRange(), DownloadError, "makes no sense"),
    "another file": (WrongContentRange(value="bytes 0-99/100"), WrongContentError, "100 bytes where the hub promises"),
    "a redirect in a circle": (Redirect(), NetworkError, "in a circle"),
    "a captive portal": (CaptivePortal(), DownloadError, "web page"),
    "no HTTP": (NotHttp(), NetworkError, "broke"),
}


@pytest.mark.parametrize("connections", [1, 4])
@pytest.mark.parametrize("name", LASTING)
def test_a_fault_that_stays_is_told_in_a_sentence(site: Site, name: str, connections: int) -> None:
    fault, kind, sentence = LASTING[name]
    site.hub.order(fault, "blob", times=None)
    with pytest.raises(kind, match=sentence):
        site.transfer(connections=connections, patience=HASTY).run()
    assert not site.target.exists()


def test_a_server_without_ranges_is_enough(site: Site) -> None:
    site.hub.order(RangeIgnored(), "blob", times=None)
    site.transfer(connections=4).run()
    site.assert_ready()


def test_a_server_that_changes_its_etag_each_time_is_given_up(site: Site) -> None:
    for number in range(20):
        site.hub.order(Reset("middle"), "blob", nth=2 * number + 1)
        site.hub.order(OtherETag(f'"{number}"'), "blob", nth=1)
    with pytest.raises(DownloadError):
        site.transfer().run()
    assert not site.target.exists()


def test_an_unreachable_hub_is_told(site: Site) -> None:
    with site.hub.refusing(), pytest.raises(NetworkError, match="could not be reached"):
        site.transfer().run()
    site.transfer().run()
    site.assert_ready()


def test_a_host_with_an_untrusted_certificate_is_asked_once(tmp_path: Path) -> None:
    content = Noise(1000)
    with Hub(repository(REPO, File(NAME, content)), authority=Authority(tmp_path)) as hub:
        there = Site(hub, tmp_path, content)
        started = time.monotonic()
        with pytest.raises(NetworkError, match=r"certificate of 127\.0\.0\.1 is not trusted"):
            there.transfer(patience=Patience(first_wait_s=60.0, longest_wait_s=60.0)).run()
        assert time.monotonic() - started < 10


def test_retry_after_is_waited_for(site: Site) -> None:
    site.hub.order(too_many_requests(1), "blob")
    started = time.monotonic()
    site.transfer().run()
    assert time.monotonic() - started >= 1.0


def test_after_a_break_only_the_rest_is_fetched(site: Site) -> None:
    site.hub.order(Truncate(700_000), "blob")
    site.transfer().run()
    second = site.hub.journal.seen(NAME, "blob")[1].request.headers
    assert second["range"] == f"bytes=700000-{site.content.size - 1}"
    assert second["if-range"] == site.hub.journal.seen(NAME, "blob")[0].answer_headers["ETag"]


def test_an_address_that_expires_is_asked_for_anew(site: Site) -> None:
    site.hub.order(Reset("middle"), "blob", nth=3)
    transfer = site.transfer(connections=4)
    site.hub.order(Status(403), "blob", nth=4)
    transfer.run()
    site.assert_ready()


def test_the_hub_is_asked_once_for_many_pieces(site: Site) -> None:
    site.transfer(connections=2).run()
    assert len(site.hub.journal.seen(NAME, "resolve")) <= 2
    assert len(site.hub.journal.seen(NAME, "blob")) == 9


def test_a_server_that_is_fast_enough_is_asked_over_one_connection(site: Site) -> None:
    crew = CrewOptions(4, parallel_from_bytes=512 * KIB, piece_bytes=128 * KIB, alone_from_bytes_per_s=1.0)
    Transfer(site.file, site.target, client, TransferOptions(crew)).run()
    site.assert_ready()
    ranges = [each.request.headers["range"] for each in site.hub.journal.seen(NAME, "blob")]
    assert ranges == ["bytes=0-131071", f"bytes=131072-{site.content.size - 1}"]


def test_a_server_that_allows_one_connection_is_not_pressed(site: Site) -> None:
    site.hub.limit_connections(1)
    site.transfer(connections=4).run()
    site.assert_ready()


@pytest.mark.parametrize("connections", [1, 4])
@pytest.mark.parametrize("after", [None, "start", "middle", "end"])
def test_a_stop_is_heeded_at_once_and_keeps_what_has_come(site: Site, after: Place | None, connections: int) -> None:
    site.hub.order(Stall(after), "blob", times=None)
    transfer = site.transfer(connections=connections, patience=Patience())
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(transfer.run)
        site.hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
        started = time.monotonic()
        transfer.stop()
        with pytest.raises(DownloadCancelledError):
            run.result(10)
        assert time.monotonic() - started < 1.0  # 0.01 s on a quiet machine
    came = transfer.progress.received_bytes
    site.hub.cancel_orders()
    sent = site.hub.journal.bytes_sent(NAME)
    site.transfer().run()
    site.assert_ready()
    assert site.hub.journal.bytes_sent(NAME) - sent < site.content.size - came + 4096


def test_a_stop_while_waiting_for_another_try_is_heeded(site: Site) -> None:
    site.hub.order(too_many_requests(60), "blob")
    transfer = site.transfer(patience=Patience())
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(transfer.run)
        site.hub.journal.wait_for(lambda seen: any(each.status == 429 for each in seen))
        transfer.stop()
        with pytest.raises(DownloadCancelledError):
            run.result(10)


def test_bytes_come_no_faster_than_the_limit(site: Site) -> None:
    bandwidth = Bandwidth(2 * MIB)
    crew = CrewOptions(
        4, parallel_from_bytes=512 * KIB, piece_bytes=128 * KIB, alone_from_bytes_per_s=inf, bandwidth=bandwidth
    )
    started = time.monotonic()
    Transfer(site.file, site.target, client, TransferOptions(crew)).run()
    assert time.monotonic() - started > 1 / 2 - Bandwidth.BURST_S - 0.05
    site.assert_ready()


def test_a_disk_without_room_is_told_before_a_byte_comes(site: Site) -> None:
    full = Disk(lambda _: (100 * MIB, MIB))
    with pytest.raises(NoSpaceError, match="5 MB are missing"):
        site.transfer(disk=full).run()
    assert site.hub.journal.seen() == []


#: Runs in a child: limits and mounts hold for a whole process.
_FETCH = """
import json, signal, sys
from pathlib import Path
import httpx2
from desktop_llm.errors import NoSpaceError
from desktop_llm.models.download.part_file import Disk
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.download.transfer import Transfer, TransferOptions
url, size, sha256, target, limit = sys.argv[1:]
if int(limit):
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
file = RemoteFile("acme/tiny-GGUF", "main", "tiny.gguf", url, int(size), sha256)
try:
    options = TransferOptions(disk=Disk(lambda _: (0, 2**50)))
    Transfer(file, Path(target), lambda: httpx2.Client(trust_env=False), options).run()
except NoSpaceError as error:
    print(error)
print(sum(path.stat().st_size for path in Path(target).parent.glob("*.part")))
"""


def _fetch_command(site: Site, limit_bytes: int) -> list[str]:
    file = site.file
    texts = (file.url, file.size_bytes, file.sha256, site.target, limit_bytes)
    return [sys.executable, "-c", _FETCH, *map(str, texts)]


def test_a_file_too_large_for_the_disk_keeps_what_has_come(site: Site) -> None:
    """The system's own limit on a file's size stands for the disk."""
    command = _fetch_command(site, 512 * KIB)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "takes no file as large as tiny.gguf" in done.stdout
    part = site.target.with_name(NAME + ".part")
    assert part.read_bytes() == site.content.read(0, 512 * KIB)
    sent = site.hub.journal.bytes_sent(NAME)
    site.transfer().run()
    site.assert_ready()
    assert site.hub.journal.bytes_sent(NAME) - sent < site.content.size - 512 * KIB + 4096


def test_a_disk_that_fills_up_meanwhile_is_told_and_keeps_what_has_come(site: Site) -> None:
    """A file system of 600 KiB, in a name space of its own."""
    if shutil.which("unshare") is None:
        pytest.skip("there are no name spaces here")
    folder = site.target.parent
    folder.mkdir()
    mount = f"mount -t tmpfs -o size=600k tmpfs '{folder}'"
    if subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system gives nobody a name space")
    inner = shlex.join(_fetch_command(site, 0))
    command = ["unshare", "-rm", "sh", "-c", f"{mount} && exec {inner}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    sentence, kept = done.stdout.splitlines()
    assert sentence.startswith("The disk is full, so fetching tiny.gguf stopped.")
    assert int(kept) > 400 * KIB


def test_the_rest_of_another_file_does_not_count(site: Site) -> None:
    site.target.parent.mkdir()
    site.target.with_name(NAME + ".part").write_bytes(bytes(site.content.size + 1000))
    site.transfer().run()
    site.assert_ready()
    assert len(site.hub.journal.seen(NAME, "blob")) == 1


def test_the_same_file_is_not_fetched_twice_at_once(site: Site) -> None:
    site.hub.order(Stall("middle"), "blob")
    first = site.transfer(patience=Patience())
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(first.run)
        site.hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
        with pytest.raises(DownloadError, match="already"):
            site.transfer().run()
        site.hub.release()
        run.result(10)
    site.assert_ready()


def test_a_changed_file_is_fetched_anew(site: Site) -> None:
    site.target.parent.mkdir()
    site.target.write_bytes(bytes(site.content.size))
    assert site.transfer().run()
    site.assert_ready()


def test_after_a_power_cut_only_synced_bytes_are_trusted(site: Site) -> None:
    site.hub.order(Truncate("middle"), "blob")
    with pytest.raises(NetworkError):
        site.transfer(patience=replace(QUICK, most_tries=1), disk=Disk(boot_id=lambda: "first")).run()
    sidecar = site.target.with_name(NAME + ".part.json")
    record = json.loads(sidecar.read_text())
    assert record["ranges"][0][0] == 0
    record["ranges"] = [[0, 1000]]  # as if the last sync had been then
    sidecar.write_text(json.dumps(record))
    site.hub.journal.clear()
    site.transfer(disk=Disk(boot_id=lambda: "second")).run()
    assert site.hub.journal.seen(NAME, "blob")[0].request.headers["range"].startswith("bytes=1000-")
    site.assert_ready()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"ranges": 7}', "[" * 100_000, '{"sha256": "x", "ranges": [[0, 9]]}'])
@pytest.mark.parametrize("ending", [".part.json", ".part.live"])
def test_a_broken_record_costs_bytes_and_nothing_else(site: Site, ending: str, text: str) -> None:
    site.target.parent.mkdir()
    site.target.with_name(NAME + ".part").write_bytes(b"rubbish" * 1000)
    site.target.with_name(NAME + ending).write_text(text)
    site.transfer().run()
    site.assert_ready()


def test_a_record_that_lies_is_found_out(site: Site) -> None:
    site.target.parent.mkdir()
    site.target.with_name(NAME + ".part").write_bytes(b"rubbish" * 1000)
    record = {"sha256": site.file.sha256, "size_bytes": site.file.size_bytes, "ranges": [[0, 7000]]}
    site.target.with_name(NAME + ".part.json").write_text(json.dumps(record))
    site.transfer().run()
    site.assert_ready()


def test_an_empty_file_needs_no_request(tmp_path: Path) -> None:
    empty = RemoteFile(REPO, "main", NAME, "http://127.0.0.1:9/", 0, hashlib.sha256().hexdigest())
    Transfer(empty, tmp_path / NAME, client).run()
    assert (tmp_path / NAME).read_bytes() == b""


def test_through_the_gate_every_byte_is_counted_and_the_token_stays_at_home(site: Site, tmp_path: Path) -> None:
    rules = NetworkRules(endpoint=site.hub.endpoint, proxy=NO_PROXY)
    ledger = Ledger(tmp_path / "ledger.jsonl")
    gate = Gate(lambda: rules, ledger, token=lambda: "hf_secret")
    Transfer(site.file, site.target, lambda: gate.client(Why.DOWNLOAD), options(connections=4)).run()
    site.assert_ready()
    assert sum(each.received_bytes for each in ledger.attempts() if each.status == 206) == site.content.size
    assert site.hub.leaked_tokens() == []


def test_offline_mode_stops_a_running_transfer(site: Site, tmp_path: Path) -> None:
    rules = SimpleNamespace(now=NetworkRules(endpoint=site.hub.endpoint, proxy=NO_PROXY))
    gate = Gate(lambda: rules.now, Ledger(tmp_path / "ledger.jsonl"))
    site.hub.order(Stall("middle"), "blob")
    transfer = Transfer(site.file, site.target, lambda: gate.client(Why.DOWNLOAD), options())
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(transfer.run)
        site.hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
        rules.now = replace(rules.now, is_offline=True)
        site.hub.release()
        with pytest.raises(OfflineError):
            run.result(10)
    assert not site.target.exists()


def test_a_long_body_is_read_past_httpx_and_counted_all_the_same(tmp_path: Path) -> None:
    content = Noise(50 * MIB + 3)
    with Hub(repository(REPO, File(NAME, content))) as hub:
        there = Site(hub, tmp_path / "models", content)
        hub.order(Reset(20 * MIB), "blob")
        hub.order(Stall("middle"), "blob", resumed=True)
        rules = NetworkRules(endpoint=hub.endpoint, proxy=NO_PROXY)
        ledger = Ledger(tmp_path / "ledger.jsonl")
        gate = Gate(lambda: rules, ledger)
        Transfer(there.file, there.target, lambda: gate.client(Why.DOWNLOAD), options(patience=HASTY)).run()
        there.assert_ready()
        assert sum(each.received_bytes for each in ledger.attempts()) >= content.size


def test_other_content_is_noticed_before_it_is_fetched(site: Site) -> None:
    promised = replace(site.file, sha256="0" * 64)
    with pytest.raises(WrongContentError, match="other content under the name"):
        Transfer(promised, site.target, client, options()).run()
    assert site.target.with_name(NAME + ".part").stat().st_size == 0


def test_a_server_that_lies_about_the_size_costs_nothing_that_is_there(site: Site) -> None:
    site.hub.order(Truncate(700_000), "blob")
    lie = site.hub.order(WrongContentRange(value="bytes 0-99/100"), "blob", nth=2, times=None)
    with pytest.raises(WrongContentError, match="where the hub promises"):
        site.transfer().run()
    assert lie.n_matched > 1
    site.hub.cancel_orders()
    site.hub.journal.clear()
    site.transfer().run()
    site.assert_ready()
    assert site.hub.journal.bytes_sent(NAME) == site.content.size - 700_000


def test_what_hinders_is_told_while_it_is_tried_again(site: Site) -> None:
    site.hub.order(Truncate("middle"), "blob")
    site.hub.order(Stall("start"), "blob", resumed=True)
    transfer = site.transfer(patience=Patience(first_wait_s=0.001))
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(transfer.run)
        site.hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
        assert "broke" in str(transfer.trouble)
        site.hub.release()
        assert run.result(10)
    assert transfer.trouble is None


@pytest.mark.parametrize("connections", [1, 4])
def test_an_encrypted_transfer_breaks_stops_and_goes_on_like_any_other(tmp_path: Path, connections: int) -> None:
    content, authority = Noise(50 * MIB + 3), Authority(tmp_path)
    wishes = options(connections=connections, patience=Patience())

    def trusting() -> httpx2.Client:
        return httpx2.Client(trust_env=False, verify=authority.client_context())

    with Hub(repository(REPO, File(NAME, content)), authority=authority) as hub:
        there = Site(hub, tmp_path / "models", content)
        hub.order(Truncate(MIB), "blob")
        hub.order(Stall("middle"), "blob", nth=2, times=None)
        transfer = Transfer(there.file, there.target, trusting, wishes)
        with ThreadPoolExecutor(1) as pool:
            run = pool.submit(transfer.run)
            hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
            started = time.monotonic()
            transfer.stop()
            with pytest.raises(DownloadCancelledError):
                run.result(10)
            assert time.monotonic() - started < 1.0
        hub.cancel_orders()
        Transfer(there.file, there.target, trusting, wishes).run()
        there.assert_ready()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for size in (64 * MIB, 2048 * MIB):
        content = Noise(size)
        with Hub(repository(REPO, File(NAME, content))) as hub:
            there = Site(hub, tmp_path, content)
            tracemalloc.start()
            Transfer(there.file, there.target, client, TransferOptions()).run()
            peaks.append(tracemalloc.get_traced_memory()[1] / MIB)
            tracemalloc.stop()
            there.target.unlink()
    print(f"\npeak: {peaks[0]:.1f} MiB for 64 MiB, {peaks[1]:.1f} MiB for 2 GiB")
    assert peaks[1] < peaks[0] + 4
