"""Reads ids and coordinates of every document behind an alias, by OpenSearch's scroll: one snapshot, page by page.

Not by ``search_after`` on a point in time: over several shards OpenSearch 3.8 leaves out a document at a page's end
now and then (so do others: OpenSearch issues 14824 and 15857). And in one stream, not in slices: for each page of a
slice OpenSearch goes through the documents of the others again, and two slices together took twice as long as none.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from opensearchpy.exceptions import NotFoundError
from opensearchpy.helpers import scan

from tidegate.clients.opensearch import connect, opensearch_errors
from tidegate.contracts.envelope import PLACE
from tidegate.proof.report import LayerName
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows
from tidegate.settings import Settings

PAGE_DOCS = 10_000
KEEP_ALIVE = "5m"
WANTED = "_scroll_id,_shards,hits.hits._id,hits.hits.fields"
TIMEOUT_S = 60.0


class IndexSource:
    """The documents behind one alias; an alias that does not exist has none.

    A document's id is its identity, so a document changed in place of another shows by its id.
    """

    name: LayerName = "index"

    def __init__(self, settings: Settings, alias: str, page_docs: int = PAGE_DOCS) -> None:
        self._alias = alias
        self._page_docs = page_docs
        self._settings = settings
        self._client = connect(settings, timeout_s=TIMEOUT_S)

    def marker(self) -> object:
        """How many documents can be found."""
        with opensearch_errors(self._settings):
            try:
                self._client.indices.refresh(index=self._alias)
                return self._client.count(index=self._alias)["count"]
            except NotFoundError:
                return None

    def read(self) -> Rows:
        """All documents, as of one point in time."""
        with opensearch_errors(self._settings):
            try:
                self._client.indices.refresh(index=self._alias)
                return concat([*self._pages()])
            except NotFoundError:
                return make_rows()

    def _pages(self) -> Iterator[Rows]:
        hits = scan(
            self._client,
            query={"_source": False, "docvalue_fields": list(PLACE)},
            index=self._alias,
            size=self._page_docs,
            scroll=KEEP_ALIVE,
            filter_path=WANTED,
            scroll_kwargs={"filter_path": WANTED},
        )
        while page := [*islice(hits, self._page_docs)]:
            yield _rows(page)


def _rows(hits: list[dict[str, Any]]) -> Rows:
    fields = [hit["fields"] for hit in hits]
    partition, offset = ([values[name][0] for values in fields] for name in PLACE)
    return make_rows(partition, offset, fingerprints([hit["_id"].encode() for hit in hits]))
