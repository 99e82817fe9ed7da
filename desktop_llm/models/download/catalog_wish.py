"""Models that are named and not searched for, looked up at the hub: of the catalogue, or from a known repository."""

from __future__ import annotations

from desktop_llm.errors import HubNotFoundError, WrongContentError
from desktop_llm.models.catalog.catalog import CatalogFile
from desktop_llm.models.hub.files import HubRepo, HubWeights
from desktop_llm.models.hub.hub import Hub


def find_at_hub(hub: Hub, file: CatalogFile) -> tuple[HubRepo, HubWeights]:
    """The repository and the weights. Waits for the network; raises NetworkError.

    Where the catalogue knows the sha256, the hub has to name the same one.
    """
    repo, found = find_path(hub, file.repo, file.file, file.revision)
    told = next(part.sha256 for part in found.files if part.path == file.file)
    if file.sha256 is not None and told != file.sha256:
        raise WrongContentError(
            "The hub offers other bytes of {name} than this program knows of, so it was not fetched.", name=found.name
        )
    return repo, found


def find_path(hub: Hub, repo_id: str, path: str, commit: str | None) -> tuple[HubRepo, HubWeights]:
    """A repository at a commit, by default its newest, and the weights that a file of it belongs to.

    Waits for the network; raises NetworkError.
    """
    repo = hub.repository(repo_id, commit or None)
    found = next((each for each in repo.weights if path in {part.path for part in each.files}), None)
    if found is None:
        name = path.rpartition("/")[2]
        raise HubNotFoundError(
            "{repo} has no file {name} any more. Search for the model instead.", repo=repo_id, name=name
        )
    return repo, found
