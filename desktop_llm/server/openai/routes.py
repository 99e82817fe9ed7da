"""The operations of this room."""

from __future__ import annotations

from desktop_llm.server.http.sse import SSE
from desktop_llm.server.openai.answers import ChatAnswer, CompletionAnswer
from desktop_llm.server.openai.chat import chat_completions
from desktop_llm.server.openai.chat_request import ChatRequest
from desktop_llm.server.openai.completion_request import CompletionRequest
from desktop_llm.server.openai.completions import completions
from desktop_llm.server.openai.embeddings import EmbeddingAnswer, EmbeddingRequest, embeddings
from desktop_llm.server.openai.models import ModelCard, ModelList, list_models, one_model
from desktop_llm.server.openai.tokens import (
    DetokenizeAnswer,
    DetokenizeRequest,
    TemplateAnswer,
    TokenizeAnswer,
    TokenizeRequest,
    apply_template,
    detokenize,
    tokenize,
)
from desktop_llm.server.operation import Operation, operation

OPERATIONS: tuple[Operation, ...] = (
    operation("/v1/models", "GET", list_models, answers={200: ModelList}, summary="The models that can be asked for."),
    operation("/v1/models/{model:path}", "GET", one_model, answers={200: ModelCard}, summary="One model."),
    operation(
        "/v1/chat/completions",
        "POST",
        chat_completions,
        request=ChatRequest,
        answers={200: ChatAnswer},
        streams=SSE,
        summary="Reply to a conversation.",
    ),
    operation(
        "/v1/completions",
        "POST",
        completions,
        request=CompletionRequest,
        answers={200: CompletionAnswer},
        streams=SSE,
        summary="Continue a text.",
    ),
    operation(
        "/v1/embeddings",
        "POST",
        embeddings,
        request=EmbeddingRequest,
        answers={200: EmbeddingAnswer},
        summary="Texts as vectors.",
    ),
    operation(
        "/tokenize",
        "POST",
        tokenize,
        request=TokenizeRequest,
        answers={200: TokenizeAnswer},
        summary="A text as tokens.",
    ),
    operation(
        "/detokenize",
        "POST",
        detokenize,
        request=DetokenizeRequest,
        answers={200: DetokenizeAnswer},
        summary="Tokens as a text.",
    ),
    operation(
        "/apply-template",
        "POST",
        apply_template,
        request=ChatRequest,
        answers={200: TemplateAnswer},
        summary="A conversation as the text that the model is given.",
    ),
)
