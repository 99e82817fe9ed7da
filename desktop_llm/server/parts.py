"""Parts: what the handlers of the API work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.models.pool.pool import ModelPool
from desktop_llm.server.access.keys import ApiKeys
from desktop_llm.server.config import ServerConfig
from desktop_llm.server.kept_responses import KeptResponses
from desktop_llm.server.use.clients import LiveRequests
from desktop_llm.server.use.counts import Metrics
from desktop_llm.server.use.waiting import WaitingRoom


@dataclass(frozen=True, slots=True)
class Parts:
    """Reached by `request.app.state.parts`. `defaults` say how tokens are chosen where a request does not."""

    pool: ModelPool
    config: ServerConfig
    keys: ApiKeys
    live: LiveRequests
    queue: WaitingRoom
    metrics: Metrics
    defaults: Callable[[], SamplingParams] = SamplingParams
    responses: KeptResponses = field(default_factory=KeptResponses)
