"""POST /tokenize, /detokenize and /apply-template, as llama.cpp's server has them, with a `model` beside."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.engine.messages import TokenPrompt
from desktop_llm.server.exchange.streams import answer, leased
from desktop_llm.server.http.bodies import Body, Items, checked, read_json
from desktop_llm.server.http.replies import json_answer
from desktop_llm.server.openai.chat_prompt import chat_prompt
from desktop_llm.server.openai.chat_request import ChatRequest
from desktop_llm.server.openai.completion_request import check_tokens


class TokenizeRequest(Body):
    """A text to cut into tokens."""

    content: str
    add_special: bool | None = Field(None, description="Whether the model's BOS and the like are added.")
    parse_special: bool | None = Field(None, description="Whether texts like <|im_start|> are special tokens; true.")
    with_pieces: bool | None = None
    model: str = ""


class TokenPiece(BaseModel):
    """A token and its text, or its bytes where they are half a character."""

    id: int
    piece: str | list[int]


class TokenizeAnswer(BaseModel):
    """Token ids, or with their pieces."""

    tokens: list[int] | list[TokenPiece]


class DetokenizeRequest(Body):
    """Token ids to make a text of."""

    tokens: Items[int]
    model: str = ""


class DetokenizeAnswer(BaseModel):
    """The text of the tokens."""

    content: str


class TemplateAnswer(BaseModel):
    """The text that a conversation becomes."""

    prompt: str


async def tokenize(request: Request) -> Response:
    """A text -> its tokens."""
    body = checked(TokenizeRequest, await read_json(request))
    async with leased(request, body.model) as lease:
        special = body.parse_special is not False
        ids = await answer(
            lease.engine.tokenize(body.content, add_special=bool(body.add_special), parse_special=special)
        )
        if not body.with_pieces:
            return json_answer({"tokens": ids})
        pieces = await answer(lease.engine.pieces(ids))
    return json_answer({"tokens": [_piece(*each) for each in zip(ids, pieces, strict=True)]})


def _piece(token: int, piece: bytes) -> dict[str, Any]:
    try:
        return {"id": token, "piece": piece.decode()}
    except UnicodeDecodeError:
        return {"id": token, "piece": list(piece)}


async def detokenize(request: Request) -> Response:
    """Tokens -> their text."""
    body = checked(DetokenizeRequest, await read_json(request))
    async with leased(request, body.model) as lease:
        check_tokens([TokenPrompt(tuple(body.tokens))], lease.facts, "tokens")
        return json_answer({"content": await answer(lease.engine.detokenize(body.tokens))})


async def apply_template(request: Request) -> Response:
    """A conversation -> the text the model would be given."""
    body = checked(ChatRequest, await read_json(request))
    async with leased(request, body.model) as lease:
        return json_answer({"prompt": await answer(lease.engine.render(chat_prompt(body)))})
