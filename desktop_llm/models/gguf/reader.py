"""A GGUF header, read strictly in pure Python: whatever the bytes say, the answer is a Header or a ModelFormatError.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Whatever llama.cpp's reader
(ggml/src/gguf.cpp) refuses or asserts is refused here, and more: counts and lengths have caps, and
every tensor must lie inside the file.
"""

from __future__ import annotations

import io
import math
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from desktop_llm.errors import IncompleteHeaderError, ModelFormatError
from desktop_llm.models.gguf.header_bytes import (
    MAX_HEADER_BYTES,
    WORK_OF_KEY,
    WORK_OF_TENSOR,
    EndsEarlyError,
    HeaderBytes,
    TextTooLongError,
    TooMuchError,
)
from desktop_llm.models.gguf.tables import TENSOR_TYPES

MAX_KEYS: Final = 4096
MAX_TENSORS: Final = 32_768
MAX_NAME_BYTES: Final = 63  # ggml's tensor names; keys get more
MAX_KEY_BYTES: Final = 256
#: The vocabulary, the one array whose strings are looked at: llama.cpp aborts when two are equal.
TOKENS_KEY: Final = "tokenizer.ggml.tokens"
MAX_ARRAY_BYTES: Final = 16 * 1024 * 1024
#: Longer arrays of numbers are a vocabulary's scores and the like, which nobody here reads.
MAX_KEPT_NUMBERS: Final = 4096
MAX_ALIGNMENT: Final = 1024 * 1024
MAX_DIMENSIONS: Final = 4
#: The least that an entry takes: a name of one letter, a kind, and a value of one byte; a table's row.
_LEAST_KEY_BYTES: Final = 8 + 1 + 4 + 1
_LEAST_TENSOR_BYTES: Final = 8 + 1 + 4 + 8 + 4 + 8
_MAX_ELEMENTS: Final = 1 << 50
_DEFAULT_ALIGNMENT: Final = 32
_BUFFER_ALIGNMENT: Final = 32

_STRING, _ARRAY, _BOOL = 8, 9, 7
_SCALARS: Final = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<B"),
    10: struct.Struct("<Q"),
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}

#: A row of the tensor table after its name and number of dimensions: its lengths, type, offset.
_ROWS: Final = {n: struct.Struct(f"<{n}QIQ") for n in range(1, MAX_DIMENSIONS + 1)}


@dataclass(frozen=True, slots=True)
class StringArray:
    """Where an array of strings lies; its strings are not kept."""

    count: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NumberArray:
    """An array of numbers: its GGUF type and the bytes, little-endian; none of a long one (`MAX_KEPT_NUMBERS`)."""

    type: int
    count: int
    raw: bytes

    def values(self) -> list[Any]:
        """The numbers; nothing where they were not kept."""
        if not self.raw:
            return []
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


class Faults:
    """Makes this file's errors, each a sentence with its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, template: str, **values: object) -> ModelFormatError:
        """An error to raise; `template` may use {name}.

        What the file itself says is shown on one line: it may hold control characters, which a terminal obeys.
        """
        shown = {key: _printable(value) if isinstance(value, str) else value for key, value in values.items()}
        return ModelFormatError(template, name=self.name, **shown)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text[:100])


def read_header(file: BinaryIO, file_size: int, name: str) -> Header:
    """Read a header from an open file, and not much more of it. Raises ModelFormatError or OSError.

    Read and not mapped: reading a mapped page that another program has just cut off ends the process.
    """
    fault = Faults(name)
    return _guarded(_Reader(HeaderBytes(file, min(file_size, MAX_HEADER_BYTES)), file_size, fault), fault, file_size)


def parse_header(data: bytes, file_size: int, name: str = "The file") -> Header:
    """Read a header from the file's first bytes; `file_size` is the whole file's. Raises ModelFormatError.

    IncompleteHeaderError says that the header goes on after these bytes, and how many it takes at
    least. `name` begins the error's sentence.
    """
    fault = Faults(name)
    end = min(len(data), file_size, MAX_HEADER_BYTES)
    return _guarded(_Reader(HeaderBytes(io.BytesIO(data), end), file_size, fault), fault, len(data))


def _guarded(reader: _Reader, fault: Faults, n_bytes: int) -> Header:
    """The header, with every other ending as a sentence; `n_bytes` are at hand."""
    try:
        return _header_of(reader)
    except EndsEarlyError as error:
        if n_bytes < error.needed_bytes <= reader.file_size:
            raise IncompleteHeaderError(
                "{name} is not here whole: its header takes at least {needed_bytes} bytes, and {n_bytes} are at hand.",
                name=fault.name,
                needed_bytes=error.needed_bytes,
                n_bytes=n_bytes,
            ) from error
        raise fault("{name} is incomplete or damaged: it ends inside its header. Download it again.") from error
    except TextTooLongError as error:
        raise fault("{name} is damaged: a text in its header is too long.") from error
    except TooMuchError as error:
        raise fault("{name} is damaged: its header is longer than that of any known model.") from error
    except UnicodeDecodeError as error:
        raise fault("{name} is damaged: a name in it is not text. Download it again.") from error


def _header_of(reader: _Reader) -> Header:
    """The header; one that would go on beyond the limit is too much, whatever of it is at hand."""
    try:
        return reader.header()
    except EndsEarlyError as error:
        if MAX_HEADER_BYTES < error.needed_bytes <= reader.file_size:
            raise TooMuchError from error
        raise


class _Reader:
    def __init__(self, source: HeaderBytes, file_size: int, fault: Faults) -> None:
        self._source = source
        self._fault = fault
        self.file_size = file_size

    def header(self) -> Header:
        source = self._source
        version = self._preamble()
        n_tensors, n_keys = source.u64(), source.u64()
        if n_tensors > MAX_TENSORS or n_keys > MAX_KEYS:
            raise self._fault("{name} is damaged: it claims more entries than any model has.")
        source.spend(n_tensors * WORK_OF_TENSOR + n_keys * WORK_OF_KEY)
        source.still = n_tensors * _LEAST_TENSOR_BYTES + n_keys * _LEAST_KEY_BYTES
        metadata: dict[str, Value] = {}
        for _ in range(n_keys):
            source.still -= _LEAST_KEY_BYTES
            key = self._name(MAX_KEY_BYTES)
            if key in metadata:
                raise self._fault("{name} is damaged: it says {key} twice.", key=key)
            metadata[key] = self._value(key)
        alignment = self._alignment(metadata)
        tensors = self._tensors(n_tensors, alignment)
        start = -(-source.position // alignment) * alignment
        if start % _BUFFER_ALIGNMENT:  # ggml-backend.cpp asserts it
            raise self._fault("{name} is damaged: its alignment is too small.")
        self._check_extent(tensors, start)
        return Header(version, metadata, tensors, start)

    def _preamble(self) -> int:
        if self._source.take(4) != b"GGUF":
            raise self._fault("{name} is not a GGUF model file.")
        version = self._source.u32()
        if version in (0x02000000, 0x03000000):
            raise self._fault("{name} was made for big-endian computers and cannot be used here.")
        if version == 1:
            raise self._fault("{name} is of GGUF version 1, which is no longer supported. Look for a newer file.")
        if version not in (2, 3):
            raise self._fault("{name} is of GGUF version {version}, which this app does not know.", version=version)
        return version

    def _tensors(self, count: int, alignment: int) -> tuple[Tensor, ...]:
        tensors: dict[str, Tensor] = {}
        expected = 0
        for _ in range(count):
            self._source.still -= _LEAST_TENSOR_BYTES
            tensor = self._tensor()
            if tensor.name in tensors:
                raise self._fault("{name} is damaged: it has two tensors named {tensor}.", tensor=tensor.name)
            if tensor.offset != expected:
                raise self._fault(
                    "{name} is damaged: the tensor {tensor} overlaps another or leaves a gap.", tensor=tensor.name
                )
            tensors[tensor.name] = tensor
            expected += -(-tensor.size_bytes // alignment) * alignment
        return tuple(tensors.values())

    def _tensor(self) -> Tensor:
        name = self._name(MAX_NAME_BYTES)
        row = _ROWS.get(self._source.u32())
        if row is None:
            raise self._fault("{name} is damaged: the tensor {tensor} has no proper shape.", tensor=name)
        *lengths, kind, offset = row.unpack(self._source.take(row.size))
        known = TENSOR_TYPES.get(kind)
        if known is None:
            raise self._fault(
                "{name} holds numbers in a format that this app does not know (type {type}). "
                "It may need a newer version of this app.",
                type=kind,
            )
        type_name, block, block_bytes = known
        n_elements = math.prod(lengths)
        if not 0 < n_elements <= _MAX_ELEMENTS or lengths[0] % block:
            raise self._fault("{name} is damaged: the tensor {tensor} has no proper shape.", tensor=name)
        return Tensor(name, tuple(lengths), type_name, offset, n_elements // block * block_bytes)

    def _check_extent(self, tensors: tuple[Tensor, ...], start: int) -> None:
        if not tensors:
            return
        end = start + tensors[-1].offset + tensors[-1].size_bytes
        if end > self.file_size:
            raise self._fault(
                "{name} is incomplete: {missing} of {size} bytes are missing. Download it again.",
                missing=end - self.file_size,
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
        kind = self._source.u32()
        if kind == _STRING:
            return self._source.kept_text().decode("utf-8", "replace")
        if kind == _ARRAY:
            return self._array(key)
        return self._scalar(key, kind)

    def _scalar(self, key: str, kind: int) -> int | float | bool:
        form = self._form(key, kind)
        value = form.unpack(self._source.take(form.size))[0]
        if kind == _BOOL:
            if value > 1:
                raise self._fault("{name} is damaged: {key} is neither true nor false.", key=key)
            return bool(value)
        return value  # type: ignore[no-any-return]  # an int or a float, by its format

    def _array(self, key: str) -> StringArray | NumberArray:
        kind, count = self._source.u32(), self._source.u64()
        if kind == _STRING:
            return self._string_array(key, count)
        size = count * self._form(key, kind).size
        if size > MAX_ARRAY_BYTES:
            raise self._fault("{name} is damaged: {key} has too many entries.", key=key)
        if count > MAX_KEPT_NUMBERS:
            self._source.skip(size)
            return NumberArray(kind, count, b"")
        return NumberArray(kind, count, self._source.kept_bytes(size))

    def _form(self, key: str, kind: int) -> struct.Struct:
        form = _SCALARS.get(kind)
        if form is None:
            raise self._fault("{name} is damaged: {key} is of an unknown kind.", key=key)
        return form

    def _string_array(self, key: str, count: int) -> StringArray:
        start = self._source.position
        if key != TOKENS_KEY:
            self._source.skip_texts(count)
        elif not self._source.are_distinct(count):
            # Empty ones may repeat: llama.cpp gives them names of their own.
            raise self._fault("{name} is damaged: its vocabulary has the same token twice.")
        return StringArray(count, start, self._source.position)

    def _name(self, max_bytes: int) -> str:
        name = self._source.text(max_bytes)
        if not name:
            raise self._fault("{name} is damaged: an entry has no name.")
        return name.decode("utf-8")
