"""Models as Anthropic's API lists them: GET /v1/models answers so to clients that send `anthropic-version`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from desktop_llm.models.pool.values import Offered
from desktop_llm.server.exchange.sampling_fields import bad_parameter

Json = dict[str, Any]

#: The header by which Anthropic's clients are known.
VERSION_HEADER = "anthropic-version"

_MOST = 1000


def model_card(one: Offered) -> Json:
    """One model."""
    return {
        "type": "model",
        "id": one.name,
        "display_name": one.name,
        "created_at": datetime.fromtimestamp(int(one.created), UTC).isoformat().replace("+00:00", "Z"),
        "lifecycle": "active",
    }


def model_page(offered: Sequence[Offered], query: Mapping[str, str]) -> Json:
    """A page of models: `limit` of them, after `after_id` or before `before_id`. Raises ApiError (400)."""
    limit = query.get("limit", "20")
    if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit[:5]) <= _MOST:
        raise bad_parameter(f"limit must be from 1 to {_MOST}.", "limit")
    models = [one for one in offered if not one.is_embedder]
    names = [one.name for one in models]
    if (before := query.get("before_id")) in names:
        models = models[: names.index(before)]
        page = models[-int(limit) :]
    else:
        after = query.get("after_id")
        models = models[names.index(after) + 1 :] if after in names else models
        page = models[: int(limit)]
    return {
        "data": [model_card(one) for one in page],
        "first_id": page[0].name if page else None,
        "last_id": page[-1].name if page else None,
        "has_more": len(models) > len(page),
    }
