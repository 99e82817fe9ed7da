"""ChatFormat: how a tokenizer's model wants conversations, which its file says."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_llm.engine.prompt import ChatTemplate
from desktop_llm.errors import GenerationError, TemplateError
from desktop_llm.tokens.gguf import GgufTokenizer
from desktop_llm.tokens.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """A model's chat template. `is_own` is not so where the file has none, and ChatML takes its place.

    `fault` says why the file's own is not used.
    """

    template: ChatTemplate
    bos_text: str
    is_own: bool
    fault: TemplateError | None = None


def chat_format(tokenizer: Tokenizer) -> ChatFormat:
    """The template that the engine would use for this model. Raises GenerationError for a tokenizer of no model."""
    if not isinstance(tokenizer, GgufTokenizer):
        raise GenerationError(
            "{name} is a tokenizer without a chat template. Choose a model.", name=tokenizer.facts.title
        )
    said, fault = tokenizer.said, None
    if said.chat_template is not None:
        try:
            own = ChatTemplate(said.chat_template, said.bos_text, said.eos_text)
            return ChatFormat(own, said.bos_text, is_own=True)
        except TemplateError as error:
            fault = error
    fallback = ChatTemplate.fallback(said.bos_text, said.eos_text)
    return ChatFormat(fallback, said.bos_text, is_own=False, fault=fault)
