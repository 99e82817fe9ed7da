"""KeptResponses: what was answered, in memory only, so that a next request may go on from it. The server's thread.

A response keeps its own items and knows the one before it; a conversation of many turns is kept once.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_llm.server.errors import ApiError

Json = dict[str, Any]

MAX_BYTES = 64 * 1024 * 1024
MAX_RESPONSES = 4096
TTL_S = 60 * 60.0

#: The record itself, its places in lists.
_OVERHEAD_BYTES = 1024


@dataclass(slots=True, eq=False)
class KeptResponse:
    """One response, the items of its own request, and the response before it.

    `text` is JSON, the response and the items: as objects they would take many times their size.
    """

    id: str
    text: bytes
    owner: str
    before: KeptResponse | None = None
    used_at: float = 0.0
    n_holders: int = 0  # the list, and responses that go on from this one

    @property
    def size_bytes(self) -> int:
        """What it takes."""
        return len(self.text) + _OVERHEAD_BYTES

    def read(self) -> tuple[Json, list[Json]]:
        """The response, and the items of its own request."""
        response, items = json.loads(self.text)
        return response, items

    def line(self) -> list[KeptResponse]:
        """The responses that lead here, the first one first, this one last."""
        line: list[KeptResponse] = []
        at: KeptResponse | None = self
        while at is not None:
            line.append(at)
            at = at.before
        return line[::-1]

    def conversation(self) -> Iterator[Json]:
        """All items up to and with this response's output, in order."""
        for kept in self.line():
            response, items = kept.read()
            yield from items
            yield from response["output"]


class KeptResponses:
    """Bounded by bytes, by number and by age since the last use; what was not used longest is forgotten first."""

    def __init__(
        self,
        max_bytes: int = MAX_BYTES,
        max_responses: int = MAX_RESPONSES,
        ttl_s: float = TTL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_bytes = max_bytes
        self._max_responses = max_responses
        self.ttl_s = ttl_s
        self._clock = clock
        self._kept: OrderedDict[str, KeptResponse] = OrderedDict()
        self._size_bytes = 0

    @property
    def size_bytes(self) -> int:
        """What is kept, as JSON."""
        return self._size_bytes

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, response_id: str) -> bool:
        return response_id in self._kept

    def line(self, response_id: str) -> list[KeptResponse]:
        """The responses that lead to one that is kept, itself the last."""
        return self._kept[response_id].line()

    def find(self, response_id: str, owner: str, param: str | None = None) -> KeptResponse:
        """A response of this client's. Raises ApiError (404), also for one of another client's."""
        self.sweep()
        kept = self._kept.get(response_id)
        if kept is None or kept.owner != owner:
            code = "previous_response_not_found" if param is not None else "response_not_found"
            sentence = "There is no response with the id '{id}', or it is kept no longer."
            raise ApiError(sentence, status=404, code=code, param=param, id=response_id)
        self._use(kept)
        return kept

    def find_item(self, item_id: str, owner: str) -> Json:
        """An item of a kept response, or of its request. Raises ApiError (404)."""
        self.sweep()
        own = (kept for kept in reversed(self._kept.values()) if kept.owner == owner)
        named = (kept.read() for kept in own if json.dumps(item_id).encode() in kept.text)
        items = (item for response, items in named for item in (*response["output"], *items))
        found: Json | None = next((item for item in items if item.get("id") == item_id), None)
        if found is not None:
            return found
        sentence = "There is no item with the id '{id}', or it is kept no longer."
        raise ApiError(sentence, status=404, code="item_not_found", param="input", id=item_id)

    def keep(self, response: Json, items: Sequence[Json], owner: str, before: KeptResponse | None) -> None:
        """Keep one, and forget what there is no room for any more, this one if need be."""
        text = json.dumps([response, items], separators=(",", ":")).encode()
        kept = KeptResponse(response["id"], text, owner, before)
        self._kept[kept.id] = kept
        self._hold(kept)
        self._use(kept)
        self.sweep()
        while self._kept and (self._size_bytes > self._max_bytes or len(self._kept) > self._max_responses):
            self._forget(next(iter(self._kept.values())))

    def delete(self, response_id: str, owner: str) -> None:
        """Forget one; those that go on from it still know it. Raises ApiError (404)."""
        self._forget(self.find(response_id, owner))

    def keep_only(self, owners: Collection[str]) -> None:
        """Forget all that belongs to others than these: their keys are gone."""
        for kept in [kept for kept in self._kept.values() if kept.owner not in owners]:
            self._forget(kept)

    def sweep(self) -> None:
        """Forget what was not used for too long."""
        limit = self._clock() - self.ttl_s
        while self._kept:
            oldest = next(iter(self._kept.values()))
            if oldest.used_at > limit:
                return
            self._forget(oldest)

    def _use(self, kept: KeptResponse) -> None:
        """It, and what leads to it, are the last that will be forgotten."""
        now = self._clock()
        for each in kept.line():
            each.used_at = now
            if each.id in self._kept:
                self._kept.move_to_end(each.id)

    def _forget(self, kept: KeptResponse) -> None:
        del self._kept[kept.id]
        self._release(kept)

    def _hold(self, kept: KeptResponse) -> None:
        at: KeptResponse | None = kept
        while at is not None:
            at.n_holders += 1
            if at.n_holders > 1:
                return
            self._size_bytes += at.size_bytes
            at = at.before

    def _release(self, kept: KeptResponse) -> None:
        at: KeptResponse | None = kept
        while at is not None:
            at.n_holders -= 1
            if at.n_holders > 0:
                return
            self._size_bytes -= at.size_bytes
            at = at.before
