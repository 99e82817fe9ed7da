"""Admission: a submitted prompt becomes tokens that fit into the context, or is refused with a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Protocol

from desktop_llm.engine.detokenizer import Detokenizer
from desktop_llm.engine.events import FinishReason
from desktop_llm.engine.messages import ChatPrompt, Message, Prompt, Role, TextPrompt, TokenPrompt
from desktop_llm.engine.model import LanguageModel, ModelFacts
from desktop_llm.engine.request import ContextOverflow, Request, Submission, finish_unseen
from desktop_llm.engine.scoring import ReplyText, Scored, ScoreJob, Scores, ScoreWish
from desktop_llm.errors import GenerationError, PromptTooLongError

#: The part of the context that DROP_OLDEST keeps free for the reply, at most.
_REPLY_PART = 4


class Template(Protocol):
    """A chat template: `prompt.ChatTemplate`, or a test's own."""

    def render(self, prompt: ChatPrompt) -> str:
        """Messages to text. Raises TemplateError."""


class Admission:
    """Renders and tokenizes for one model. Engine thread."""

    def __init__(self, model: LanguageModel, template: Template) -> None:
        self._model = model
        self._template = template
        self._facts = model.facts

    def render(self, prompt: ChatPrompt) -> str:
        """The text a chat becomes. Raises TemplateError."""
        return self._template.render(prompt)

    def tokenize(self, text: str, *, add_special: bool, parse_special: bool) -> list[int]:
        """A text's token ids. Raises GenerationError."""
        return self._model.tokenize(text, add_special=add_special, parse_special=parse_special)

    def tokens(self, prompt: Prompt) -> list[int]:
        """The token ids of a prompt. Raises TemplateError or GenerationError."""
        match prompt:
            case ChatPrompt():
                text = self._template.render(prompt)
                # Templates often write the BOS themselves; llama.cpp would add a second one.
                has_bos = bool(self._facts.bos_text) and text.startswith(self._facts.bos_text)
                self._check_ids(prompt.reply_ids)
                begun = list(prompt.reply_ids)
                return self._model.tokenize(text, add_special=not has_bos, parse_special=True) + begun
            case TextPrompt():
                return self._model.tokenize(prompt.text, add_special=True, parse_special=prompt.parse_special)
            case TokenPrompt():
                self._check_ids(prompt.ids)
                return list(prompt.ids)

    def _check_ids(self, ids: Sequence[int]) -> None:
        """An id outside the vocabulary would make llama.cpp refuse the whole batch, other requests included."""
        for token in ids:
            if not 0 <= token < self._facts.n_vocab:
                raise GenerationError(
                    "Token {token} does not exist: this model's tokens are 0 to {last}.",
                    token=token,
                    last=self._facts.n_vocab - 1,
                )

    def inputs(self, prompts: Sequence[Prompt], *, truncates: bool) -> list[list[int]]:
        """The token ids of texts that become vectors, each of 1 to `n_ctx` tokens.

        Raises GenerationError: this model makes no vectors, there is no text, or one of them is none.
        Raises PromptTooLongError, unless `truncates`.
        """
        if not self._facts.is_embedder:
            raise GenerationError(
                "{name} writes replies and makes no embeddings. Choose an embedding model.", name=self._facts.name
            )
        if not prompts:
            raise GenerationError("There is no text to embed.")
        return [self._input(prompt, truncates) for prompt in prompts]

    def _input(self, prompt: Prompt, truncates: bool) -> list[int]:
        if isinstance(prompt, ChatPrompt):
            raise GenerationError("A conversation cannot be embedded; give a text or tokens.")
        tokens = self.tokens(prompt)
        if not tokens:
            raise GenerationError("A text without tokens cannot be embedded.")
        n_ctx = self._facts.n_ctx
        if len(tokens) <= n_ctx:
            return tokens
        if not truncates:
            raise PromptTooLongError(
                "The text has {n_tokens} tokens, but this embedding model takes {n_ctx} at most. Shorten or divide it.",
                n_tokens=len(tokens),
                n_ctx=n_ctx,
            )
        # The last token stays: encoders want their separator at the end, and others pool from it.
        return [*tokens[: n_ctx - 1], tokens[-1]]

    def text(self, ids: Sequence[int]) -> str:
        """The text of token ids, special ones included; what is no character becomes U+FFFD. Raises GenerationError."""
        text = b"".join(self.pieces(ids)).decode("utf-8", "replace")
        return text.removeprefix(" ") if _begins_with_space(self._facts) else text

    def pieces(self, ids: Sequence[int]) -> tuple[bytes, ...]:
        """The bytes of each token, special ones included. Raises GenerationError."""
        self._check_ids(ids)
        return tuple(self._model.piece(token, special=True) for token in ids)

    def request(self, submission: Submission) -> Request | None:
        """Render, tokenize and make the sampler; None when it ended at once, by ContextOverflow.STOP.

        Raises PromptTooLongError, TemplateError, GrammarError or GenerationError.
        """
        self._check_writes()
        tokens, dropped = self.fit(submission)
        n_ctx = self._facts.n_ctx
        if len(tokens) >= n_ctx:
            submission.stream.put(finish_unseen(submission, FinishReason.LENGTH, len(tokens), n_ctx))
            return None
        params = submission.params
        sampler = self._model.sampler(params)
        for token in tokens:
            sampler.accept(token)
        strips = strips_leading_space(self._facts, submission.prompt)
        return Request(
            number=submission.number,
            params=params,
            stream=submission.stream,
            tokens=tokens,
            n_prompt=len(tokens),
            detokenizer=Detokenizer(params.stop, strip_leading_space=strips),
            dropped_messages=dropped,
            sampler=sampler,
            submitted_at=submission.submitted_at,
        )

    def _check_writes(self) -> None:
        if self._facts.is_embedder:
            raise GenerationError(
                "{name} makes embeddings and cannot write replies. Choose a chat model.", name=self._facts.name
            )

    def score_job(self, text: Scored, wish: ScoreWish, answer: Future[Scores]) -> ScoreJob:
        """A text to score, as tokens that exist. Raises GenerationError, or TemplateError for a reply's prompt."""
        self._check_writes()
        if isinstance(text, ReplyText):
            before = self.tokens(replace(text.prompt, reply_ids=()))
            reply = text.ids
            if reply is None:
                reply = tuple(self._model.tokenize(text.text, add_special=False, parse_special=True))
            self._check_ids(reply)
            ids, first = (*before, *reply), len(before)
        else:
            self._check_ids(text)
            ids, first = tuple(text), wish.first
        sampler = None
        if wish.params is not None:
            sampler = self._model.sampler(replace(wish.params, grammar=None, json_schema=None))
        return ScoreJob(ids, min(first, len(ids)), wish.n_top, answer, sampler, wish.progress)

    def fit(self, submission: Submission) -> tuple[list[int], tuple[int, ...]]:
        """The prompt's tokens, and the indices of the messages left out to make it fit.

        With ContextOverflow.STOP the tokens may still be too many; the caller then ends the reply.
        Raises PromptTooLongError, TemplateError or GenerationError.
        """
        tokens = self.tokens(submission.prompt)
        if not tokens:
            raise GenerationError("The prompt is empty: there is nothing to go on from.")
        room = self._facts.n_ctx - 1
        match submission.overflow:
            case ContextOverflow.STOP:
                return tokens, ()
            case ContextOverflow.DROP_OLDEST if isinstance(submission.prompt, ChatPrompt):
                return self._drop_oldest(submission.prompt, submission.params.max_tokens, tokens)
            case _ if len(tokens) > room:
                raise _too_long(len(tokens), self._facts.n_ctx)
            case _:
                return tokens, ()

    def _drop_oldest(
        self, prompt: ChatPrompt, max_tokens: int | None, tokens: list[int]
    ) -> tuple[list[int], tuple[int, ...]]:
        n_ctx = self._facts.n_ctx
        part = n_ctx // _REPLY_PART
        room = n_ctx - max(1, min(part if max_tokens is None else max_tokens, part))
        if len(tokens) <= room:
            return tokens, ()
        turns = turns_of(prompt.messages)
        # The fewest turns to leave out: more of them never make the prompt longer.
        low, high = 1, len(turns) - 1
        best: tuple[list[int], tuple[int, ...]] = (tokens, ())
        while low <= high:
            middle = (low + high) // 2
            dropped = tuple(sorted(i for turn in turns[:middle] for i in turn))
            shorter = self.tokens(_without(prompt, dropped))
            if len(shorter) <= room or middle == len(turns) - 1:
                best, high = (shorter, dropped), middle - 1
            else:
                low = middle + 1
        # The last turn alone may take some of the reply's room, but not all of it.
        if len(best[0]) >= n_ctx:
            raise _too_long(len(best[0]), n_ctx)
        return best


def turns_of(messages: Sequence[Message]) -> list[list[int]]:
    """The indices of each turn, oldest first: a user's message and all that answers it. System messages are in none."""
    turns: list[list[int]] = []
    for i, message in enumerate(messages):
        if message.role is Role.SYSTEM:
            continue
        if message.role is Role.USER or not turns:
            turns.append([])
        turns[-1].append(i)
    return turns


def _without(prompt: ChatPrompt, dropped: tuple[int, ...]) -> ChatPrompt:
    kept = tuple(message for i, message in enumerate(prompt.messages) if i not in dropped)
    return replace(prompt, messages=kept)


def strips_leading_space(facts: ModelFacts, prompt: Prompt) -> bool:
    """Whether a reply's first space is the tokenizer's, not the model's.

    A SentencePiece vocabulary begins every text with a space, so also a reply; it belongs to the
    text only where a text is continued.
    """
    metadata = dict(facts.metadata)
    is_sentencepiece = metadata.get("tokenizer.ggml.model") == "llama"
    return (
        is_sentencepiece and _begins_with_space(facts) and isinstance(prompt, ChatPrompt) and not prompt.continue_last
    )


def _begins_with_space(facts: ModelFacts) -> bool:
    """Whether the tokenizer begins every text with a space: SentencePiece, and WordPiece, whose words all have one."""
    metadata = dict(facts.metadata)
    adds_space = metadata.get("tokenizer.ggml.add_space_prefix", "true") == "true"
    kind = metadata.get("tokenizer.ggml.model")
    return kind == "bert" or (kind in {"llama", "t5"} and adds_space)


def _too_long(n_tokens: int, n_ctx: int) -> PromptTooLongError:
    return PromptTooLongError(
        "The conversation has {n_tokens} tokens, but the context holds {n_ctx}. "
        "Shorten it, begin a new conversation, or load the model with a longer context.",
        n_tokens=n_tokens,
        n_ctx=n_ctx,
    )
