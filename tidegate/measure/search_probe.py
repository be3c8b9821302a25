"""How long after its arrival an event can be found by a search.

Some of the committed events that the output watch samples are asked for by their ids, again and again until a search
(not a get, which would see what a search does not see yet) finds them: the latency is that moment minus the broker's
time stamp of the raw record. Asking every ``POLL_S`` adds up to that to each measured value.
"""

import time
from dataclasses import dataclass, field

from tidegate.clients.opensearch import SearchClient
from tidegate.errors import TidegateError

TAKE_EVERY = 5
POLL_S = 0.2
MAX_PENDING = 2000


@dataclass(slots=True)
class Found:
    """What was found so far; ``first_at_s`` is when the first event was (seconds since 1970)."""

    latencies_ms: list[float] = field(default_factory=list)
    first_at_s: float | None = None


class SearchProbe:
    """Looks for sampled events behind one alias."""

    def __init__(self, client: SearchClient, alias: str) -> None:
        self.found = Found()
        self._client = client
        self._alias = alias
        self._pending: dict[str, float] = {}
        self._offered = 0

    def offer(self, document_id: str, ingested_ms: float) -> None:
        """Takes every ``TAKE_EVERY``-th event offered, as long as not too many are being looked for."""
        self._offered += 1
        if self._offered % TAKE_EVERY == 1 and len(self._pending) < MAX_PENDING:
            self._pending[document_id] = ingested_ms

    @property
    def pending(self) -> int:
        """Events not found yet."""
        return len(self._pending)

    def poll(self) -> None:
        """Searches once; a search that fails is simply the next one's task."""
        wanted = list(self._pending)
        if not wanted:
            return
        try:
            ids = self._search(wanted)
        except TidegateError:
            return
        now_s = time.time()
        for document_id in ids:
            self.found.latencies_ms.append(now_s * 1000 - self._pending.pop(document_id))
        if ids and self.found.first_at_s is None:
            self.found.first_at_s = now_s

    def _search(self, wanted: list[str]) -> list[str]:
        body = {"query": {"ids": {"values": wanted}}, "size": len(wanted), "_source": False, "track_total_hits": False}
        return [hit["_id"] for hit in self._client.search(self._alias, body)["hits"]["hits"]]
