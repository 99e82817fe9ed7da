"""A text is cut for SentencePiece where nothing is joined; its tokens are those of the whole."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.llama.safe_cuts import PART, characters_of, safe_parts
from desktop_llm.engine.llama.vocabulary import open_vocabulary
from desktop_llm.tokens.bundled import BundledVocabularies

_ROOT = Path(__file__).parents[2]
_TOKENS = ("▁a", "b", "ab", "▁", "\nx", "<0x0A>")


@given(st.text(alphabet="ab x🙂ក\n", min_size=PART, max_size=PART + 600))
def test_parts_together_are_the_text_and_end_after_what_is_in_no_token(text: str) -> None:
    parts = safe_parts(text, characters_of(_TOKENS))
    assert "".join(parts) == text
    assert all(part[-1] in "🙂ក" for part in parts[:-1])
    assert all(part[0] != "x" for part in parts[1:])


def test_a_text_whose_characters_are_all_known_is_not_cut() -> None:
    assert len(safe_parts("ab " * PART, characters_of(_TOKENS))) == 1


def test_many_emoji_have_the_tokens_of_few_and_take_no_time(tmp_path: Path) -> None:
    bundled = BundledVocabularies(_ROOT / "resources" / "vocabularies", tmp_path)
    vocabulary = open_vocabulary(bundled.path(bundled.file("phi-3")))
    unit = "A word <|end|> 🙂👍🏽 ខ្មែរ\n🙂"
    small = vocabulary.encode(unit * 20, add_special=False, parse_special=True)
    started = time.perf_counter()
    large = vocabulary.encode(unit * 8000, add_special=False, parse_special=True)
    assert time.perf_counter() - started < 20  # it was minutes
    period = len(vocabulary.encode(unit * 21, add_special=False, parse_special=True)) - len(small)
    assert len(large) == len(small) + (8000 - 20) * period
    assert large[: len(small) - period] == small[: len(small) - period]
    vocabulary.close()
