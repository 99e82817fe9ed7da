"""The services a command works with, in a home of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services


@pytest.fixture
def services(home: Path) -> Iterator[Services]:
    with build_services(find_paths()) as built:
        yield built
