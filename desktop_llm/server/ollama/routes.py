"""The routes of Ollama's API."""

from __future__ import annotations

from desktop_llm.server.http.ndjson import NDJSON
from desktop_llm.server.ollama.about import Processes, Shown, Tags, Version, processes, show, tags, version
from desktop_llm.server.ollama.answer import ChatAnswer, EmbedAnswer, EmbeddingsAnswer, GenerateAnswer
from desktop_llm.server.ollama.embedding import embed, embeddings
from desktop_llm.server.ollama.request import (
    ChatRequest,
    EmbeddingsRequest,
    EmbedRequest,
    GenerateRequest,
    ShowRequest,
)
from desktop_llm.server.ollama.writing import chat, generate
from desktop_llm.server.operation import Operation, operation

OPERATIONS: tuple[Operation, ...] = (
    operation(
        "/api/chat",
        "POST",
        chat,
        request=ChatRequest,
        answers={200: ChatAnswer},
        streams=NDJSON,
        summary="Ollama's API: reply to a conversation.",
    ),
    operation(
        "/api/generate",
        "POST",
        generate,
        request=GenerateRequest,
        answers={200: GenerateAnswer},
        streams=NDJSON,
        summary="Ollama's API: reply to a prompt.",
    ),
    operation(
        "/api/embed",
        "POST",
        embed,
        request=EmbedRequest,
        answers={200: EmbedAnswer},
        summary="Ollama's API: texts as vectors.",
    ),
    operation(
        "/api/embeddings",
        "POST",
        embeddings,
        request=EmbeddingsRequest,
        answers={200: EmbeddingsAnswer},
        summary="Ollama's API: a text as a vector, the older way.",
    ),
    operation("/api/tags", "GET", tags, answers={200: Tags}, summary="Ollama's API: every model."),
    operation("/api/ps", "GET", processes, answers={200: Processes}, summary="Ollama's API: every loaded model."),
    operation(
        "/api/show",
        "POST",
        show,
        request=ShowRequest,
        answers={200: Shown},
        summary="Ollama's API: all that is known of a model.",
    ),
    operation("/api/version", "GET", version, answers={200: Version}, summary="Ollama's API: the release."),
)
