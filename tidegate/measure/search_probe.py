"""How long after its arrival an event can be found by a search.

Documents are asked for by their ids, again and again until a search (not a get, which would see what a search does not
see yet) finds them: the latency is that moment minus the broker's time stamp of the raw record. The time between two
searches adds up to that to each measured value.
"""

import math
import time
from typing import Any, Protocol

from tidegate.errors import TidegateError

MAX_PENDING = 2000


class Searches(Protocol):
    """As :class:`tidegate.clients.opensearch.SearchClient`."""

    def search(self, index: str, body: dict[str, Any]) -> dict[str, Any]: ...


class SearchProbe:
    """Looks for documents behind one alias, for at most ``max_pending`` at once and for each up to ``give_up_s``.

    Documents may be offered from another thread. ``lost`` counts those that were given up.
    """

    def __init__(
        self, client: Searches, alias: str, *, max_pending: int = MAX_PENDING, give_up_s: float = math.inf
    ) -> None:
        self.lost = 0
        self._client = client
        self._alias = alias
        self._max_pending = max_pending
        self._give_up_s = give_up_s
        self._pending: dict[str, float] = {}

    @property
    def pending(self) -> int:
        """Documents not found yet."""
        return len(self._pending)

    def offer(self, document_id: str, arrived_s: float) -> None:
        """Looks for a document from now on, as long as not too many are looked for; its event arrived then."""
        if len(self._pending) < self._max_pending:
            self._pending[document_id] = arrived_s

    def poll(self) -> list[float]:
        """Searches once, and tells the seconds that each document took which it found.

        A search that fails is simply the next one's task: an outage only makes documents searchable later.
        """
        wanted = list(self._pending)
        if not wanted:
            return []
        try:
            ids = self._search(wanted)
        except TidegateError:
            return []
        now_s = time.time()
        found = [now_s - self._pending.pop(document_id) for document_id in ids]
        late = [name for name, arrived_s in list(self._pending.items()) if now_s - arrived_s > self._give_up_s]
        for document_id in late:
            del self._pending[document_id]
        self.lost += len(late)
        return found

    def _search(self, wanted: list[str]) -> list[str]:
        body = {"query": {"ids": {"values": wanted}}, "size": len(wanted), "_source": False, "track_total_hits": False}
        hits = self._client.search(self._alias, body).get("hits", {}).get("hits", [])
        return sorted({hit["_id"] for hit in hits} & set(wanted))
