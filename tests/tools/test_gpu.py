from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

from tools.gpu import test_environment as environment_of
from tools.gpu import unpack_source
from tools.steps import StepFailedError
from tools.vulkan_headers import NEEDED, Headers, header_version, newer_source

_CORE = """
#define VK_HEADER_VERSION {patch}
#define VK_HEADER_VERSION_COMPLETE VK_MAKE_API_VERSION(0, 1, {minor}, VK_HEADER_VERSION)
"""


def _install(prefix: Path, minor: int, patch: int) -> Headers:
    for folder in ("include/vulkan", "share/cmake/SPIRV-Headers"):
        (prefix / folder).mkdir(parents=True)
    (prefix / "include/vulkan/vulkan_core.h").write_text(_CORE.format(minor=minor, patch=patch), encoding="utf-8")
    (prefix / "include/vulkan/vulkan.hpp").touch()
    return Headers(prefix)


def test_headers_are_enough_from_the_version_on_that_llama_cpp_needs(tmp_path: Path) -> None:
    assert NEEDED == (1, 3, 280)
    assert not _install(tmp_path / "old", 3, 239).are_enough()
    assert _install(tmp_path / "just", 3, 280).are_enough()
    assert _install(tmp_path / "new", 4, 309).are_enough()


def test_headers_lack_something_without_spirv_or_at_all(tmp_path: Path) -> None:
    headers = _install(tmp_path, 4, 309)
    headers.spirv.rmdir()
    assert not headers.are_enough()
    assert not Headers(tmp_path / "nothing").are_enough()
    assert header_version("int main();") == ()


def test_newer_headers_come_from_the_archive_that_the_system_uses() -> None:
    targets = ["Some vendor|main|http://vendor/deb/", "Debian|main|http://mirror/debian/"]
    line = newer_source(targets)
    assert line.endswith("] http://mirror/debian/ trixie main\n")
    assert "signed-by=/usr/share/keyrings/debian-archive-keyring.gpg" in line


def test_where_no_archive_is_known_the_sentence_says_what_is_needed() -> None:
    with pytest.raises(StepFailedError, match=r"must be 1\.3\.280 or newer"):
        newer_source(["Some vendor|main|http://vendor/deb/"])


def test_a_source_appears_whole_and_without_its_outer_folder(tmp_path: Path) -> None:
    inner = tmp_path / "made" / "engine-1.0"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text("[project]", encoding="utf-8")
    archive = tmp_path / "engine.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(inner, "engine-1.0")
    target = tmp_path / "source"
    (tmp_path / "source.part" / "left over").mkdir(parents=True)
    for _ in range(2):
        unpack_source(archive, target)
        assert [path.name for path in target.iterdir()] == ["pyproject.toml"]
    assert not (tmp_path / "source.part").exists()


def test_the_tests_see_the_software_device_unless_others_are_named() -> None:
    software = environment_of({"PATH": "/bin"})
    assert software["GGML_VK_VISIBLE_DEVICES"] == "0"
    assert software["DESKTOP_LLM_TEST_GPU"] == "1"
    assert all("lvp" in path for path in software["VK_DRIVER_FILES"].split(os.pathsep) if path)
    named = environment_of({"GGML_VK_VISIBLE_DEVICES": "1"})
    assert named == {"GGML_VK_VISIBLE_DEVICES": "1", "DESKTOP_LLM_TEST_GPU": "1"}
