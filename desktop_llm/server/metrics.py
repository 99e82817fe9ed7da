"""GET /metrics: what is counted, as Prometheus reads it."""

from __future__ import annotations

import asyncio

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.server.exchange.streams import parts_of
from desktop_llm.server.operation import Operation, operation


async def metrics(request: Request) -> Response:
    """Everything that is counted."""
    text = await asyncio.to_thread(parts_of(request).metrics.text)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


OPERATIONS: tuple[Operation, ...] = (
    operation("/metrics", "GET", metrics, answers={200: "text/plain"}, summary="Counts for Prometheus."),
)
