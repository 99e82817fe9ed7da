"""The small parts of a transfer: ranges, names, answers, pace."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.errors import DownloadError
from desktop_llm.models.download.ranges import Ranges
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.download.transfer_answer import retry_after_s, strong_etag
from desktop_llm.models.download.transfer_pace import Bandwidth, Clock, Patience, SpeedMeter, Tries

SHA256 = "0" * 64
MIB = 1024 * 1024
_spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)).map(lambda each: (each[0], each[0] + each[1])))


@given(_spans, st.integers(0, 80))
def test_ranges_know_the_same_bytes_as_a_set_does(spans: list[tuple[int, int]], size: int) -> None:
    ranges, known = Ranges(), set[int]()
    for start, end in spans:
        ranges.add(start, end)
        known |= set(range(start, end))
    assert {byte for start, end in ranges for byte in range(start, end)} == known
    assert ranges.total_bytes == len(known)
    assert {byte for start, end in ranges.gaps(size) for byte in range(start, end)} == set(range(size)) - known
    assert all(before[1] < after[0] for before, after in zip(list(ranges), list(ranges)[1:], strict=False))
    assert ranges.front == next(byte for byte in range(100) if byte not in known)
    assert ranges.clipped(size) == Ranges((byte, byte + 1) for byte in known if byte < size)


def _file(path: str, repo: str = "acme/tiny") -> RemoteFile:
    return RemoteFile(repo, "main", path, "https://hub", 1, SHA256)


@pytest.mark.parametrize(
    "path",
    [
        "", ".", "..", "../x.gguf", "a/../x.gguf", "/etc/x.gguf", "//x.gguf", "a//x.gguf", "C:/x.gguf", "a\\x.gguf",
        "x.gguf:stream", "con.gguf", "CON", "nul.tar.gguf", "aux/x.gguf", "com1.gguf", "lpt¹.gguf", ".gguf", ".x.gguf",
        "x.gguf ", " x.gguf", "x.gguf.", "a./x.gguf", "x\0.gguf", "x\n.gguf", "x\u202efugg.gguf", "x\ud800.gguf",
        "x?.gguf", "x*.gguf", "<x>.gguf", 'x".gguf', "x|.gguf", "~/x.gguf", "~x.gguf", f"{'x' * 200}.gguf",
        f"{'é' * 120}.gguf", f"{'a/' * 9}x.gguf", "x.exe", "x.gguf.exe", "x", "run.sh", "x.gguf.part", "x.py",
        "x.gguf.part.json", "X.GGUF.Part.Json",
    ],
)  # fmt: skip
def test_a_hostile_name_has_no_place(path: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="not a name that can be kept here"):
        _file(path).place(tmp_path)


@pytest.mark.parametrize("repo", ["..", "../..", "a/..", "/a", "a/", "a/b/../../..", "con/x", ".git/x", ""])
def test_a_hostile_repository_has_no_place(repo: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError):
        _file("x.gguf", repo).place(tmp_path)


@pytest.mark.parametrize("path", ["x.gguf", "Q4_K_M/x-00001-of-00003.gguf", "Ünïcode 模型.GGUF", "LICENSE", "a.b.md"])
def test_an_honest_name_lies_below_publisher_and_repository(path: str, tmp_path: Path) -> None:
    assert _file(path).place(tmp_path) == tmp_path / "acme" / "tiny" / path


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_name_at_all_leaves_the_models_folder(repo: str, path: str) -> None:
    folder = Path("/models")
    try:
        place = _file(path, repo).place(folder)
    except DownloadError:
        return
    assert folder in place.parents
    assert Path(str(place)).resolve().is_relative_to(folder)


@pytest.mark.parametrize("sha256", ["", "0" * 63, "G" * 64, "A" * 64])
def test_a_file_without_a_hash_cannot_be_fetched(sha256: str) -> None:
    with pytest.raises(ValueError, match="sha256"):
        RemoteFile("a/b", "main", "x.gguf", "", 1, sha256)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None), ("7", 7.0), (" 7 ", 7.0), ("-1", None), ("soon", None), ("9" * 30, 3600.0), ("", None),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30.0), ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("Sat, 21 Nov 2026 12:00:10", 10.0), ("²", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    assert retry_after_s(text, datetime(2026, 11, 21, 12, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("etag", "is_strong"), [('"a"', True), ('W/"a"', False), ("a", False), ('"a b"', False), (None, False)]
)
def test_only_a_strong_etag_holds_for_bytes(etag: str | None, is_strong: bool) -> None:
    assert (strong_etag(etag) == etag and etag is not None) is is_strong


def test_waits_grow_to_a_limit_and_end() -> None:
    patience = Patience(most_tries=6, first_wait_s=1.0, longest_wait_s=5.0)
    assert [patience.wait_s(n, 1.0) for n in range(1, 6)] == [1.0, 2.0, 4.0, 5.0, 5.0]
    assert patience.wait_s(1, 0.0) == 0.5
    tries = Tries(patience)
    waits = [tries.next_wait_s(None) for _ in range(6)]
    assert None not in waits[:5]
    assert waits[5] is None
    tries.got_on()
    assert tries.next_wait_s(3.0) == 3.0
    assert tries.next_wait_s(1000.0) is None


class WaitingClock(Clock):
    """A clock that stands still until somebody waits; who waits at the same time waits together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def wait_until(self, at: float, stopped: threading.Event) -> None:
        with self._lock:
            self._now = max(self._now, at)


def test_a_limit_is_kept_by_all_who_share_it() -> None:
    clock, never = WaitingClock(), threading.Event()
    bandwidth = Bandwidth(1_000_000, clock)

    def fetch() -> None:
        for _ in range(40):
            bandwidth.take(50_000, never)

    threads = [threading.Thread(target=fetch) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 6.0 <= clock.now() < 6.5


@pytest.mark.parametrize(
    ("limit", "n_bytes"), [(None, MIB), (10**9, MIB), (2_000_000, 500_000), (10_000, 4096), (1, 4096)]
)
def test_little_is_read_at_once_where_little_may_come(limit: int | None, n_bytes: int) -> None:
    assert Bandwidth(limit).at_once_bytes(MIB) == n_bytes


def test_a_limit_that_is_lifted_or_a_stop_ends_the_wait() -> None:
    stopped = threading.Event()
    stopped.set()
    Bandwidth(1).take(10**9, stopped)
    bandwidth = Bandwidth(1)
    waiting = threading.Thread(target=lambda: bandwidth.take(10**9, threading.Event()))
    waiting.start()
    bandwidth.limit_bytes_per_s = None
    waiting.join(10)
    assert not waiting.is_alive()


def test_speed_is_that_of_the_last_seconds() -> None:
    meter = SpeedMeter()
    assert meter.see(0, 0.0) == 0.0
    assert meter.see(100, 1.0) == 100.0
    assert [round(meter.see(100 + 10 * second, 1.0 + second)) for second in range(1, 12)][-1] == 10
    assert meter.see(0, 20.0) == 0.0
