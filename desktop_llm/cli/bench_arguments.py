"""The command line of `desktop-llm bench`."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser
from pathlib import Path

from desktop_llm.cli.load_options import add_load_options


def add_bench(bench: ArgumentParser) -> None:
    """Declare its options."""
    bench.add_argument("model", metavar="MODEL", help="a known model's name or a GGUF file")
    bench.add_argument("--quick", action="store_true", help="less of everything: about a minute with a small model")
    bench.add_argument("--fills", type=numbers, metavar="N,N…", help="lengths of prompts (default: 128,512,2048,8192)")
    bench.add_argument("--concurrent", type=numbers, metavar="N,N…", help="replies at once (default: 1,2,4,8)")
    bench.add_argument("--batch", type=numbers, metavar="N,N…", help="tokens of a step, at most (default: 512,128)")
    bench.add_argument("--generate", type=int, metavar="N", help="tokens of each reply (default: 64)")
    bench.add_argument("--repeats", type=int, metavar="N", help="runs of each case (default: 3)")
    bench.add_argument("--seed", type=int, metavar="N", help="other prompts for another number (default: 1)")
    bench.add_argument("--threads", type=int, metavar="N", help="processor threads; 0 lets the engine choose")
    add_load_options(bench, with_parallel=False)
    bench.add_argument("--compare", action="store_true", help="also compare with earlier runs on this computer")
    for name in ("json", "csv", "markdown"):
        bench.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"write it as {name.upper()}; - prints it")


def numbers(text: str) -> tuple[int, ...]:
    """Whole numbers with commas between them."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        raise argparse.ArgumentTypeError(f"{text} is not a list of whole numbers such as 128,512")
    return tuple(map(int, parts))
