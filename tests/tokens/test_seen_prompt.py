"""A conversation as a model sees it: the engine's own tokens, each with its owner."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.errors import GenerationError, TemplateError
from desktop_llm.tokens.chat_format import chat_format
from desktop_llm.tokens.prompt_parts import PartKind
from desktop_llm.tokens.seen_prompt import SeenPrompt, Share, see_prompt
from desktop_llm.tokens.tokenizer import Tokenizer

TALK = ChatPrompt(
    (
        Message(Role.SYSTEM, "Be brief.\n"),
        Message(Role.USER, "Hello ñ 漢字 🙂 there"),
        Message(Role.ASSISTANT, " Yes, I do."),
        Message(Role.USER, "Why?"),
    )
)


def counts(seen: SeenPrompt) -> dict[int, int]:
    return {share.place: share.n_tokens for share in seen.shares}


@pytest.mark.parametrize("name", ["starter", "phi-3", "qwen2", "gpt-2", "bert"])
def test_every_token_has_one_owner(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    seen = see_prompt(tokenizers[name], TALK)
    assert sum(share.n_tokens for share in seen.shares) == seen.n_tokens
    assert sum(seen.share_of(share) for share in seen.shares) == pytest.approx(1.0)
    assert all(share.n_tokens > 0 for share in seen.shares)
    assert seen.shares[-1].kind is PartKind.TEMPLATE
    special = [token for token in seen.tokens if token.piece.kind is TokenKind.SPECIAL]
    assert {token.kind for token in special} <= {PartKind.TEMPLATE}


@pytest.mark.parametrize("name", ["starter", "phi-3", "qwen2"])
def test_a_message_has_about_the_tokens_that_it_has_alone(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    seen = see_prompt(tokenizers[name], TALK)
    for place, message in enumerate(TALK.messages):
        alone = len(tokenizers[name].encode(message.text.strip()))
        assert abs(counts(seen)[place] - alone) <= 1


def test_where_a_share_begins_is_known(tokenizers: dict[str, Tokenizer]) -> None:
    seen = see_prompt(tokenizers["starter"], TALK)
    first = seen.first_token_of(seen.shares[1])
    assert seen.tokens[first].piece.text == "Hello"
    assert seen.first_token_of(Share(PartKind.TOOLS, -1, 0)) == -1


def test_a_file_without_a_template_gets_chatml_and_says_so(tokenizers: dict[str, Tokenizer]) -> None:
    assert chat_format(tokenizers["starter"]).is_own
    assert not chat_format(tokenizers["gpt-2"]).is_own
    assert see_prompt(tokenizers["gpt-2"], TALK).text.startswith("<|im_start|>system\n")


def test_an_encoding_has_no_template(tokenizers: dict[str, Tokenizer]) -> None:
    with pytest.raises(GenerationError, match="without a chat template"):
        see_prompt(tokenizers["cl100k_base"], TALK)


def test_no_messages_are_refused_in_a_sentence(tokenizers: dict[str, Tokenizer]) -> None:
    with pytest.raises(TemplateError, match="no message"):
        see_prompt(tokenizers["starter"], ChatPrompt(()))


@pytest.mark.model
def test_the_tokens_are_those_that_the_engine_computes(starter_model: Path, tokenizers: dict[str, Tokenizer]) -> None:
    with Engine() as engine:
        engine.load(starter_model, LoadParams(n_ctx=512)).result(60)
        assert engine.render(TALK).result(10) == see_prompt(tokenizers["starter"], TALK).text
        assert engine.count_tokens(TALK).result(10) == see_prompt(tokenizers["starter"], TALK).n_tokens
        assert engine.facts is not None
        said = chat_format(tokenizers["starter"])
        assert engine.facts.bos_text == said.bos_text
