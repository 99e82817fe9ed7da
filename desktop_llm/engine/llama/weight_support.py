"""Which weights a device cannot compute with: llama.cpp leaves these in RAM, and its dry run does not say so.

A device may know a tensor's number format and still refuse it for its size, as the vocabulary's
matrix on a device whose buffers are short. The question is asked as llama.cpp asks it when it
loads (llama-model-loader.cpp, weight_buft_supported). In a child process only.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from desktop_llm.engine.llama.library import DeviceKind, device_handle, devices, ggml_function

#: Smaller tensors hardly matter, and are seldom matrices.
_LEAST_BYTES: Final = 1024 * 1024
#: Rows of the product that is asked for, and experts of a token; as llama.cpp asks.
_N_ROWS: Final = 512
_N_USED: Final = 1
_F32, _I32 = 0, 26  # GGML_TYPE_F32, GGML_TYPE_I32
_CONTEXT_BYTES: Final = 16 * 1024  # for the tensors of one question, without their numbers
_EMBEDDINGS: Final = "token_embd.weight"
_OUTPUT: Final = "output.weight"
_GRAPHICS: Final = frozenset({DeviceKind.GPU, DeviceKind.INTEGRATED_GPU})


class _ContextParams(ctypes.Structure):
    """ggml_init_params (ggml.h)."""

    _fields_ = (("mem_size", ctypes.c_size_t), ("mem_buffer", ctypes.c_void_p), ("no_alloc", ctypes.c_bool))


class _FileParams(ctypes.Structure):
    """gguf_init_params (gguf.h)."""

    _fields_ = (("no_alloc", ctypes.c_bool), ("ctx", ctypes.POINTER(ctypes.c_void_p)))


class _Tensor(ctypes.Structure):
    """The beginning of ggml_tensor (ggml.h)."""

    _fields_ = (("type", ctypes.c_int), ("buffer", ctypes.c_void_p), ("ne", ctypes.c_int64 * 4))


@dataclass(frozen=True, slots=True)
class _Weight:
    """A tensor of a file, as far as it is asked about: `handle` is ggml's, valid while the file is open."""

    name: str
    handle: int
    size_bytes: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The number format's id, then the lengths."""
        tensor = _Tensor.from_address(self.handle)
        return (tensor.type, *tensor.ne)

    @property
    def is_of_experts(self) -> bool:
        """Whether only some of its matrices are used for a token."""
        return "_exps." in self.name


@dataclass(frozen=True, slots=True)
class Support:
    """What is not as the places of the layers say.

    `refused` are layer and bytes of what the layers' devices cannot compute with; a shared output
    stands there with the bytes of the copy that its device does not get. `copied_bytes` is a second
    copy of a shared output in RAM.
    """

    refused: tuple[tuple[int, int], ...] = ()
    copied_bytes: int = 0


def weight_support(path: Path, places: Sequence[str], *, uses_mmap: bool) -> Support:
    """Ask the devices about all large weights of a file; `places` names the layers' devices, the output's last."""
    gpus = [each.name for each in devices() if each.kind in _GRAPHICS]
    handles = {name: device_handle(name) for name in {*gpus[:1], *places}}
    if all(handles[place] is None for place in places):
        return Support()  # without any layer on a GPU none is used at all
    with _weights(path) as weights:
        refused = tuple(_refused(weights, [handles[place] for place in places]))
        embeddings = next((weight for weight in weights if weight.name == _EMBEDDINGS), None)
        if uses_mmap or embeddings is None or not _is_tied(weights):
            return Support(refused)
        n_layer = len(places) - 1
        is_on_gpu = handles[places[n_layer]] is not None and (n_layer, embeddings.size_bytes) not in refused
        gpu = handles[gpus[0]]
        assert gpu is not None
        # Without mapping, what the first GPU can use at all lies in memory that it reaches, and the rest elsewhere.
        is_split = not is_on_gpu and _computes(gpu, embeddings) != _looks_up(gpu, embeddings)
        return Support(refused, embeddings.size_bytes if is_split else 0)


def _refused(weights: Sequence[_Weight], handles: Sequence[int | None]) -> Iterator[tuple[int, int]]:
    known: dict[tuple[Any, ...], bool] = {}
    n_layer, is_tied = len(handles) - 1, _is_tied(weights)
    for weight in weights:
        layer = _layer(weight.name, n_layer, is_tied=is_tied)
        handle = None if layer is None else handles[layer]
        if layer is None or handle is None or weight.size_bytes < _LEAST_BYTES:
            continue
        question = (handle, weight.is_of_experts, *weight.shape)
        if question not in known:
            known[question] = _computes(handle, weight)
        if not known[question]:
            yield layer, weight.size_bytes


def _is_tied(weights: Sequence[_Weight]) -> bool:
    return all(weight.name != _OUTPUT for weight in weights)


def _layer(name: str, n_layer: int, *, is_tied: bool) -> int | None:
    """The layer of a matrix, `n_layer` for the output; None for what no device but the CPU computes with."""
    if name == _OUTPUT or (is_tied and name == _EMBEDDINGS):
        return n_layer
    parts = name.split(".", 2)
    if parts[0] != "blk" or not name.endswith(".weight") or not parts[1].isdecimal():
        return None
    return min(int(parts[1]), n_layer)


def _computes(device: int, weight: _Weight) -> bool:
    """Whether a device multiplies with this tensor."""
    new = ggml_function("ggml_new_tensor_4d", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int, *[ctypes.c_int64] * 4])
    pointer = ctypes.c_void_p
    supports = ggml_function("ggml_backend_dev_supports_op", ctypes.c_bool, [pointer, pointer])
    _, n_in, _, n_2, n_3 = weight.shape
    with _context() as context:
        if weight.is_of_experts:
            rows = new(context, _F32, n_in, _N_USED, _N_ROWS, 1)
            chosen = new(context, _I32, _N_USED, _N_ROWS, 1, 1)
            multiply = ggml_function("ggml_mul_mat_id", pointer, [pointer] * 4)
            product = multiply(context, weight.handle, rows, chosen)
        else:
            rows = new(context, _F32, n_in, _N_ROWS, n_2, n_3)
            product = ggml_function("ggml_mul_mat", pointer, [pointer] * 3)(context, weight.handle, rows)
        return bool(supports(device, product))


def _looks_up(device: int, weight: _Weight) -> bool:
    """Whether a device takes rows out of this tensor."""
    pointer = ctypes.c_void_p
    new = ggml_function("ggml_new_tensor_1d", pointer, [pointer, ctypes.c_int, ctypes.c_int64])
    supports = ggml_function("ggml_backend_dev_supports_op", ctypes.c_bool, [pointer, pointer])
    with _context() as context:
        ids = new(context, _I32, _N_ROWS)
        rows = ggml_function("ggml_get_rows", pointer, [pointer] * 3)(context, weight.handle, ids)
        return bool(supports(device, rows))


@contextmanager
def _context() -> Iterator[int]:
    handle = ggml_function("ggml_init", ctypes.c_void_p, [_ContextParams])(_ContextParams(_CONTEXT_BYTES, None, True))
    try:
        yield handle
    finally:
        ggml_function("ggml_free", None, [ctypes.c_void_p])(handle)


@contextmanager
def _weights(path: Path) -> Iterator[list[_Weight]]:
    """The tensors of a file, and of its other parts; without their numbers."""
    free_file = ggml_function("gguf_free", None, [ctypes.c_void_p])
    free = ggml_function("ggml_free", None, [ctypes.c_void_p])
    opened = [_open(part) for part in _parts(path)]
    try:
        yield [weight for file, context in opened if file for weight in _listed(file, context)]
    finally:
        for file, context in opened:
            if file:
                free_file(file)
                free(context)


def _open(path: Path) -> tuple[int | None, ctypes.c_void_p]:
    context = ctypes.c_void_p()
    opening = ggml_function("gguf_init_from_file", ctypes.c_void_p, [ctypes.c_char_p, _FileParams])
    file = opening(str(path).encode(), _FileParams(True, ctypes.pointer(context)))
    return file, context


def _listed(file: int, context: ctypes.c_void_p) -> Iterator[_Weight]:
    pointer = ctypes.c_void_p
    count = ggml_function("gguf_get_n_tensors", ctypes.c_int64, [pointer])(file)
    name_of = ggml_function("gguf_get_tensor_name", ctypes.c_char_p, [pointer, ctypes.c_int64])
    find = ggml_function("ggml_get_tensor", pointer, [pointer, ctypes.c_char_p])
    n_bytes = ggml_function("ggml_nbytes", ctypes.c_size_t, [pointer])
    for index in range(count):
        name = name_of(file, index)
        handle = find(context, name)
        if handle:
            yield _Weight(name.decode("utf-8", "replace"), handle, n_bytes(handle))


def _parts(path: Path) -> list[Path]:
    """The files of a model, by llama.cpp's rule of their names; one that is not split is alone."""
    stem, _, count = path.stem.rpartition("-of-")
    prefix, _, number = stem.rpartition("-")
    if not (count.isdecimal() and number.isdecimal() and prefix):
        return [path]
    return [path.with_name(f"{prefix}-{index:05}-of-{count}.gguf") for index in range(1, int(count) + 1)]
