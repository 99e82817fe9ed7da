"""A throw-away child process: this program again, with the verb `_trial`, one request in and one answer out.

A re-executed program and not multiprocessing: it works the same when frozen by PyInstaller, and the
child inherits nothing, neither handles nor a half-copied state. What llama.cpp prints goes to the
null device; the answer travels on a descriptor of its own. The pipe that brought the request stays
open: when it ends, the parent is gone, however it ended, and the child ends itself.
"""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import psutil

from desktop_llm import errors
from desktop_llm.errors import AppError

_log = logging.getLogger(__name__)

VERB = "_trial"
_POLL_S = 0.05
_MAX_ANSWER_BYTES = 16 * 1024 * 1024
_NICENESS = 5
_WINDOW_SUFFIX = "-window"
_MAX_SENTENCE = 1000
#: A sentence with plain fields: {name}, and nothing that looks into a value or pads it.
_TEMPLATE = re.compile(r"(?:[^{}]|\{[a-z_]+\})*")


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Seconds of wall clock, and bytes of memory of its own (file pages that the system can drop are not counted).

    `gives_way`: other programs get the processor first. Not where its speed is what is asked.
    """

    timeout_s: float = 60.0
    memory_bytes: int = 4 * 1024**3
    gives_way: bool = True


class ChildDiedError(Exception):
    """The child gave no answer: it crashed, or was ended for using too much. Internal to the engine."""


class ChildTooSlowError(ChildDiedError):
    """It was ended when its time was over."""


class ChildTooLargeError(ChildDiedError):
    """It was ended because it took too much memory."""


class ChildCancelledError(Exception):
    """The caller gave up. Internal to the engine."""


Request = Mapping[str, Any]
Answer = dict[str, Any]


# the parent's side


def run_child(
    request: Request, limits: ChildLimits, is_cancelled: Callable[[], bool] = lambda: False, *, verb: str = VERB
) -> Answer:
    """Send a request to a new child and wait for its answer. Any thread; the child is gone when this returns.

    `verb` is the program's hidden verb that serves the request: a room above the engine has its own.

    Raises the AppError that the child raised, ChildDiedError or ChildCancelledError.
    """
    payload = json.dumps({"limits": asdict(limits), "request": dict(request)}).encode() + b"\n"
    process = subprocess.Popen(
        child_command(sys.executable, verb, is_frozen=getattr(sys, "frozen", False)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        creationflags=_creation_flags(limits),
    )
    requests, process.stdin = process.stdin, None  # or communicate() would close it
    assert requests is not None
    sender = threading.Thread(target=_send, args=(requests, payload), name="child-request", daemon=True)
    sender.start()
    try:
        output = _converse(process, limits, is_cancelled)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()  # reaps it, and closes its output
        sender.join()  # where the child never read, its end broke the pipe
        with suppress(BrokenPipeError):
            requests.close()
    return _read_answer(process.returncode, output)


def _send(requests: IO[bytes], payload: bytes) -> None:
    with suppress(OSError):  # the child died before it had read all; that it gave no answer says so
        requests.write(payload)
        requests.flush()


def _converse(process: subprocess.Popen[bytes], limits: ChildLimits, is_cancelled: Callable[[], bool]) -> bytes:
    deadline = time.monotonic() + limits.timeout_s
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=_POLL_S)[0]  # calling it again loses nothing
        if is_cancelled():
            raise ChildCancelledError
        if time.monotonic() > deadline:
            raise ChildTooSlowError
        if _own_bytes(process.pid) > limits.memory_bytes:
            raise ChildTooLargeError


def _own_bytes(pid: int) -> int:
    """A process's resident memory without file pages where the system can tell them apart; 0 when it is gone."""
    try:
        memory = psutil.Process(pid).memory_info()
    except psutil.Error:
        return 0
    return int(memory.rss - getattr(memory, "shared", 0))


def _read_answer(status: int, output: bytes) -> Answer:
    try:
        answer = json.loads(output[:_MAX_ANSWER_BYTES])
        if "error" not in answer:
            return dict(answer["result"])
        kind, template, values = answer["error"]
        child_error = _rebuilt(str(kind), str(template), dict(values))
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        _log.debug("a child process gave no answer, status %s", status)
        raise ChildDiedError from error
    raise child_error


def _rebuilt(kind: str, template: str, values: dict[str, object]) -> AppError:
    """The child's error. A child that a bad file has taken over may not choose how it is formatted: ValueError."""
    error_class: object = getattr(errors, kind, None)
    if not (isinstance(error_class, type) and issubclass(error_class, AppError)):
        raise ValueError("no error of ours")
    if len(template) > _MAX_SENTENCE or not _TEMPLATE.fullmatch(template) or "template" in values:
        raise ValueError("no sentence")
    return error_class(template, **{name: _printable(value) for name, value in values.items()})


def _printable(value: object) -> object:
    """A value on one line: what a file says may hold control characters, which a terminal would obey."""
    if isinstance(value, int | float):
        return value
    text = "".join(character if character.isprintable() else " " for character in str(value))
    return text[:_MAX_SENTENCE]


def child_command(executable: str, verb: str = VERB, *, is_frozen: bool) -> list[str]:
    """How this program is started as a child.

    The window's program of a bundle on Windows has no standard streams: the terminal's, which lies
    beside it, is started instead (build.spec names both).
    """
    if is_frozen:
        program = Path(executable)
        return [str(program.with_stem(program.stem.removesuffix(_WINDOW_SUFFIX))), verb]
    # -P: the current folder is not searched for modules. -X utf8: paths arrive as they were sent.
    return [executable, "-P", "-X", "utf8", "-m", "desktop_llm", verb]


#: What the child may know of the environment: where things are, the language, and how devices are chosen.
_ENVIRONMENT_NAMES = frozenset(
    """PATH HOME USERPROFILE SYSTEMROOT SYSTEMDRIVE WINDIR TEMP TMP TMPDIR LANG LANGUAGE LD_LIBRARY_PATH
    LD_LIBRARY_PATH_ORIG XDG_RUNTIME_DIR DISPLAY PROCESSOR_ARCHITECTURE NUMBER_OF_PROCESSORS PROGRAMFILES
    PROGRAMDATA LOCALAPPDATA APPDATA COMSPEC""".split()
)
_ENVIRONMENT_PREFIXES = ("LC_", "GGML_", "CUDA_", "NVIDIA_", "VK_", "MESA_", "HSA_", "HIP_", "ROCR_", "DYLD_", "_PYI")


def _environment() -> dict[str, str]:
    """The environment without what it may hold of secrets."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _ENVIRONMENT_NAMES or name.startswith(_ENVIRONMENT_PREFIXES)
    }
    kept["GGML_NO_BACKTRACE"] = "1"  # on abort ggml would start a debugger if one is installed
    if not getattr(sys, "frozen", False):
        kept["PYTHONPATH"] = str(Path(errors.__file__).parents[1])
    return kept


def _creation_flags(limits: ChildLimits) -> int:
    if sys.platform == "win32":
        priority = subprocess.BELOW_NORMAL_PRIORITY_CLASS if limits.gives_way else 0
        return priority | subprocess.CREATE_NO_WINDOW
    return 0


# the child's side


def serve_once(perform: Callable[[Request], Answer]) -> int:
    """Read the request, perform it under its limits, write the answer. Returns the exit status."""
    request_descriptor, answer_descriptor = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for standard_stream in range(3):
        os.dup2(null, standard_stream)
    message = json.loads(_read_line(request_descriptor))
    threading.Thread(target=_end_with_parent, args=(request_descriptor,), daemon=True).start()
    limits = ChildLimits(**message["limits"])
    _limit_myself(limits)
    try:
        answer: Answer = {"result": perform(message["request"])}
    except AppError as error:
        values = {name: _plain(value) for name, value in error.values.items()}
        answer = {"error": [type(error).__name__, error.template, values]}
    with os.fdopen(answer_descriptor, "wb") as answers:
        answers.write(json.dumps(answer).encode())
    return 0


def _read_line(descriptor: int) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n") and (chunk := os.read(descriptor, 1 << 16)):
        line += chunk
    return bytes(line)


def _end_with_parent(descriptor: int) -> None:
    """The parent sends nothing more: what ends the wait is its end."""
    os.read(descriptor, 1)
    os._exit(1)


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float) else str(value)


def _limit_myself(limits: ChildLimits) -> None:
    """Hold the limits from inside too, so that they hold when the parent has died."""
    watchdog = threading.Timer(limits.timeout_s + 5, os._exit, [1])
    watchdog.daemon = True
    watchdog.start()
    if sys.platform == "win32":
        return
    if limits.gives_way:
        os.nice(_NICENESS)
    import resource  # exists on POSIX only

    cpu_s = int(limits.timeout_s * (os.cpu_count() or 1)) + 5
    wanted = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, cpu_s)]
    if sys.platform.startswith("linux"):
        # Not RLIMIT_AS: it counts mapped files, and GPU drivers reserve terabytes of addresses (the
        # starter's trial: 487 MB of addresses, 129 MB of data, 174 MB resident at its highest). Since
        # Linux 4.7 RLIMIT_DATA counts private writable memory: what a malicious file can blow up.
        wanted.append((resource.RLIMIT_DATA, limits.memory_bytes))
    for kind, value in wanted:
        hard = resource.getrlimit(kind)[1]
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with suppress(ValueError, OSError):  # some systems know a limit but do not let it be set
            resource.setrlimit(kind, (limit, limit))
