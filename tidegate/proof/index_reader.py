"""Reads ids and coordinates of every document behind an alias: a point in time, in slices, a page after another."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from opensearchpy.exceptions import NotFoundError

from tidegate.opensearch_client import connect, translated
from tidegate.proof.report import LayerName
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows
from tidegate.settings import Settings

COORDINATES = ("_source_partition", "_source_offset")
PAGE_DOCS = 10_000
SLICES = 2
KEEP_ALIVE = "5m"
TIMEOUT_S = 60.0


class IndexSource:
    """The documents behind one alias; an alias that does not exist has none.

    A document's id is its identity, so a document changed in place of another shows by its id.
    """

    name: LayerName = "index"

    def __init__(self, settings: Settings, alias: str) -> None:
        self._alias = alias
        self._url = settings.opensearch_url
        self._client = connect(settings, timeout_s=TIMEOUT_S, connections=SLICES)

    def marker(self) -> object:
        """How many documents can be found."""
        with translated(self._url):
            try:
                self._client.indices.refresh(index=self._alias)
                return self._client.count(index=self._alias)["count"]
            except NotFoundError:
                return None

    def read(self) -> Rows:
        """All documents, as of one point in time."""
        with translated(self._url):
            try:
                self._client.indices.refresh(index=self._alias)
                pit = self._client.create_pit(index=self._alias, params={"keep_alive": KEEP_ALIVE})["pit_id"]
            except NotFoundError:
                return make_rows()
            try:
                with ThreadPoolExecutor(SLICES) as pool:
                    slices = pool.map(lambda number: concat([*self._pages(pit, number)]), range(SLICES))
                    return concat([*slices])
            finally:
                self._client.delete_pit(body={"pit_id": [pit]})

    def _pages(self, pit: str, slice_number: int) -> Iterator[Rows]:
        query: dict[str, Any] = {
            "size": PAGE_DOCS,
            "pit": {"id": pit, "keep_alive": KEEP_ALIVE},
            "slice": {"id": slice_number, "max": SLICES},
            "sort": ["_shard_doc"],
            "track_total_hits": False,
            "_source": False,
            "docvalue_fields": list(COORDINATES),
        }
        while hits := self._client.search(body=query)["hits"]["hits"]:
            yield _rows(hits)
            query["search_after"] = hits[-1]["sort"]


def _rows(hits: list[dict[str, Any]]) -> Rows:
    coordinates = np.array([[hit["fields"][name][0] for name in COORDINATES] for hit in hits], np.int64)
    return make_rows(coordinates[:, 0], coordinates[:, 1], fingerprints(hit["_id"].encode() for hit in hits))
