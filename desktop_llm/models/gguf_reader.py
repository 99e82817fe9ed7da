"""A GGUF header, read strictly in pure Python: whatever the bytes say, the answer is a Header or a ModelFormatError.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Whatever llama.cpp's reader
(ggml/src/gguf.cpp) refuses or asserts is refused here, and more: counts and lengths have caps, and
every tensor must lie inside the file.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from desktop_llm.errors import ModelFormatError
from desktop_llm.models.gguf_tables import TENSOR_TYPES

MAX_KEYS: Final = 4096
MAX_TENSORS: Final = 65_536
MAX_STRING_BYTES: Final = 1024 * 1024
MAX_NAME_BYTES: Final = 63  # ggml's tensor names; keys get more
MAX_KEY_BYTES: Final = 256
#: Over all arrays of strings together (tokens, merges). The largest known vocabularies need 0.8 million.
MAX_ARRAY_STRINGS: Final = 1_200_000
MAX_TOKENS: Final = 600_000
#: The vocabulary, the one array whose strings are looked at: llama.cpp aborts when two are equal.
TOKENS_KEY: Final = "tokenizer.ggml.tokens"
MAX_ARRAY_BYTES: Final = 16 * 1024 * 1024
MAX_HEADER_BYTES: Final = 32 * 1024 * 1024  # the largest known is 16 MB
MAX_ALIGNMENT: Final = 1024 * 1024
MAX_DIMENSIONS: Final = 4
_MAX_ELEMENTS: Final = 1 << 50
_DEFAULT_ALIGNMENT: Final = 32
_BUFFER_ALIGNMENT: Final = 32

_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
_STRING, _ARRAY, _BOOL = 8, 9, 7
_SCALARS: Final = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: _U32,
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<B"),
    10: _U64,
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}

#: How much of a file is read at first, and when the header turns out to be longer: enough for a vocabulary
#: of 49,000 tokens, and for one of 262,000 with its merges.
_READ_BYTES: Final = (2 * 1024 * 1024, 16 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class StringArray:
    """Where an array of strings lies; its strings are not kept."""

    count: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NumberArray:
    """An array of numbers: its GGUF type and the bytes, little-endian."""

    type: int
    count: int
    raw: bytes

    def values(self) -> list[Any]:
        """The numbers."""
        form = _SCALARS[self.type].format[-1]
        return list(struct.unpack(f"<{self.count}{form}", self.raw))


Value = int | float | bool | str | StringArray | NumberArray


@dataclass(frozen=True, slots=True)
class Tensor:
    """One row of the tensor table. `offset` counts from the start of the data; sizes are bytes."""

    name: str
    shape: tuple[int, ...]
    type_name: str
    offset: int
    size_bytes: int

    @property
    def n_elements(self) -> int:
        """How many numbers it holds."""
        count = 1
        for length in self.shape:
            count *= length
        return count


@dataclass(frozen=True, slots=True)
class Header:
    """Everything before the weights. `size_bytes` is where they begin."""

    version: int
    metadata: dict[str, Value]
    tensors: tuple[Tensor, ...]
    size_bytes: int


class _TruncatedError(Exception):
    """The header runs over the end of the bytes."""


#: How it shows that the bytes end before the header does.
_ENDS_EARLY: Final = (_TruncatedError, struct.error, IndexError, OverflowError)


class Faults:
    """Makes this file's errors, each a sentence with its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, template: str, **values: object) -> ModelFormatError:
        """An error to raise; `template` may use {name}."""
        """What the file itself says is shown on one line: it may hold control characters, which a terminal obeys."""
        shown = {key: _printable(value) if isinstance(value, str) else value for key, value in values.items()}
        return ModelFormatError(template, name=self.name, **shown)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text[:100])


def read_header(file: BinaryIO, file_size: int, name: str) -> Header:
    """Read a header from an open file, and not much more of it. Raises ModelFormatError or OSError.

    Read and not mapped: reading a mapped page that another program has just cut off ends the process.
    """
    for n_bytes in _READ_BYTES:
        with suppress(*_ENDS_EARLY):
            return _Reader(_first_bytes(file, n_bytes), file_size, Faults(name)).header()
        if n_bytes >= file_size:
            break
    return parse_header(_first_bytes(file, MAX_HEADER_BYTES), file_size, name)


def _first_bytes(file: BinaryIO, n_bytes: int) -> bytes:
    file.seek(0)
    return file.read(n_bytes)


def parse_header(data: bytes, file_size: int, name: str = "The file") -> Header:
    """Read a header from the file's first bytes; `file_size` is the whole file's. Raises ModelFormatError.

    `name` begins the error's sentence.
    """
    fault = Faults(name)
    try:
        return _Reader(data, file_size, fault).header()
    except _ENDS_EARLY as error:
        raise fault("{name} is incomplete or damaged: it ends inside its header. Download it again.") from error
    except UnicodeDecodeError as error:
        raise fault("{name} is damaged: a name in it is not text. Download it again.") from error


class _Reader:
    def __init__(self, data: bytes, file_size: int, fault: Faults) -> None:
        self._data = data
        self._end = min(len(data), file_size, MAX_HEADER_BYTES)
        self._file_size = file_size
        self._fault = fault
        self._at = 0
        self._strings_left = MAX_ARRAY_STRINGS

    def header(self) -> Header:
        version = self._preamble()
        n_tensors, n_keys = self._u64(), self._u64()
        if n_tensors > MAX_TENSORS or n_keys > MAX_KEYS:
            raise self._fault("{name} is damaged: it claims more entries than any model has.")
        metadata: dict[str, Value] = {}
        for _ in range(n_keys):
            key = self._name(MAX_KEY_BYTES)
            if key in metadata:
                raise self._fault("{name} is damaged: it says {key} twice.", key=key)
            metadata[key] = self._value(key)
        alignment = self._alignment(metadata)
        tensors = self._tensors(n_tensors, alignment)
        start = -(-self._at // alignment) * alignment
        if start % _BUFFER_ALIGNMENT:  # ggml-backend.cpp asserts it
            raise self._fault("{name} is damaged: its alignment is too small.")
        self._check_extent(tensors, start)
        return Header(version, metadata, tensors, start)

    def _preamble(self) -> int:
        magic = self._data[:4]
        if magic != b"GGUF":
            raise self._fault("{name} is not a GGUF model file.")
        self._at = 4
        version = self._u32()
        if version in (0x02000000, 0x03000000):
            raise self._fault("{name} was made for big-endian computers and cannot be used here.")
        if version == 1:
            raise self._fault("{name} is of GGUF version 1, which is no longer supported. Look for a newer file.")
        if version not in (2, 3):
            raise self._fault("{name} is of GGUF version {version}, which this app does not know.", version=version)
        return version

    def _tensors(self, count: int, alignment: int) -> tuple[Tensor, ...]:
        tensors = []
        names = set()
        expected = 0
        for _ in range(count):
            tensor = self._tensor()
            if tensor.name in names:
                raise self._fault("{name} is damaged: it has two tensors named {tensor}.", tensor=tensor.name)
            if tensor.offset != expected:
                raise self._fault(
                    "{name} is damaged: the tensor {tensor} overlaps another or leaves a gap.", tensor=tensor.name
                )
            names.add(tensor.name)
            tensors.append(tensor)
            expected += -(-tensor.size_bytes // alignment) * alignment
        return tuple(tensors)

    def _tensor(self) -> Tensor:
        name = self._name(MAX_NAME_BYTES)
        n_dimensions = self._u32()
        if not 1 <= n_dimensions <= MAX_DIMENSIONS:
            raise self._fault("{name} is damaged: the tensor {tensor} has no proper shape.", tensor=name)
        shape = tuple(self._u64() for _ in range(n_dimensions))
        kind, offset = self._u32(), self._u64()
        known = TENSOR_TYPES.get(kind)
        if known is None:
            raise self._fault(
                "{name} holds numbers in a format that this app does not know (type {type}). "
                "It may need a newer version of this app.",
                type=kind,
            )
        type_name, block, block_bytes = known
        n_elements = 1
        for length in shape:
            n_elements *= length
        if not 0 < n_elements <= _MAX_ELEMENTS or shape[0] % block:
            raise self._fault("{name} is damaged: the tensor {tensor} has no proper shape.", tensor=name)
        return Tensor(name, shape, type_name, offset, n_elements // block * block_bytes)

    def _check_extent(self, tensors: tuple[Tensor, ...], start: int) -> None:
        if not tensors:
            return
        end = start + tensors[-1].offset + tensors[-1].size_bytes
        if end > self._file_size:
            raise self._fault(
                "{name} is incomplete: {missing} of {size} bytes are missing. Download it again.",
                missing=end - self._file_size,
                size=end,
            )

    def _alignment(self, metadata: dict[str, Value]) -> int:
        alignment = metadata.get("general.alignment", _DEFAULT_ALIGNMENT)
        is_power = isinstance(alignment, int) and alignment > 0 and alignment & (alignment - 1) == 0
        if not isinstance(alignment, int) or not is_power or alignment > MAX_ALIGNMENT:
            raise self._fault("{name} is damaged: its alignment is no power of two, or too large.")
        return alignment

    # values

    def _value(self, key: str) -> Value:
        kind = self._u32()
        if kind == _STRING:
            return self._string(MAX_STRING_BYTES).decode("utf-8", "replace")
        if kind == _ARRAY:
            return self._array(key)
        return self._scalar(key, kind)

    def _scalar(self, key: str, kind: int) -> int | float | bool:
        form = _SCALARS.get(kind)
        if form is None:
            raise self._fault("{name} is damaged: {key} is of an unknown kind.", key=key)
        value = form.unpack(self._take(form.size))[0]
        if kind == _BOOL:
            if value > 1:
                raise self._fault("{name} is damaged: {key} is neither true nor false.", key=key)
            return bool(value)
        return value  # type: ignore[no-any-return]  # an int or a float, by its format

    def _array(self, key: str) -> StringArray | NumberArray:
        kind, count = self._u32(), self._u64()
        if kind == _STRING:
            return self._string_array(key, count)
        form = _SCALARS.get(kind)
        if form is None:
            raise self._fault("{name} is damaged: {key} is of an unknown kind.", key=key)
        if count * form.size > MAX_ARRAY_BYTES:
            raise self._fault("{name} is damaged: {key} has too many entries.", key=key)
        return NumberArray(kind, count, self._take(count * form.size))

    def _string_array(self, key: str, count: int) -> StringArray:
        self._strings_left -= count
        if self._strings_left < 0:
            raise self._fault("{name} is damaged: {key} has too many entries.", key=key)
        start = self._at
        if key == TOKENS_KEY:
            self._at = self._unique_tokens(count)
        else:
            self._at = skip_strings(self._data, start, count)
        if self._at > self._end:
            raise _TruncatedError
        return StringArray(count, start, self._at)

    def _unique_tokens(self, count: int) -> int:
        """Where the vocabulary ends. Empty tokens may repeat: llama.cpp gives them names of their own."""
        if count > MAX_TOKENS:
            raise self._fault("{name} is damaged: its vocabulary is too large.")
        texts, end = slice_strings(self._data, self._at, count)
        if len(set(texts)) != count and len({text for text in texts if text}) != count - texts.count(b""):
            raise self._fault("{name} is damaged: its vocabulary has the same token twice.")
        return end

    def _name(self, max_bytes: int) -> str:
        name = self._string(max_bytes)
        if not name:
            raise self._fault("{name} is damaged: an entry has no name.")
        return name.decode("utf-8")

    def _string(self, max_bytes: int) -> bytes:
        length = self._u64()
        if length > max_bytes:
            if self._at + length > self._end:
                raise _TruncatedError
            raise self._fault("{name} is damaged: a text in its header is too long.")
        return self._take(length)

    def _u32(self) -> int:
        return int(_U32.unpack(self._take(4))[0])

    def _u64(self) -> int:
        return int(_U64.unpack(self._take(8))[0])

    def _take(self, n_bytes: int) -> bytes:
        start = self._at
        if start + n_bytes > self._end:
            raise _TruncatedError
        self._at = start + n_bytes
        return self._data[start : self._at]


def skip_strings(data: bytes, at: int, count: int) -> int:
    """Where an array of `count` strings that begins at `at` ends. Raises struct.error beyond the bytes' end."""
    length_at: Callable[[bytes, int], tuple[int]] = _U64.unpack_from
    for _ in range(count):
        at += 8 + length_at(data, at)[0]
    return at


def slice_strings(data: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    """The strings of an array that begins at `at`, and where it ends. Raises struct.error beyond the bytes' end."""
    length_at: Callable[[bytes, int], tuple[int]] = _U64.unpack_from
    texts = []
    for _ in range(count):
        start = at + 8
        at = start + length_at(data, at)[0]
        texts.append(data[start:at])
    return texts, at
