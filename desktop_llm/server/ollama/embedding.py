"""POST /api/embed, and the older /api/embeddings."""

from __future__ import annotations

import time
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.engine.messages import TextPrompt, TokenPrompt
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.exchange.streams import answer, leased
from desktop_llm.server.http.bodies import checked, read_json
from desktop_llm.server.http.replies import json_answer
from desktop_llm.server.ollama.request import EmbeddingsRequest, EmbedRequest
from desktop_llm.server.ollama.times import ns
from desktop_llm.server.ollama.wish import Stay, stay_of
from desktop_llm.server.openai.completion_request import check_tokens
from desktop_llm.server.openai.embeddings import check_embeds, cut

_Vectors = list[list[float]]


async def embed(request: Request) -> Response:
    """Texts -> vectors."""
    body = checked(EmbedRequest, await read_json(request))
    began = time.monotonic()
    texts = [body.input] if isinstance(body.input, str) else body.input
    stay = stay_of(body.model, body.keep_alive)
    async with leased(request, stay.model, stay.keep_alive_s) as lease:
        check_embeds(lease.facts, lease.entry.name, body.dimensions)
        vectors, n_tokens = await _vectors(lease, texts, truncates=body.truncate is not False)
    return json_answer(
        {
            "model": body.model,
            "embeddings": [list(cut(vector, body.dimensions)) for vector in vectors],
            "total_duration": ns(time.monotonic() - began),
            "load_duration": ns(lease.load_s),
            "prompt_eval_count": n_tokens,
        }
    )


async def embeddings(request: Request) -> Response:
    """A text -> a vector."""
    body = checked(EmbeddingsRequest, await read_json(request))
    stay: Stay = stay_of(body.model, body.keep_alive)
    async with leased(request, stay.model, stay.keep_alive_s) as lease:
        check_embeds(lease.facts, lease.entry.name, None)
        vectors, _ = await _vectors(lease, [body.prompt], truncates=True)
    return json_answer({"embedding": vectors[0]})


async def _vectors(lease: Lease, texts: Sequence[str], *, truncates: bool) -> tuple[_Vectors, int]:
    """The vectors, and how many tokens all texts have; a text that is too long is cut at its end, or refused."""
    prompts = [TextPrompt(text) for text in texts]
    counts = [await answer(lease.engine.count_tokens(prompt)) for prompt in prompts]
    most = lease.facts.n_ctx
    asked: list[TextPrompt | TokenPrompt] = []
    for prompt, count in zip(prompts, counts, strict=True):
        if truncates and count > most:
            ids = await answer(lease.engine.tokenize(prompt.text, add_special=True))
            asked.append(TokenPrompt((*ids[: most - 1], ids[-1])))  # its last one may mark the end
        else:
            asked.append(prompt)
    check_tokens(asked, lease.facts, "input")
    if not asked:
        return [], 0
    made = await answer(lease.engine.embed(asked))
    return [[float(number) for number in vector] for vector in made.vectors], sum(made.n_tokens)
