"""`desktop-llm self-test`: does this installation work? One line a check."""

from __future__ import annotations

import tempfile
from pathlib import Path

from desktop_llm.cli.terminal import Terminal
from desktop_llm.engine.events import Finish
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.errors import ModelError
from desktop_llm.models.hub.gate import Gate, NetworkRules
from desktop_llm.models.hub.hub import Hub
from desktop_llm.models.hub.ledger import Ledger
from desktop_llm.models.library.library import STARTER
from desktop_llm.services import Services

_TIMEOUT_S = 120.0


def self_test(services: Services, terminal: Terminal) -> bool:
    """Load the built-in model, ask it, refuse broken files, ask again. Raises AppError when it cannot go on."""
    entry = services.library.find(STARTER)
    facts = services.load_model(entry).result(_TIMEOUT_S)
    terminal.write(f"ok: {entry.title} is loaded ({facts.n_ctx} tokens of context, {facts.n_threads} threads)\n")
    _ask(services, terminal, "before")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in _broken_files(entry.path):
            path = Path(folder) / name
            path.write_bytes(content)
            if not _is_refused(services, path, terminal):
                return False
        gate = Gate(NetworkRules, Ledger(Path(folder) / "ledger.jsonl"))
        Hub(gate).prepare()
        terminal.write(
            f"ok: the way to the hub is there, and nothing was sent ({len(gate.ledger.attempts())} attempts)\n"
        )
    _ask(services, terminal, "after")
    return True


def _ask(services: Services, terminal: Terminal, when: str) -> None:
    prompt = ChatPrompt((Message(Role.USER, "Name the capital of France."),))
    with services.engine.submit(prompt, SamplingParams(temperature=0, max_tokens=24)) as stream:
        finish = next(event for event in stream if isinstance(event, Finish))
    n_tokens, speed = finish.usage.completion_tokens, finish.timings.generation_tokens_per_s
    terminal.write(f"ok: it answered {when} the broken files ({n_tokens} tokens, {speed:.0f}/s)\n")


def _broken_files(good: Path) -> list[tuple[str, bytes]]:
    """A text, a truncated model, and one whose fault only the throw-away child finds: a tensor is missing."""
    model = good.read_bytes()
    renamed = model.replace(b"blk.0.attn_q.weight", b"blk.0.attn_x.weight", 1)
    return [("text.gguf", b"this is no model"), ("truncated.gguf", model[: 1 << 20]), ("incomplete.gguf", renamed)]


def _is_refused(services: Services, path: Path, terminal: Terminal) -> bool:
    try:
        services.loading.load(path, services.load_params()).result(_TIMEOUT_S)
    except ModelError as error:
        terminal.write(f"ok: {path.name} is refused: {error}\n")
        return True
    terminal.write(f"failed: {path.name} was loaded\n")
    return False
