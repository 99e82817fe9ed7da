"""Parking: what waits outside the KV cache, because every step looks through all that is inside.

llama.cpp's unified cache holds the cells of all sequences, and attention looks at each cell's mask for each
head of each token, though the cell be another's: eight idle conversations made one reply of a 135M model
15 % slower, and eight at once 10 %. Copied into ordinary memory and back they cost a few milliseconds once.
"""

from __future__ import annotations

from typing import Final

from desktop_llm.engine.model import LanguageModel, PrefixCut

#: What all that is parked may take together; more stays in the cache, where it is slower but not lost.
MAX_PARKED_BYTES: Final = 256 * 1024 * 1024


class Parking:
    """The parked states of one model's sequences. Engine thread."""

    def __init__(self, model: LanguageModel, max_bytes: int = MAX_PARKED_BYTES) -> None:
        self._model, self._max_bytes = model, max_bytes
        self._states: dict[int, bytes] = {}
        # Graphics cards look through masks fast, and copying from them is slow; other kinds of memory have checkpoints.
        self.is_worth_it = model.facts.prefix_cut is PrefixCut.ANYWHERE and not model.facts.n_gpu_layers

    def holds(self, sequence: int) -> bool:
        """Whether a sequence is parked."""
        return sequence in self._states

    def park(self, sequence: int) -> bool:
        """Keep a copy of all that a sequence has in the cache; False when there is no room for it."""
        left = self._max_bytes - sum(map(len, self._states.values()))
        state = self._model.save_whole(sequence, left)
        if state:
            self._states[sequence] = state
        return bool(state)

    def bring_back(self, sequence: int, target: int) -> bool:
        """Put a parked sequence into the cache as `target`, which must be empty there.

        It stays parked, too, unless it is its own target. False: it could not be put back.
        """
        is_back = self._model.restore_whole(target, self._states[sequence])
        if sequence == target:
            del self._states[sequence]
        return is_back

    def forget(self, sequence: int) -> None:
        """Let go of a sequence, if it is parked."""
        self._states.pop(sequence, None)
