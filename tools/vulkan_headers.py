"""Headers of Vulkan and SPIR-V that are new enough for llama.cpp: the system's, or a newer release's unpacked beside.

What is unpacked comes by apt from the archive that this system itself uses, checked against the
distribution's own keys; nothing of it is installed, and no rights are needed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.steps import Log, StepFailedError

#: llama.cpp's Vulkan backend names what came with 1.3.280.
NEEDED = (1, 3, 280)
_PACKAGES = ("libvulkan-dev", "spirv-headers")
#: Which release has them, and the keys that it is signed with, by the archive's origin.
_NEWER_RELEASES = {
    "Debian": ("trixie", "main", Path("/usr/share/keyrings/debian-archive-keyring.gpg")),
    "Ubuntu": ("resolute", "main universe", Path("/usr/share/keyrings/ubuntu-archive-keyring.gpg")),
}
_VERSION = re.compile(r"#define VK_HEADER_VERSION_COMPLETE VK_MAKE_API_VERSION\(\d+, (\d+), (\d+), VK_HEADER_VERSION\)")
_PATCH = re.compile(r"#define VK_HEADER_VERSION (\d+)")


@dataclass(frozen=True, slots=True)
class Headers:
    """Where the headers lie: a folder that holds `include`, and one below which cmake finds SPIRV-Headers."""

    prefix: Path

    @property
    def include(self) -> Path:
        """The folder of vulkan/vulkan.h."""
        return self.prefix / "include"

    @property
    def spirv(self) -> Path:
        """The folder of SPIRV-HeadersConfig.cmake; one that is not there, where it is missing."""
        found = sorted(self.prefix.glob("*/cmake/SPIRV-Headers"))
        return found[0] if found else self.prefix / "share/cmake/SPIRV-Headers"

    def are_enough(self) -> bool:
        """Whether both are there, and new enough."""
        core = self.include / "vulkan" / "vulkan_core.h"
        has_cpp = (self.include / "vulkan" / "vulkan.hpp").is_file()
        return has_cpp and self.spirv.is_dir() and core.is_file() and header_version(core.read_text("utf-8")) >= NEEDED


def header_version(text: str) -> tuple[int, ...]:
    """The version that vulkan_core.h says it is; () where it says none."""
    release, patch = _VERSION.search(text), _PATCH.search(text)
    return (int(release[1]), int(release[2]), int(patch[1])) if release and patch else ()


def find_headers(folder: Path, log: Log) -> Headers:
    """The system's headers, or a newer release's unpacked into `folder`. Raises StepFailedError."""
    system, unpacked = Headers(Path("/usr")), Headers(folder / "usr")
    if system.are_enough():
        return system
    if not unpacked.are_enough():
        _unpack_newer(folder, log)
    if not unpacked.are_enough():
        raise StepFailedError(f"the Vulkan headers in {folder} are not new enough")
    return unpacked


def newer_source(targets: Iterable[str]) -> str:
    """A line for sources.list: the newer release of this system's own archive.

    `targets` are lines `origin|component|address`, as apt tells them. Raises StepFailedError.
    """
    for line in targets:
        origin, component, address = line.split("|")
        if component == "main" and origin in _NEWER_RELEASES:
            release, components, keys = _NEWER_RELEASES[origin]
            return f"deb [signed-by={keys}] {address} {release} {components}\n"
    needed = ".".join(map(str, NEEDED))
    raise StepFailedError(
        f"the Vulkan headers must be {needed} or newer, and apt knows no release of Debian or Ubuntu that has them "
        "(without package lists it knows none: sudo apt-get update)"
    )


def _unpack_newer(folder: Path, log: Log) -> None:
    work, part = folder.with_name("apt"), folder.with_suffix(".part")
    for left_over in (work, part):
        shutil.rmtree(left_over, ignore_errors=True)
    for name in ("state/lists/partial", "cache/archives/partial", "packages"):
        (work / name).mkdir(parents=True)
    source = work / "sources.list"
    source.write_text(newer_source(_targets()), encoding="utf-8")
    options: dict[str, str | Path] = {
        "Dir::State": work / "state",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": work / "cache",
        "Dir::Etc::sourcelist": source,
        "Dir::Etc::sourceparts": "-",
        "APT::Sandbox::User": "",
    }
    apt: list[str | Path] = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items())]
    log.run([*apt, "update"])
    log.run([*apt, "download", *_PACKAGES], folder=work / "packages")
    for package in (work / "packages").glob("*.deb"):
        log.run(["dpkg-deb", "-x", package, part])
    shutil.rmtree(work)
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)


def _targets() -> list[str]:
    if shutil.which("apt-get") is None:
        return []
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(COMPONENT)|$(REPO_URI)", "Created-By: Packages"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
