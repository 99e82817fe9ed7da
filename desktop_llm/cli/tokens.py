"""`desktop-llm tokens`: a text under tokenizers, a file compared under several, and which tokenizers there are."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from desktop_llm.cli.terminal import Terminal
from desktop_llm.cli.tokens_compared import (
    Compared,
    Wish,
    compare_text,
    compared_csv,
    compared_lines,
    compared_record,
)
from desktop_llm.cli.tokens_perplexity import perplexity, perplexity_lines
from desktop_llm.cli.tokens_prompt import diff_lines, prompt_lines, prompt_record
from desktop_llm.errors import UsageError
from desktop_llm.models.library.library import STARTER
from desktop_llm.services import Services
from desktop_llm.tokens.languages import read_passages
from desktop_llm.tokens.messages_json import read_messages
from desktop_llm.tokens.seen_prompt import see_prompt
from desktop_llm.tokens.shelf import MODEL, TokenizerShelf
from desktop_llm.tokens.tokenizer import Piece, Tokenizer, TokenizerFacts, pieces_of

_LIST, _COMPARE, _PROMPT, _PERPLEXITY, _STDIN = "list", "compare", "prompt", "perplexity", "-"
_COMPARED: Final = (STARTER, "phi-3", "qwen2", "gpt-2", "cl100k_base", "o200k_base")
_MOST: Final = 6
_MOST_PROMPTS: Final = 2
_LARGEST_BYTES: Final = 64 * 1024 * 1024


def tokens(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Do what was asked; returns the exit status. Raises UsageError, ModelError or GenerationError."""
    match arguments.text:
        case None:
            raise UsageError("There is no text: give it before the options, or - to read it from standard input.")
        case str() as word if word == _LIST and arguments.file is None:
            _list(services.tokenizers, arguments, terminal)
        case str() as word if word == _COMPARE:
            _compare(services, arguments, terminal)
        case str() as word if word == _PROMPT and arguments.file is not None:
            _prompt(services.tokenizers, arguments, terminal)
        case str() as word if word == _PERPLEXITY and arguments.file is not None:
            _perplexity(services, arguments, terminal)
        case text:
            if arguments.file is not None:
                raise UsageError("The text is one argument: put it in quotation marks.")
            _show(services.tokenizers, sys.stdin.read() if text == _STDIN else text, arguments, terminal)
    return 0


def _list(shelf: TokenizerShelf, arguments: Namespace, terminal: Terminal) -> None:
    found = list(shelf.facts())
    if arguments.json:
        terminal.write(json.dumps([_facts_record(facts) for facts in found], ensure_ascii=False) + "\n")
        return
    width = max(len(facts.name) for facts in found)
    for facts in found:
        algorithm, n_vocab = f"{facts.algorithm:<13}", f"{facts.n_vocab:>8,} tokens"
        licence = f"; {facts.licence}" if facts.licence else ""
        terminal.write(f"{facts.name:<{width}}  {algorithm} {n_vocab}  {facts.title} ({facts.source}{licence})\n")


def _facts_record(facts: TokenizerFacts) -> dict[str, Any]:
    return {
        "tokenizer": facts.name,
        "title": facts.title,
        "algorithm": facts.algorithm,
        "n_vocab": facts.n_vocab,
        "source": facts.source,
        "licence": facts.licence,
    }


def _show(shelf: TokenizerShelf, text: str, arguments: Namespace, terminal: Terminal) -> None:
    """All names are opened before anything is printed: a wrong one leaves no half result."""
    results = []
    for name in _distinct(arguments.tokenizer or [STARTER]):
        terminal.status(f"Opening {name} …")
        tokenizer = shelf.open(name)
        try:
            ids = tokenizer.encode(text, add_special=arguments.add_special, parse_special=arguments.parse_special)
            results.append((name, pieces_of(tokenizer, ids)))
        finally:
            tokenizer.close()
    if arguments.json:
        records = [_pieces_record(name, pieces) for name, pieces in results]
        terminal.write(json.dumps(records, ensure_ascii=False) + "\n")
        return
    for name, pieces in results:
        terminal.write(f"{name}: {_count(len(pieces), 'token')}\n" + "".join(_piece_lines(pieces)))


def _pieces_record(name: str, pieces: Sequence[Piece]) -> dict[str, Any]:
    """The object of --json; its names are an interface that scripts rely on."""
    return {
        "tokenizer": name,
        "n_tokens": len(pieces),
        "ids": [piece.id for piece in pieces],
        "pieces": [piece.text for piece in pieces],
        "bytes": [piece.content.hex() for piece in pieces],
        "kinds": [piece.kind.value for piece in pieces],
    }


def _piece_lines(pieces: Sequence[Piece]) -> Iterator[str]:
    width = max((len(str(piece.id)) for piece in pieces), default=0)
    for piece in pieces:
        kind = "" if piece.kind == "normal" else f"  ({piece.kind})"
        yield f"  {piece.id:>{width}}  {json.dumps(piece.text, ensure_ascii=False)}{kind}\n"


def _compare(services: Services, arguments: Namespace, terminal: Terminal) -> None:
    names = _distinct(arguments.tokenizer or _COMPARED)
    if len(names) > _MOST:
        raise UsageError("At most {most} tokenizers are compared at once.", most=_MOST)
    text = _read(arguments.file)
    wish = _wish(arguments)
    passages = read_passages(services.paths.parallel_file)
    compared: list[Compared] = []
    for name in names:
        terminal.status(f"Counting with {name} …")
        tokenizer = services.tokenizers.open(name)
        try:
            compared.append(compare_text(tokenizer, text, _with_speed(services, wish, tokenizer), passages))
        finally:
            tokenizer.close()
    if arguments.json:
        terminal.write(json.dumps([compared_record(each) for each in compared], ensure_ascii=False) + "\n")
    elif arguments.csv:
        terminal.write(compared_csv(compared))
    else:
        terminal.write("".join(f"{line}\n" for line in compared_lines(compared)))


def _prompt(shelf: TokenizerShelf, arguments: Namespace, terminal: Terminal) -> None:
    """Messages in OpenAI's shape as a model sees them; with two models, the difference too."""
    names = _distinct([*arguments.model, *(arguments.tokenizer or [])]) or [STARTER]
    if len(names) > _MOST_PROMPTS:
        raise UsageError("At most two templates are compared at once.")
    prompt = read_messages(_read(arguments.file))
    seen = []
    for name in names:
        terminal.status(f"Rendering with {name} …")
        tokenizer = shelf.open(name)
        try:
            seen.append(see_prompt(tokenizer, prompt))
        finally:
            tokenizer.close()
    if arguments.json:
        terminal.write(json.dumps([prompt_record(each) for each in seen], ensure_ascii=False) + "\n")
        return
    lines = prompt_lines(seen[0]) if len(seen) == 1 else diff_lines(*seen)
    terminal.write("".join(f"{line}\n" for line in lines))


def _perplexity(services: Services, arguments: Namespace, terminal: Terminal) -> None:
    names = _distinct(arguments.model) or [STARTER]
    if len(names) > 1:
        raise UsageError("A text is judged by one model at a time.")
    found = perplexity(services, names[0], _read(arguments.file), terminal)
    if arguments.json:
        terminal.write(json.dumps(found, ensure_ascii=False) + "\n")
    else:
        terminal.write("".join(f"{line}\n" for line in perplexity_lines(found)))


def _wish(arguments: Namespace) -> Wish:
    if arguments.context is not None and arguments.context < 1:
        raise UsageError("The context is 1 token at least.")
    if arguments.speed is not None and not 0 < arguments.speed < float("inf"):
        raise UsageError("The speed is a number of tokens a second above 0.")
    if arguments.price is not None and not 0 <= arguments.price < float("inf"):
        raise UsageError("The price is a number from 0 up, for a million tokens.")
    return Wish(arguments.context, arguments.speed, arguments.price, with_hints=not arguments.no_hints)


def _with_speed(services: Services, wish: Wish, tokenizer: Tokenizer) -> Wish:
    """For a model on this computer: how fast it would read here, cautiously, where this computer was measured."""
    if wish.tokens_per_s is not None or tokenizer.facts.source != MODEL:
        return wish
    if services.planner.hardware().measured is None:
        return wish
    speed = services.planner.price(services.library.find(tokenizer.facts.name).path, services.load_params()).speed
    return wish if speed is None else replace(wish, tokens_per_s=speed.prompt.low)


def _read(name: str | None) -> str:
    if name is None:
        raise UsageError("There is no file to compare: desktop-llm tokens compare FILE, or - for standard input.")
    if name == _STDIN:
        return sys.stdin.read()
    path = Path(name).expanduser()
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise UsageError("{path} is too large: at most {most} MB are compared.", path=path, most=64)
        content = path.read_bytes()
    except OSError as error:
        raise UsageError("{path} cannot be read: {reason}.", path=path, reason=error.strerror or str(error)) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("{path} is not a text in UTF-8.", path=path) from error


def _distinct(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
