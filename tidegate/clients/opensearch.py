"""The edge to OpenSearch: one connection from the settings, and its errors in our words."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from importlib import import_module
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as UnreachableError
from opensearchpy.exceptions import NotFoundError, OpenSearchException, TransportError
from opensearchpy.helpers.errors import ScanError

from tidegate.clients import connection
from tidegate.clients.opensearch_pages import KEEP, Answer, AsText, Hits, RegularHits, of_json, scrolled
from tidegate.clients.outage import OPENSEARCH, outage
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

JsonObject = dict[str, Any]
_INDEX_CLOSED = "4"
"""Number of the block of an index that someone has closed, which is meant."""
_NO_INDEX = "index_not_found_exception"
_DENIED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """One index: documents that can be found, and bytes on disk."""

    name: str
    docs: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SearchRoom:
    """What OpenSearch may refuse every document for: shards, their limit, the fullest disk, and blocks by name.

    ``disk_percent`` is None where OpenSearch does not look at its disks.
    """

    shards: int
    max_shards: int
    disk_percent: int | None
    blocks: tuple[str, ...]


class SearchClient:
    """The few calls Tidegate makes.

    Every method raises :class:`TransientError` when OpenSearch is out of reach or overloaded, and
    :class:`TidegateError` when it refuses the request.
    """

    def __init__(self, settings: Settings, *, timeout_s: float = 30) -> None:
        self._settings = settings
        self._timeout_s = timeout_s
        self._client = connect(settings, timeout_s=timeout_s)

    def put_template(self, name: str, body: JsonObject) -> None:
        """Set the index template ``name``; indices made from now on follow it."""
        with opensearch_errors(self._settings):
            self._client.indices.put_index_template(name=name, body=body)

    def template(self, name: str) -> JsonObject | None:
        """The index template ``name`` as OpenSearch holds it; None if there is none."""
        with opensearch_errors(self._settings):
            try:
                found = self._client.indices.get_index_template(name=name)
            except NotFoundError:
                return None
            body: JsonObject = found["index_templates"][0]["index_template"]
            return body

    def put_mapping(self, index: str, mappings: JsonObject) -> None:
        """Add fields to an index that exists; changing a field's type is refused."""
        with opensearch_errors(self._settings):
            self._client.indices.put_mapping(index=index, body=mappings)

    def indices(self, pattern: str) -> list[IndexFacts]:
        """The open indices that match ``pattern``, by name."""
        with opensearch_errors(self._settings):
            rows = self._client.cat.indices(
                index=pattern, params={"format": "json", "bytes": "b", "h": "index,docs.count,store.size"}
            )
        facts = [IndexFacts(row["index"], int(row["docs.count"] or 0), int(row["store.size"] or 0)) for row in rows]
        return sorted(facts, key=lambda index: index.name)

    def delete(self, template: str, pattern: str) -> list[str]:
        """Deletes a template, so that no index is made by it again, and the indices that match; returns their names."""
        with opensearch_errors(self._settings):
            with suppress(NotFoundError):
                self._client.indices.delete_index_template(name=template)
            found = [index.name for index in self.indices(pattern)]
            for name in found:
                self._client.indices.delete(index=name, params={"ignore_unavailable": "true"})
            return found

    def delete_where(self, index: str, query: JsonObject) -> int:
        """Deletes the documents that a query finds in an index or alias; returns how many they were."""
        with opensearch_errors(self._settings):
            answer = self._client.delete_by_query(
                index=index, body={"query": query}, params={"ignore_unavailable": "true", "conflicts": "proceed"}
            )
        return int(answer["deleted"])

    def count(self, index: str) -> int:
        """The number of documents in an index or alias; 0 if there is none of that name."""
        with opensearch_errors(self._settings):
            answer = self._client.count(index=index, params={"ignore_unavailable": "true"})
        return int(answer["count"])

    def search(self, index: str, body: JsonObject) -> JsonObject:
        """The answer to a search, as OpenSearch gives it; empty if there is no such index."""
        with opensearch_errors(self._settings):
            answer: JsonObject = self._client.search(index=index, body=body, params={"ignore_unavailable": "true"})
            return answer

    def documents(
        self, index: str, fields: Sequence[str], page_docs: int, query: JsonObject | None = None
    ) -> Iterator[Hits | RegularHits]:
        """Index, id and ``fields`` of each document in an index or alias that a query finds, as of one point in time.

        Page by page; none if there is no such index.

        By OpenSearch's scroll. Not by ``search_after`` on a point in time: over several shards OpenSearch 3.8 leaves
        out a document at a page's end now and then (so do others: OpenSearch issues 14824 and 15857). And in one
        stream, not in slices: for each page of a slice OpenSearch goes through the documents of the others again, and
        two slices together took twice as long as none.

        Raises:
            TransientError: the snapshot was lost before its end, as by a restart.
        """
        body = {"_source": False, "docvalue_fields": list(fields), "query": query or {"match_all": {}}, "sort": "_doc"}
        part = "_scroll_id,_shards,hits.hits._index,hits.hits._id,hits.hits.fields"
        client = connect(self._settings, timeout_s=self._timeout_s, serializers={AsText.mimetype: AsText()})
        first = partial(client.search, body=body, index=index, scroll=KEEP, size=page_docs, filter_path=part)
        with opensearch_errors(self._settings):
            try:
                yield from scrolled(client, first, part, _reader(fields))
            except NotFoundError as error:
                if error.error != _NO_INDEX:
                    raise self._lost_snapshot(index) from error
            except ScanError as error:
                raise self._lost_snapshot(index) from error

    def _lost_snapshot(self, index: str) -> TransientError:
        url = OPENSEARCH.address(self._settings)
        return TransientError(
            f"OpenSearch at {url} lost its snapshot of {index} before all of it was read.",
            remedy="Try again; if it stays, see `tidegate logs opensearch`.",
        )

    def room(self) -> SearchRoom:
        """How much more it takes before it refuses documents for a state of its own."""
        with opensearch_errors(self._settings):
            health = self._client.cluster.health()
            found = self._client.cluster.get_settings(params={"include_defaults": "true", "flat_settings": "true"})
            blocks = self._client.cluster.state(metric="blocks")["blocks"]
            disks = self._client.cat.allocation(params={"format": "json", "h": "disk.percent"})
        settings = {**found.get("defaults", {}), **found.get("persistent", {}), **found.get("transient", {})}
        shards = sum(int(health[f"{state}_shards"]) for state in ("active", "initializing", "unassigned"))
        max_shards = int(settings["cluster.max_shards_per_node"]) * int(health["number_of_data_nodes"])
        percents = [int(disk["disk.percent"]) for disk in disks if disk.get("disk.percent")]
        watched = str(settings.get("cluster.routing.allocation.disk.threshold_enabled", "true")) == "true"
        return SearchRoom(shards, max_shards, max(percents) if percents and watched else None, _named(blocks))

    def refresh(self, index: str) -> None:
        """Make all that was written findable now."""
        with opensearch_errors(self._settings):
            self._client.indices.refresh(index=index, params={"ignore_unavailable": "true"})


def _named(blocks: JsonObject) -> tuple[str, ...]:
    """Blocks of the cluster, then those of each index, in OpenSearch's words."""
    of_cluster = [str(block["description"]) for block in blocks.get("global", {}).values()]
    of_indices = [
        f"{index}: {block['description']}"
        for index, found in sorted(blocks.get("indices", {}).items())
        for number, block in found.items()
        if number != _INDEX_CLOSED
    ]
    return (*of_cluster, *of_indices)


def _reader(fields: Sequence[str]) -> Callable[[str], Answer]:
    """Arrow reads pages faster, where it is installed."""
    try:
        read: Callable[..., Answer] = import_module("tidegate.clients.arrow_pages").read_answer
    except ImportError:
        return lambda text: of_json(json.loads(text))
    return partial(read, fields=fields)


def connect(settings: Settings, *, timeout_s: float = 30, connections: int = 10, **others: Any) -> OpenSearch:
    """The vendor's client; wrap its calls in :func:`opensearch_errors`."""
    logging.getLogger("opensearch").setLevel(logging.CRITICAL)  # it logs what it raises as well
    return OpenSearch(**connection.opensearch(settings), timeout=timeout_s, maxsize=connections, **others)


@contextmanager
def opensearch_errors(settings: Settings) -> Iterator[None]:
    """Turn the vendor's exceptions into ours."""
    try:
        yield
    except UnreachableError as error:
        raise outage(OPENSEARCH, settings, type(error).__name__) from error
    except TransportError as error:
        raise _refused(settings, error) from error
    except OpenSearchException as error:
        raise TidegateError(
            f"OpenSearch at {OPENSEARCH.address(settings)}: {error}.",
            remedy="See that TIDEGATE_OPENSEARCH_URL names an OpenSearch.",
        ) from error


def _refused(settings: Settings, error: TransportError) -> TidegateError:
    url = OPENSEARCH.address(settings)
    status = error.status_code if isinstance(error.status_code, int) else 0
    if status in _DENIED:
        return TidegateError(
            f"OpenSearch at {url} refuses the login ({status}).",
            remedy="Set TIDEGATE_OPENSEARCH_USER and TIDEGATE_OPENSEARCH_PASSWORD.",
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TransientError(
            f"OpenSearch at {url} answers {status}: {_reason(error)}.",
            remedy="Try again; if it stays, see `tidegate logs opensearch`.",
        )
    return TidegateError(
        f"OpenSearch at {url} refuses the request with {status}: {_reason(error)}.",
        remedy="Run `tidegate index status`, and `tidegate index apply` if a template differs.",
    )


def _reason(error: TransportError) -> str:
    info = error.info
    if isinstance(info, dict) and isinstance(info.get("error"), dict):
        return str(info["error"].get("reason", error.error)).rstrip(".")
    return str(error.error).rstrip(".")
