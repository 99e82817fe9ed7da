"""The local API beside other servers, with the same model, client, threads and prompts: ratios within one run.

    python -m benchmarks.server [--model FILE] [--llama-server PATH] [--threads N] [--tokens N] [--rounds N]

`desktop-llm serve`, `python -m llama_cpp.server` (its extra packages are taken into build/benchmarks/, which needs a
package registry once) and, where its path is given, llama.cpp's `llama-server` stay loaded together and are asked in
turn, 1, 4, 8 and 16 streams at once; idle ones cost nothing. Each prompt is a new one, so that every server computes
it. How much eight at once can gain is the model's and the machine's: `--model` names another, and the CPU time a token
takes says what a busy machine hides. The best round of each counts, for other programs disturbed it least; medians are
in the JSON beside it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from benchmarks._stream_client import Reply, ask_all
from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Finish, Token
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.threads import engine_threads

_ROOT: Final = Path(__file__).parents[1]
_STARTER: Final = _ROOT / "resources" / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"
_LEVELS: Final = (1, 4, 8, 16)
_N_CTX: Final = 8192
_N_SEQ: Final = 16
_START_S: Final = 120.0
#: Of llama-cpp-python's extra `server`, as its metadata names them.
_PEER_PACKAGES: Final = ("fastapi>=0.100", "pydantic-settings>=2", "sse-starlette>=1.6.1", "starlette-context<0.4")
_OURS, _PYTHON, _NATIVE, _ENGINE = "desktop-llm serve", "llama_cpp.server", "llama-server", "engine without HTTP"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: how it and its model are reached, and its process."""

    name: str
    model: str
    port: int
    key: str
    process: psutil.Process


@dataclass(frozen=True, slots=True)
class Run:
    """One round of one server at one level. Tokens a second are of all streams together, prompts included."""

    server: str
    n_streams: int
    tokens_per_s: float
    first_p50_s: float
    first_p95_s: float
    gap_p95_s: float
    cpu_s_per_token: float
    http_cpu_s_per_token: float | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio of two servers' tokens a second, and what it should be at least."""

    name: str
    ratio: float
    median_ratio: float
    goal: float | None

    @property
    def is_met(self) -> bool:
        """Whether it is reached, or nothing is asked."""
        return self.goal is None or self.ratio >= self.goal


def _body(model: str, text: str, n_tokens: int) -> dict[str, Any]:
    return {
        "model": model,
        "messages": [{"role": "user", "content": text}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": n_tokens,
        "temperature": 0.8,
        "top_k": 40,
        "top_p": 0.95,
        "min_p": 0.05,
        "seed": 1,
    }


def _questions() -> Iterator[str]:
    """Prompts that never come again; what they have in common is their template's."""
    things = ("lighthouse", "railway", "garden", "clockmaker", "river", "library", "storm", "market")
    number = 0
    while True:
        number += 1
        yield f"{secrets.token_hex(2)}: tell me a very long story about a {things[number % 8]} in {1700 + number}."


def _measure(server: Server, questions: Sequence[str], n_tokens: int, http_thread: int | None) -> Run:
    cpu, http_cpu = _cpu_s(server.process), _thread_cpu_s(server.process, http_thread)
    replies = ask_all(server.port, server.key, [_body(server.model, text, n_tokens) for text in questions])
    total = sum(reply.n_tokens for reply in replies)
    spent = None if http_thread is None else (_thread_cpu_s(server.process, http_thread) - http_cpu) / total
    return _run(server.name, replies, (_cpu_s(server.process) - cpu) / total, spent)


def _run(name: str, replies: Sequence[Reply], cpu_s: float, http_cpu_s: float | None = None) -> Run:
    firsts = [reply.first_s for reply in replies]
    gaps = [gap for reply in replies for gap in reply.gaps_s]
    total = sum(reply.n_tokens for reply in replies)
    return Run(
        name,
        len(replies),
        round(total / max(reply.end_s for reply in replies), 2),
        round(statistics.median(firsts), 4),
        round(_p95(firsts), 4),
        round(_p95(gaps), 4),
        round(cpu_s, 6),
        None if http_cpu_s is None else round(http_cpu_s, 6),
    )


def _p95(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _thread_cpu_s(process: psutil.Process, thread: int | None) -> float:
    return sum(each.user_time + each.system_time for each in process.threads() if each.id == thread)


def _http_thread(server: Server) -> int:
    """The thread whose time grows when nothing but HTTP is asked."""
    before = {each.id: each.user_time + each.system_time for each in server.process.threads()}
    until = time.monotonic() + 2.0
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", "/health")
        connection.getresponse().read()
        connection.close()
    grown = {each.id: each.user_time + each.system_time - before.get(each.id, 0.0) for each in server.process.threads()}
    return max(grown, key=lambda thread: grown[thread])


def _ask_engine(engine: Engine, text: str, n_tokens: int) -> Run:
    params = SamplingParams(max_tokens=n_tokens, temperature=0.8, top_k=40, top_p=0.95, min_p=0.05, seed=1)
    process = psutil.Process()
    cpu, asked_at = _cpu_s(process), time.perf_counter()
    pieces: list[float] = []
    tokens = 0
    for event in engine.submit(ChatPrompt((Message(Role.USER, text),)), params):
        if isinstance(event, Token) and event.text:
            pieces.append(time.perf_counter() - asked_at)
        if isinstance(event, Finish):
            tokens = event.usage.completion_tokens
    reply = Reply(tuple(pieces), time.perf_counter() - asked_at, tokens)
    return _run(_ENGINE, [reply], (_cpu_s(process) - cpu) / tokens)


# the servers


@dataclass(frozen=True, slots=True)
class _Start:
    """How a server is started: the words of its command line, and what its environment has besides."""

    name: str
    model: str
    port: int
    key: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


@contextmanager
def _started(start: _Start) -> Iterator[Server]:
    """A server that answers; its own words are shown when it does not start."""
    with tempfile.TemporaryFile() as log:
        environment = {**os.environ, **start.environment}
        process = psutil.Popen(start.command, stdout=log, stderr=log, env=environment, cwd=_ROOT)
        try:
            if not _comes_up(process, start):
                log.seek(0)
                said = log.read().decode(errors="replace")[-3000:]
                raise RuntimeError(f"{start.name} did not start:\n{said}")
            yield Server(start.name, start.model, start.port, start.key, psutil.Process(process.pid))
        finally:
            process.terminate()
            try:
                process.wait(10)
            except psutil.TimeoutExpired:
                process.kill()
                process.wait(10)


def _comes_up(process: psutil.Popen, start: _Start) -> bool:
    deadline = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < deadline:
        if _answers(start):
            return True
        time.sleep(0.2)
    return False


def _answers(start: _Start) -> bool:
    try:
        ask_all(start.port, start.key, [_body(start.model, "Hello", 2)])
    except (OSError, RuntimeError, ValueError):
        return False
    return True


def _free_port() -> int:
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return int(each.getsockname()[1])


def _ours(model: Path, n_threads: int, folder: Path) -> _Start:
    home, key, port = folder / "home", secrets.token_urlsafe(24), _free_port()
    (home / "models").mkdir(parents=True)
    (home / "models" / "compared.gguf").symlink_to(model)
    name = "starter" if model == _STARTER else "compared"
    wanted = {"threads": n_threads, "context_tokens": _N_CTX, "parallel_requests": _N_SEQ}
    lines = (f"{name} = {value}\n" for name, value in wanted.items())
    (home / "settings.toml").write_text("".join(lines), encoding="utf-8")
    keys = home / "keys"
    keys.write_text(f"benchmark {key}\n", encoding="utf-8")
    keys.chmod(0o600)
    command = (sys.executable, "-m", "desktop_llm", "serve", "--port", str(port), "--key-file", str(keys))
    return _Start(_OURS, name, port, key, (*command, "--model", name), {"DESKTOP_LLM_HOME": str(home)})


def _python_peer(model: Path, n_threads: int) -> _Start:
    port, threads = str(_free_port()), str(n_threads)
    command = (str(_peer_python()), "-m", "llama_cpp.server", "--model", str(model), "--n_ctx", str(_N_CTX))
    options = ("--n_threads", threads, "--n_threads_batch", threads) if n_threads else ()
    # By default a second request ends the first.
    rest = ("--port", port, "--interrupt_requests", "false")
    return _Start(_PYTHON, "compared", int(port), "none", (*command, *options, *rest))


def _native_peer(program: Path, model: Path, n_threads: int) -> _Start:
    port, threads = str(_free_port()), str(n_threads)
    command = (str(program), "--model", str(model), "--ctx-size", str(_N_CTX), "--parallel", str(_N_SEQ))
    options = ("--threads", threads, "--threads-batch", threads) if n_threads else ()
    rest = ("--kv-unified", "--no-webui", "--host", "127.0.0.1", "--port", port)
    return _Start(_NATIVE, "compared", int(port), "none", (*command, *options, *rest))


def _peer_python() -> Path:
    """An environment that sees this one's packages and has those that llama_cpp.server wants besides."""
    folder = _ROOT / "build" / "benchmarks" / "peer"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = folder / "done"
    if not done.is_file():
        print("Taking the packages of llama_cpp.server into build/benchmarks ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        ours, theirs = (_site_packages(each) for each in (Path(sys.executable), python))
        (theirs / "shared.pth").write_text(f"{ours}\n", encoding="utf-8")
        install: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--prefer-binary", *_PEER_PACKAGES]
        subprocess.run(install, check=True)
        done.touch()
    return python


def _site_packages(python: Path) -> Path:
    script = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(subprocess.run([python, "-c", script], check=True, capture_output=True, text=True).stdout.strip())


# the comparison


def _rounds(servers: Sequence[Server], engine: Engine, n_rounds: int, n_tokens: int) -> list[Run]:
    questions = _questions()
    http_thread = {_OURS: _http_thread(servers[0])}
    runs: list[Run] = []
    for number in range(n_rounds):
        for level in _LEVELS:
            turn = servers if number % 2 else tuple(reversed(servers))
            for server in turn:
                texts = [next(questions) for _ in range(level)]
                runs.append(_measure(server, texts, n_tokens, http_thread.get(server.name)))
                _show(runs[-1])
            if level == 1:
                runs.append(_ask_engine(engine, next(questions), n_tokens))
                _show(runs[-1])
    return runs


def _show(run: Run) -> None:
    http_cpu = "" if run.http_cpu_s_per_token is None else f"  HTTP {1e6 * run.http_cpu_s_per_token:6.0f} µs"
    print(
        f"{run.server:20} {run.n_streams:3} at once {run.tokens_per_s:8.1f} tokens/s  first p50 {run.first_p50_s:7.3f}"
        f" p95 {run.first_p95_s:7.3f} s  gap p95 {1e3 * run.gap_p95_s:7.1f} ms"
        f"  CPU {1e3 * run.cpu_s_per_token:6.2f} ms/token{http_cpu}",
        flush=True,
    )


def _goals(runs: Sequence[Run]) -> Iterator[Goal]:
    names = {run.server for run in runs}
    wanted = [(_ENGINE, 1, 0.97), *((_PYTHON, n, 3.0 if n == 8 else None) for n in _LEVELS)]
    wanted += [(_NATIVE, n, 1.0 if n == 8 else None) for n in _LEVELS]
    for other, level, goal in wanted:
        if other in names:
            ours, theirs = (_speeds(runs, name, level) for name in (_OURS, other))
            pairs = [left / right for left, right in zip(ours, theirs, strict=True)]
            ratio, median = max(ours) / max(theirs), statistics.median(pairs)
            yield Goal(f"{level} at once / {other}", round(ratio, 3), round(median, 3), goal)


def _speeds(runs: Sequence[Run], name: str, level: int) -> list[float]:
    return [run.tokens_per_s for run in runs if run.server == name and run.n_streams == level]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server", description=__doc__)
    parser.add_argument("--model", type=Path, default=_STARTER)
    parser.add_argument("--llama-server", type=Path)
    parser.add_argument("--threads", type=int, default=engine_threads(), help="of every server; 0: as each chooses")
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-python-peer", action="store_true")
    return parser.parse_args()


def main() -> int:
    """Returns 1 when a goal was missed."""
    wish = _arguments()
    model = wish.model.resolve()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desktop-llm-server-")))
        starts = [_ours(model, wish.threads, folder)]
        if not wish.without_python_peer:
            starts.append(_python_peer(model, wish.threads))
        if wish.llama_server is not None:
            starts.append(_native_peer(wish.llama_server.resolve(), model, wish.threads))
        servers = [stack.enter_context(_started(start)) for start in starts]
        engine = stack.enter_context(Engine())
        params = LoadParams(n_ctx=_N_CTX, n_seq_max=_N_SEQ, n_threads=wish.threads, n_threads_batch=wish.threads)
        engine.load(model, params).result(_START_S)
        _ask_engine(engine, "Hello", 4)
        runs = _rounds(servers, engine, wish.rounds, wish.tokens)
    goals = list(_goals(runs))
    for goal in goals:
        asked = "" if goal.goal is None else f"  goal {goal.goal:4.2f}  {'met' if goal.is_met else 'MISSED'}"
        print(f"ours, {goal.name:32} best {goal.ratio:7.3f}  median {goal.median_ratio:7.3f}{asked}")
    said = {"runs": [asdict(run) for run in runs], "goals": [{**asdict(goal), "met": goal.is_met} for goal in goals]}
    print(json.dumps(said))
    return int(not all(goal.is_met for goal in goals))


if __name__ == "__main__":
    sys.exit(main())
