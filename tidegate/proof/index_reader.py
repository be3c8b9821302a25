"""Reads ids and coordinates of every document behind an alias: a point in time, a page after another.

In one stream, not in slices: for each page of a slice OpenSearch goes through the documents of the others again, and
two slices together took twice as long as none.
"""

from collections.abc import Iterator
from typing import Any

from opensearchpy.exceptions import NotFoundError

from tidegate.opensearch_client import connect, translated
from tidegate.proof.report import LayerName
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows
from tidegate.settings import Settings

COORDINATES = ("_source_partition", "_source_offset")
PAGE_DOCS = 10_000
KEEP_ALIVE = "5m"
WANTED = "hits.hits._id,hits.hits.fields,hits.hits.sort"
TIMEOUT_S = 60.0


class IndexSource:
    """The documents behind one alias; an alias that does not exist has none.

    A document's id is its identity, so a document changed in place of another shows by its id.
    """

    name: LayerName = "index"

    def __init__(self, settings: Settings, alias: str) -> None:
        self._alias = alias
        self._url = settings.opensearch_url
        self._client = connect(settings, timeout_s=TIMEOUT_S)

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
                return concat([*self._pages(pit)])
            finally:
                self._client.delete_pit(body={"pit_id": [pit]})

    def _pages(self, pit: str) -> Iterator[Rows]:
        query: dict[str, Any] = {
            "size": PAGE_DOCS,
            "pit": {"id": pit, "keep_alive": KEEP_ALIVE},
            "sort": ["_shard_doc"],
            "track_total_hits": False,
            "_source": False,
            "docvalue_fields": list(COORDINATES),
        }
        while hits := self._client.search(body=query, filter_path=WANTED).get("hits", {}).get("hits"):
            yield _rows(hits)
            query["search_after"] = hits[-1]["sort"]


def _rows(hits: list[dict[str, Any]]) -> Rows:
    fields = [hit["fields"] for hit in hits]
    partition, offset = ([values[name][0] for values in fields] for name in COORDINATES)
    return make_rows(partition, offset, fingerprints([hit["_id"].encode() for hit in hits]))
