"""A scripted LanguageModel: no weights, but a KV cache as strict as llama.cpp's, to drive the engine step by step."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop_llm.engine.events import TokenAlternative
from desktop_llm.engine.messages import ChatPrompt
from desktop_llm.engine.model import (
    BatchToken,
    DecodeInterruptedError,
    LoadParams,
    ModelFacts,
    NoRoomError,
    PrefixCut,
    Sampled,
)
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.errors import EngineError

END = 0
#: Tokens 1 to 255 are bytes, so that a text is its own tokens.
N_VOCAB = 256


def next_token(tokens: Sequence[int]) -> int:
    """What the scripted model says after these tokens: any wrong, missing or doubled token changes it."""
    value = 7
    for token in tokens:
        value = (value * 31 + token + 1) % 1_000_003
    return 1 + value % (N_VOCAB - 1)


def scripted_logprob(before: Sequence[int], token: int) -> float:
    """What the scripted model thinks of a token after these."""
    return -float((next_token(before) + token) % 64) / 8


def scripted_facts(
    *,
    n_ctx: int = 64,
    n_seq_max: int = 4,
    n_batch: int = 16,
    prefix_cut: PrefixCut = PrefixCut.ANYWHERE,
    n_outputs: int = 4,
) -> ModelFacts:
    """Facts of a small scripted model."""
    return ModelFacts(
        path=Path("scripted.gguf"),
        name="scripted",
        description="a model of the tests",
        n_params=0,
        size_bytes=0,
        n_ctx=n_ctx,
        n_ctx_train=n_ctx,
        n_seq_max=n_seq_max,
        n_batch=n_batch,
        n_vocab=N_VOCAB,
        n_threads=1,
        prefix_cut=prefix_cut,
        chat_template=None,
        bos_text="",
        eos_text="",
        adds_bos=False,
        metadata=(),
        n_outputs=n_outputs,
    )


@dataclass(eq=False)
class ScriptedSampler:
    """Counts what it was told and whether it was freed."""

    params: SamplingParams
    accepted: list[int] = field(default_factory=list)
    n_closed: int = 0

    def accept(self, token: int) -> None:
        """Remember a token."""
        self.accepted.append(token)

    def close(self) -> None:
        """Count it."""
        self.n_closed += 1


@dataclass(frozen=True, slots=True)
class _Cell:
    token: int


class ScriptedModel:
    """Says `script(tokens)` after the tokens of a sequence; refuses everything llama.cpp would refuse.

    Cells are shared by copied sequences and counted once. With PrefixCut.NOWHERE a sequence can be
    cut only by a checkpoint; with WINDOW only within `window` tokens of its end.
    """

    def __init__(
        self,
        facts: ModelFacts | None = None,
        script: Callable[[Sequence[int]], int] = next_token,
        window: int = 4,
    ) -> None:
        self.facts = facts if facts is not None else scripted_facts()
        self.script = script
        self.window = window
        self.sequences: dict[int, list[_Cell]] = {}
        self.batches: list[tuple[BatchToken, ...]] = []
        self.samplers: list[ScriptedSampler] = []
        self.embedded: list[list[int]] = []
        self.fail_next: list[Exception] = []
        self.is_closed = False
        self.on_decode: Callable[[], None] | None = None
        self._logits: dict[int, list[int]] = {}
        self._interrupted = threading.Event()

    @property
    def n_cells(self) -> int:
        """Cells in use, shared ones once."""
        return len({id(cell) for cells in self.sequences.values() for cell in cells})

    def tokenize(self, text: str, *, add_special: bool, parse_special: bool) -> list[int]:
        """Bytes are tokens."""
        del add_special, parse_special
        return list(text.encode())

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """A byte; nothing for the end."""
        del special
        return b"" if token == END else bytes([token])

    def is_end(self, token: int) -> bool:
        """Token 0."""
        return token == END

    def decode(self, batch: Sequence[BatchToken]) -> None:
        """Store the batch, checking everything."""
        assert not self.is_closed, "a closed model was used"
        assert 0 < len(batch) <= self.facts.n_batch, "the budget of a step was passed"
        if self.on_decode is not None:
            self.on_decode()
        if self._interrupted.is_set():
            self._store(batch[: len(batch) // 2])  # as llama.cpp, which keeps the parts it had computed
            raise DecodeInterruptedError
        if self.fail_next:
            raise self.fail_next.pop(0)
        if self.n_cells + len(batch) > self.facts.n_ctx:
            raise NoRoomError
        assert sum(row.wants_logits for row in batch) <= max(self.facts.n_outputs, self.facts.n_seq_max), "outputs"
        self.batches.append(tuple(batch))
        self._store(batch)

    def _store(self, batch: Sequence[BatchToken]) -> None:
        self._logits = {}
        for i, row in enumerate(batch):
            assert 0 <= row.sequence < self.facts.n_seq_max, "a sequence that does not exist"
            cells = self.sequences.setdefault(row.sequence, [])
            assert row.position == len(cells), "a token was left out, doubled or moved"
            cells.append(_Cell(row.id))
            if row.wants_logits:
                self._logits[i] = [cell.token for cell in cells]

    def embed(self, inputs: Sequence[Sequence[int]]) -> list[array[float]]:
        """A vector of two numbers: the length, and the sum of the tokens."""
        assert not self.is_closed, "a closed model was used"
        assert 0 < len(inputs) <= self.facts.n_seq_max, "the rows of a batch were passed"
        assert sum(map(len, inputs)) <= self.facts.n_batch, "the tokens of a batch were passed"
        assert all(0 < len(tokens) <= self.facts.n_ctx for tokens in inputs), "an input was empty or too long"
        if self.on_decode is not None:
            self.on_decode()
        if self._interrupted.is_set():
            raise DecodeInterruptedError
        if self.fail_next:
            raise self.fail_next.pop(0)
        self.embedded.append([len(tokens) for tokens in inputs])
        return [array("f", (len(tokens), sum(tokens))) for tokens in inputs]

    def interrupt_threadsafe(self) -> None:
        """Stop decodes until `resume`."""
        self._interrupted.set()

    def resume(self) -> None:
        """Let them run."""
        self._interrupted.clear()

    def sampler(self, params: SamplingParams) -> ScriptedSampler:
        """A counting sampler."""
        sampler = ScriptedSampler(params)
        self.samplers.append(sampler)
        return sampler

    def sample(self, sampler: object, row: int, top_logprobs: int | None, *, weighs: bool = False) -> Sampled:
        """The script's next token for that row."""
        assert isinstance(sampler, ScriptedSampler)
        assert not sampler.n_closed, "a freed sampler was used"
        token = self.script(self._logits[row])
        sampler.accepted.append(token)
        if top_logprobs is None:
            return Sampled(token)
        alternatives = tuple(TokenAlternative(token, b"", -0.5) for _ in range(top_logprobs))
        return Sampled(token, -0.5, alternatives, 1.0, 1, 0.75) if weighs else Sampled(token, -0.5, alternatives)

    def judge(self, row: int, token: int, n_best: int, sampler: object) -> Sampled:
        """A number that any wrong, missing or doubled token before the given one changes: see `scripted_logprob`."""
        before = self._logits[row]
        alternatives = tuple(TokenAlternative(each, b"", -float(each)) for each in range(n_best))
        drawn = 0.5 if isinstance(sampler, ScriptedSampler) and not sampler.n_closed else None
        return Sampled(token, scripted_logprob(before, token), alternatives, float(len(before)), 1, drawn)

    def forget(self, sequence: int, start: int = 0) -> bool:
        """Cut, where this kind of model can."""
        cells = self.sequences.get(sequence, [])
        if 0 < start < len(cells):
            if self.facts.prefix_cut is PrefixCut.NOWHERE:
                return False
            if self.facts.prefix_cut is PrefixCut.WINDOW and start < len(cells) - self.window:
                return False
        del cells[start:]
        if not cells:
            self.sequences.pop(sequence, None)
        return True

    def copy_sequence(self, source: int, target: int) -> None:
        """Share all cells."""
        assert not self.sequences.get(target), "copied over tokens that were not dropped"
        self.sequences[target] = list(self.sequences[source])

    def save_state(self, sequence: int) -> bytes:
        """The length is the state."""
        return len(self.sequences[sequence]).to_bytes(4, "little")

    def restore_state(self, sequence: int, state: bytes) -> bool:
        """Go back to that length."""
        del self.sequences[sequence][int.from_bytes(state, "little") :]
        return True

    def save_whole(self, sequence: int, max_bytes: int) -> bytes:
        """The tokens are the state."""
        state = b"".join(cell.token.to_bytes(4, "little") for cell in self.sequences[sequence])
        return state if len(state) <= max_bytes else b""

    def restore_whole(self, sequence: int, state: bytes) -> bool:
        """Hold those tokens, in new cells."""
        assert not self.sequences.get(sequence), "restored over tokens that were not dropped"
        self.sequences[sequence] = [_Cell(int.from_bytes(state[i : i + 4], "little")) for i in range(0, len(state), 4)]
        return True

    def close(self) -> None:
        """Nothing may follow."""
        self.is_closed = True


class PlainTemplate:
    """A chat as `role:text` lines."""

    def render(self, prompt: ChatPrompt) -> str:
        """Join them."""
        return "".join(f"{m.role}:{m.text}\n" for m in prompt.messages)


def scripted_reply(prompt: Iterable[int], n: int) -> list[int]:
    """What a scripted model says alone: the truth that any schedule must reproduce."""
    tokens = list(prompt)
    start = len(tokens)
    while len(tokens) - start < n:
        tokens.append(next_token(tokens))
    return tokens[start:]


def opens(model: ScriptedModel) -> Callable[[Path, LoadParams, Callable[[float], bool]], ScriptedModel]:
    """An OpenModel that gives this model."""

    def open_model(path: Path, params: LoadParams, progress: Callable[[float], bool]) -> ScriptedModel:
        del path, params
        progress(1.0)
        return model

    return open_model


def failure(text: str = "The step failed.") -> EngineError:
    """What a decode raises when llama.cpp reports an error."""
    return EngineError(text)
