"""POST /v1/messages and /v1/messages/count_tokens."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.errors import AppError, PromptTooLongError
from desktop_llm.server.anthropic.answer import CountAnswer, MessageAnswer
from desktop_llm.server.anthropic.prompt import chat_prompt, chat_wish, shows_thinking, tool_wish
from desktop_llm.server.anthropic.reply import MessageReply
from desktop_llm.server.anthropic.request import CountTokensRequest, MessagesRequest
from desktop_llm.server.errors import ApiError, to_anthropic
from desktop_llm.server.exchange.chat_wish import ChatWish
from desktop_llm.server.exchange.replying import Replying, prompt_tokens, replying
from desktop_llm.server.exchange.sampling_fields import bad_parameter
from desktop_llm.server.exchange.streams import parts_of
from desktop_llm.server.http.bodies import checked, ignore, read_json
from desktop_llm.server.http.replies import as_json, json_answer
from desktop_llm.server.http.sse import SSE, frame, sse
from desktop_llm.server.operation import Operation, operation

Json = dict[str, Any]


async def messages(request: Request) -> Response:
    """Answer a conversation, whole or as a stream."""
    body = checked(MessagesRequest, await read_json(request))
    if body.metadata is not None:
        ignore("metadata")
    wish = chat_wish(body, parts_of(request).defaults())
    if body.stream:
        return sse(request, _frames(request, body, wish), _error_frame)
    return json_answer(await _whole(request, body, wish))


async def count_tokens(request: Request) -> Response:
    """How many tokens the prompt of a conversation has, counted by the model's own template and vocabulary."""
    body = checked(CountTokensRequest, await read_json(request))
    count = await prompt_tokens(request, body.model, chat_prompt(body), tool_wish(body))
    return json_answer({"input_tokens": count})


def _reply(running: Replying, body: MessagesRequest) -> MessageReply:
    return MessageReply(
        running.parser,
        running.lease.entry.name,
        shows_thinking=shows_thinking(body),
        hides_thoughts=getattr(body.thinking, "display", None) == "omitted",
    )


async def _whole(request: Request, body: MessagesRequest, wish: ChatWish) -> Json:
    async with _words(), replying(request, body.model, wish) as running:
        reply = _reply(running, body)
        async for events in running.batches:
            for event in events:
                reply.receive(event)
    return reply.message()


async def _frames(request: Request, body: MessagesRequest, wish: ChatWish) -> AsyncGenerator[bytes, None]:
    """The events; those that came together are sent together."""
    async with _words(), replying(request, body.model, wish) as running:
        reply = _reply(running, body)
        async for events in running.batches:
            made = [each for event in events for each in reply.receive(event)]
            if made:
                yield b"".join(frame(as_json(each), each["type"]) for each in made)


@asynccontextmanager
async def _words() -> AsyncIterator[None]:
    """Anthropic's own words for a prompt that is too long: its clients look for them, to shorten it."""
    try:
        yield
    except ApiError as error:
        cause = error.__cause__
        if not isinstance(cause, PromptTooLongError) or not {"n_tokens", "n_ctx"} <= set(cause.values):
            raise
        n_tokens, n_ctx = cause.values["n_tokens"], cause.values["n_ctx"]
        raise bad_parameter(f"prompt is too long: {n_tokens} tokens > {n_ctx} maximum.", "messages") from cause


def _error_frame(error: AppError) -> bytes:
    """An error in the middle of a stream."""
    return frame(as_json(to_anthropic(error)[1]), "error")


OPERATIONS: tuple[Operation, ...] = (
    operation(
        "/v1/messages",
        "POST",
        messages,
        request=MessagesRequest,
        answers={200: MessageAnswer},
        summary="Anthropic's API: answer a conversation.",
        streams=SSE,
    ),
    operation(
        "/v1/messages/count_tokens",
        "POST",
        count_tokens,
        request=CountTokensRequest,
        answers={200: CountAnswer},
        summary="Anthropic's API: count the tokens of a conversation.",
    ),
)
