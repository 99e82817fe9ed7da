"""The engine for graphics cards, built from the pinned source into an environment of its own, and its tests.

    make test-gpu

Everything lies in build/gpu: a virtual environment that holds the Vulkan engine alone and finds all
other packages in the ordinary one. The tests run on Mesa's software device, so that they need no
graphics card and find the same device everywhere; GGML_VK_VISIBLE_DEVICES names others.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from tools import system
from tools.environment import PYTHON, REQUIREMENTS, PackagesMissingError, engine_requirement
from tools.steps import ROOT, Log, Stamps, StepFailedError, announced, core_count, key_of, one_at_a_time
from tools.vulkan_headers import find_headers

FOLDER = ROOT / "build" / "gpu"
LOG = ROOT / "build" / "gpu.log"
#: What the tests need of the system: a software device, the loader that finds it, the compiler of shaders.
NEEDS = (
    system.Need("mesa-vulkan-drivers", "library:libvulkan_lvp.so"),
    system.Need("libvulkan1", "library:libvulkan.so.1"),
    system.Need("glslc", "command:glslc"),
)
_MINUTES_OF_ONE_CORE = 20


class GpuEnvironment:
    """The environment in build/gpu, and what it takes to make it. A step that was cut off is done again.

    The compilation is the long one: it goes on where it was.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._log = Log(LOG)
        self._stamps = Stamps(folder / "setup.json")
        self.python = folder / "env" / "bin" / "python"

    def prepare(self) -> None:
        """Do what is not done yet. Raises PackagesMissingError, StepFailedError."""
        with one_at_a_time(LOG.with_suffix(".lock")):
            self._install_system_packages()
            if self._stamps.is_done("engine", self._key()):
                return
            with self._stamps.doing("engine", self._key()):
                self._fetch_source()
                self._compile()
                self._make_environment()
            for scrap in ("source", "download", "cmake", "wheels"):
                shutil.rmtree(self._folder / scrap, ignore_errors=True)

    def show_log(self) -> None:
        """What the failed step said, on standard error."""
        self._log.print()

    def _key(self) -> str:
        return key_of([], sys.version, engine_requirement(self._lock()))

    def _lock(self) -> str:
        return (REQUIREMENTS / "test.lock").read_text(encoding="utf-8")

    def _install_system_packages(self) -> None:
        missing = system.missing_packages(NEEDS, system.SystemProbe())
        if not missing:
            return
        if os.geteuid() != 0 or not system.has_apt():
            raise PackagesMissingError(system.line_to_run(missing, system.has_package_lists()))
        with announced(f"Installing {len(missing)} system packages with apt (a minute)"):
            for command in system.apt_commands(missing, lists_are_there=False):
                self._log.run(command, system.apt_environment())

    def _fetch_source(self) -> None:
        source, requirement, download = (self._folder / each for each in ("source", "engine.txt", "download"))
        pin = engine_requirement(self._lock())
        if source.is_dir() and requirement.read_text(encoding="utf-8") == pin:
            return
        for scrap in (source, download, self._folder / "cmake"):
            shutil.rmtree(scrap, ignore_errors=True)
        with announced("Fetching the engine's source (a few seconds)"):
            requirement.write_text(pin, encoding="utf-8")
            options = ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--require-hashes"]
            self._pip("download", *options, "--dest", download, "--requirement", requirement)
            unpack_source(next(download.glob("*.tar.gz")), source)

    def _compile(self) -> None:
        headers = find_headers(self._folder / "headers", self._log)
        definitions = {
            "GGML_VULKAN": "ON",
            "Vulkan_INCLUDE_DIR": headers.include,
            "Vulkan_LIBRARY": _library("libvulkan.so.1"),
            "SPIRV-Headers_DIR": headers.spirv,
        }
        arguments = shlex.join(f"-D{name}={value}" for name, value in definitions.items())
        build_folder = f"build-dir={self._folder / 'cmake'}"
        minutes = max(1, _MINUTES_OF_ONE_CORE // core_count())
        with announced(f"Compiling the Vulkan engine (about {minutes} minutes, once)"):
            options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(self._folder / "wheels")]
            self._pip("wheel", *options, "-C", build_folder, self._folder / "source", cmake_arguments=arguments)

    def _make_environment(self) -> None:
        with announced("Making its environment (a few seconds)"):
            folder = self._folder / "env"
            shutil.rmtree(folder, ignore_errors=True)
            self._log.run([PYTHON, "-m", "venv", folder])
            wheel = next((self._folder / "wheels").glob("*.whl"))
            self._log.run([self.python, "-m", "pip", "install", "--no-index", "--no-deps", wheel])
            # All other packages are those of the ordinary environment; its engine comes second, so that it is not seen.
            packages = next(PYTHON.parents[1].glob("lib/python*/site-packages"))
            own = next(folder.glob("lib/python*/site-packages"))
            line = f"import site; site.addsitedir({str(packages)!r})\n"
            (own / "ordinary-environment.pth").write_text(line, encoding="utf-8")

    def _pip(self, verb: str, *arguments: str | Path, cmake_arguments: str = "") -> None:
        environment = {
            "CMAKE_BUILD_PARALLEL_LEVEL": str(core_count()),
            **os.environ,
            "PATH": os.pathsep.join([str(PYTHON.parent), os.environ.get("PATH", os.defpath)]),
            "CMAKE_ARGS": cmake_arguments,
        }
        self._log.run([PYTHON, "-m", "pip", verb, "--retries", "5", *arguments], environment)


def unpack_source(archive: Path, target: Path) -> None:
    """Unpack a source archive without its outer folder; the target appears whole or not at all."""
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    with tarfile.open(archive) as packed:
        packed.extractall(part, filter="data")
    shutil.rmtree(target, ignore_errors=True)
    next(part.iterdir()).replace(target)
    part.rmdir()


def test_environment(inherited: dict[str, str]) -> dict[str, str]:
    """The environment variables of the tests: the software device alone, unless other devices are named."""
    drivers = os.pathsep.join(str(path) for path in sorted(Path("/usr/share/vulkan/icd.d").glob("lvp_icd*.json")))
    software = {"GGML_VK_VISIBLE_DEVICES": "0", "VK_DRIVER_FILES": drivers, "VK_ICD_FILENAMES": drivers}
    chosen = {} if "GGML_VK_VISIBLE_DEVICES" in inherited else software
    return {**chosen, **inherited, "DESKTOP_LLM_TEST_GPU": "1"}


def run_tests(arguments: list[str]) -> int:
    """Set up, then run tests/gpu with pytest's `arguments`. Returns the exit status."""
    if not sys.platform.startswith("linux"):
        print("The tests of the GPU engine run on Linux only: the software device is Mesa's.", file=sys.stderr)
        return 1
    gpu = GpuEnvironment()
    try:
        gpu.prepare()
    except PackagesMissingError as error:
        print(error, file=sys.stderr)
        return 1
    except StepFailedError as error:
        gpu.show_log()
        print(f"The set-up of the GPU engine failed: {error}. Its log, shown above, is in {LOG}.", file=sys.stderr)
        return 1
    command = [str(gpu.python), "-m", "pytest", "tests/gpu", *arguments]
    return subprocess.run(command, cwd=ROOT, env=test_environment(dict(os.environ)), check=False).returncode


def _library(soname: str) -> Path:
    """The file of a library, as the loader finds it. Raises StepFailedError."""
    listing = subprocess.run(
        [shutil.which("ldconfig") or "/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True
    ).stdout
    found = next((line.rpartition("=> ")[2] for line in listing.splitlines() if line.split()[:1] == [soname]), None)
    if found is None:
        raise StepFailedError(f"there is no {soname}")
    return Path(found)
