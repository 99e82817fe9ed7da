"""The tasks of the throw-away child process. Never import this in the app itself: llama.cpp may abort here."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from desktop_llm.engine.child_process import Answer, Request
from desktop_llm.engine.grammars.json_schema import schema_to_gbnf
from desktop_llm.engine.grammars.reading import read_schema
from desktop_llm.engine.llama import open_llama
from desktop_llm.engine.llama.planning import check_gbnf, plan_memory
from desktop_llm.engine.llama.vocabulary import open_vocabulary
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.model import BatchToken, LanguageModel, LoadParams
from desktop_llm.engine.prompt import ChatTemplate
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.errors import EngineError, GenerationError, ModelLoadError, TemplateError

#: Characters outside ASCII, of one to four bytes: a vocabulary that lacks bytes shows here.
_SAMPLE = "Hello, é ß 漢字 नमस्ते 🙂\n\t1234"


def perform(request: Request) -> Answer:
    """Do what the request names. Raises AppError, or does not return at all."""
    match request["task"]:
        case "try":
            return _try(Path(request["path"]), _params(request["params"]))
        case "vocabulary":
            return _vocabulary(Path(request["path"]))
        case "plan":
            return asdict(plan_memory(Path(request["path"]), _params(request["params"])))
        case "grammar":
            return _grammar(str(request["kind"]), str(request["text"]))
        case unknown:
            raise ValueError(f"unknown task {unknown!r}")


def _params(values: dict[str, Any]) -> LoadParams:
    return LoadParams(**values)  # its enums accept their own texts


def _grammar(kind: str, text: str) -> Answer:
    gbnf = schema_to_gbnf(read_schema(text)) if kind == "schema" else text
    check_gbnf(gbnf)
    return {"gbnf": gbnf}


def _try(path: Path, params: LoadParams) -> Answer:
    model = open_llama(path, params, lambda fraction: True)
    try:
        _tokenize(model)
        facts = model.facts
        _compute(path, model)
        return {
            "n_vocab": facts.n_vocab,
            "n_ctx_train": facts.n_ctx_train,
            "template_problem": _template_problem(facts.chat_template, facts.bos_text, facts.eos_text),
        }
    finally:
        model.close()


def _compute(path: Path, model: LanguageModel) -> None:
    """Two vectors, or two tokens."""
    try:
        if model.facts.is_embedder:
            model.embed([_hello(model), _hello(model)])
        else:
            _decode_two(path, model)
    except EngineError as error:
        raise ModelLoadError(
            "{name} can be loaded, but computes nothing. The file is damaged.", name=path.name
        ) from error


def _tokenize(model: LanguageModel) -> None:
    """Meet every character; one the vocabulary cannot hold is no fault of the file, if it is refused and not fatal."""
    for text in (_SAMPLE, *_SAMPLE):
        try:
            tokens = model.tokenize(text, add_special=True, parse_special=True)
        except GenerationError:
            continue
        for token in tokens:
            model.piece(token, special=True)


def _vocabulary(path: Path) -> Answer:
    vocabulary = open_vocabulary(path)
    for text in (_SAMPLE, *_SAMPLE):
        try:
            tokens = vocabulary.encode(text, add_special=True, parse_special=True)
        except GenerationError:
            continue
        for token in tokens:
            vocabulary.piece(token)
    vocabulary.close()
    return {}


def _hello(model: LanguageModel) -> list[int]:
    try:
        ids = model.tokenize("Hello", add_special=True, parse_special=False)
    except GenerationError:
        ids = []
    return ids[: min(model.facts.n_batch, model.facts.n_ctx) // 2] or [0]


def _decode_two(path: Path, model: LanguageModel) -> None:
    ids = _hello(model)
    sampler = model.sampler(SamplingParams(temperature=0.8, seed=1))
    try:
        rows = [BatchToken(token, position, 0, position == len(ids) - 1) for position, token in enumerate(ids)]
        model.decode(rows)
        first = model.sample(sampler, len(rows) - 1, 1)
        if first.logprob is None or first.logprob != first.logprob:
            raise ModelLoadError("{name} computes no numbers, only NaN. The file is damaged.", name=path.name)
        model.piece(first.id, special=True)
        model.decode([BatchToken(first.id, len(ids), 0, True)])
        model.piece(model.sample(sampler, 0, 1).id, special=True)
    finally:
        sampler.close()


def _template_problem(source: str | None, bos_text: str, eos_text: str) -> str:
    if source is None:
        return ""
    try:
        ChatTemplate(source, bos_text, eos_text).render(ChatPrompt((Message(Role.USER, "Hello"),)))
    except TemplateError as error:
        return str(error)
    return ""
