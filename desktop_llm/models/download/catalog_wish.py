"""A model of the catalogue, looked up at the hub: which files it is, at the commit that the catalogue names."""

from __future__ import annotations

from desktop_llm.errors import HubNotFoundError, WrongContentError
from desktop_llm.models.catalog.catalog import CatalogFile
from desktop_llm.models.hub.files import HubRepo, HubWeights
from desktop_llm.models.hub.hub import Hub


def find_at_hub(hub: Hub, file: CatalogFile) -> tuple[HubRepo, HubWeights]:
    """The repository and the weights. Waits for the network; raises NetworkError.

    Where the catalogue knows the sha256, the hub has to name the same one.
    """
    repo = hub.repository(file.repo, file.revision)
    found = next((each for each in repo.weights if file.file in {part.path for part in each.files}), None)
    if found is None:
        name = file.file.rpartition("/")[2]
        raise HubNotFoundError(
            "{repo} has no file {name} any more. Search for the model instead.", repo=file.repo, name=name
        )
    told = next(part.sha256 for part in found.files if part.path == file.file)
    if file.sha256 is not None and told != file.sha256:
        raise WrongContentError(
            "The hub offers other bytes of {name} than this program knows of, so it was not fetched.", name=found.name
        )
    return repo, found
