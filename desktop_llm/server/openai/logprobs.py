"""Log-probabilities as the OpenAI API tells them: by token for chats, in columns for completions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desktop_llm.engine.events import Token

#: What OpenAI tells of the impossible; JSON knows no infinity.
_IMPOSSIBLE = -9999.0


def chat_logprob(token: Token) -> dict[str, Any]:
    """One entry of `logprobs.content`."""
    return {
        **_entry(token.piece, _IMPOSSIBLE if token.logprob is None else token.logprob),
        "top_logprobs": [_entry(other.piece, other.logprob) for other in token.alternatives],
    }


def _entry(piece: bytes, logprob: float) -> dict[str, Any]:
    return {"token": readable(piece), "logprob": _finite(logprob), "bytes": list(piece)}


def readable(piece: bytes) -> str:
    """A token as text; half characters become U+FFFD."""
    return piece.decode("utf-8", "replace")


def column_name(piece: bytes) -> str:
    """A token as the older API writes it: half characters as bytes, so that no two have the same name."""
    try:
        return piece.decode()
    except UnicodeDecodeError:
        return "bytes:" + "".join(f"\\x{byte:02x}" for byte in piece)


def _finite(logprob: float) -> float:
    return max(logprob, _IMPOSSIBLE)


def completion_logprobs(tokens: Sequence[Token], offset: int) -> dict[str, Any]:
    """The `logprobs` of a completion; `offset` is where the first token's text begins, in characters.

    Of a prompt's first token nothing is known.
    """
    offsets: list[int] = []
    for token in tokens:
        offsets.append(offset)
        offset += len(readable(token.piece))
    return {
        "tokens": [column_name(token.piece) for token in tokens],
        "token_logprobs": [None if token.logprob is None else _finite(token.logprob) for token in tokens],
        "top_logprobs": [_best(token) for token in tokens],
        "text_offset": offsets,
    }


def _best(token: Token) -> dict[str, float] | None:
    if token.logprob is None:
        return None
    return {column_name(other.piece): _finite(other.logprob) for other in token.alternatives}
