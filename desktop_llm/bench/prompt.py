"""The prompts of a benchmark: English sentences from a seed, cut to an exact count of tokens. Pure."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Final

_WORDS: Final = tuple(
    """
    the a one every some many after before under over between river harbour lantern window garden letter
    machine copper silver morning evening winter summer valley mountain bridge teacher sailor painter doctor
    farmer neighbour question answer number measure pattern journey market village station engine wheel paper
    table water bread music silence colour shadow light stone wooden quiet narrow distant early patient careful
    bright hollow gentle carries follows remembers finds opens closes builds repairs counts describes explains
    crosses watches keeps begins ends slowly often never always together again because while although until
    """.split()
)
_SENTENCE: Final = (6, 14)
_DIGEST_CHARACTERS: Final = 16
#: More than a word has in any vocabulary that is used; a shorter text is asked for once more.
_WORDS_A_TOKEN: Final = 1.2


def text_of(seed: int, number: int, n_words: int) -> str:
    """A text without sense, always the same for the same numbers: only `Random.random` is the same in every Python."""
    source = random.Random(f"{seed} {number}")  # noqa: S311  not a secret
    words: list[str] = []
    while len(words) < n_words:
        length = _SENTENCE[0] + int(source.random() * (_SENTENCE[1] - _SENTENCE[0] + 1))
        sentence = [_WORDS[int(source.random() * len(_WORDS))] for _ in range(length)]
        words += [sentence[0].capitalize(), *sentence[1:-1], f"{sentence[-1]}."]
    return " ".join(words[:n_words])


def prompt_ids(tokenize: Callable[[str], Sequence[int]], seed: int, number: int, n_tokens: int) -> tuple[int, ...]:
    """The tokens of a prompt, exactly so many; `number` tells the prompts of a plan apart."""
    n_words = round(_WORDS_A_TOKEN * n_tokens) + 1
    while True:
        ids = tuple(tokenize(text_of(seed, number, n_words)))
        if len(ids) >= n_tokens:
            return ids[:n_tokens]
        n_words *= 2


def digest(prompts: Iterable[Sequence[int]]) -> str:
    """A fingerprint of prompts: the same for the same tokens."""
    sha256 = hashlib.sha256()
    for ids in prompts:
        sha256.update((" ".join(map(str, ids)) + "\n").encode())
    return sha256.hexdigest()[:_DIGEST_CHARACTERS]
