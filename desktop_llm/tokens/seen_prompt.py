"""SeenPrompt: a conversation as a model sees it: the tokens of its rendered prompt, and whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from desktop_llm.engine.messages import ChatPrompt
from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.tokens.chat_format import ChatFormat, chat_format
from desktop_llm.tokens.prompt_parts import DividedPrompt, Part, PartKind, divide_prompt
from desktop_llm.tokens.spans import spans_of
from desktop_llm.tokens.tokenizer import Piece, Tokenizer, TokenizerFacts, pieces_of


@dataclass(frozen=True, slots=True)
class SeenToken:
    """One token: its piece, the bytes of the prompt's text that it stands for, and whose it is.

    A token that the tokenizer adds of itself, BOS say, stands for no bytes, and is the template's.
    """

    piece: Piece
    start: int
    end: int
    kind: PartKind
    place: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many tokens are whose; `place` is the message's index, -1 for the template and the tools."""

    kind: PartKind
    place: int
    n_tokens: int


@dataclass(frozen=True, slots=True)
class SeenPrompt:
    """All of it. `shares` are the messages' in their order, then the tools', then the template's; none is left out."""

    facts: TokenizerFacts
    chat: ChatFormat
    prompt: ChatPrompt
    divided: DividedPrompt
    tokens: tuple[SeenToken, ...]
    shares: tuple[Share, ...]

    @property
    def text(self) -> str:
        """The prompt as a text."""
        return self.divided.text

    @property
    def n_tokens(self) -> int:
        """Of the whole prompt."""
        return len(self.tokens)

    @property
    def n_special(self) -> int:
        """Control tokens in it."""
        return sum(token.piece.kind is TokenKind.SPECIAL for token in self.tokens)

    def share_of(self, share: Share) -> float:
        """A share as a part of the whole, 0 to 1."""
        return share.n_tokens / self.n_tokens if self.tokens else 0.0

    def first_token_of(self, share: Share) -> int:
        """Where a share begins, as a token's index; -1 when it has none."""
        wanted = (share.kind, share.place)
        return next((i for i, token in enumerate(self.tokens) if (token.kind, token.place) == wanted), -1)


def see_prompt(tokenizer: Tokenizer, prompt: ChatPrompt) -> SeenPrompt:
    """Render and tokenize as the engine does. Takes some seconds at most; any thread but a window's.

    Raises TemplateError when the template refuses, fails or asks for too much; GenerationError.
    """
    chat = chat_format(tokenizer)
    divided = divide_prompt(chat.template, prompt)
    has_bos = bool(chat.bos_text) and divided.text.startswith(chat.bos_text)  # as the engine's admission
    ids = tokenizer.encode(divided.text, add_special=not has_bos, parse_special=True)
    tokens = tuple(_owned(pieces_of(tokenizer, ids), divided))
    return SeenPrompt(tokenizer.facts, chat, prompt, divided, tokens, tuple(_shares(tokens, prompt)))


def _shares(tokens: Sequence[SeenToken], prompt: ChatPrompt) -> list[Share]:
    counts = Counter((token.kind, token.place) for token in tokens)
    shares = [Share(PartKind.MESSAGE, place, counts[PartKind.MESSAGE, place]) for place in range(len(prompt.messages))]
    if prompt.tools:
        shares.append(Share(PartKind.TOOLS, -1, counts[PartKind.TOOLS, -1]))
    return [*shares, Share(PartKind.TEMPLATE, -1, counts[PartKind.TEMPLATE, -1])]


def _owned(pieces: Sequence[Piece], divided: DividedPrompt) -> list[SeenToken]:
    """Whose each token is: who has most of its bytes."""
    places = spans_of(divided.text, pieces)
    owners = _in_bytes(divided)
    tokens, first = [], 0
    for piece, start, end in zip(pieces, places.starts, places.ends, strict=True):
        while first < len(owners) and owners[first].end <= start:
            first += 1
        owner = _owner(owners, first, start, end)
        if owner is None or start == end:
            tokens.append(SeenToken(piece, start, end, PartKind.TEMPLATE, -1))
        else:
            tokens.append(SeenToken(piece, start, end, owner.kind, owner.place))
    return tokens


def _owner(owners: Sequence[Part], first: int, start: int, end: int) -> Part | None:
    best, most = None, 0
    while first < len(owners) and owners[first].start < end:
        n_bytes = min(end, owners[first].end) - max(start, owners[first].start)
        if n_bytes > most:
            best, most = owners[first], n_bytes
        first += 1
    return best


def _in_bytes(divided: DividedPrompt) -> list[Part]:
    parts, at = [], 0
    for part in divided.parts:
        end = at + len(divided.text[part.start : part.end].encode("utf-8", "replace"))
        parts.append(Part(at, end, part.kind, part.place))
        at = end
    return parts
