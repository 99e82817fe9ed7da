"""The text of a licence, fetched with the model that it is of, and kept beside it."""

from __future__ import annotations

import logging

from desktop_llm.errors import NetworkError
from desktop_llm.models.download.wish import Arrival
from desktop_llm.models.hub.gate import Why
from desktop_llm.models.hub.hub import Hub
from desktop_llm.models.library.licence_files import MOST_BYTES, keep_licence, licence_place

logger = logging.getLogger(__name__)


def bring_licence(hub: Hub, arrival: Arrival) -> None:
    """Fetch it where the repository has one. Waits for the network; without it the model is as ready as with it."""
    file, model = arrival.wish.licence_file, arrival.files[0]
    if file is None or not 0 < file.size_bytes <= MOST_BYTES or licence_place(model).exists():
        return
    try:
        keep_licence(model, hub.read(file, MOST_BYTES, Why.DOWNLOAD))
    except (NetworkError, OSError):
        logger.info("the text of a model's licence was not fetched")
