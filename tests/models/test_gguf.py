"""The GGUF reader: what it finds in good files, and that any bytes end as a header or a sentence."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desktop_llm.errors import IncompleteHeaderError, ModelFormatError, ModelNotFoundError
from desktop_llm.models.gguf import reader as gguf_reader
from desktop_llm.models.gguf.header_bytes import HeaderBytes
from desktop_llm.models.gguf.info import (
    ModelInfo,
    RopeScaling,
    describe,
    parse_model_info,
    read_chat_model_info,
    read_model_info,
)
from desktop_llm.models.gguf.reader import Header, parse_header, read_header
from desktop_llm.models.gguf.tables import ARCHITECTURES, FILE_TYPES, TENSOR_TYPES
from tests.models.forge_bad import ARRAY, BOOL, F32, I32, STRING, U32, Gguf, Tensor, random_mutant, valid
from tests.models.forge_worst import WORST, forge_worst


def _info(file: Gguf) -> ModelInfo:
    raw = file.to_bytes()
    return describe(Path("model.gguf"), parse_header(raw, len(raw)), len(raw))


def test_the_starter_model_is_described(starter_model: Path) -> None:
    info = read_model_info(starter_model)
    assert (info.architecture, info.n_layer, info.n_embd, info.n_head, info.n_head_kv) == ("llama", 30, 576, 9, 3)
    assert (info.n_params, info.n_ctx_train, info.n_vocab) == (134_515_008, 8192, 49_152)
    assert (info.quantization, info.licence, info.size_bytes) == ("Q4_1", "apache-2.0", 98_362_432)
    assert [kind for kind, _ in info.type_shares] == ["Q4_1", "Q8_0", "F32"]
    assert sum(share for _, share in info.type_shares) == pytest.approx(1)
    assert info.bits_per_weight == pytest.approx(5.744, abs=0.001)
    assert info.has_chat_template
    assert not (info.is_embedding or info.is_projector)
    assert info.split_count == 1


def test_a_file_elsewhere_is_described_from_its_first_bytes(starter_model: Path) -> None:
    info = read_model_info(starter_model)
    start = starter_model.read_bytes()[: 4 * 1024 * 1024]
    assert replace(parse_model_info(start, info.size_bytes, "m.gguf"), path=starter_model) == info
    with pytest.raises(IncompleteHeaderError) as caught:
        parse_model_info(start[:1000], info.size_bytes, "m.gguf")
    assert 1000 < caught.value.needed_bytes < len(start)


def test_each_role_of_tensors_has_its_number_format(starter_model: Path) -> None:
    info = read_model_info(starter_model)
    groups = {group.role: group for group in info.groups}
    assert groups["ffn_down"].types == (("Q4_1", 30),)
    assert groups["token_embd"].types == (("Q8_0", 1),)
    assert sum(group.n_params for group in info.groups) == info.n_params
    assert [group.size_bytes for group in info.groups] == sorted((g.size_bytes for g in info.groups), reverse=True)


def test_the_tokenizer_and_the_rotation_are_named(starter_model: Path) -> None:
    info = read_model_info(starter_model)
    assert (info.tokenizer, info.rope_freq_base, info.rope_scaling) == ("gpt2 (smollm)", 100_000.0, None)


@pytest.mark.parametrize(
    ("keys", "scaling"),
    [
        ({"rope.scaling.type": "yarn", "rope.scaling.factor": 4.0}, RopeScaling("yarn", 4.0, 0)),
        (
            {"rope.scaling.type": "longrope", "rope.scaling.original_context_length": 4096},
            RopeScaling("longrope", 0.0, 4096),
        ),
        ({"rope.scaling.type": "none", "rope.scaling.factor": 1.0}, None),
        ({"rope.scale_linear": 8.0}, RopeScaling("linear", 8.0, 0)),
        ({}, None),
    ],
)
def test_a_stretched_context_is_told(keys: dict[str, str | float | int], scaling: RopeScaling | None) -> None:
    file = valid()
    kinds = {str: STRING, float: F32, int: U32}
    for key, value in keys.items():
        file.set(f"llama.{key}", value, kinds[type(value)])
    assert _info(file).rope_scaling == scaling


def test_factors_in_a_tensor_stretch_the_context_too() -> None:
    file = valid()
    file.tensors.append(Tensor("rope_freqs.weight", (8,), bytes(32)))
    assert _info(file).rope_scaling == RopeScaling("per dimension", 0.0, 0)


def test_experts_and_a_window_are_found() -> None:
    file = valid()
    file.set("llama.expert_count", 8)
    file.set("llama.expert_used_count", 2)
    file.set("llama.attention.sliding_window", 1024)
    info = _info(file)
    assert (info.n_expert, info.n_expert_used, info.sliding_window) == (8, 2, 1024)


def test_heads_can_be_given_for_each_layer() -> None:
    file = valid()
    file.set("llama.attention.head_count_kv", (I32, [0, 2]), ARRAY)
    assert _info(file).n_head_kv == 2


def test_empty_tokens_may_repeat() -> None:
    file = valid()
    tokens = file.get("tokenizer.ggml.tokens")[1]
    tokens[-1] = tokens[-2] = ""
    assert _info(file).n_vocab == 288


def test_a_projector_is_told_from_a_model() -> None:
    file = valid()
    file.set("general.architecture", "clip", STRING)
    assert _info(file).is_projector


def test_an_embedding_model_is_told_from_one_that_chats() -> None:
    file = valid()
    file.set("general.architecture", "bert", STRING)
    file.keys = [(key.replace("llama.", "bert.", 1), kind, value) for key, kind, value in file.keys]
    assert _info(file).is_embedding


def test_only_what_can_chat_is_taken_for_a_chat(tmp_path: Path, starter_model: Path) -> None:
    assert read_chat_model_info(starter_model).architecture == "llama"
    projector, embedder = valid(), valid()
    projector.set("general.architecture", "clip", STRING)
    embedder.set("general.architecture", "bert", STRING)
    embedder.keys = [(key.replace("llama.", "bert.", 1), kind, value) for key, kind, value in embedder.keys]
    for file, word in ((projector, "vision part"), (embedder, "cannot chat")):
        path = tmp_path / "model.gguf"
        path.write_bytes(file.to_bytes())
        with pytest.raises(ModelFormatError, match=word):
            read_chat_model_info(path)


def test_the_first_part_of_several_is_a_model() -> None:
    file = valid()
    file.set("split.count", 3)
    file.set("split.no", 0)
    assert (_info(file).split_count, _info(file).split_index) == (3, 0)


def test_a_file_type_that_is_not_known_is_guessed_from_the_weights() -> None:
    file = valid()
    file.set("general.file_type", 1024)
    assert _info(file).quantization == "F32"


def test_numbers_of_every_kind_are_read() -> None:
    kinds = {0: 255, 1: -1, 2: 65535, 3: -5, U32: 7, I32: -7, F32: 0.5, BOOL: 1, 10: 1 << 40, 11: -(1 << 40), 12: 0.25}
    file = valid()
    for kind, value in kinds.items():
        file.set(f"x.scalar{kind}", value, kind)
        file.set(f"x.array{kind}", (kind, [value, value]), ARRAY)
    raw = file.to_bytes()
    header = parse_header(raw, len(raw))
    for kind, value in kinds.items():
        assert header.metadata[f"x.scalar{kind}"] == value
        array = header.metadata[f"x.array{kind}"]
        assert isinstance(array, gguf_reader.NumberArray)
        assert array.values() == [value, value]


def test_a_header_alone_is_enough_when_the_files_size_is_known() -> None:
    raw = valid().to_bytes()
    whole = parse_header(raw, len(raw))
    assert parse_header(raw[: whole.size_bytes], len(raw)) == whole


@pytest.mark.parametrize("n_tokens", [1000, 200_000, 300_000])
def test_a_header_of_any_length_is_read_from_its_file(n_tokens: int, tmp_path: Path) -> None:
    raw = _with_vocabulary(n_tokens, 480_000 if n_tokens == 300_000 else 0)
    path = tmp_path / "long.gguf"
    path.write_bytes(raw)
    with path.open("rb") as file:
        assert read_header(file, len(raw), path.name) == parse_header(raw, len(raw))


@pytest.mark.parametrize("at", [0, 4, 23, 60, 700, 3000, 8200])
def test_a_header_that_is_cut_off_says_how_much_more_of_it_to_fetch(at: int) -> None:
    """As of a remote file: each answer is more than there was, and never more than the header has."""
    raw = valid().to_bytes()
    whole = parse_header(raw, len(raw))
    asked = [at]
    while (needed := _needed_bytes(raw[: asked[-1]], len(raw))) is not None:
        asked.append(needed)
    assert asked == sorted(set(asked))
    assert asked[-1] <= whole.size_bytes
    assert parse_header(raw[: asked[-1]], len(raw)) == whole
    assert len(asked) < 800  # one for each entry at worst; a real reader fetches more than the least


def _needed_bytes(start: bytes, file_size: int) -> int | None:
    """What a file's first bytes ask for; None when the header is whole."""
    try:
        parse_header(start, file_size)
    except IncompleteHeaderError as error:
        return error.needed_bytes
    return None


def test_a_long_vocabulary_that_is_cut_off_asks_for_what_is_sure_to_follow() -> None:
    raw = _with_vocabulary(50_000, 10_000)
    with pytest.raises(IncompleteHeaderError, match="takes at least") as caught:
        parse_header(raw[:100_000], len(raw))
    assert 440_000 < caught.value.needed_bytes < len(raw)


def test_what_is_missing_of_a_whole_file_is_not_fetched_again_and_again() -> None:
    raw = valid().to_bytes()[:2000]
    with pytest.raises(ModelFormatError, match="ends inside its header") as caught:
        parse_header(raw, len(raw))
    assert not isinstance(caught.value, IncompleteHeaderError)


def test_a_file_that_is_cut_off_while_it_is_read_is_a_sentence(tmp_path: Path) -> None:
    """As when a download starts anew: mapped into memory, its missing pages would end the process."""
    path = valid().write(tmp_path / "model.gguf")
    with path.open("r+b") as file:
        size = path.stat().st_size
        file.truncate(200)
        with pytest.raises(ModelFormatError, match="ends inside its header"):
            read_header(file, size, path.name)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="There is no model file"):
        read_model_info(tmp_path / "none.gguf")


@pytest.mark.parametrize("content", [b"", b"GGUF", b"hello", b"GGUF" + bytes(19), bytes(100)])
def test_a_file_of_almost_nothing_is_no_model(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "small.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelFormatError):
        read_model_info(path)


def test_tables_agree_with_the_gguf_package() -> None:
    import gguf

    for kind, (name, block, size) in TENSOR_TYPES.items():
        known = gguf.GGMLQuantizationType.__members__.get(name)
        if known is not None and name != "Q8_1":  # the package counts 4 bytes too many; no file holds it
            assert (known.value, *gguf.GGML_QUANT_SIZES[known]) == (kind, block, size)
    for number, name in FILE_TYPES.items():
        member = next((m for m in gguf.LlamaFileType if m.value == number), None)
        assert member is None or member.name.removeprefix("MOSTLY_").removeprefix("ALL_").removesuffix("_MOE") == name
    assert {"llama", "qwen3", "gemma3", "gpt-oss", "clip"} <= ARCHITECTURES


# nothing but a sentence


def _read(raw: bytes) -> Header | None:
    try:
        header = parse_header(raw, len(raw))
        describe(Path("any.gguf"), header, len(raw))
    except ModelFormatError:
        return None
    return header


_VALID = valid().to_bytes()


def test_what_a_file_says_is_shown_without_control_characters() -> None:
    file = valid()
    file.keys.append(("a\x1b[2Jb\n", U32, 1))
    file.keys.append(("a\x1b[2Jb\n", U32, 1))
    raw = file.to_bytes()
    with pytest.raises(ModelFormatError, match=r"^The file is damaged: it says a \[2Jb  twice\.$"):
        parse_header(raw, len(raw))


@given(st.binary(max_size=400))
@example(b"")
def test_any_bytes_are_refused_by_a_sentence(raw: bytes) -> None:
    assert _read(b"GGUF\x03\0\0\0" + raw) is None or raw[:16] == bytes(16)
    _read(raw)


@given(st.integers(0, 8000), st.binary(min_size=1, max_size=9))
def test_bytes_changed_anywhere_are_survived(at: int, change: bytes) -> None:
    _read(_VALID[:at] + change + _VALID[at + len(change) :])


@given(st.integers(0, len(_VALID) - 1))
def test_a_file_cut_anywhere_is_refused(length: int) -> None:
    assert _read(_VALID[:length]) is None


@given(st.integers(0, 1 << 32))
@settings(max_examples=60)
def test_changed_meanings_are_survived(seed: int) -> None:
    _read(random_mutant(random.Random(seed)).to_bytes())


@pytest.mark.parametrize("length", [1 << 31, 1 << 62, (1 << 64) - 1, (1 << 64) - 8, 1 << 63])
def test_lengths_beyond_all_bounds_are_refused(length: int) -> None:
    raw = bytearray(_VALID)
    for at in range(24, 4000, 7):
        bent = bytes(raw[:at]) + struct.pack("<Q", length) + bytes(raw[at + 8 :])
        _read(bent)


def _with_vocabulary(n: int, n_merges: int) -> bytes:
    file = valid()
    for key, kind, count, entries in (
        ("tokens", STRING, n, b"".join(struct.pack("<Q", 6) + b"%06d" % i for i in range(n))),
        ("merges", STRING, n_merges, (struct.pack("<Q", 3) + b"a b") * n_merges),
        ("scores", F32, n, bytes(4 * n)),
        ("token_type", I32, n, bytes(4 * n)),
    ):
        file.set(f"tokenizer.ggml.{key}", struct.pack("<IQ", kind, count) + entries, ARRAY)
    return file.to_bytes()


def test_a_token_is_found_twice_wherever_it_stands() -> None:
    """The vocabulary is read a window at a time, so the two may lie in different ones."""
    file = valid()
    tokens = [b"%07d" % i for i in range(150_000)]
    for twin in (1, 70_000, 149_998):
        texts = [*tokens[:-1], tokens[twin]]
        entries = b"".join(struct.pack("<Q", len(text)) + text for text in texts)
        file.set("tokenizer.ggml.tokens", struct.pack("<IQ", STRING, len(texts)) + entries, ARRAY)
        raw = file.to_bytes()
        with pytest.raises(ModelFormatError, match="same token twice"):
            parse_header(raw, len(raw))


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=40), st.integers(1, 5000))
@settings(max_examples=60)
def test_texts_are_read_alike_in_windows_of_any_size(lengths: list[int], window_bytes: int) -> None:
    texts = [bytes([index]) * length for index, length in enumerate(lengths)]
    raw = b"".join(struct.pack("<Q", len(text)) + text for text in texts)
    skipping, reading = (HeaderBytes(io.BytesIO(raw), len(raw), window_bytes) for _ in range(2))
    skipping.skip_texts(len(texts))
    assert reading.are_distinct(len(texts))
    assert skipping.position == reading.position == len(raw)


# what it may take


@pytest.mark.parametrize("name", WORST)
def test_the_worst_headers_are_read_in_little_memory(name: str) -> None:
    raw, size = forge_worst(name)
    tracemalloc.start()
    header = read_header(io.BytesIO(raw), size, name)
    describe(Path(name), header, size)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64_000_000


@pytest.mark.parametrize("name", WORST)
def test_a_header_that_asks_for_more_work_is_refused(name: str) -> None:
    """Each of the worst is near the limit: half as much again is over it, and refused before it is read."""
    raw, size = forge_worst(name, 1.5)
    with pytest.raises(ModelFormatError, match=r"longer than that of any known model|more entries"):
        read_header(io.BytesIO(raw), size, name)
