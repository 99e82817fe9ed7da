"""Values check themselves when made."""

import math
from typing import Any

import pytest

from desktop_llm.engine.messages import Message, Role, TextPart
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.sampling import SamplingParams


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -0.1},
        {"temperature": math.nan},
        {"temperature": math.inf},
        {"top_p": 1.5},
        {"top_k": -1},
        {"seed": -1},
        {"seed": 2**32 - 1},
        {"max_tokens": -1},
        {"stop": ("",)},
        {"stop": ("x",) * 17},
        {"grammar": "root ::= [a]", "json_schema": "{}"},
        {"grammar": "x" * 70_000},
        {"logit_bias": ((-1, 0.0),)},
        {"logit_bias": ((1, math.nan),)},
        {"logit_bias": ((1, 101.0),)},
        {"top_logprobs": 21},
        {"repeat_penalty": 0.0},
    ],
)
def test_a_wrong_sampling_value_is_refused_in_a_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^[A-Za-z_].+\.$"):
        SamplingParams(**wrong)


def test_a_bias_may_forbid_a_token_altogether() -> None:
    assert SamplingParams(logit_bias=((5, -math.inf),)).logit_bias == ((5, -math.inf),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_batch": -1},
        {"n_batch": 0},
        {"n_threads": 100_000},
        {"n_ctx": -1},
        {"n_seq_max": 0},
        {"n_seq_max": 65},
        {"n_ubatch": 1024, "n_batch": 512},
        {"cache_type_k": "q99"},
        {"flash_attention": "maybe"},
        {"n_gpu_layers": -2},
    ],
)
def test_a_native_parameter_that_could_crash_llama_cpp_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        LoadParams(**wrong)


def test_the_text_of_a_message_is_that_of_its_parts() -> None:
    assert Message(Role.USER, (TextPart("one "), TextPart("two"))).text == "one two"
    assert Message(Role.USER, "one").text == "one"
