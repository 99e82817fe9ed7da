"""Which tokenizers there are, how they are opened, and what is said of those that cannot be."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from desktop_llm.engine.llama.vocabulary import open_vocabulary
from desktop_llm.engine.trial import try_vocabulary
from desktop_llm.errors import GenerationError, ModelError, ModelFormatError, ModelNotFoundError
from desktop_llm.models.library.library import ModelLibrary
from desktop_llm.tokens.bundled import BundledVocabularies
from desktop_llm.tokens.shelf import TokenizerShelf
from desktop_llm.tokens.tokenizer import Tokenizer, decode

ROOT = Path(__file__).parents[2]
_FOLDER = ROOT / "resources" / "vocabularies"


def test_real_families_are_there_from_the_first_start(tokenizers: dict[str, Tokenizer]) -> None:
    algorithms = {name: tokenizer.facts.algorithm for name, tokenizer in tokenizers.items()}
    assert algorithms["phi-3"] == "SentencePiece"
    assert algorithms["bert"] == "WordPiece"
    assert {algorithms[name] for name in ("qwen2", "falcon", "gpt-2", "cl100k_base", "o200k_base", "starter")} == {
        "BPE"
    }


def test_every_bundled_vocabulary_names_its_licence_and_has_its_text_beside_it() -> None:
    texts = {path.name for path in _FOLDER.glob("LICENSE*")}
    readme = (_FOLDER / "README.md").read_text(encoding="utf-8")
    for file in BundledVocabularies(_FOLDER, Path("unused")).files():
        assert f"`{file.name}`" in readme and file.licence in readme
    assert all(text in readme for text in texts)


def test_bundled_vocabularies_are_small() -> None:
    assert sum(path.stat().st_size for path in _FOLDER.iterdir()) < 6_000_000


def test_rank_files_are_those_that_tiktoken_expects() -> None:
    expected = {
        "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        "p50k_base": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    }
    bundled = BundledVocabularies(_FOLDER, Path("unused"))
    assert {file.name: file.sha256 for file in bundled.files() if not file.is_gguf} == expected


def test_a_vocabulary_is_unpacked_once_and_mended_when_it_was_changed(tmp_path: Path) -> None:
    bundled = BundledVocabularies(_FOLDER, tmp_path)
    file = bundled.file("bert")
    path = bundled.path(file)
    first = path.stat().st_mtime_ns
    assert bundled.path(file).stat().st_mtime_ns == first
    path.write_bytes(b"x" * file.size_bytes)
    assert hashlib.sha256(bundled.path(file).read_bytes()).hexdigest() == file.sha256
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_damaged_or_missing_resource_is_said_in_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "vocabularies"
    shutil.copytree(_FOLDER, folder)
    bundled = BundledVocabularies(folder, tmp_path / "cache")
    (folder / "bert.gguf.xz").write_bytes(b"not packed")
    with pytest.raises(ModelFormatError, match="is damaged"):
        bundled.path(bundled.file("bert"))
    (folder / "bert.gguf.xz").write_bytes((folder / "phi-3.gguf.xz").read_bytes())
    with pytest.raises(ModelFormatError, match="is damaged"):
        bundled.path(bundled.file("bert"))
    (folder / "bert.gguf.xz").unlink()
    with pytest.raises(ModelNotFoundError, match="missing from this installation"):
        bundled.path(bundled.file("bert"))
    with pytest.raises(ModelNotFoundError, match="missing from this installation"):
        BundledVocabularies(tmp_path / "nothing", tmp_path).files()


def test_any_gguf_on_disk_is_a_tokenizer(shelf: TokenizerShelf, vocabulary_cache: Path, tmp_path: Path) -> None:
    bundled = BundledVocabularies(_FOLDER, vocabulary_cache)
    copied = shutil.copy(bundled.path(bundled.file("phi-3")), tmp_path / "another.gguf")
    other, phi = shelf.open(str(copied)), shelf.open("phi-3")
    assert other.encode("Hello, world") == phi.encode("Hello, world")
    assert (other.facts.title, other.facts.source) == ("another", "model")
    other.close()
    phi.close()


@pytest.mark.model
def test_a_header_that_would_end_the_process_is_refused(
    shelf: TokenizerShelf, starter_model: Path, tmp_path: Path
) -> None:
    twice = tmp_path / "twice.gguf"
    content = bytearray(starter_model.read_bytes()[:4_000_000])
    at = content.index(b"tokenizer.ggml.tokens")
    content[at : at + 21] = b"tokenizer.ggml.tokenz"
    twice.write_bytes(content)
    with twice.open("r+b") as file:
        file.truncate(starter_model.stat().st_size)
    with pytest.raises(ModelError, match=r"twice\.gguf"):
        shelf.open(str(twice))


def test_what_is_no_tokenizer_is_said_in_a_sentence(shelf: TokenizerShelf, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match=r"There is no tokenizer named gpt-9\. Known ones: phi-3, .*starter"):
        shelf.open("gpt-9")
    with pytest.raises(ModelNotFoundError, match="There is no file"):
        shelf.open(str(tmp_path / "nothing.gguf"))
    text = tmp_path / "text.gguf"
    text.write_text("no model at all, but long enough to be read")
    with pytest.raises(ModelFormatError):
        shelf.open(str(text))


@pytest.mark.parametrize("name", ["qwen2", "cl100k_base", "bert", "phi-3"])
def test_a_token_that_does_not_exist_is_refused(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    for token in (-1, 10_000_000, 1 << 40):
        with pytest.raises(GenerationError, match="does not exist"):
            tokenizers[name].piece(token)
        with pytest.raises(GenerationError, match="does not exist"):
            tokenizers[name].kind(token)


@pytest.mark.parametrize("name", ["starter", "phi-3", "bert", "o200k_base"])
def test_texts_that_are_no_good_unicode_do_no_harm(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    for text in ("", "\x00", "a\x00b", "\ud800", "\U0010ffff", "a" * 5000):
        tokenizers[name].encode(text)


@pytest.mark.parametrize("name", ["falcon", "gpt-2", "starter"])
def test_long_runs_do_not_end_the_process(name: str, tokenizers: dict[str, Tokenizer]) -> None:
    tokenizer = tokenizers[name]
    for unit in (".", "x", "1", "漢", " ", "\n", "«"):
        text = f"Before {unit * 50_000} after"
        ids = tokenizer.encode(text, add_special=True)
        assert decode(tokenizer, ids, show_special=False) == text


def test_a_file_is_tried_in_a_child_before_it_is_opened(tmp_path: Path) -> None:
    tried: list[Path] = []
    library = ModelLibrary(ROOT / "resources" / "models", tmp_path)
    bundled = BundledVocabularies(_FOLDER, tmp_path / "cache")
    shelf = TokenizerShelf(bundled, library, open_vocabulary, tried.append)
    path = bundled.path(bundled.file("bert"))
    shelf.open(str(path)).close()
    shelf.open("starter").close()
    assert tried == [path]
    try_vocabulary(path)
