"""The shelf as the app builds it, with the cache of this run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_llm.engine.llama.vocabulary import open_vocabulary
from desktop_llm.engine.trial import try_vocabulary
from desktop_llm.models.library.library import ModelLibrary
from desktop_llm.tokens.bundled import BundledVocabularies
from desktop_llm.tokens.shelf import TokenizerShelf
from desktop_llm.tokens.tokenizer import Tokenizer

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def vocabulary_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("vocabularies")


@pytest.fixture(scope="session")
def shelf(vocabulary_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> TokenizerShelf:
    resources = ROOT / "resources"
    library = ModelLibrary(resources / "models", tmp_path_factory.mktemp("models"))
    bundled = BundledVocabularies(resources / "vocabularies", vocabulary_cache)
    return TokenizerShelf(bundled, library, open_vocabulary, try_vocabulary)


@pytest.fixture(scope="session")
def tokenizers(shelf: TokenizerShelf) -> Iterator[dict[str, Tokenizer]]:
    """Every tokenizer that ships with the app, open."""
    opened = {name: shelf.open(name) for name in shelf.names()}
    yield opened
    for tokenizer in opened.values():
        tokenizer.close()
