"""Which packages of the operating system are missing, and the one line that installs them.

Libraries are looked for by the name the loader knows them by, not by the package's, because the
packages are named differently from one release of Debian and Ubuntu to the next.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Need:
    """A package, and how to see that what it brings is there.

    `probe` starts with its kind: `command:`, `library:` (a soname), `file:`, `module:` (of this Python)
    or `font:` (a folder below /usr/share/fonts). Without an optional one everything works, only less legibly.
    """

    package: str
    probe: str
    is_optional: bool = False


def build_needs() -> tuple[Need, ...]:
    """What it takes to make the virtual environment and to compile the engine."""
    return (
        Need("ca-certificates", "file:/etc/ssl/certs/ca-certificates.crt"),
        Need(f"python3.{sys.version_info.minor}-venv", "module:ensurepip"),
        Need("g++", "command:c++"),
    )


#: What Qt's own libraries link to, offscreen and in a window (X11 and Wayland), and fonts for every script.
WINDOW_NEEDS = (
    Need("libglib2.0-0", "library:libgthread-2.0.so.0"),
    Need("libegl1", "library:libEGL.so.1"),
    Need("libgl1", "library:libGL.so.1"),
    Need("libxkbcommon0", "library:libxkbcommon.so.0"),
    Need("libfontconfig1", "library:libfontconfig.so.1"),
    Need("libdbus-1-3", "library:libdbus-1.so.3"),
    Need("libbrotli1", "library:libbrotlidec.so.1"),
    Need("libgssapi-krb5-2", "library:libgssapi_krb5.so.2"),
    Need("libxcb-cursor0", "library:libxcb-cursor.so.0"),
    Need("libxkbcommon-x11-0", "library:libxkbcommon-x11.so.0"),
    Need("libxcb-icccm4", "library:libxcb-icccm.so.4"),
    Need("libxcb-keysyms1", "library:libxcb-keysyms.so.1"),
    Need("libxcb-shape0", "library:libxcb-shape.so.0"),
    Need("libwayland-client0", "library:libwayland-client.so.0"),
    Need("libwayland-cursor0", "library:libwayland-cursor.so.0"),
    Need("libwayland-egl1", "library:libwayland-egl.so.1"),
    Need("fontconfig", "command:fc-cache"),
    Need("fonts-dejavu-core", "font:truetype/dejavu"),
    Need("fonts-noto-core", "font:truetype/noto/NotoSans-Regular.ttf", is_optional=True),
    Need("fonts-noto-mono", "font:truetype/noto/NotoSansMono-Regular.ttf", is_optional=True),
    Need("fonts-noto-color-emoji", "font:truetype/noto/NotoColorEmoji.ttf", is_optional=True),
    Need("fonts-noto-cjk", "font:opentype/noto", is_optional=True),
)

#: What the tests need beside: a real X server, and a real Secret Service on a bus of its own.
TEST_NEEDS = (
    Need("xvfb", "command:Xvfb"),
    Need("xauth", "command:xauth"),
    Need("dbus-daemon", "command:dbus-run-session"),
    Need("gnome-keyring", "command:gnome-keyring-daemon"),
)


def missing_packages(needs: Iterable[Need], is_there: Callable[[str], bool]) -> list[Need]:
    """Those whose probe finds nothing."""
    return [need for need in needs if not is_there(need.probe)]


def line_to_run(missing: Sequence[Need], has_package_lists: bool) -> str:
    """What somebody who may call sudo has to type."""
    install = "sudo apt-get install -y " + " ".join(need.package for need in missing)
    return install if has_package_lists else f"sudo apt-get update && {install}"


class SystemProbe:
    """Answers probes about this machine; the loader's cache is read once."""

    def __init__(self) -> None:
        self._libraries = _known_libraries()

    def __call__(self, probe: str) -> bool:
        kind, _, name = probe.partition(":")
        match kind:
            case "library":
                return name in self._libraries
            case "command":
                return shutil.which(name) is not None
            case "module":
                return importlib.util.find_spec(name) is not None
            case "font":
                return Path("/usr/share/fonts", name).exists()
            case _:
                return Path(name).exists()


def _known_libraries() -> frozenset[str]:
    # Users other than root seldom have /sbin in their PATH.
    ldconfig = shutil.which("ldconfig") or "/sbin/ldconfig"
    listing = subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=True).stdout
    return frozenset(line.split()[0] for line in listing.splitlines() if "=>" in line)


def has_apt() -> bool:
    """Whether this is a Debian, an Ubuntu, or one of their relatives."""
    return sys.platform.startswith("linux") and shutil.which("apt-get") is not None


def has_package_lists() -> bool:
    """Whether `apt-get update` was ever called: a bare image comes without lists."""
    return any(Path("/var/lib/apt/lists").glob("*Packages*"))


def apt_commands(missing: Sequence[Need], *, lists_are_there: bool) -> list[list[str]]:
    """What root runs, in order. Without lists: also what mends an installation that was cut off."""
    options = ["-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    install = ["apt-get", *options, "install", "-y", "--no-install-recommends", *(need.package for need in missing)]
    return [install] if lists_are_there else [["dpkg", "--configure", "-a"], ["apt-get", *options, "update"], install]


def apt_environment() -> dict[str, str]:
    """Nobody is there to answer questions."""
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
