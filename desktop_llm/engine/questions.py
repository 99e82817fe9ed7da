"""Questions: what can be asked of a loaded model beside replies: tokens, texts, vectors, scores."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from desktop_llm.engine.core import EngineCore
from desktop_llm.engine.embedding import Embeddings
from desktop_llm.engine.messages import ChatPrompt, Prompt
from desktop_llm.engine.scoring import Scored, Scores, ScoreWish
from desktop_llm.errors import AppError, NoModelLoadedError

T = TypeVar("T")

_SCORE = ScoreWish()


class Questions(ABC):
    """Asks the engine thread. Every public method may be called from any thread; answers come as futures."""

    @abstractmethod
    def _post(self, action: Callable[[], None]) -> bool:
        """Let the engine thread do this between two steps; False when the engine is closed."""

    @abstractmethod
    def _loaded_core(self) -> EngineCore:
        """On the engine thread. Raises NoModelLoadedError or EngineDeadError."""

    def count_tokens(self, prompt: Prompt) -> Future[int]:
        """How many tokens a prompt has, its template and special tokens included."""
        return self._ask(lambda: len(self._loaded_core().admission.tokens(prompt)))

    def tokenize(self, text: str, *, add_special: bool = False, parse_special: bool = False) -> Future[list[int]]:
        """A text's token ids."""
        return self._ask(
            lambda: self._loaded_core().admission.tokenize(text, add_special=add_special, parse_special=parse_special)
        )

    def render(self, prompt: ChatPrompt) -> Future[str]:
        """The text that a chat becomes by the model's template."""
        return self._ask(lambda: self._loaded_core().admission.render(prompt))

    def detokenize(self, ids: Sequence[int]) -> Future[str]:
        """The text of token ids, special tokens included. Fails with GenerationError for one that does not exist."""
        return self._ask(lambda: self._loaded_core().admission.text(ids))

    def pieces(self, ids: Sequence[int]) -> Future[tuple[bytes, ...]]:
        """The bytes of each token, which may be parts of characters."""
        return self._ask(lambda: self._loaded_core().admission.pieces(ids))

    def forget_idle(self) -> Future[None]:
        """Drop what ended requests left in the cache: the next prompt is computed whole, beside nothing."""
        return self._ask(lambda: self._loaded_core().forget_idle())

    def embed(self, prompts: Sequence[Prompt], *, truncates: bool = False) -> Future[Embeddings]:
        """The vectors of texts or tokens, of an embedding model. Several requests share a batch, and take turns.

        A text longer than the model takes is refused, unless `truncates`: then its end is left out, but for its
        last token. Cancelling the future is honoured before the next batch. Fails with GenerationError,
        PromptTooLongError or EngineError.
        """
        answer: Future[Embeddings] = Future()
        if not self._post(partial(self._embed, tuple(prompts), truncates, answer)):
            answer.set_exception(closed_error())
        return answer

    def score(self, text: Scored, wish: ScoreWish = _SCORE) -> Future[Scores]:
        """How likely the model finds each token of a text, or of a reply after its prompt; computed as a prompt is.

        It runs in small slices and gives way to replies. Cancelling the future is honoured before the next slice.
        A text longer than the context is computed in windows (see `Scores`). Fails with GenerationError,
        TemplateError or EngineError.
        """
        answer: Future[Scores] = Future()
        if not self._post(partial(self._score, text, wish, answer)):
            answer.set_exception(closed_error())
        return answer

    def _ask(self, question: Callable[[], T]) -> Future[T]:
        answer: Future[T] = Future()
        if not self._post(partial(_answer, answer, question)):
            answer.set_exception(closed_error())
        return answer

    def _embed(self, prompts: Sequence[Prompt], truncates: bool, answer: Future[Embeddings]) -> None:
        try:
            core = self._loaded_core()
            core.embeddings.add(core.admission.inputs(prompts, truncates=truncates), answer)
        except AppError as error:
            _fail(answer, error)
        except Exception as error:
            _fail(answer, error)  # whoever asked must not wait for ever
            raise

    def _score(self, text: Scored, wish: ScoreWish, answer: Future[Scores]) -> None:
        try:
            core = self._loaded_core()
            core.scoring.add(core.admission.score_job(text, wish, answer))
        except AppError as error:
            _fail(answer, error)
        except Exception as error:
            _fail(answer, error)  # whoever asked must not wait for ever
            raise


def _fail(answer: Future[Any], error: Exception) -> None:
    if answer.set_running_or_notify_cancel():
        answer.set_exception(error)


def closed_error() -> NoModelLoadedError:
    """What a question to a closed engine is answered with."""
    return NoModelLoadedError("The engine is closed.")


def _answer(answer: Future[T], question: Callable[[], T]) -> None:
    """Ask on the engine thread; what is not meant for the asker is raised there too."""
    if not answer.set_running_or_notify_cancel():
        return
    try:
        answer.set_result(question())
    except AppError as error:
        answer.set_exception(error)
    except Exception as error:
        answer.set_exception(error)
        raise
