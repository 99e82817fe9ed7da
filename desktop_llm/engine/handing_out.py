"""Handing out: a token that was chosen, or that a reply begins with, becomes an event with readable text."""

from __future__ import annotations

from desktop_llm.engine.events import Token
from desktop_llm.engine.messages import ChatPrompt, Prompt
from desktop_llm.engine.model import LanguageModel, Sampled
from desktop_llm.engine.request import Request


def put_token(model: LanguageModel, request: Request, sampled: Sampled) -> None:
    """Give a token to its reader."""
    token = sampled.id
    piece = model.piece(token) or _special_piece(model, token, request.params.special_texts)
    text = request.detokenizer.feed(piece)
    thought = sampled.entropy, sampled.rank, sampled.p_sampled
    request.stream.put(Token(token, piece, text, sampled.logprob, sampled.alternatives, *thought))


def give_begun(model: LanguageModel, request: Request, prompt: Prompt) -> bool:
    """Give the tokens that a reply begins with to its reader; False when they end it."""
    for token in prompt.reply_ids if isinstance(prompt, ChatPrompt) else ():
        if model.is_end(token):
            return False
        put_token(model, request, Sampled(token))
        if request.detokenizer.is_stopped:
            return False
    return True


def _special_piece(model: LanguageModel, token: int, shown: tuple[str, ...]) -> bytes:
    """A control token's bytes when it stands in one of the texts `shown`, else none."""
    if not shown:
        return b""
    piece = model.piece(token, special=True)
    return piece if any(piece in text.encode() for text in shown) else b""
