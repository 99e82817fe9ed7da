"""ChatWish: a reply to a conversation, as the engine is asked for it, whichever API words it."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_llm.engine.messages import ChatPrompt, ToolSpec
from desktop_llm.engine.replies.plan import Named, ToolChoice
from desktop_llm.engine.sampling import SamplingParams


@dataclass(frozen=True, slots=True)
class ToolWish:
    """The tools the model is told of, what it shall do with them, and whether several may be called at once."""

    tools: tuple[ToolSpec, ...] = ()
    choice: ToolChoice | Named = ToolChoice.NONE
    is_parallel: bool = True


@dataclass(frozen=True, slots=True)
class ChatWish:
    """What a chat request asks of the engine. The prompt tells of the same tools as `tools`.

    `prompt_param` is what the API calls the conversation, `schema_param` the place of `params.json_schema`.
    """

    prompt: ChatPrompt
    params: SamplingParams
    tools: ToolWish
    prompt_param: str = "messages"
    schema_param: str = "response_format"
