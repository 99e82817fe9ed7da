"""`desktop-llm chat`: one question, one streamed reply."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict, replace
from typing import Any

from desktop_llm.cli.load_options import load_wish
from desktop_llm.cli.reply_view import ReplyView
from desktop_llm.cli.steps import step_lines
from desktop_llm.cli.terminal import Terminal
from desktop_llm.engine.events import Finish, Token
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stream import TokenStream
from desktop_llm.engine.ticket import LoadProgress, LoadStage, LoadTicket
from desktop_llm.errors import UsageError
from desktop_llm.models.library.library import STARTER
from desktop_llm.models.loading import ModelDoesNotFitError
from desktop_llm.services import Services

_STAGES = {
    LoadStage.VERIFYING: "Comparing the file with its record",
    LoadStage.CHECKING: "Checking the model file",
    LoadStage.PLANNING: "Planning its memory",
    LoadStage.TRYING: "Trying the model in a separate process",
    LoadStage.LOADING: "Loading the model",
}


def chat(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Ask and stream; returns the exit status. Raises AppError."""
    params = _params(services, arguments)
    prompt = _prompt(arguments)
    entry = services.library.find(STARTER if arguments.model is None else arguments.model)
    wish = load_wish(entry.load_params(services.load_params()), arguments)
    try:
        load(services.load_model(entry, wish, anyway=arguments.anyway), terminal)
    except ModelDoesNotFitError as error:
        terminal.fail(str(error))
        for line in (*step_lines(error.price.advice.steps), f"{'':<11}--anyway loads it all the same"):
            terminal.note(line)
        return 1
    style = services.reply_style()
    view = ReplyView(style, terminal, is_shown=not arguments.json)
    with services.engine.submit(prompt, replace(params, special_texts=style.markers)) as stream:
        finish = read_reply(stream, view)
    if arguments.json:
        terminal.write(json.dumps(_report(finish, view, entry.name), ensure_ascii=False) + "\n")
    return 0


def read_reply(stream: TokenStream, view: ReplyView) -> Finish:
    """Pass a reply on as it comes; returns its end."""
    for event in stream:
        if isinstance(event, Token | Finish):
            view.feed(event.text)
        if isinstance(event, Finish):
            view.finish()
            return event
    raise AssertionError("a stream ended without a Finish or an error")


def load(ticket: LoadTicket, terminal: Terminal) -> None:
    """Show a load's progress until it ends; Ctrl+C cancels it. Raises ModelError."""

    def show() -> None:
        terminal.status(_progress_line(ticket.progress))

    ticket.on_change(show)
    try:
        ticket.result()
    except KeyboardInterrupt:
        ticket.cancel()
        raise
    finally:
        ticket.on_change(None)
        terminal.clear_status()


def _progress_line(progress: LoadProgress) -> str:
    words = _STAGES.get(progress.stage)
    if words is None:
        return ""
    has_fraction = progress.stage in (LoadStage.LOADING, LoadStage.VERIFYING)
    return f"{words} … {progress.fraction:.0%}" if has_fraction else f"{words} …"


def _params(services: Services, arguments: Namespace) -> SamplingParams:
    wish = services.reply_settings()
    try:
        return SamplingParams(
            temperature=wish.temperature if arguments.temperature is None else arguments.temperature,
            max_tokens=wish.max_tokens if arguments.max_tokens is None else arguments.max_tokens,
            seed=wish.seed if arguments.seed is None else arguments.seed,
        )
    except ValueError as error:
        raise UsageError("{reason}", reason=error) from error


def _prompt(arguments: Namespace) -> ChatPrompt:
    question = sys.stdin.read() if arguments.question == "-" else arguments.question
    if not question.strip():
        raise UsageError("The question is empty; type one, or - to read it from standard input.")
    messages = [Message(Role.SYSTEM, arguments.system)] if arguments.system.strip() else []
    return ChatPrompt((*messages, Message(Role.USER, question)))


def _report(finish: Finish, view: ReplyView, model: str) -> dict[str, Any]:
    """The object of --json; its names are an interface that scripts rely on."""
    timings = asdict(finish.timings)
    names = ("time_to_first_token_s", "prompt_tokens_per_s", "generation_tokens_per_s")
    return {
        "text": view.said,
        "reasoning": view.thought,
        "finish_reason": finish.reason.value,
        "model": model,
        "usage": {
            "prompt_tokens": finish.usage.prompt_tokens,
            "completion_tokens": finish.usage.completion_tokens,
            "cached_tokens": finish.usage.cached_tokens,
        },
        "timings": {name: round(timings[name], 4) for name in names},
    }
