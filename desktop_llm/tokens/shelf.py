"""TokenizerShelf: every tokenizer there is here, by name, and how it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from desktop_llm.engine.vocabulary import Vocabulary
from desktop_llm.errors import ModelError, ModelNotFoundError
from desktop_llm.models.gguf.info import read_model_info
from desktop_llm.models.library.library import ModelEntry, ModelLibrary
from desktop_llm.models.library.model_files import ENDING
from desktop_llm.tokens.bundled import BundledFile, BundledVocabularies
from desktop_llm.tokens.encodings import RECIPES, EncodingRecipe
from desktop_llm.tokens.gguf import GgufTokenizer
from desktop_llm.tokens.tokenizer import Tokenizer, TokenizerFacts

BUNDLED: Final = "bundled"
TIKTOKEN: Final = "tiktoken"
MODEL: Final = "model"
OTHER: Final = "other"
#: By the word in a file's header (tokenizer.ggml.model), as engine/llama/vocabulary.py names them.
_ALGORITHMS: Final = {
    "llama": "SentencePiece",
    "gpt2": "BPE",
    "gemma4": "BPE",
    "bert": "WordPiece",
    "t5": "Unigram",
    "rwkv": "RWKV",
    "plamo2": "PLaMo-2",
}

OpenVocabulary = Callable[[Path], Vocabulary]
#: Tries a file in a child process first; raises ModelError.
TryVocabulary = Callable[[Path], None]


class TokenizerShelf:
    """Finds and opens tokenizers. Any thread; `open` waits for the disk, and each time gives one of its own."""

    def __init__(
        self,
        bundled: BundledVocabularies,
        library: ModelLibrary,
        open_vocabulary: OpenVocabulary,
        try_vocabulary: TryVocabulary,
    ) -> None:
        self._bundled = bundled
        self._library = library
        self._open_vocabulary = open_vocabulary
        self._try_vocabulary = try_vocabulary

    def facts(self) -> Iterator[TokenizerFacts]:
        """What there is: bundled ones, OpenAI's encodings, then the models on this computer. None is opened.

        Reads every model's header, some milliseconds each; models that cannot be read are left out.
        """
        yield from (_bundled_facts(file) for file in self._bundled.files() if file.is_gguf)
        yield from (self._encoding_facts(recipe) for recipe in RECIPES)
        for entry in self._library.models():
            try:
                info = read_model_info(entry.path)
            except (ModelError, OSError):
                continue
            algorithm = _ALGORITHMS.get(info.tokenizer.partition(" ")[0], OTHER)
            yield TokenizerFacts(entry.name, entry.title, algorithm, info.n_vocab, MODEL, entry.licence)

    def names(self) -> list[str]:
        """What can be asked for without a model of one's own: bundled ones, encodings, and the built-in models."""
        bundled = [file.name for file in self._bundled.files() if file.is_gguf]
        return [*bundled, *(recipe.name for recipe in RECIPES), *(entry.name for entry in self._library.models())]

    def open(self, name: str) -> Tokenizer:
        """A tokenizer by its name, a model's name, or a GGUF file. The caller closes it.

        Raises ModelError, or OSError when a file cannot be read.
        """
        for file in self._bundled.files():
            if file.is_gguf and file.name == name:
                return self._open_bundled(file)
        if any(recipe.name == name for recipe in RECIPES):
            return self._open_encoding(name)
        return self._open_model(self._find(name))

    def _find(self, name: str) -> ModelEntry:
        try:
            return self._library.find(name)
        except ModelNotFoundError as error:
            if name.lower().endswith(ENDING) or len(Path(name).parts) > 1:
                raise
            known = ", ".join(self.names())
            raise ModelNotFoundError(
                "There is no tokenizer named {name}. Known ones: {known}; or give a GGUF file.", name=name, known=known
            ) from error

    def _open_bundled(self, file: BundledFile) -> Tokenizer:
        vocabulary = self._open_vocabulary(self._bundled.path(file))
        return GgufTokenizer(vocabulary, _bundled_facts(file))

    def _open_encoding(self, name: str) -> Tokenizer:
        from desktop_llm.tokens.openai import TiktokenTokenizer, make_encoding  # not needed for a model's vocabulary

        recipe = next(recipe for recipe in RECIPES if recipe.name == name)
        content = self._bundled.content(self._bundled.file(recipe.ranks))
        return TiktokenTokenizer(make_encoding(recipe, content), self._encoding_facts(recipe))

    def _encoding_facts(self, recipe: EncodingRecipe) -> TokenizerFacts:
        licence = self._bundled.file(recipe.ranks).licence
        return TokenizerFacts(recipe.name, recipe.title, "BPE", recipe.n_vocab, TIKTOKEN, licence)

    def _open_model(self, entry: ModelEntry) -> Tokenizer:
        """Its header is checked, and its vocabulary tried in a child: a damaged one can end the process."""
        if not entry.is_builtin:
            read_model_info(entry.path)
            self._try_vocabulary(entry.path)
        vocabulary = self._open_vocabulary(entry.path)
        facts = vocabulary.facts
        return GgufTokenizer(
            vocabulary,
            TokenizerFacts(entry.name, entry.title, facts.algorithm, facts.n_vocab, MODEL, entry.licence),
        )


def _bundled_facts(file: BundledFile) -> TokenizerFacts:
    return TokenizerFacts(file.name, file.title, file.algorithm, file.n_vocab, BUNDLED, file.licence)
