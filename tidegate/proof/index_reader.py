"""Reads ids and coordinates of every document behind an alias: a point in time, in slices, a page after another."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as OpenSearchConnectionError
from opensearchpy.exceptions import NotFoundError

from tidegate.errors import TransientError
from tidegate.proof.report import LayerName
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows
from tidegate.settings import Settings

COORDINATES = ("_source_partition", "_source_offset")
PAGE_DOCS = 10_000
SLICES = 2
KEEP_ALIVE = "5m"


class IndexSource:
    """The documents behind one alias; an alias that does not exist has none.

    A document's id is its identity, so a document changed in place of another shows by its id.
    """

    name: LayerName = "index"

    def __init__(self, settings: Settings, alias: str) -> None:
        self._alias = alias
        self._settings = settings
        self._client = _client(settings)

    def marker(self) -> object:
        """How many documents can be found."""
        try:
            self._client.indices.refresh(index=self._alias)
            return self._client.count(index=self._alias)["count"]
        except NotFoundError:
            return None
        except OpenSearchConnectionError as error:
            raise self._unreachable(error) from error

    def read(self) -> Rows:
        """All documents, as of one point in time."""
        try:
            self._client.indices.refresh(index=self._alias)
            pit = self._client.create_pit(index=self._alias, params={"keep_alive": KEEP_ALIVE})["pit_id"]
        except NotFoundError:
            return make_rows()
        except OpenSearchConnectionError as error:
            raise self._unreachable(error) from error
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
        while hits := self._client.search(body=query, request_timeout=60)["hits"]["hits"]:
            yield _rows(hits)
            query["search_after"] = hits[-1]["sort"]

    def _unreachable(self, error: OpenSearchConnectionError) -> TransientError:
        return TransientError(
            f"OpenSearch at {self._settings.opensearch_url} doesn't answer ({type(error).__name__}).",
            remedy="Start it with `tidegate up`, or prove with --no-index.",
        )


def _rows(hits: list[dict[str, Any]]) -> Rows:
    coordinates = np.array([[hit["fields"][name][0] for name in COORDINATES] for hit in hits], np.int64)
    return make_rows(coordinates[:, 0], coordinates[:, 1], fingerprints(hit["_id"].encode() for hit in hits))


def _client(settings: Settings) -> OpenSearch:
    password = settings.opensearch_password.get_secret_value() if settings.opensearch_password else ""
    login = (settings.opensearch_user, password) if settings.opensearch_user else None
    return OpenSearch([settings.opensearch_url], http_auth=login, maxsize=SLICES)
