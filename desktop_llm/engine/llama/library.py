"""llama.cpp as a library: started once, its log led into Python's, its devices listed."""

from __future__ import annotations

import ctypes
import functools
import logging
import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import llama_cpp as llama_cpp_package
from llama_cpp import llama_cpp

_log = logging.getLogger(__name__)

_ERROR_LEVEL = 4  # GGML_LOG_LEVEL_ERROR
#: Log lines that quote a file's content (its metadata, so also its chat template).
_QUOTES = ("- kv", "chat_template", "print_info:")


class LibraryLog:
    """llama.cpp's log: everything to `logging` at debug, the last errors kept to explain a failure."""

    def __init__(self) -> None:
        self._errors: deque[str] = deque(maxlen=8)
        self._records: list[list[str]] = []
        # Must live as long as llama.cpp may write a line: a collected callback crashes the process.
        self._callback = llama_cpp.llama_log_callback(self._write)

    def connect(self) -> None:
        """Let llama.cpp write here."""
        llama_cpp.llama_log_set(self._callback, ctypes.c_void_p(0))

    def forget_errors(self) -> None:
        """Begin anew, before something that may fail."""
        self._errors.clear()

    @contextmanager
    def record(self) -> Iterator[list[str]]:
        """Keep every line that llama.cpp writes during the `with`, but for those that quote a file's content."""
        lines: list[str] = []
        self._records.append(lines)
        try:
            yield lines
        finally:
            self._records = [each for each in self._records if each is not lines]

    def errors(self) -> str:
        """The newest errors, oldest first, on one line."""
        return "; ".join(self._errors)

    def _write(self, level: int, text: bytes, _: Any) -> None:
        line = text.decode("utf-8", "replace").strip()
        if level == _ERROR_LEVEL and line:
            self._errors.append(line)
        if line.strip(".") and not any(word in line for word in _QUOTES):
            _log.debug("%s", line)
            for record in self._records:
                record.append(line)


@functools.cache
def start_library() -> LibraryLog:
    """Start llama.cpp, the first time; returns its log. Any thread."""
    # On abort ggml would start a debugger if one is installed, and print a backtrace.
    os.environ.setdefault("GGML_NO_BACKTRACE", "1")
    log = LibraryLog()
    log.connect()
    llama_cpp.llama_backend_init()
    return log


def native_function(name: str, restype: Any, argtypes: list[Any], library: Any = None) -> Any:
    """A function of llama.cpp's library, under a prototype of our own."""
    function = (library or _libllama())[name]  # indexing makes a new object, so no prototype is shared
    function.restype = restype
    function.argtypes = argtypes
    return function


def ggml_function(name: str, restype: Any, argtypes: list[Any]) -> Any:
    """The same of ggml, the library beneath."""
    return native_function(name, restype, argtypes, _ggml_libraries()[1])


class AbortFlag:
    """Stops a running `llama_decode` from any thread, without Python being called from inside it.

    llama.cpp asks its abort callback at every node of the graph. The callback here is the C
    library's `strlen` on a buffer of ours: an empty string is false, any other true.
    """

    def __init__(self) -> None:
        self._flag = ctypes.create_string_buffer(2)
        libc = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
        self._strlen = libc.strlen
        self.callback = ctypes.cast(self._strlen, llama_cpp.ggml_abort_callback)
        self.user_data = ctypes.cast(self._flag, ctypes.c_void_p)

    def raise_threadsafe(self) -> None:
        """Make the decode that runs, or else the next one, stop."""
        self._flag[0] = b"x"

    def lower(self) -> None:
        """Let decodes run again."""
        self._flag[0] = b"\0"


class DeviceKind(StrEnum):
    """What sort of device llama.cpp computes on."""

    CPU = "cpu"
    GPU = "gpu"
    INTEGRATED_GPU = "igpu"
    ACCELERATOR = "accelerator"
    META = "meta"


@dataclass(frozen=True, slots=True)
class Device:
    """A device llama.cpp can use, with its memory in bytes.

    `backend` is the software it is driven by, as CPU, CUDA or Vulkan; `pci_id` is as 0000:c1:00.0,
    or "" where it is not known.
    """

    name: str
    description: str
    kind: DeviceKind
    free_bytes: int
    total_bytes: int
    backend: str
    pci_id: str


class _Properties(ctypes.Structure):
    """ggml_backend_dev_props (ggml-backend.h)."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("description", ctypes.c_char_p),
        ("memory_free", ctypes.c_size_t),
        ("memory_total", ctypes.c_size_t),
        ("type", ctypes.c_int),
        ("device_id", ctypes.c_char_p),
        ("capabilities", ctypes.c_bool * 5),
    )


def engine_version() -> str:
    """The release of llama-cpp-python."""
    return str(llama_cpp_package.__version__)


def system_info() -> str:
    """llama.cpp's line on what it was built with and what the processor can do. Any thread."""
    start_library()
    return str(llama_cpp.llama_print_system_info().decode("utf-8", "replace"))


def devices() -> tuple[Device, ...]:
    """What llama.cpp itself can use on this machine. Any thread."""
    base = _ggml_libraries()[1]
    return tuple(_device(handle, base) for handle in _handles())


def device_handle(name: str) -> int | None:
    """llama.cpp's handle of a device other than the CPU; None where there is none of that name."""
    base = _ggml_libraries()[1]
    found = ((handle, _device(handle, base)) for handle in _handles())
    return next((handle for handle, each in found if each.name == name and each.kind is not DeviceKind.CPU), None)


def _handles() -> list[int]:
    start_library()
    ggml = _ggml_libraries()[0]
    count = native_function("ggml_backend_dev_count", ctypes.c_size_t, [], ggml)
    get = native_function("ggml_backend_dev_get", ctypes.c_void_p, [ctypes.c_size_t], ggml)
    return [get(i) for i in range(count())]


def _device(handle: int, base: Any) -> Device:
    properties = _Properties()
    pointers = [ctypes.c_void_p, ctypes.POINTER(_Properties)]
    native_function("ggml_backend_dev_get_props", None, pointers, base)(handle, ctypes.byref(properties))
    registry = native_function("ggml_backend_dev_backend_reg", ctypes.c_void_p, [ctypes.c_void_p], base)(handle)
    backend = native_function("ggml_backend_reg_name", ctypes.c_char_p, [ctypes.c_void_p], base)(registry)
    return Device(
        name=_text(properties.name),
        description=_text(properties.description),
        kind=tuple(DeviceKind)[properties.type],
        free_bytes=properties.memory_free,
        total_bytes=properties.memory_total,
        backend=_text(backend),
        pci_id=_text(properties.device_id),
    )


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _ggml_libraries() -> tuple[Any, Any]:
    """The registry of devices and the base library that libllama itself uses.

    The files libggml.so, .so.0 and .so.0.x are full copies of each other: opening another one than
    libllama did gives a second, empty registry. A symbol looked up through libllama's own handle
    comes from the library it is linked with; Windows has no such lookup, but also no copies.
    """
    if sys.platform == "win32":
        return ctypes.CDLL("ggml.dll"), ctypes.CDLL("ggml-base.dll")
    return _libllama(), _libllama()


def _libllama() -> Any:
    return llama_cpp._lib  # noqa: SLF001 (the bindings give no public way to the handle they opened)
