"""A prompt in words: its messages' names, what it is made of, how full the context is, and one token of it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_llm.engine.messages import Message, Role
from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.tokens.prompt_parts import PartKind
from desktop_llm.tokens.seen_prompt import SeenPrompt, SeenToken, Share
from desktop_llm.ui.pieces.visible import visible
from desktop_llm.ui.prompt.look import PromptLook
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.figures_table import Figure, Figures
from desktop_llm.ui.widgets.number_text import THIN_SPACE, percent, real, whole

translate = QCoreApplication.translate

_LONGEST = 60


def role_name(role: Role) -> str:
    """Who speaks."""
    names = {
        Role.SYSTEM: translate("prompt_words", "Instructions"),
        Role.USER: translate("prompt_words", "User"),
        Role.ASSISTANT: translate("prompt_words", "Reply"),
        Role.TOOL: translate("prompt_words", "Tool"),
    }
    return names[role]


def share_name(share: Share, seen: SeenPrompt) -> str:
    """Whose a share is, in a word or two: "2 User"."""
    match share.kind:
        case PartKind.MESSAGE:
            return f"{share.place + 1} {role_name(seen.prompt.messages[share.place].role)}"
        case PartKind.TOOLS:
            return translate("prompt_words", "Tools")
        case PartKind.TEMPLATE:
            return translate("prompt_words", "Added by the template")


def share_figures(seen: SeenPrompt, look: PromptLook) -> Figures:
    """The shares as a table; its rows are `seen.shares`."""
    rows = []
    for share in seen.shares:
        part, title = seen.share_of(share), share_title(share, seen)
        rows.append(
            (
                Figure(title, title, look.ground(share.kind, share.place)),
                Figure(share.n_tokens, whole(share.n_tokens)),
                Figure(part, _percent(part)),
            )
        )
    titles = (
        translate("prompt_words", "Part"),
        translate("prompt_words", "Tokens"),
        translate("prompt_words", "Share"),
    )
    return Figures(titles, tuple(rows))


def share_title(share: Share, seen: SeenPrompt) -> str:
    """Whose a share is, and how it begins; and what of a message is not in the prompt."""
    name = share_name(share, seen)
    if share.kind is not PartKind.MESSAGE:
        return name
    words = f"{name}: {_beginning(seen.prompt.messages[share.place])}"
    if share.place in seen.divided.unsaid:
        return translate("prompt_words", "{message} (left out by the template)").format(message=words)
    if share.place in seen.divided.unthought:
        return translate("prompt_words", "{message} (without its reasoning)").format(message=words)
    return words


def summary(seen: SeenPrompt, n_ctx: int) -> str:
    """How long it is, what of that is the template's, and how much of the context it takes."""
    added = seen.shares[-1]
    words = translate("prompt_words", "{tokens} tokens, {special} of them control tokens").format(
        tokens=whole(seen.n_tokens), special=whole(seen.n_special)
    )
    by_template = translate("prompt_words", "the template adds {tokens} ({share})").format(
        tokens=whole(added.n_tokens), share=_percent(seen.share_of(added))
    )
    parts = [words, by_template]
    if n_ctx:
        fill = translate("prompt_words", "{share} of a context of {tokens}")
        parts.append(fill.format(share=_percent(seen.n_tokens / n_ctx), tokens=whole(n_ctx)))
    return " · ".join(parts)


def notes(seen: SeenPrompt, n_ctx: int) -> str:
    """What is to be known besides; "" for nothing."""
    found = []
    if not seen.chat.is_own and seen.chat.fault is None:
        found.append(translate("prompt_words", "This file has no chat template of its own: ChatML takes its place."))
    if seen.chat.fault is not None:
        words = translate("prompt_words", "ChatML takes the place of its own template. {reason}")
        found.append(words.format(reason=translate_error(seen.chat.fault)))
    if n_ctx and seen.n_tokens > n_ctx:
        found.append(translate("prompt_words", "This is more than the context holds."))
    return " ".join(found)


def token_words(place: int, token: SeenToken, seen: SeenPrompt) -> str:
    """One token: its place, its id, what it says, whose it is."""
    share = next(each for each in seen.shares if (each.kind, each.place) == (token.kind, token.place))
    words = translate("prompt_words", "Token {place} · id {id} · {piece}").format(
        place=whole(place + 1), id=token.piece.id, piece=visible(token.piece.content)
    )
    control = [translate("prompt_words", "control token")] if token.piece.kind is TokenKind.SPECIAL else []
    return " · ".join([words, *control, share_name(share, seen)])


def _beginning(message: Message) -> str:
    said = message.text or " ".join(call.name for call in message.tool_calls)
    line = " ".join(said[: 4 * _LONGEST].split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _percent(fraction: float) -> str:
    """With a decimal: shares are often small."""
    return f"{real(fraction * 100, 1)}{THIN_SPACE}%" if 0 < fraction < 1 else percent(fraction)
