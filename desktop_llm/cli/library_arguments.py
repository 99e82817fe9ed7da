"""The command line of the verbs of `desktop-llm models` that work on what is on this computer."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from desktop_llm.cli.load_options import add_load_options

_AddVerb = Callable[[str, str], ArgumentParser]


def add_library(verb: _AddVerb) -> None:
    """Declare them; `verb` adds one with its help."""
    verb("list", "list the models on this computer")
    verify = verb("verify", "read models again and compare them with what is recorded; status 1 when one is wrong")
    verify.add_argument("names", nargs="*", metavar="NAME", help="a model; all that are recorded without it")
    take = verb("import", "take model files of this computer into the library")
    take.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a GGUF file, or a folder of them")
    take.add_argument("--title", default="", metavar="T", help="what to call it (one file only)")
    _add_ways(take)
    find = verb("find", "list the models that other programs keep on this computer")
    find.add_argument("text", nargs="?", default="", help="only those with this in their name or program")
    find.add_argument("--import", dest="take", action="store_true", help="take them into the library")
    _add_ways(find)
    remove = verb(
        "remove", "take a model out of the library; its files are deleted where they are in the models folder"
    )
    remove.add_argument("name", metavar="NAME")
    remove.add_argument("--yes", action="store_true", help="delete files without being asked again")
    remove.add_argument("--delete-files", action="store_true", help="delete the files also where they lie elsewhere")
    rename = verb("rename", "give a model another title; its files keep their names")
    rename.add_argument("name", metavar="NAME")
    rename.add_argument("title", metavar="TITLE", help='the title; "" takes it away')
    note = verb("note", "keep a note with a model")
    note.add_argument("name", metavar="NAME")
    note.add_argument("text", metavar="TEXT", help='the note; "" takes it away')
    defaults = verb("defaults", "say how a model is to be loaded when nothing else is said")
    defaults.add_argument("name", metavar="NAME")
    defaults.add_argument("--clear", action="store_true", help="load it as the settings say")
    add_load_options(defaults)
    update = verb("update-check", "ask the hub whether it has another version of a model")
    update.add_argument("name", metavar="NAME")
    _add_bundle(verb)


def _add_bundle(verb: _AddVerb) -> None:
    bundle = verb("bundle", "carry models to a computer without a network")
    verbs = bundle.add_subparsers(dest="bundle_verb", metavar="VERB", required=True, parser_class=type(bundle))

    def bundle_verb(name: str, help_text: str) -> ArgumentParser:
        parser: ArgumentParser = verbs.add_parser(name, help=help_text, allow_abbrev=False)
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        return parser

    create = bundle_verb("create", "copy models into a new folder and sign what is in it")
    create.add_argument("names", nargs="+", metavar="NAME")
    create.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or empty folder")
    create.add_argument("--sign", type=Path, required=True, metavar="KEYFILE", help="a secret key, as keygen makes it")
    check = bundle_verb("verify", "compare a bundle with its signature, and import nothing")
    opened = bundle_verb("open", "compare a bundle with its signature, then import its models")
    for parser in (check, opened):
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument(
            "--trust",
            type=Path,
            action="append",
            required=True,
            metavar="PUBKEY",
            help="a public key to trust; may be given several times",
        )
    _add_ways(opened, usual="copy")
    keygen = bundle_verb("keygen", "make a secret key, and its public key beside it")
    keygen.add_argument("--out", type=Path, required=True, metavar="FILE", help="the public key becomes FILE.pub")


def _add_ways(parser: ArgumentParser, usual: str = "reference") -> None:
    ways = {
        "reference": "leave the files where they are, and only list them",
        "link": "give the files a second name in the models folder (hard link)",
        "copy": "copy the files into the models folder",
    }
    group = parser.add_mutually_exclusive_group()
    for way, words in ways.items():
        said = f"{words} (the default)" if way == usual else words
        group.add_argument(f"--{way}", dest="way", action="store_const", const=way, default=usual, help=said)
