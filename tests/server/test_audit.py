"""The log of requests: whose it is, and how long it gets."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from desktop_llm.server.use.audit import AuditLog
from desktop_llm.server.use.clients import LiveSnapshot

_REQUEST = LiveSnapshot(1, "editor", "POST", "/v1/embeddings", "embedder", 1.0, 0.25, 200, 3, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows gives a user's folder rights of its own")
def test_only_its_owner_reads_the_log(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "requests.jsonl"
    AuditLog(file).write(_REQUEST)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_long_log_is_begun_anew_beside_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    log = AuditLog(file, largest_bytes=200)
    for _ in range(5):
        log.write(_REQUEST)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert 0 < len(lines) < 5 and {line["client"] for line in lines} == {"editor"}
    assert (tmp_path / "requests-old.jsonl").stat().st_size > 200


def test_a_disk_that_refuses_costs_the_line_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    AuditLog(tmp_path / "file" / "requests.jsonl").write(_REQUEST)
