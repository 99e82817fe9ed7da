"""ReplyRecord: the tokens of one reply, what was asked for it, and how likely models found each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop_llm.engine.messages import ChatPrompt
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.token_record import TokenRecord

if TYPE_CHECKING:
    from desktop_llm.engine.replies.parser import ReplyStyle

#: Alternatives that are kept of each token.
N_ALTERNATIVES = 10


@dataclass(slots=True, eq=False)
class ReplyRecord:
    """Kept beside a reply, and never shown in its place. One thread, its session's.

    `prompt` is what the reply answers, and `prompt_turns` are the ids of the turns behind each message;
    `dropped_turns` were left out. `writer` is the name of the model that wrote it. `tokens` grow with it; what the
    writer thought of them is there when it was recorded while it wrote. `judgements` were computed afterwards, by
    the name of the model: another model's tokens of the same text are others.
    """

    prompt: ChatPrompt
    params: SamplingParams
    style: ReplyStyle
    writer: str
    prompt_turns: tuple[tuple[str, ...], ...] = ()
    tokens: TokenRecord = field(default_factory=lambda: TokenRecord(N_ALTERNATIVES))
    judgements: dict[str, TokenRecord] = field(default_factory=dict)
    dropped_turns: tuple[str, ...] = ()

    @property
    def is_recorded(self) -> bool:
        """Whether the writer's thoughts were recorded while it wrote."""
        return self.tokens.is_judged

    def judged_by(self, model_name: str) -> TokenRecord | None:
        """What a model thought of the reply, as far as that is known."""
        if model_name == self.writer and self.is_recorded:
            return self.tokens
        return self.judgements.get(model_name)

    def tokens_of(self, model_name: str) -> TokenRecord | None:
        """The reply's tokens of a model: those it was written with, or those it was judged by."""
        judged = self.judged_by(model_name)
        return self.tokens if judged is None and model_name == self.writer else judged

    def judges(self) -> tuple[str, ...]:
        """The models whose thoughts are known, the writer first."""
        written = (self.writer,) if self.is_recorded else ()
        return tuple(dict.fromkeys((*written, *self.judgements)))

    @property
    def text(self) -> str:
        """The reply as the model wrote it, marks of thoughts included."""
        return self.tokens.text_bytes.decode("utf-8", "replace")

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        return self.tokens.size_bytes + sum(each.size_bytes for each in self.judgements.values())
