"""The shelf of tokenizers."""

from __future__ import annotations

from pathlib import Path

from desktop_llm.engine.trial import try_vocabulary
from desktop_llm.engine.vocabulary import Vocabulary
from desktop_llm.models.library.library import ModelLibrary
from desktop_llm.paths import Paths
from desktop_llm.tokens.bundled import BundledVocabularies
from desktop_llm.tokens.shelf import TokenizerShelf


def build_tokenizers(paths: Paths, library: ModelLibrary) -> TokenizerShelf:
    """It opens nothing before it is asked."""
    bundled = BundledVocabularies(paths.vocabularies, paths.unpacked_vocabularies)
    return TokenizerShelf(bundled, library, _open_vocabulary, try_vocabulary)


def _open_vocabulary(path: Path) -> Vocabulary:
    from desktop_llm.engine.llama.vocabulary import open_vocabulary  # llama.cpp is not needed before

    return open_vocabulary(path)
