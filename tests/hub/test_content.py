from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hub import Content, Flipped, InMemory, Joined, Noise, OnDisk
from tests.hub.content import Window

SIZE = 5_000_000
FAR = 50_000_000_000


@given(st.integers(0, FAR), st.integers(0, 3000))
def test_noise_is_the_same_by_whatever_pieces_it_is_read(start: int, length: int) -> None:
    noise = Noise(FAR)
    stop = min(start + length, FAR)
    middle = (start + stop) // 2
    assert noise.read(start, stop) == noise.read(start, middle) + noise.read(middle, stop)
    assert len(noise.read(start, stop)) == stop - start


def test_noise_differs_from_stretch_to_stretch_and_from_seed_to_seed() -> None:
    noise = Noise(FAR)
    stretches = {noise.read(at * (1 << 20), at * (1 << 20) + 1000) for at in (0, 1, 2, 1000, 40_000)}
    assert len(stretches | {Noise(FAR, seed=1).read(0, 1000)}) == 6


@pytest.mark.parametrize("kind", ["memory", "disk", "joined", "window", "noise"])
def test_every_content_is_its_bytes_from_any_offset(kind: str, tmp_path: Path) -> None:
    data = Noise(SIZE).read()
    path = tmp_path / "content"
    path.write_bytes(data)
    half = SIZE // 2 + 1
    contents: dict[str, Content] = {
        "memory": InMemory(data),
        "disk": OnDisk(path),
        "joined": Joined([InMemory(data[:half]), InMemory(b""), InMemory(data[half:])]),
        "window": Window(InMemory(b"before" + data + b"after"), 6, 6 + SIZE),
        "noise": Noise(SIZE),
    }
    content = contents[kind]
    assert content.size == SIZE
    assert content.sha256 == hashlib.sha256(data).hexdigest()
    for start, stop in ((0, 0), (0, 1), (half - 1, half + 1), (1_000_000, 4_000_000), (SIZE - 1, SIZE)):
        assert content.read(start, stop) == data[start:stop]


def test_flipped_bytes_are_wrong_where_they_should_be_and_nowhere_else() -> None:
    data = bytes(3_000_000)
    flipped = Flipped(InMemory(data), at=1_048_570, count=20).read()
    assert len(flipped) == len(data)
    assert [at for at, byte in enumerate(flipped) if byte] == list(range(1_048_570, 1_048_590))


def test_gits_name_of_a_content_is_gits_own() -> None:
    assert InMemory(b"hello\n").git_oid == "ce013625030ba8dba906f756967f9e9ca394464a"
