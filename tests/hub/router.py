"""Which request gets which answer, when nothing goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

from tests.hub import api, resolve
from tests.hub.journal import Kind
from tests.hub.repository import Commit, File, Repository
from tests.hub.shelf import Shelf
from tests.hub.wire import Answer, Request, as_json, parsed_json, plain

_NOT_KNOWN = "Invalid username or password."
_BAD_TOKEN = "Invalid credentials in Authorization header"
_TREE_PAGE = 1000
_EXPANDED_TREE_PAGE = 50
_VERBS = {"revision", "tree", "refs", "paths-info", "commits"}

ETag = Callable[[str], str]
"""Makes of a file's true ETag the one that is told."""


class Router:
    """Answers requests. Any thread."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def kind_of(self, request: Request) -> tuple[Kind, str]:
        """What is asked for, and the path of the file in its repository, if it is one."""
        parts = _parts(request)
        if parts[0] == "xet-bridge-us":
            found = self._shelf.signed("/".join(parts[1:]))
            return "blob", found[0].path if found else ""
        if parts[:2] == ["api", "resolve-cache"]:
            return "resolve", unquote("/".join(parts[6:]))
        if at := _resolve_at(parts):
            return "resolve", unquote("/".join(parts[at + 2 :]))
        if parts[:2] != ["api", "models"]:
            return "other", ""
        if len(parts) == 2:
            return "list", ""
        return ("tree" if "tree" in parts[3:5] else "info"), ""

    def answer(self, request: Request, door: str, etag: ETag, *, is_one_too_many: bool) -> Answer:
        """The true answer."""
        try:
            return self._answer(request, door, etag, is_one_too_many=is_one_too_many)
        except _Refused as refused:
            return refused.answer

    def _answer(self, request: Request, door: str, etag: ETag, *, is_one_too_many: bool) -> Answer:
        parts = _parts(request)
        if request.method not in {"GET", "HEAD", "POST"}:
            raise _Refused(405, "Method not allowed")
        if parts[0] == "xet-bridge-us":
            return _denied() if is_one_too_many else self._blob(request, "/".join(parts[1:]), etag)
        if request.token is not None and request.token not in self._shelf.tokens:
            raise _Refused(401, _BAD_TOKEN)
        if parts[0] == "api":
            return self._api(request, parts[1:], etag)
        if at := _resolve_at(parts):
            return self._resolve(request, parts, at, etag if door != "elsewhere" else None)
        raise _Refused(404, "Sorry, we can't find the page you are looking for.")

    def _api(self, request: Request, parts: list[str], etag: ETag) -> Answer:
        match parts:
            case ["models"]:
                return self._list(request)
            case ["models", *rest]:
                return self._repository(request, rest)
            case ["resolve-cache", "models", owner, name, sha, *path]:
                return self._small(request, f"{owner}/{name}", sha, unquote("/".join(path)), etag)
            case ["whoami-v2"] if request.token is not None:
                return as_json({"type": "user", "name": "tester", "auth": {"type": "access_token"}})
            case ["whoami-v2"]:
                raise _Refused(401, _NOT_KNOWN)
            case _:
                raise _Refused(404, "Sorry, we can't find the page you are looking for.")

    def _list(self, request: Request) -> Answer:
        query = request.query
        found = [repo for repo in api.search(self._shelf.all(), query) if self._may_see(repo, request)]
        wish = api.one(query, "limit")
        page = min(int(wish), self._shelf.page_size) if wish else self._shelf.page_size
        return self._page([api.listed(repo, query) for repo in found], request, page)

    def _page(self, entries: list[dict[str, Any]], request: Request, page_size: int) -> Answer:
        """One page, with the address of the next in the header `Link`."""
        start = api.position_of(api.one(request.query, "cursor"))
        stop = start + page_size
        headers = {}
        if stop < len(entries):
            query = [(name, value) for name, value in request.query if name != "cursor"]
            query.append(("cursor", api.cursor_of(stop)))
            headers["Link"] = f'<{self._shelf.hub_url}{request.raw_path}?{urlencode(query)}>; rel="next"'
        return as_json(entries[start:stop], headers=headers)

    def _repository(self, request: Request, parts: list[str]) -> Answer:
        """`parts`: the path below /api/models/."""
        n_id = 1 if len(parts) == 1 or parts[1] in _VERBS else 2
        repo = self._repo(request, unquote("/".join(parts[:n_id])))
        verb, rest = (parts[n_id] if len(parts) > n_id else "revision"), [unquote(part) for part in parts[n_id + 1 :]]
        if verb == "refs":
            return as_json(api.refs(repo))
        commit = _commit(repo, rest[0] if rest else "main")
        match verb:
            case "revision":
                return as_json(api.info(repo, commit, request.query))
            case "tree":
                return self._tree(request, commit, "/".join(rest[1:]))
            case "paths-info":
                return as_json(_paths_info(commit, request))
            case "commits":
                return self._page(api.commits(repo), request, self._shelf.page_size)
            case _:
                raise _Refused(404, "Not found")

    def _tree(self, request: Request, commit: Commit, folder: str) -> Answer:
        entries = api.tree(commit, folder, request.query)
        if entries is None:
            raise _Refused(404, f"{folder} does not exist", "EntryNotFound")
        most = _EXPANDED_TREE_PAGE if api.said(request.query, "expand") else _TREE_PAGE
        return self._page(entries, request, min(most, self._shelf.page_size))

    def _may_see(self, repo: Repository, request: Request) -> bool:
        return not repo.private or self._shelf.may_read(repo, request.token)

    def _repo(self, request: Request, repo_id: str) -> Repository:
        """The repository. Who is not logged in is not told whether there is such a one."""
        repo = self._shelf.find(repo_id)
        if repo is None and (new := self._shelf.renamed(repo_id)) is not None:
            raise _Refused(307, "Moved", headers={"Location": request.target.replace(repo_id, new.id, 1)})
        if repo is None or not self._may_see(repo, request):
            raise (
                _Refused(401, _NOT_KNOWN)
                if request.token is None
                else _Refused(404, "Repository not found", "RepoNotFound")
            )
        if repo.disabled:
            raise _Refused(403, "Access to this resource is disabled.")
        return repo

    def _file(self, request: Request, repo_id: str, revision: str, path: str) -> tuple[Repository, Commit, File]:
        repo = self._repo(request, repo_id)
        if repo.gated and not self._shelf.may_read(repo, request.token):
            raise _gated(repo, is_known=request.token is not None)
        commit = _commit(repo, revision)
        file = commit.file(path)
        if file is None:
            raise _Refused(404, "Entry not found", "EntryNotFound", resolve.commit_headers(commit))
        return repo, commit, file

    def _resolve(self, request: Request, parts: list[str], at: int, etag: ETag | None) -> Answer:
        """A file's address: a large one's bytes lie at the content network, a small one's at another path.

        `etag` None: the bytes themselves.
        """
        repo_id, revision, path = "/".join(parts[:at]), unquote(parts[at + 1]), unquote("/".join(parts[at + 2 :]))
        repo, commit, file = self._file(request, repo_id, revision, path)
        if etag is None:
            return resolve.bytes_of(file, request, f'"{file.xet_hash}"', {})
        if file.is_lfs:
            location = self._shelf.sign(repo, commit, file)
            headers = resolve.link_headers(repo, commit, file, self._shelf.hub_url)
            headers |= {"X-Linked-ETag": etag(headers["X-Linked-ETag"]), "Location": location}
            return plain(302, f"Found. Redirecting to {location}", headers)
        name = quote(path, errors="replace")
        location = f"/api/resolve-cache/models/{repo.id}/{commit.sha}/{name}?etag=%22{file.git_oid}%22"
        headers = {**resolve.commit_headers(commit), "X-Linked-Size": str(file.size), "Location": location}
        return plain(307, f"Temporary Redirect. Redirecting to {location}", headers)

    def _small(self, request: Request, repo_id: str, sha: str, path: str, etag: ETag) -> Answer:
        _, commit, file = self._file(request, repo_id, sha, path)
        return resolve.bytes_of(file, request, etag(f'"{file.git_oid}"'), resolve.commit_headers(commit))

    def _blob(self, request: Request, name: str, etag: ETag) -> Answer:
        found = self._shelf.signed(name)
        if found is None or not self._shelf.is_good(api.one(request.query, "Signature")):
            return _denied()
        file, commit = found
        headers = {"Last-Modified": resolve.last_modified(commit), "Cache-Control": "public, max-age=31536000"}
        return resolve.bytes_of(file, request, etag(f'"{file.xet_hash}"'), headers)


class _Refused(Exception):  # noqa: N818 - an answer, not an error
    """The answer is a refusal."""

    def __init__(self, status: int, message: str, code: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        short = as_json({"error": message}, status)
        about = {"X-Error-Code": code, "X-Error-Message": message, **(headers or {})}
        self.answer = replace(short, headers={**short.headers, **about})


def _parts(request: Request) -> list[str]:
    return request.raw_path.strip("/").split("/")


def _resolve_at(parts: list[str]) -> int | None:
    """Where the word stands that parts a repository's id from the rest of a file's address."""
    return next((at for at in (1, 2) if len(parts) > at + 2 and parts[at] in {"resolve", "raw"}), None)


def _commit(repo: Repository, revision: str) -> Commit:
    commit = repo.commit(revision)
    if commit is None:
        raise _Refused(404, f"Invalid rev id: {revision}", "RevisionNotFound")
    return commit


def _paths_info(commit: Commit, request: Request) -> list[dict[str, Any]]:
    if request.headers.get("content-type", "").startswith("application/json"):
        wanted = set(parsed_json(request.body).get("paths", []))
    else:
        wanted = set(parse_qs(request.body.decode()).get("paths", []))
    entries = api.tree(commit, "", [("recursive", "true")]) or []
    return [entry for entry in entries if entry["path"] in wanted]


def _denied() -> Answer:
    text = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>'
    return plain(403, text, {"Content-Type": "application/xml"})


def _gated(repo: Repository, *, is_known: bool) -> _Refused:
    closed = f"Access to model {repo.id} is restricted"
    if is_known:
        return _Refused(403, f"{closed} and you are not in the authorized list.", "GatedRepo")
    return _Refused(401, f"{closed}. You must have access to it and be authenticated to access it.", "GatedRepo")
