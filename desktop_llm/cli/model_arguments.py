"""The command line of `desktop-llm models`."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable

from desktop_llm.cli.library_arguments import add_library
from desktop_llm.models.hub.hub import SORTS


def add_models(models: ArgumentParser) -> None:
    """Declare its verbs; `arguments.models_verb` says which was typed."""
    verbs = models.add_subparsers(dest="models_verb", metavar="VERB", required=True, parser_class=type(models))

    def verb(name: str, help_text: str) -> ArgumentParser:
        parser: ArgumentParser = verbs.add_parser(name, help=help_text, allow_abbrev=False)
        parser.add_argument("--json", action="store_true", help="print JSON")
        return parser

    _add_search(verb)
    _add_show(verb)
    _add_pull(verb)
    add_library(verb)


def _add_search(verb: Callable[[str, str], ArgumentParser]) -> None:
    search = verb("search", "look for GGUF models on the hub")
    search.add_argument("text", nargs="?", default="", help="what to look for in the names")
    search.add_argument("--author", default="", metavar="NAME", help="only of this publisher")
    search.add_argument("--architecture", default="", metavar="A", help="only of this architecture: llama, qwen3, …")
    search.add_argument("--min-params", type=float, metavar="B", help="at least so many billion parameters")
    search.add_argument("--max-params", type=float, metavar="B", help="at most so many billion parameters")
    search.add_argument("--sort", choices=SORTS, default=SORTS[0], metavar="S", help=f"one of: {', '.join(SORTS)}")
    search.add_argument("--limit", type=int, default=20, metavar="N", help="at most so many (default: 20)")


def _add_show(verb: Callable[[str, str], ArgumentParser]) -> None:
    show = verb("show", "what a repository of the hub holds, and what of it fits here")
    show.add_argument("repo", metavar="REPO[:QUANT]", help="PUBLISHER/NAME; with :QUANT the plan of that file")
    show.add_argument("--revision", metavar="R", help="a branch, tag or commit")
    show.add_argument("--card", action="store_true", help="print the model card")


def _add_pull(verb: Callable[[str, str], ArgumentParser]) -> None:
    pull = verb("pull", "fetch a model from the hub, prove its bytes and try it")
    pull.add_argument("repo", metavar="REPO[:QUANT]", help="PUBLISHER/NAME; without :QUANT the best that fits here")
    pull.add_argument("--revision", metavar="R", help="a branch, tag or commit")
    pull.add_argument("--projector", action="store_true", help="also fetch what lets it see images")
