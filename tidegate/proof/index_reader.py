"""Reads ids and coordinates of the documents behind an alias: of the windows only, one snapshot, page by page."""

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any

import numpy as np

from tidegate.clients.opensearch import SearchClient
from tidegate.clients.opensearch_pages import Hits, RegularHits
from tidegate.contracts.envelope import PLACE, SOURCE_OFFSET, SOURCE_PARTITION
from tidegate.proof.layers import Found
from tidegate.proof.report import LayerName
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows
from tidegate.proof.strangers import Strangers, together
from tidegate.proof.window import Window
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

    def read(self, windows: Sequence[Window]) -> Found:
        """The documents of the windows and those that belong to none, as of one point in time."""
        self._client.refresh(self._alias)
        pages = self._client.documents(self._alias, PLACE, self._page_docs, window_query(windows))
        parts = [read_page(page) for page in pages]
        return Found(concat([rows for rows, _ in parts]), together(strange for _, strange in parts))


def window_query(windows: Sequence[Window]) -> dict[str, Any]:
    """Finds what ``Window.of`` takes, what lies in no known partition, and what has no coordinates."""
    known = [window.partition for window in windows]
    without = [{"bool": {"must_not": {"exists": {"field": name}}}} for name in PLACE]
    elsewhere = {"bool": {"must_not": {"terms": {SOURCE_PARTITION: known}}}}
    wanted = [*map(_query_of, windows), elsewhere, *without]
    return {"bool": {"filter": {"bool": {"should": wanted, "minimum_should_match": 1}}}}


def _query_of(window: Window) -> dict[str, Any]:
    reached = [{"lt": window.end}, {"gte": window.high}] if window.end < window.high else [{}]
    ranges = [{"range": {SOURCE_OFFSET: {"gte": window.start} | bound}} for bound in reached]
    return {
        "bool": {
            "filter": {"term": {SOURCE_PARTITION: window.partition}},
            "should": ranges,
            "minimum_should_match": 1,
        }
    }


def read_page(hits: Hits | RegularHits) -> tuple[Rows, Strangers]:
    """The documents of one page as rows, and those without coordinates: no job of ours has written them."""
    return _read_regular(hits) if isinstance(hits, RegularHits) else _read_any(hits)


def _read_regular(hits: RegularHits) -> tuple[Rows, Strangers]:
    partition, offset = (hits.numbers[name] for name in PLACE)
    inside = (partition >= 0) & (partition < 1 << 31) & (offset >= 0)
    ids, strange = hits.ids, list[str]()
    if not inside.all():
        strange = [f"{hits.indices(place)}/{ids[place]}" for place in np.flatnonzero(~inside).tolist()]
        ids = list(compress(ids, inside.tolist()))
    rows = make_rows(partition[inside], offset[inside], fingerprints(map(str.encode, ids)))
    return rows, Strangers.at(strange)


def _read_any(hits: Hits) -> tuple[Rows, Strangers]:
    places = [_place(hit) for hit in hits]
    ours = [(place, hit["_id"].encode()) for place, hit in zip(places, hits, strict=True) if place is not None]
    strange = [f"{hit['_index']}/{hit['_id']}" for place, hit in zip(places, hits, strict=True) if place is None]
    partition, offset = [place[0] for place, _ in ours], [place[1] for place, _ in ours]
    return make_rows(partition, offset, fingerprints(identity for _, identity in ours)), Strangers.at(strange)


def _place(hit: Mapping[str, Any]) -> tuple[int, int] | None:
    fields = hit.get("fields", {})
    try:
        partition, offset = (int(fields[name][0]) for name in PLACE)
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    inside = 0 <= partition < 1 << 31 and 0 <= offset < 1 << 63
    return (partition, offset) if inside else None
