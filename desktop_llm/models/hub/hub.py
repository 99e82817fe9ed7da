"""Hub: search GGUF repositories, and see what is in one. Its interface is huggingface_hub's; its way out is the gate.

Every method waits for the network, on any thread but a window's, and raises NetworkError: OfflineError in
offline mode, HubNotFoundError, GatedError, HubError for what cannot be used.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote

from desktop_llm.errors import GatedError, HubError, HubNotFoundError
from desktop_llm.models.hub.files import HubFile, HubHit, HubRepo, group_weights, projectors_of
from desktop_llm.models.hub.gate import Gate, NetworkRules, Why, in_plain_words

if TYPE_CHECKING:
    from huggingface_hub import HfApi, ModelInfo

#: What huggingface_hub would tell or fetch by itself; before its first import.
_QUIET: Final = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
}
_EXPANDED: Final = ["author", "cardData", "downloads", "gated", "gguf", "lastModified", "likes", "tags"]
_TIMEOUT_S: Final = 20.0
_MOST_HITS: Final = 200
#: More are asked for than wanted where an architecture is, since the hub cannot filter by it.
_SPARE: Final = 5
_MAX_CARD_BYTES: Final = 1024 * 1024
SORTS: Final = ("downloads", "likes", "trending_score", "last_modified", "created_at")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class HubQuery:
    """What to look for; `n_params` are bounds of the parameters, None for open."""

    text: str = ""
    author: str = ""
    architecture: str = ""
    n_params: tuple[float | None, float | None] = (None, None)
    sort: str = "downloads"
    limit: int = 30


class Hub:
    """The model hub, seen through the gate."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def prepare(self) -> None:
        """Make ready all that a question needs, and send nothing. Raises NetworkError."""
        with _session(self._gate), self._gate.client(Why.SEARCH):
            pass

    def search(self, query: HubQuery) -> tuple[HubHit, ...]:
        """Repositories with GGUF files, in the wished order."""
        limit = max(1, min(query.limit, _MOST_HITS))
        wanted = query.architecture.casefold()

        def ask(api: HfApi) -> tuple[HubHit, ...]:
            models = api.list_models(
                filter="gguf",
                search=query.text.strip() or None,
                author=query.author.strip() or None,
                num_parameters=_bounds(query.n_params),
                sort=query.sort,  # type: ignore[arg-type]
                limit=limit * _SPARE if wanted else limit,
                expand=_EXPANDED,  # type: ignore[arg-type]
            )
            hits = (_hit(model) for model in models)
            return tuple(hit for hit in hits if not wanted or wanted in (hit.architecture or "").casefold())[:limit]

        return self._ask(Why.SEARCH, ask, query.text)

    def repository(self, repo: str, revision: str | None = None) -> HubRepo:
        """What a repository holds, at its newest commit or at a named one."""

        def ask(api: HfApi) -> HubRepo:
            info = api.model_info(repo, revision=revision, files_metadata=True, timeout=_TIMEOUT_S)
            return _repository(info, self._gate.rules)

        return self._ask(Why.REPOSITORY, ask, repo)

    def newest_commit(self, repo: str) -> str:
        """The commit a repository stands at now, to see whether there is an update."""
        return self._ask(Why.UPDATE_CHECK, lambda api: str(api.model_info(repo, timeout=_TIMEOUT_S).sha), repo)

    def card(self, repo: HubRepo) -> str:
        """The model card's Markdown without its YAML head, at most a megabyte; "" where there is none."""
        if repo.card is None:
            return ""
        text = self.read(repo.card, _MAX_CARD_BYTES, Why.REPOSITORY).decode("utf-8", "replace")
        if text.startswith("---"):
            text = text[3:].partition("\n---")[2].partition("\n")[2]
        return text.strip()

    def read(self, file: HubFile, most_bytes: int, why: Why, start: int = 0) -> bytes:
        """A stretch of a file, at most so many bytes of it."""
        import httpx2

        n_bytes = max(0, min(most_bytes, file.size_bytes - start))
        headers = {"Range": f"bytes={start}-{start + n_bytes - 1}"} if n_bytes < file.size_bytes else {}
        try:
            with self._gate.client(why) as client, client.stream("GET", file.url, headers=headers) as response:
                _check_status(response.status_code, file.repo)
                if start and response.status_code != httpx2.codes.PARTIAL_CONTENT:
                    raise HubError("{host} cannot send a part of a file.", host=self._gate.rules.hub_host)
                return _first(response.iter_raw(), n_bytes)
        except (httpx2.TransportError, httpx2.TooManyRedirects) as error:
            raise in_plain_words(error) from error

    def _ask(self, why: Why, question: Callable[[HfApi], _V], subject: str) -> _V:
        self._gate.check_online(why)
        with _session(self._gate) as api, self._gate.purpose(why):
            return _in_our_errors(lambda: question(api), subject, self._gate.rules.hub_host)


def file_url(endpoint: str, repo: str, commit: str, path: str) -> str:
    """Where a file's bytes are."""
    return f"{endpoint.rstrip('/')}/{quote(repo)}/resolve/{quote(commit, safe='')}/{quote(path)}"


_session_lock = threading.Lock()
_session_of: tuple[Gate, NetworkRules] | None = None


@contextmanager
def _session(gate: Gate) -> Iterator[HfApi]:
    """huggingface_hub's one session, made of the gate's client; made anew when the rules have changed."""
    global _session_of  # noqa: PLW0603 (huggingface_hub has one session for the process)
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    import huggingface_hub  # slow, and only for who goes out

    rules = gate.rules
    with _session_lock:
        if _session_of is None or _session_of[0] is not gate or _session_of[1] != rules:
            huggingface_hub.set_client_factory(lambda: gate.client(Why.REPOSITORY, _TIMEOUT_S, fails_plainly=True))
            huggingface_hub.close_session()
            _session_of = (gate, rules)
    yield huggingface_hub.HfApi(endpoint=rules.endpoint, token=False)


def _in_our_errors(question: Callable[[], _V], subject: str, host: str) -> _V:
    from huggingface_hub import errors

    try:
        return question()
    except errors.GatedRepoError as error:
        raise _gated(subject) from error
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError, errors.EntryNotFoundError) as error:
        raise HubNotFoundError("The hub knows no {name}, or shows it only to its members.", name=subject) from error
    except errors.HFValidationError as error:
        raise HubNotFoundError("{name} is no repository's name: it is PUBLISHER/NAME.", name=subject) from error
    except errors.HfHubHTTPError as error:
        raise _refused(error.response.status_code, subject) from error
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise HubError(
            "{host} answered something that is not the hub's. The network may want a sign-in first.", host=host
        ) from error


def _first(chunks: Iterator[bytes], n_bytes: int) -> bytes:
    parts: list[bytes] = []
    for chunk in chunks:
        parts.append(chunk[:n_bytes])
        n_bytes -= len(parts[-1])
        if n_bytes <= 0:
            break
    return b"".join(parts)


def _check_status(status: int, repo: str) -> None:
    if status >= 400:
        raise _refused(status, repo, needs_token=status == 401)


def _refused(status: int, name: str, *, needs_token: bool = False) -> HubError:
    """To who is not known the hub answers 401 both for what is gated and for what does not exist."""
    if status == 403 or needs_token:
        return _gated(name)
    if status in (401, 404, 410):
        return HubNotFoundError("The hub knows no {name}, or shows it only to its members.", name=name)
    return HubError("The hub answered with error {status}. Try again later.", status=status)


def _gated(repo: str) -> GatedError:
    return GatedError(
        "{name} is given only to who has accepted its licence on the hub's page and shows an access token.", name=repo
    )


def _bounds(n_params: tuple[float | None, float | None]) -> str | None:
    names = (f"{name}:{value:.0f}" for name, value in zip(("min", "max"), n_params, strict=True) if value is not None)
    return ",".join(names) or None


def _hit(model: ModelInfo) -> HubHit:
    gguf: dict[str, Any] = model.gguf or {}
    return HubHit(
        id=model.id,
        downloads=model.downloads,
        likes=model.likes,
        updated_at=model.last_modified,
        licence=_licence(model),
        is_gated=bool(model.gated),
        architecture=gguf.get("architecture"),
        n_ctx_train=gguf.get("context_length"),
        n_params=gguf.get("total"),
    )


def _licence(model: ModelInfo) -> str | None:
    card: Any = model.card_data
    named = card.get("license_name") or card.get("license") if card is not None else None
    tagged = (tag.removeprefix("license:") for tag in model.tags or () if tag.startswith("license:"))
    return str(named) if named else next(tagged, None)


def _repository(info: ModelInfo, rules: NetworkRules) -> HubRepo:
    if not info.sha or info.siblings is None:
        raise ValueError("no commit")
    files = tuple(
        HubFile(
            repo=info.id,
            commit=info.sha,
            path=each.rfilename,
            size_bytes=int(each.size or 0),
            sha256=each.lfs.sha256 if each.lfs else None,
            url=file_url(rules.endpoint, info.id, info.sha, each.rfilename),
        )
        for each in info.siblings
    )
    by_path = {file.path: file for file in files}
    licences = (file for file in files if file.path.upper().split(".")[0] in ("LICENSE", "LICENCE", "COPYING"))
    return HubRepo(
        hit=_hit(info),
        commit=info.sha,
        created_at=info.created_at,
        weights=group_weights(files),
        projectors=projectors_of(files),
        card=by_path.get("README.md"),
        licence_file=next(licences, None),
    )
