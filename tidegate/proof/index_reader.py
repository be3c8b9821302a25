"""Reads ids and coordinates of every document behind an alias: one snapshot, page by page."""

from typing import Any

from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.envelope import PLACE
from tidegate.proof.report import LayerName
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows
from tidegate.settings import Settings

PAGE_DOCS = 10_000
TIMEOUT_S = 60.0


class IndexSource:
    """The documents behind one alias; an alias that does not exist has none.

    A document's id is its identity, so a document changed in place of another shows by its id.
    """

    name: LayerName = "index"

    def __init__(self, settings: Settings, alias: str, page_docs: int = PAGE_DOCS) -> None:
        self._alias = alias
        self._page_docs = page_docs
        self._client = SearchClient(settings, timeout_s=TIMEOUT_S)

    def marker(self) -> object:
        """How many documents can be found."""
        self._client.refresh(self._alias)
        return self._client.count(self._alias)

    def read(self) -> Rows:
        """All documents, as of one point in time."""
        self._client.refresh(self._alias)
        return concat([_rows(page) for page in self._client.documents(self._alias, PLACE, self._page_docs)])


def _rows(hits: list[dict[str, Any]]) -> Rows:
    fields = [hit["fields"] for hit in hits]
    partition, offset = ([values[name][0] for values in fields] for name in PLACE)
    return make_rows(partition, offset, fingerprints([hit["_id"].encode() for hit in hits]))
