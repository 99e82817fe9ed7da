"""Headers that take as much time and memory to read as the reader's limits allow."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from tests.models.forge_bad import ARRAY, STRING, U32, Gguf, valid

_F32, _I32, _F64 = 6, 5, 12


def forge_worst(name: str, more: float = 1.0) -> tuple[bytes, int]:
    """One of the worst headers, and how long its file says it is. `more` makes it larger than the limits allow."""
    return WORST[name](more)


def large_vocabulary(n_tokens: int, n_merges: int) -> tuple[bytes, int]:
    """A vocabulary of this size with texts of the usual length, its merges, scores and types."""
    return _whole(_with_texts(n_tokens, n_merges, b"abcd efghi", 9))


def _with_texts(n_tokens: int, n_merges: int, merge: bytes, digits: int) -> Gguf:
    file = valid()
    tokens = b"".join(_text(b"%0*d" % (digits, i)) for i in range(n_tokens))
    for key, kind, count, entries in (
        ("tokens", STRING, n_tokens, tokens),
        ("scores", _F32, n_tokens, bytes(4 * n_tokens)),
        ("token_type", _I32, n_tokens, bytes(4 * n_tokens)),
        ("merges", STRING, n_merges, _text(merge) * n_merges),
    ):
        file.set(f"tokenizer.ggml.{key}", struct.pack("<IQ", kind, count) + entries, ARRAY)
    return file


def _tokens(more: float) -> tuple[bytes, int]:
    return _whole(_with_texts(int(430_000 * more), 10_000, b"a b", 14))


def _empty_texts(more: float) -> tuple[bytes, int]:
    return _whole(_with_texts(300, int(1_750_000 * more), b"", 6))


def _long_texts(more: float) -> tuple[bytes, int]:
    """As many bytes as a header may have, in as many texts as it may have beside them."""
    return _whole(_with_texts(int(300_000 * more), int(450_000 * more), b"x" * 36, 18))


def _tensors(more: float) -> tuple[bytes, int]:
    count = int(29_000 * more)
    file = valid()
    file.tensors, file.n_tensors, file.alignment = [], count, 1  # no padding: the table follows at once
    head = file.to_bytes()
    form = struct.Struct("<I4QIQ")
    head += b"".join(
        _text(b"blk.%d.%040d" % (i % 500, i)) + form.pack(4, 32, 1, 1, 1, 0, 128 * i) for i in range(count)
    )
    return head, len(head) + 32 + 128 * count


def _keys(more: float) -> tuple[bytes, int]:
    file = valid()
    file.keys += [(f"general.k{i}", U32, 1) for i in range(int(4000 * more))]
    return _whole(file)


def _broken_texts(more: float) -> tuple[bytes, int]:
    """No UTF-8, so that each byte becomes a character of its own: the slowest text there is."""
    file = valid()
    file.keys += [(f"general.t{i}", STRING, b"\xff\xc3\xa9" * 8000) for i in range(int(62 * more))]
    return _whole(file)


def _wide_texts(more: float) -> tuple[bytes, int]:
    """One character beyond the usual makes each of a text's letters take four bytes."""
    file = valid()
    file.keys += [(f"general.t{i}", STRING, "\U0001f600".encode() + b"a" * 24_000) for i in range(int(62 * more))]
    return _whole(file)


def _numbers(more: float) -> tuple[bytes, int]:
    file = valid()
    array = struct.pack("<IQ", _F64, 4096) + bytes(8 * 4096)
    file.keys += [(f"general.n{i}", ARRAY, array) for i in range(int(185 * more))]
    return _whole(file)


def _whole(file: Gguf) -> tuple[bytes, int]:
    raw = file.to_bytes()
    return raw, len(raw)


def _text(raw: bytes) -> bytes:
    return struct.pack("<Q", len(raw)) + raw


WORST: Final[dict[str, Callable[[float], tuple[bytes, int]]]] = {
    "430,000 tokens": _tokens,
    "1.75 million empty texts": _empty_texts,
    "long texts": _long_texts,
    "29,000 tensors": _tensors,
    "4,000 keys": _keys,
    "texts that are no UTF-8": _broken_texts,
    "texts of wide characters": _wide_texts,
    "arrays of numbers": _numbers,
}
