"""Documents by their versions: which an index holds, and the deletion of those that are older than a version."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from opensearchpy.exceptions import NotFoundError
from opensearchpy.helpers.errors import ScanError

from tidegate.clients.opensearch import connect, opensearch_errors
from tidegate.clients.opensearch_pages import KEEP, Hits, RegularHits, of_json, scrolled
from tidegate.errors import TransientError
from tidegate.settings import Settings

PAGE_DOCS = 10_000
DELETED_AT_ONCE = 2_000
TIMEOUT_S = 60.0
_SETTLED = frozenset({200, 404, 409})
"""Deleted, gone already, or of a later version than the one that deletes."""
Query = Mapping[str, Any]


class Versioned(NamedTuple):
    """The index by its name, the id there, and the version."""

    name: str
    document_id: str
    version: int


def documents_held(settings: Settings, alias: str, query: Query) -> Iterator[Versioned]:
    """The documents that a query finds, as of one point in time; none if there is no such alias.

    Raises:
        TransientError: OpenSearch does not answer, or lost its snapshot before the end.
    """
    client = connect(settings, timeout_s=TIMEOUT_S)
    body = {"_source": False, "version": True, "query": query, "sort": "_doc"}
    part = "_scroll_id,_shards,hits.hits._index,hits.hits._id,hits.hits._version"
    first = partial(client.search, body=body, index=alias, scroll=KEEP, size=PAGE_DOCS, filter_path=part)
    with opensearch_errors(settings):
        try:
            for page in scrolled(client, first, part, lambda text: of_json(json.loads(text))):
                yield from _documents(page)
        except NotFoundError as error:
            if error.error != "index_not_found_exception":
                raise _lost(alias) from error
        except ScanError as error:
            raise _lost(alias) from error


def newest_time_ms(settings: Settings, alias: str, query: Query, field: str) -> int:
    """The newest time in a field of the documents that a query finds; 0 of none.

    Raises:
        TransientError: OpenSearch or a shard does not answer.
    """
    body = {"size": 0, "query": query, "aggs": {"newest": {"max": {"field": field}}}}
    with opensearch_errors(settings):
        found = connect(settings, timeout_s=TIMEOUT_S).search(
            index=alias, body=body, params={"ignore_unavailable": "true"}
        )
    _refuse_part(alias, found)
    return int(found.get("aggregations", {}).get("newest", {}).get("value") or 0)


def documents_count(settings: Settings, alias: str, query: Query) -> int:
    """How many a query finds.

    Raises:
        TransientError: OpenSearch or a shard does not answer.
    """
    with opensearch_errors(settings):
        client = connect(settings, timeout_s=TIMEOUT_S)
        found = client.count(index=alias, body={"query": query}, params={"ignore_unavailable": "true"})
    _refuse_part(alias, found)
    return int(found["count"])


def delete_documents(settings: Settings, documents: Iterable[Versioned], version: int) -> None:
    """Deletes each unless it has a later version than ``version`` by now; one that is gone is gone.

    Raises:
        TransientError: OpenSearch does not answer, or does not take the deletion of one now.
    """
    client, waiting = connect(settings, timeout_s=TIMEOUT_S), iter(documents)
    while some := [*islice(waiting, DELETED_AT_ONCE)]:
        at = {"version": version, "version_type": "external_gte"}
        lines = [{"delete": {"_index": each.name, "_id": each.document_id, **at}} for each in some]
        with opensearch_errors(settings):
            answer = client.bulk(body=lines, params={"filter_path": "items.*.status,items.*.error"})
        _refuse_unsettled(answer.get("items", []))


def _refuse_part(alias: str, found: Mapping[str, Any]) -> None:
    """OpenSearch answers without the shards that failed, and says so."""
    if not of_json(found).is_whole:
        raise TransientError(
            f"some shards of {alias} did not answer.", remedy="Try again; if it stays, see `tidegate doctor`."
        )


def _refuse_unsettled(items: Sequence[Mapping[str, Any]]) -> None:
    others = [item["delete"] for item in items if item["delete"]["status"] not in _SETTLED]
    if others:
        reason = others[0].get("error", {}).get("reason", "no reason given")
        raise TransientError(
            f"OpenSearch did not delete {len(others):,} documents: {others[0]['status']} {reason}.",
            remedy="Try again; if it stays, see `tidegate doctor`.",
        )


def _documents(page: Hits | RegularHits) -> Iterator[Versioned]:
    assert not isinstance(page, RegularHits)
    for hit in page:
        yield Versioned(hit["_index"], hit["_id"], hit["_version"])


def _lost(alias: str) -> TransientError:
    return TransientError(
        f"OpenSearch lost its snapshot of {alias} before all of it was read.",
        remedy="Try again; if it stays, see `tidegate logs opensearch`.",
    )
