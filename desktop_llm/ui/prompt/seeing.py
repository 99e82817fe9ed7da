"""What the Prompt tab asks for, in the background: a prompt as one model sees it, or as two do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path

from desktop_llm.engine.messages import ChatPrompt
from desktop_llm.errors import AppError, ModelError
from desktop_llm.models.gguf.info import read_model_info
from desktop_llm.services import Services
from desktop_llm.tokens.messages_json import read_messages
from desktop_llm.tokens.seen_prompt import SeenPrompt, see_prompt
from desktop_llm.tokens.text_diff import TextDiff, diff_texts


@dataclass(frozen=True, slots=True)
class Wish:
    """Messages, or a JSON text of them, and by which model they shall be seen; `other` is "" for no second one."""

    prompt: ChatPrompt | None
    json_text: str
    name: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """A prompt as a model sees it. `n_ctx` is tokens: of the loaded model, or what it was trained on; 0: not known."""

    seen: SeenPrompt
    n_ctx: int
    is_loaded: bool
    other: SeenPrompt | None = None
    diff: TextDiff | None = None


def see(services: Services, wish: Wish, is_cancelled: Callable[[], bool]) -> Sight:
    """Waits: for files, templates, a trial of a file from anywhere. Raises AppError, or CancelledError."""
    prompt = read_messages(wish.json_text) if wish.prompt is None else wish.prompt
    seen = _seen(services, wish.name, prompt)
    loaded, path = services.engine.facts, _path(services, wish.name)
    is_loaded = loaded is not None and path == loaded.path
    n_ctx = loaded.n_ctx if loaded is not None and is_loaded else _trained_context(path)
    if not wish.other:
        return Sight(seen, n_ctx, is_loaded)
    if is_cancelled():
        raise CancelledError
    other = _seen(services, wish.other, prompt)
    return Sight(seen, n_ctx, is_loaded, other, diff_texts(seen.text, other.text))


def _seen(services: Services, name: str, prompt: ChatPrompt) -> SeenPrompt:
    try:
        tokenizer = services.tokenizers.open(name)
    except AppError:
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ModelError("The tokenizer cannot be read: {reason}.", reason=reason) from error
    try:
        return see_prompt(tokenizer, prompt)
    finally:
        tokenizer.close()


def _path(services: Services, name: str) -> Path | None:
    """The file of a model; None for a tokenizer that is none's."""
    try:
        return services.library.find(name).path
    except ModelError:
        return None


def _trained_context(path: Path | None) -> int:
    """What a model was trained on, in tokens; 0 where that is not known."""
    try:
        return 0 if path is None else read_model_info(path).n_ctx_train
    except (ModelError, OSError):
        return 0
