"""The command line: what can be typed, and one sentence for what cannot."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from desktop_llm import __version__
from desktop_llm.cli.bench_arguments import add_bench
from desktop_llm.cli.load_options import add_load_options
from desktop_llm.cli.model_arguments import add_models
from desktop_llm.errors import UsageError
from desktop_llm.models.recommend.ranking import Purpose

_DESCRIPTION = "Private language models on this computer. Without a verb, the window opens."
_EPILOG = 'Example: desktop-llm chat "What is a KV cache?"'


class _Parser(argparse.ArgumentParser):
    """argparse, but a wrong command line is one sentence, raised."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(
            "{message}. Try: {program} --help", message=message[:1].upper() + message[1:], program=self.prog
        )


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read a command line. Raises UsageError; --help and --version print and exit."""
    return _parser().parse_args(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="desktop-llm", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"Desktop LLM {__version__}")
    parser.add_argument("--offline", action="store_true", help="reach nothing outside this computer")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=_Parser)
    window = verbs.add_parser("window", help="open the window (the same as no verb)", allow_abbrev=False)
    window.add_argument("file", nargs="?", metavar="MODEL", help="a model file to open")
    _add_chat(verbs.add_parser("chat", help="ask one question and stream the reply", allow_abbrev=False))
    hardware = verbs.add_parser("hardware", help="show what this computer has, and how fast it is", allow_abbrev=False)
    hardware.add_argument("--measure", action="store_true", help="measure its speed now (about 20 seconds)")
    hardware.add_argument("--json", action="store_true", help="print one JSON object")
    _add_plan(verbs.add_parser("plan", help="show what loading a model would take, and if it fits", allow_abbrev=False))
    _add_recommend(verbs.add_parser("recommend", help="show which models suit this computer", allow_abbrev=False))
    accuracy = verbs.add_parser("accuracy", help="show what was predicted beside what was measured", allow_abbrev=False)
    accuracy.add_argument("--json", action="store_true", help="print one JSON array")
    add_models(verbs.add_parser("models", help="search, fetch, check and carry models", allow_abbrev=False))
    _add_serve(verbs.add_parser("serve", help="offer this computer's models to other programs", allow_abbrev=False))
    _add_keys(verbs.add_parser("keys", help="make, list and revoke the keys of programs", allow_abbrev=False))
    _add_monitor(verbs.add_parser("monitor", help="show what this computer is doing", allow_abbrev=False))
    add_bench(verbs.add_parser("bench", help="measure how fast a model really is here", allow_abbrev=False))
    _add_tokens(verbs.add_parser("tokens", help="show what tokenizers make of a text", allow_abbrev=False))
    self_test = verbs.add_parser(
        "self-test", help="check this installation with the built-in model", allow_abbrev=False
    )
    self_test.add_argument("--window", action="store_true", help="also open the window and ask it a question")
    return parser


def _add_chat(chat: argparse.ArgumentParser) -> None:
    chat.add_argument("question", help="the question; - reads it from standard input")
    chat.add_argument("--model", metavar="NAME|PATH", help="a known model's name or a GGUF file (default: starter)")
    chat.add_argument("--system", default="", metavar="TEXT", help="instructions for the model")
    chat.add_argument("--max-tokens", type=int, metavar="N", help="longest reply in tokens")
    chat.add_argument("--temperature", type=float, metavar="T", help="0 takes the likeliest token; default 0.8")
    chat.add_argument("--seed", type=int, metavar="N", help="repeatable randomness")
    chat.add_argument("--json", action="store_true", help="print one JSON object when the reply is complete")
    add_load_options(chat)
    chat.add_argument("--anyway", action="store_true", help="load the model also when it does not fit into memory")


def _add_serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--host",
        metavar="H",
        help="the IP address to listen on; 0.0.0.0 is all of them (default: as in the settings)",
    )
    serve.add_argument("--port", type=_port, metavar="N", help="the port to listen on; 0 takes a free one")
    serve.add_argument("--socket", metavar="PATH", help="listen on a Unix socket instead of a port")
    serve.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="NAME",
        help="load it now, and keep it; may be given several times",
    )
    serve.add_argument("--key-file", type=Path, metavar="FILE", help="read the keys here instead of in the keychain")
    serve.add_argument("--tls", action="store_true", help="encrypt; a certificate is made where none is given")
    serve.add_argument("--certificate", metavar="FILE", help="the certificate (PEM)")
    serve.add_argument("--certificate-key", metavar="FILE", help="its private key (PEM)")


def _port(text: str) -> int:
    """0 to 65535."""
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _add_keys(keys: argparse.ArgumentParser) -> None:
    verbs = keys.add_subparsers(dest="keys_verb", metavar="VERB", required=True, parser_class=_Parser)
    create = verbs.add_parser("create", help="make a key for a program; it is shown this once", allow_abbrev=False)
    create.add_argument("name", metavar="NAME", help="which program or person it is for")
    listed = verbs.add_parser("list", help="show the names of all keys", allow_abbrev=False)
    listed.add_argument("--json", action="store_true", help="print one JSON array")
    revoke = verbs.add_parser("revoke", help="take a key back, also from requests under way", allow_abbrev=False)
    revoke.add_argument("name", metavar="NAME", help="the name it was made with")
    for each in (create, listed, revoke):
        each.add_argument("--key-file", type=Path, metavar="FILE", help="use this file instead of the keychain")


def _add_monitor(monitor: argparse.ArgumentParser) -> None:
    monitor.add_argument("--json", action="store_true", help="print one JSON object a line")
    monitor.add_argument("--count", type=int, metavar="N", help="end after so many lines (default: at Ctrl+C)")
    monitor.add_argument("--interval", type=float, default=1.0, metavar="S", help="seconds between them (default: 1)")


def _add_tokens(tokens: argparse.ArgumentParser) -> None:
    tokens.add_argument(
        "text",
        nargs="?",
        metavar="TEXT|-|list|compare|prompt|perplexity",
        help="a text; - reads it (list: what there is; compare, perplexity: FILE; prompt: FILE of messages)",
    )
    tokens.add_argument(
        "file", nargs="?", metavar="FILE", help="the file to compare, or messages as JSON; - reads standard input"
    )
    tokens.add_argument(
        "--tokenizer",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="tokenizers, models or GGUF files; after the text",
    )
    tokens.add_argument("--add-special", action="store_true", help="put BOS and its like around the text")
    tokens.add_argument("--parse-special", action="store_true", help="read control tokens that the text spells out")
    tokens.add_argument("--context", type=int, metavar="N", help="compare: what fits into N tokens")
    tokens.add_argument("--speed", type=float, metavar="N", help="compare: the time at N prompt tokens a second")
    tokens.add_argument("--price", type=float, metavar="P", help="compare: the cost at P for a million tokens")
    tokens.add_argument("--no-hints", action="store_true", help="compare: leave out how to shorten the text")
    tokens.add_argument("--csv", action="store_true", help="compare: print a table for spreadsheets")
    tokens.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="NAME",
        help="prompt: whose chat template; twice: the difference of two; perplexity: who judges",
    )
    tokens.add_argument("--json", action="store_true", help="print one JSON array")


def _add_plan(plan: argparse.ArgumentParser) -> None:
    plan.add_argument(
        "model", metavar="FILE|CATALOG_ID", help="a GGUF file, a known model, or a catalogue's id[:quant]"
    )
    add_load_options(plan)
    plan.add_argument("--projector", type=Path, metavar="F", help="a vision projector (mmproj) to load beside it")
    plan.add_argument("--draft", type=Path, metavar="F", help="a small model of the same family that drafts for it")
    plan.add_argument(
        "--lora", type=Path, action="append", default=[], metavar="F", help="a LoRA adapter; may be given several times"
    )
    plan.add_argument("--json", action="store_true", help="print one JSON object")


def _add_recommend(recommend: argparse.ArgumentParser) -> None:
    recommend.add_argument(
        "--purpose", choices=list(Purpose), default=Purpose.GENERAL, metavar="P", help=f"one of: {', '.join(Purpose)}"
    )
    recommend.add_argument(
        "--min-speed", type=float, metavar="N", help="tokens a second at least (default: as in the settings)"
    )
    recommend.add_argument(
        "--no-measure", action="store_true", help="do not measure this computer first (20 seconds, once)"
    )
    recommend.add_argument("--json", action="store_true", help="print one JSON object")
