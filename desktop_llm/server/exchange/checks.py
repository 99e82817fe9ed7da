"""Faults that are found late, told by the names of what was wrong in the request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.errors import GrammarError, PromptTooLongError
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.exchange.sampling_fields import bad_parameter


def check_writes(lease: Lease, params: SamplingParams) -> None:
    """Raises ApiError (400) for a model that makes only vectors, or a bias of a token that it does not have."""
    if lease.facts.is_embedder:
        name = lease.entry.name
        raise bad_parameter(f"The model {name} makes only embeddings; ask a language model.", "model")
    n_vocab = lease.facts.n_vocab
    wrong = next((token for token, _ in params.logit_bias if not 0 <= token < n_vocab), None)
    if wrong is not None:
        raise bad_parameter(f"Token {wrong} does not exist: the model's are 0 to {n_vocab - 1}.", "logit_bias")


@contextmanager
def naming(prompt: str, rules: str = "grammar") -> Iterator[None]:
    """Faults found late are told by the names of what was wrong: the prompt's, the grammar's or schema's."""
    try:
        yield
    except PromptTooLongError as error:
        raise bad_parameter(_too_long(error, prompt), prompt, "context_length_exceeded") from error
    except GrammarError as error:
        code = "invalid_grammar" if rules == "grammar" else "invalid_json_schema"
        raise bad_parameter(str(error), rules, code) from error


def _too_long(error: PromptTooLongError, prompt: str) -> str:
    """In OpenAI's words where the numbers are known: many programs look for them."""
    if not {"n_tokens", "n_ctx"} <= set(error.values):
        return str(error)
    n_ctx, n_tokens = error.values["n_ctx"], error.values["n_tokens"]
    return (
        f"This model's maximum context length is {n_ctx} tokens, but the {prompt} resulted in {n_tokens} tokens. "
        "Shorten them, or load the model with a longer context."
    )
