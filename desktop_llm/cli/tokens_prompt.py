"""`desktop-llm tokens prompt`: messages as a model sees them, and how another model's template writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from desktop_llm.tokens.prompt_parts import PartKind
from desktop_llm.tokens.seen_prompt import SeenPrompt, Share
from desktop_llm.tokens.text_diff import LineKind, diff_texts

_BEGINNING = 50
_SIGNS = {LineKind.BOTH: " ", LineKind.FIRST: "-", LineKind.SECOND: "+"}


def prompt_record(seen: SeenPrompt) -> dict[str, Any]:
    """The object of --json; its names are an interface that scripts rely on."""
    return {
        "tokenizer": seen.facts.name,
        "has_own_template": seen.chat.is_own,
        "text": seen.text,
        "n_tokens": seen.n_tokens,
        "n_special": seen.n_special,
        "shares": [_share_record(share, seen) for share in seen.shares],
        "left_out": list(seen.divided.unsaid),
        "reasoning_left_out": list(seen.divided.unthought),
        "ids": [token.piece.id for token in seen.tokens],
        "pieces": [token.piece.text for token in seen.tokens],
        "kinds": [token.piece.kind.value for token in seen.tokens],
        "parts": [token.kind.value for token in seen.tokens],
        "messages": [None if token.place < 0 else token.place for token in seen.tokens],
    }


def _share_record(share: Share, seen: SeenPrompt) -> dict[str, Any]:
    is_message = share.kind is PartKind.MESSAGE
    return {
        "part": share.kind.value,
        "message": share.place if is_message else None,
        "role": str(seen.prompt.messages[share.place].role) if is_message else None,
        "n_tokens": share.n_tokens,
        "share": round(seen.share_of(share), 6),
    }


def prompt_lines(seen: SeenPrompt) -> Iterator[str]:
    """For people: the text, then whose how many tokens are."""
    yield seen.text.rstrip("\n")
    yield ""
    yield f"{seen.facts.name}: {seen.n_tokens:,} tokens, {seen.n_special:,} of them control tokens"
    if not seen.chat.is_own:
        yield "This file has no chat template that can be used: ChatML takes its place."
    for share in seen.shares:
        yield f"{share.n_tokens:>8,} {seen.share_of(share):>7.1%}  {_name(share, seen)}"


def diff_lines(first: SeenPrompt, second: SeenPrompt) -> Iterator[str]:
    """What the second template writes otherwise, as a unified difference."""
    yield f"--- {first.facts.name}: {first.n_tokens:,} tokens"
    yield f"+++ {second.facts.name}: {second.n_tokens:,} tokens"
    for line in diff_texts(first.text, second.text).lines:
        if line.kind is LineKind.SKIPPED:
            yield f"@@ the same in both: {line.n_skipped:,} lines @@"
        else:
            end = "" if line.text.endswith("\n") else "\n\\ No line break at its end"
            yield f"{_SIGNS[line.kind]}{line.text.removesuffix(chr(10))}{end}"


def _name(share: Share, seen: SeenPrompt) -> str:
    match share.kind:
        case PartKind.TOOLS:
            return "tools"
        case PartKind.TEMPLATE:
            return "added by the template"
        case PartKind.MESSAGE:
            message = seen.prompt.messages[share.place]
            words = " ".join(message.text[: 4 * _BEGINNING].split())
            words = words if len(words) <= _BEGINNING else f"{words[: _BEGINNING - 1]}…"
            left_out = " (left out by the template)" if share.place in seen.divided.unsaid else ""
            return f"{share.place + 1} {message.role}: {words}{left_out}"
